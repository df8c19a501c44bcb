import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import {
  decodeField,
  encodeField,
  encodeLabRequest,
  LabFormatError,
  type LabRequest,
  LabRequestDecoder,
} from "../../lib/framing/lab.ts";
import {
  byteByByte,
  bytes,
  chat,
  deleteroom,
  everySplit,
  field,
  GETDIR,
  makeroom,
} from "../helpers/bytes.ts";

/** What a decoder makes of some pieces: runs of getdir joined, and the error it ended with. */
function decodeAll(pieces: readonly Uint8Array[]): { requests: LabRequest[]; fault?: string } {
  const decoder = new LabRequestDecoder();
  const requests: LabRequest[] = [];
  // One buffer for all reads, as a connection has it: what the decoder keeps must be a copy.
  const shared = new Uint8Array(70_000);
  try {
    for (const piece of pieces) {
      shared.set(piece);
      decoder.push(shared.subarray(0, piece.length));
      for (;;) {
        const request = decoder.next();
        if (request === undefined) break;
        const last = requests.at(-1);
        if (request.op === "getdir" && last?.op === "getdir") {
          requests[requests.length - 1] = { op: "getdir", times: last.times + request.times };
        } else requests.push(request);
      }
      shared.fill(0xee);
    }
  } catch (error) {
    assertInstanceOf(error, LabFormatError);
    return { requests, fault: error.message };
  }
  return { requests };
}

const make = (name: string, address: string, port: string): LabRequest => ({
  op: "makeroom",
  name,
  address,
  port,
});
const LONG = "x".repeat(255);

const GOOD: { title: string; sent: Uint8Array; requests: LabRequest[] }[] = [
  { title: "getdir", sent: GETDIR, requests: [{ op: "getdir", times: 1 }] },
  {
    title: "makeroom",
    sent: bytes(2, 3, "lab", 9, "239.1.2.3", 5, "50100"),
    requests: [make("lab", "239.1.2.3", "50100")],
  },
  { title: "deleteroom", sent: bytes(3, 3, "lab"), requests: [{ op: "deleteroom", name: "lab" }] },
  { title: "chat", sent: bytes(4, 3, "lab"), requests: [{ op: "chat", name: "lab" }] },
  {
    title: "more than ASCII",
    sent: makeroom("café-☕-\u{1f600}", "239.1.2.3", "1"),
    requests: [make("café-☕-\u{1f600}", "239.1.2.3", "1")],
  },
  {
    title: "fields as long as they get",
    sent: makeroom(LONG, LONG, LONG),
    requests: [make(LONG, LONG, LONG)],
  },
  {
    title: "fields of opcode bytes, NUL and white space: content is not judged here",
    sent: makeroom("\x01\x02\x03\x04", "\x00", " \n"),
    requests: [make("\x01\x02\x03\x04", "\x00", " \n")],
  },
  {
    title: "a byte order mark is part of the name",
    sent: deleteroom("\ufefflab"),
    requests: [{ op: "deleteroom", name: "\ufefflab" }],
  },
  {
    title: "a pipeline of everything",
    sent: bytes(
      GETDIR,
      GETDIR,
      makeroom("a", "b", "c"),
      GETDIR,
      deleteroom("a"),
      makeroom("d", "e", "f"),
      deleteroom("d"),
      GETDIR,
      chat("a"),
    ),
    requests: [
      { op: "getdir", times: 2 },
      make("a", "b", "c"),
      { op: "getdir", times: 1 },
      { op: "deleteroom", name: "a" },
      make("d", "e", "f"),
      { op: "deleteroom", name: "d" },
      { op: "getdir", times: 1 },
      { op: "chat", name: "a" },
    ],
  },
];

for (const { title, sent, requests } of GOOD) {
  Deno.test(`LabRequestDecoder decodes at every split point: ${title}`, () => {
    for (const pieces of everySplit(sent)) assertEquals(decodeAll(pieces), { requests });
  });
}

Deno.test("LabRequestDecoder decodes all good requests in one pipeline, at every split point", () => {
  const sent = bytes(...GOOD.map((row) => row.sent));
  const whole = decodeAll([sent]);
  assertEquals(whole.fault, undefined);
  for (const pieces of everySplit(sent)) assertEquals(decodeAll(pieces), whole);
});

Deno.test("encodeLabRequest() makes what LabRequestDecoder reads", () => {
  for (const { requests } of GOOD) {
    for (const request of requests) {
      assertEquals(decodeAll([encodeLabRequest(request)]), { requests: [request] });
    }
  }
});

Deno.test("encodeLabRequest() makes exactly the protocol's bytes", () => {
  assertEquals(encodeLabRequest({ op: "getdir", times: 3 }), bytes(1, 1, 1));
  assertEquals(
    encodeLabRequest(make("lab", "239.1.2.3", "50100")),
    bytes(2, 3, "lab", 9, "239.1.2.3", 5, "50100"),
  );
  assertEquals(encodeLabRequest({ op: "deleteroom", name: "é" }), bytes(3, 2, 0xc3, 0xa9));
  assertEquals(encodeLabRequest({ op: "chat", name: "lab" }), bytes(4, 3, "lab"));
  assertEquals(encodeLabRequest(make(LONG, LONG, LONG)).length, 1 + 3 * 256);
});

