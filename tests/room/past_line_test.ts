import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { pastKey, pastText } from "../../lib/room/past_line.ts";
import { bytes } from "../helpers/bytes.ts";
import { seededRandom } from "../helpers/seeded_random.ts";

const encode = (text: string) => new TextEncoder().encode(text);

const TABLE: [what: string, datagram: Uint8Array, text: string][] = [
  ["plain text", bytes("Mel: hi"), "Mel: hi"],
  ["line ends and NULs stay", bytes("Mel: hi\r\n", 0), "Mel: hi\r\n\0"],
  ["escape codes stay", bytes("Mel: \x1b[2J"), "Mel: \x1b[2J"],
  ["a byte order mark stays", bytes(0xef, 0xbb, 0xbf, "Mel: hi"), "\ufeffMel: hi"],
  ["bytes that are no UTF-8", bytes("M", 0xff, 0xc3), "M\ufffd\ufffd"],
  ["a longer datagram is cut", bytes("x".repeat(2048)), "x".repeat(1200)],
  ["never inside a character", bytes("x".repeat(1198), "\u{1f600}"), "x".repeat(1198)],
  ["what grows is cut", new Uint8Array(1200).fill(0xff), "\ufffd".repeat(400)],
];

for (const [what, datagram, text] of TABLE) {
  Deno.test(`pastText(): ${what}`, () => assertEquals(pastText(datagram), text));
}

Deno.test("pastText() of what it made is the same, at most 1200 bytes, and so is the key", () => {
  const random = seededRandom(7);
  const source = { address: "10.0.0.1", port: 5000 };
  for (let run = 0; run < 500; run++) {
    const length = Math.floor(random() * 2049);
    const high = random() < 0.5 ? 256 : 128;
    const datagram = Uint8Array.from({ length }, () => Math.floor(random() * high));
    const text = pastText(datagram);
    const told = encode(text);
    assert(told.length <= 1200);
    assertEquals(pastText(told), text);
    assertEquals(pastKey(source, told), pastKey(source, datagram));
  }
});

Deno.test("pastKey() tells sockets and texts apart", () => {
  const source = { address: "10.0.0.1", port: 5000 };
  const key = pastKey(source, encode("Mel: hi"));
  assertNotEquals(pastKey({ ...source, port: 5001 }, encode("Mel: hi")), key);
  assertNotEquals(pastKey(source, encode("Mel: ho")), key);
});
