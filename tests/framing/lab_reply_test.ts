import { assertEquals, assertThrows } from "@std/assert";
import { LabFormatError } from "../../lib/framing/lab.ts";
import {
  encodeListing,
  encodeRoomReply,
  type LabReply,
  LabReplyDecoder,
  type LabReplyKind,
  MAX_LISTING_BYTES,
} from "../../lib/framing/lab_reply.ts";
import { bytes, everySplit, field, listing } from "../helpers/bytes.ts";

interface Row {
  readonly title: string;
  readonly kind: LabReplyKind;
  readonly sent: Uint8Array;
  readonly reply: LabReply;
}

const TEXT = "lab: 239.1.2.3:50100\ncafé: 239.1.2.4:50101\n";

const GOOD: Row[] = [
  {
    title: "an empty listing",
    kind: "listing",
    sent: bytes(0, 0, 0, 0, 0, 0, 0, 0),
    reply: { kind: "listing", text: "" },
  },
  {
    title: "a listing",
    kind: "listing",
    sent: listing(TEXT),
    reply: { kind: "listing", text: TEXT },
  },
  {
    title: "a listing that is no UTF-8 (others' servers)",
    kind: "listing",
    sent: bytes(0, 0, 0, 0, 0, 0, 0, 2, "a", 0xff),
    reply: { kind: "listing", text: "a\ufffd" },
  },
  {
    title: "a room",
    kind: "room",
    sent: bytes(field("239.1.2.3"), field("50100")),
    reply: { kind: "room", address: "239.1.2.3", port: "50100" },
  },
  { title: "no such room", kind: "room", sent: bytes(0), reply: { kind: "unknown" } },
];

function decodeAll(kinds: readonly LabReplyKind[], pieces: Iterable<Uint8Array>): LabReply[] {
  const decoder = new LabReplyDecoder();
  for (const kind of kinds) decoder.expect(kind);
  const shared = new Uint8Array(4096);
  const replies: LabReply[] = [];
  for (const piece of pieces) {
    shared.set(piece);
    replies.push(...decoder.push(shared.subarray(0, piece.length)));
    shared.fill(0xee);
  }
  return replies;
}

for (const { title, kind, sent, reply } of GOOD) {
  Deno.test(`LabReplyDecoder decodes at every split point: ${title}`, () => {
    for (const pieces of everySplit(sent)) assertEquals(decodeAll([kind], pieces), [reply]);
  });
}

Deno.test("LabReplyDecoder decodes pipelined replies at every split point", () => {
  const rows = [...GOOD, ...GOOD];
  const sent = bytes(...rows.map((row) => row.sent));
  for (const pieces of everySplit(sent)) {
    assertEquals(decodeAll(rows.map((row) => row.kind), pieces), rows.map((row) => row.reply));
  }
});

Deno.test("LabReplyDecoder.push() returns nothing while a reply is incomplete", () => {
  for (const { kind, sent } of GOOD) {
    for (let cut = 0; cut < sent.length; cut++) {
      assertEquals(decodeAll([kind], [sent.subarray(0, cut)]), []);
    }
  }
});

Deno.test("LabReplyDecoder takes an expectation between two replies", () => {
  const decoder = new LabReplyDecoder();
  decoder.expect("room");
  assertEquals(decoder.push(bytes(0)), [{ kind: "unknown" }]);
  decoder.expect("listing");
  assertEquals(decoder.push(listing("x")), [{ kind: "listing", text: "x" }]);
});

const BAD: [title: string, kinds: LabReplyKind[], sent: Uint8Array, message: string][] = [
  ["bytes nobody asked for", [], bytes(0), "nobody asked for"],
  ["bytes behind the last reply", ["room"], bytes(0, 0), "nobody asked for"],
  ["a room without port", ["room"], bytes(field("239.1.2.3"), 0), "length 0"],
  ["a room's address that is no UTF-8", ["room"], bytes(1, 0xff, 1, "1"), "no UTF-8"],
  ["a room's port that is no UTF-8", ["room"], bytes(1, "1", 1, 0xff), "no UTF-8"],
  ["a listing of 2^63 bytes", ["listing"], bytes(0x80, 0, 0, 0, 0, 0, 0, 0), "9223372036854775808"],
  ["a listing of 2^64 - 1 bytes", ["listing"], new Uint8Array(8).fill(255), "18446744073709551615"],
  ["a listing of 2^32 bytes", ["listing"], bytes(0, 0, 0, 1, 0, 0, 0, 0), "4294967296"],
  ["a listing of one byte too many", ["listing"], bytes(0, 0, 0, 0, 1, 0, 0, 1), "16777217"],
];

for (const [title, kinds, sent, message] of BAD) {
  Deno.test(`LabReplyDecoder refuses at every split point: ${title}`, () => {
    for (const pieces of everySplit(sent)) {
      assertThrows(() => decodeAll(kinds, pieces), LabFormatError, message);
    }
  });
}

Deno.test("LabReplyDecoder takes the longest listing allowed, in pieces", () => {
  const decoder = new LabReplyDecoder();
  decoder.expect("listing");
  assertEquals(decoder.push(bytes(0, 0, 0, 0, 1, 0, 0, 0)), []);
  const piece = new Uint8Array(64 * 1024).fill(0x61);
  const pieces = MAX_LISTING_BYTES / piece.length;
  for (let sent = 1; sent < pieces; sent++) assertEquals(decoder.push(piece), []);
  const [reply] = decoder.push(piece);
  assertEquals(reply?.kind === "listing" && reply.text.length, MAX_LISTING_BYTES);
});

Deno.test("encodeListing() counts bytes, not characters", () => {
  assertEquals(encodeListing(""), new Uint8Array(8));
  assertEquals(encodeListing("☕\n"), bytes(0, 0, 0, 0, 0, 0, 0, 4, "☕\n"));
  const long = "x".repeat(70_000);
  assertEquals(encodeListing(long), bytes(0, 0, 0, 0, 0, 1, 0x11, 0x70, long));
});

Deno.test("encodeRoomReply() makes what LabReplyDecoder reads", () => {
  const room = { address: "239.255.255.255", port: 65535 };
  assertEquals(decodeAll(["room"], [encodeRoomReply(room)]), [
    { kind: "room", address: "239.255.255.255", port: "65535" },
  ]);
  assertEquals(encodeRoomReply(room), bytes(15, "239.255.255.255", 5, "65535"));
  assertEquals(encodeRoomReply(undefined), bytes(0));
});