const BAD_UTF8: [title: string, content: Uint8Array][] = [
  ["a lone continuation byte", bytes(0x80)],
  ["a cut sequence", bytes("a", 0xe2, 0x98)],
  ["an overlong slash", bytes(0xc0, 0xaf)],
  ["a surrogate", bytes(0xed, 0xa0, 0x80)],
  ["beyond U+10FFFF", bytes(0xf4, 0x90, 0x80, 0x80)],
  ["0xff", bytes(0xff)],
];

const BAD: { title: string; sent: Uint8Array; fault: string; after?: LabRequest[] }[] = [
  ...[0, 5, 9, 0x7b, 0x80, 0xff].map((opcode) => ({
    title: `opcode ${opcode}`,
    sent: bytes(opcode),
    fault: `unknown opcode ${opcode}`,
  })),
  ...[2, 3, 4].map((opcode) => ({
    title: `opcode ${opcode} with a first field of length 0`,
    sent: bytes(opcode, 0),
    fault: "a field has length 0",
  })),
  {
    title: "makeroom with a second field of length 0",
    sent: bytes(2, field("lab"), 0, field("1")),
    fault: "a field has length 0",
  },
  {
    title: "makeroom with a third field of length 0",
    sent: bytes(2, field("lab"), field("239.1.2.3"), 0),
    fault: "a field has length 0",
  },
  ...BAD_UTF8.map(([title, content]) => ({
    title: `a field with ${title}`,
    sent: bytes(3, field(content)),
    fault: "a field is no UTF-8",
  })),
  ...BAD_UTF8.map(([title, content]) => ({
    title: `a last field with ${title}`,
    sent: bytes(2, field("lab"), field("239.1.2.3"), field(content)),
    fault: "a field is no UTF-8",
  })),
  {
    title: "good requests, then an unknown opcode, then good ones",
    sent: bytes(GETDIR, deleteroom("a"), 9, GETDIR),
    fault: "unknown opcode 9",
    after: [{ op: "getdir", times: 1 }, { op: "deleteroom", name: "a" }],
  },
];

for (const { title, sent, fault, after = [] } of BAD) {
  Deno.test(`LabRequestDecoder refuses at every split point: ${title}`, () => {
    for (const pieces of everySplit(sent)) {
      assertEquals(decodeAll(pieces), { requests: after, fault });
    }
  });
}

Deno.test("LabRequestDecoder.next() goes on refusing after an error", () => {
  for (const { sent, after = [], fault } of BAD) {
    const decoder = new LabRequestDecoder();
    decoder.push(sent);
    for (const _ of after) decoder.next();
    for (let again = 0; again < 3; again++) {
      assertThrows(() => decoder.next(), LabFormatError, fault);
    }
  }
});

Deno.test("LabRequestDecoder.pending says whether a request was begun, at every truncation", () => {
  const request = makeroom("lab", "239.1.2.3", "50100");
  for (let cut = 0; cut < request.length; cut++) {
    const decoder = new LabRequestDecoder();
    decoder.push(bytes(GETDIR, request.subarray(0, cut)));
    assertEquals(decoder.pending, false);
    assertEquals(decoder.next(), { op: "getdir", times: 1 });
    assertEquals(decoder.next(), undefined);
    assertEquals(decoder.pending, cut > 0, `cut at ${cut}`);
    decoder.push(request.subarray(cut));
    assertEquals(decoder.next(), make("lab", "239.1.2.3", "50100"));
    assertEquals(decoder.next(), undefined);
    assertEquals(decoder.pending, false);
  }
});

Deno.test("LabRequestDecoder takes empty chunks", () => {
  const decoder = new LabRequestDecoder();
  decoder.push(bytes());
  assertEquals(decoder.next(), undefined);
  for (const piece of byteByByte(chat("lab"))) {
    assertEquals(decoder.next(), undefined);
    decoder.push(bytes());
    decoder.push(piece);
  }
  assertEquals(decoder.next(), { op: "chat", name: "lab" });
});

Deno.test("LabRequestDecoder counts a long run of getdir as one request", () => {
  const decoder = new LabRequestDecoder();
  decoder.push(bytes(new Uint8Array(60_000).fill(1), 2));
  assertEquals(decoder.next(), { op: "getdir", times: 60_000 });
  assertEquals(decoder.next(), undefined);
  assertEquals(decoder.pending, true);
});

Deno.test("encodeField() refuses what does not fit", () => {
  assertEquals(encodeField("é"), bytes(2, 0xc3, 0xa9));
  assertEquals(encodeField(LONG), bytes(255, LONG));
  assertThrows(() => encodeField(""), RangeError, "0 bytes");
  assertThrows(() => encodeField("é".repeat(128)), RangeError, "256 bytes");
});

Deno.test("decodeField() reads UTF-8 and refuses everything else", () => {
  assertEquals(decodeField(bytes("สวัสดี")), "สวัสดี");
  for (const [, content] of BAD_UTF8) assertThrows(() => decodeField(content), LabFormatError);
});
