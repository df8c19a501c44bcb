import { assert, assertEquals, assertThrows } from "@std/assert";
import { decodeControl, encodeControl, isControl } from "../../lib/framing/control.ts";
import { MAX_CONTROL_BYTES } from "../../lib/framing/control_bytes.ts";
import {
  type Control,
  MAX_REPORT_LINES,
  NOBODY,
  type Report,
} from "../../lib/framing/control_messages.ts";
import { MAX_UNSEALED_BYTES } from "../../lib/room/room_seal.ts";
import { hashDatagram } from "../../lib/framing/datagram_hash.ts";
import { seededRandom } from "../helpers/seeded_random.ts";

const HEAD = { roomPort: 20100, member: "0123456789abcdef" } as const;
const SOURCE = { address: "10.1.2.3", port: 40123 } as const;
const HASH = "cbf29ce484222325";

const REPORT: Report = {
  relayed: false,
  kind: "report",
  ...HEAD,
  source: SOURCE,
  tcpPort: 50123,
  name: "Mél",
  interval: 50,
  present: 1234,
  oldest: 1,
  highest: 7,
  lines: [{ age: 3, hash: HASH }, { age: 0xffff, hash: "ffffffffffffffff" }],
  heard: [{ member: "00000000000000bb", highest: 0xffffffff, has: 0x80000001, age: 9 }],
  orphans: [{ source: SOURCE, hash: HASH, age: 1 }],
};

const MESSAGES: Control[] = [
  REPORT,
  { ...REPORT, lines: [], heard: [], orphans: [], highest: 0, oldest: 0 },
  {
    kind: "nack",
    ...HEAD,
    wanted: [{ of: "00000000000000cc", ranges: [{ first: 1, count: 2 }, { first: 9, count: 1 }] }],
    orphans: [{ source: SOURCE, hash: HASH }],
  },
  {
    kind: "repair",
    ...HEAD,
    of: "00000000000000cc",
    source: SOURCE,
    parts: [
      { seq: 5, age: 20, total: 2, offset: 0, bytes: Uint8Array.of(1, 2) },
      { seq: 6, age: 19, total: 1200, offset: 1199, bytes: Uint8Array.of(3) },
    ],
  },
  {
    kind: "repair",
    ...HEAD,
    of: NOBODY,
    source: SOURCE,
    parts: [{ seq: 0, age: 1, total: 1, offset: 0, bytes: Uint8Array.of(65) }],
  },
  { kind: "bye", ...HEAD, highest: 7 },
];

Deno.test("encodeControl() lays a bye out as docs/CONTROL.md says", () => {
  const hex = Array.from(encodeControl(MESSAGES.at(-1)!), (b) => b.toString(16).padStart(2, "0"));
  assertEquals(hex.join(" "), "ff 43 52 44 01 04 4e 84 01 23 45 67 89 ab cd ef 00 00 00 07");
});

Deno.test("decodeControl() reads back every kind", () => {
  for (const message of MESSAGES) assertEquals(decodeControl(encodeControl(message)), message);
});

Deno.test("decodeControl() reads a datagram inside a larger buffer", () => {
  const bytes = encodeControl(REPORT);
  const padded = new Uint8Array(bytes.length + 9);
  padded.set(bytes, 5);
  assertEquals(decodeControl(padded.subarray(5, 5 + bytes.length)), REPORT);
});

Deno.test("decodeControl() refuses every truncation, and bytes behind the end", () => {
  for (const message of MESSAGES) {
    const bytes = encodeControl(message);
    for (let end = 0; end < bytes.length; end++) {
      assertEquals(decodeControl(bytes.subarray(0, end)), undefined, `${message.kind} ${end}`);
    }
    assertEquals(decodeControl(Uint8Array.of(...bytes, 0)), undefined);
  }
});

