import { assertEquals } from "@std/assert";
import { decodeBase64, encodeBase64 } from "../../lib/framing/base64.ts";

Deno.test("encodeBase64() and decodeBase64() bring every length and byte back", () => {
  for (let length = 1; length <= 300; length++) {
    const bytes = Uint8Array.from({ length }, (_, at) => (at * 7 + length) % 256);
    assertEquals(decodeBase64(encodeBase64(bytes), length), bytes);
    assertEquals(decodeBase64(encodeBase64(bytes), length - 1), undefined);
  }
});

const WRONG: [text: string, why: string][] = [
  ["", "stands for nothing"],
  ["aGk", "no padding"],
  ["aGk=\n", "a line end"],
  ["aG k=", "white space"],
  [" aGk=", "white space"],
  ["aGk==", "too much padding"],
  ["aGk=aGk=", "padding in the middle"],
  ["aGl=", "stray bits"],
  ["a", "half a byte"],
  ["====", "nothing but padding"],
  ["aGk-", "the other alphabet"],
  ["aGk_", "the other alphabet"],
  ["aGkä", "no ASCII"],
  ["\ud800aGk", "a lone surrogate"],
  ["data:;base64,aGk=", "a URL"],
];

for (const [text, why] of WRONG) {
  Deno.test(`decodeBase64() refuses ${JSON.stringify(text)}: ${why}`, () => {
    assertEquals(decodeBase64(text, 1200), undefined);
  });
}

Deno.test("decodeBase64() does not look at what is far too long", () => {
  assertEquals(decodeBase64("A".repeat(50_000_000), 1200), undefined);
});