Deno.test("decodeControl() refuses what contradicts itself or breaks a limit", () => {
  const table: [string, Control | undefined, number, number[]][] = [
    ["another magic", REPORT, 0, [0xfe]],
    ["another version", REPORT, 4, [2]],
    ["an unknown kind", REPORT, 5, [7]],
    ["room port 0", REPORT, 6, [0, 0]],
    ["nobody", REPORT, 8, [0, 0, 0, 0, 0, 0, 0, 0]],
    ["a source port 0", REPORT, 20, [0, 0]],
    ["a name with a colon", REPORT, 26, [0x3a]],
    ["a name that is no UTF-8", REPORT, 26, [0xff]],
    ["a name that goes past the end", REPORT, 25, [129]],
    ["more lines than were said", REPORT, 26 + 4 + 2 + 4 + 4, [0, 0, 0, 1]],
    ["an oldest above the highest", REPORT, 26 + 4 + 2 + 4, [0, 0, 0, 8]],
    ["17 lines", REPORT, 26 + 4 + 2 + 12, [17]],
    ["33 senders", MESSAGES[2], 16, [33]],
    ["65 ranges", MESSAGES[2], 25, [65]],
    ["number 0", MESSAGES[2], 26, [0, 0, 0, 0]],
    ["an empty range", MESSAGES[2], 30, [0, 0]],
    ["a range beyond 32 bits", MESSAGES[2], 26, [0xff, 0xff, 0xff, 0xff]],
    ["1,025 lines", MESSAGES[2], 30, [4, 1]],
    ["an empty part", MESSAGES[4], 31 + 10, [0, 0]],
    ["a part past its line", MESSAGES[3], 31 + 8, [0, 1]],
    ["a line too long to be received", MESSAGES[3], 31 + 6, [8, 1]],
    ["a number for an orphan", MESSAGES[4], 31, [0, 0, 0, 1]],
  ];
  for (const [what, message, at, values] of table) {
    const bytes = encodeControl(message!);
    bytes.set(values, at);
    assertEquals(decodeControl(bytes), undefined, what);
  }
  assertEquals(decodeControl(new Uint8Array(0)), undefined);
  const large = new Uint8Array(MAX_CONTROL_BYTES + 1);
  large.set(encodeControl(REPORT));
  assertEquals(decodeControl(large), undefined);
});

Deno.test("decodeControl() survives 10,000 mutations", () => {
  const random = seededRandom(4);
  let read = 0;
  for (let i = 0; i < 10_000; i++) {
    const bytes = encodeControl(MESSAGES[i % MESSAGES.length]!);
    for (let k = 0; k <= random() * 4; k++) {
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    }
    const message = decodeControl(bytes.subarray(0, Math.ceil(random() * 2 * bytes.length)));
    if (message === undefined) continue;
    read++;
    // What was accepted is within the limits, so it can be written, and is the same again.
    assertEquals(decodeControl(encodeControl(message)), message);
  }
  assert(read > 100, `${read} were read`);
});

Deno.test("encodeControl() fits the largest report, and refuses what is over a limit", () => {
  const lines = Array.from({ length: MAX_REPORT_LINES }, () => ({ age: 1, hash: HASH }));
  const full: Report = {
    ...REPORT,
    name: "𝕄".repeat(32),
    highest: 99,
    lines,
    heard: Array.from({ length: 8 }, () => REPORT.heard[0]!),
    orphans: Array.from({ length: 8 }, () => REPORT.orphans[0]!),
  };
  const bytes = encodeControl(full);
  assert(bytes.length <= MAX_UNSEALED_BYTES, `${bytes.length} bytes`);
  assertEquals(decodeControl(bytes), full);
  assertThrows(() => encodeControl({ ...full, lines: [...lines, lines[0]!] }), RangeError);
  const long = { seq: 1, age: 0, total: 1200, offset: 0, bytes: new Uint8Array(1200) };
  assertThrows(() => encodeControl({ ...MESSAGES[3]!, parts: [long] } as Control), RangeError);
});

Deno.test("isControl() is true for no chat line", () => {
  assertEquals(isControl(encodeControl(REPORT)), true);
  assertEquals(isControl(new TextEncoder().encode("\u00ffCRD: hi")), false);
  assertEquals(isControl(Uint8Array.of(0xff, 0x43, 0x52)), false);
});

Deno.test("hashDatagram() is FNV-1a with 64 bits", () => {
  const table = { "": "cbf29ce484222325", a: "af63dc4c8601ec8c", foobar: "85944171f73967e8" };
  for (const [text, hash] of Object.entries(table)) {
    assertEquals(hashDatagram(new TextEncoder().encode(text)), hash);
  }
  // Against the definition, with big integers, over every byte value.
  const bytes = Uint8Array.from({ length: 1200 }, (_, i) => (i * 7) & 255);
  let slow = 0xcbf29ce484222325n;
  for (const byte of bytes) slow = BigInt.asUintN(64, (slow ^ BigInt(byte)) * 0x100000001b3n);
  assertEquals(hashDatagram(bytes), slow.toString(16).padStart(16, "0"));
});
