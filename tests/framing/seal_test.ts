import { assert, assertEquals, assertThrows } from "@std/assert";
import { faultOfSeal } from "../../lib/directory/rules.ts";
import { openSealed, seal, SEAL_BYTES } from "../../lib/framing/seal.ts";
import { isSealed } from "../../lib/framing/sealed_magic.ts";
import {
  checkNewPassphrase,
  MAX_PASSPHRASE_LENGTH,
  sealKeys,
} from "../../lib/framing/seal_keys.ts";
import { bytes as bytesOf } from "../helpers/bytes.ts";

const OPTIONS = { key: new Uint8Array(32).fill(7), about: bytesOf("room") };
const NONCE = Uint8Array.from({ length: 12 }, (_, i) => i);
const PLAIN = bytesOf("Mel: Good morning!");

Deno.test("seal() and openSealed() go there and back, whatever the length", () => {
  for (const length of [0, 1, 15, 16, 17, 1155]) {
    const plain = Uint8Array.from({ length }, (_, i) => i);
    const sealed = seal(plain, NONCE, OPTIONS);
    assertEquals(sealed.length, length + SEAL_BYTES);
    assertEquals(openSealed(sealed, OPTIONS), { nonce: NONCE, plain });
  }
});

Deno.test("seal() makes the bytes that docs/PEOPLE.md describes", () => {
  const sealed = seal(PLAIN, NONCE, OPTIONS);
  assertEquals(sealed.subarray(0, 5), Uint8Array.of(0x1b, 0x43, 0x52, 0x53, 1));
  assertEquals(sealed.subarray(5, 17), NONCE);
  assertEquals(SEAL_BYTES, 33);
  assert(isSealed(sealed));
  assert(!new TextDecoder().decode(sealed).includes("Mel"));
});

Deno.test("openSealed() refuses what is another in any single bit", () => {
  const sealed = seal(PLAIN, NONCE, OPTIONS);
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const mutated = sealed.slice();
    mutated[bit >> 3]! ^= 1 << (bit & 7);
    assertEquals(openSealed(mutated, OPTIONS), undefined, `bit ${bit}`);
  }
});

Deno.test("openSealed() refuses what is cut, or longer", () => {
  const sealed = seal(PLAIN, NONCE, OPTIONS);
  for (let length = 0; length < sealed.length; length++) {
    assertEquals(openSealed(sealed.subarray(0, length), OPTIONS), undefined, `${length} bytes`);
  }
  assertEquals(openSealed(Uint8Array.of(...sealed, 0), OPTIONS), undefined);
});

Deno.test("openSealed() refuses another key and what belongs elsewhere", () => {
  const sealed = seal(PLAIN, NONCE, OPTIONS);
  const other = { ...OPTIONS, key: new Uint8Array(32).fill(8) };
  assertEquals(openSealed(sealed, other), undefined);
  assertEquals(openSealed(sealed, { ...OPTIONS, about: bytesOf("moor") }), undefined);
});

Deno.test("isSealed() takes no line and no control datagram for sealed", () => {
  for (const text of ["", "Mel: hi", "\x1bCR", "CRS", "\x1b[31mMel: hi"]) {
    assert(!isSealed(bytesOf(text)), text);
  }
  assert(isSealed(bytesOf("\x1bCRS")), "of whatever version");
});

Deno.test("sealKeys() makes the same keys of the same words, always", async () => {
  const { key, check } = await sealKeys("vault", "correct horse");
  // Kept in directories and typed by people: another value locks everybody out.
  assertEquals(key.toHex(), "920c55a64f586891acd180f30a58dd31ccc3f81a22dfd726ed89d3772c32d9f1");
  assertEquals(check, "E6qD0fNvSiLyDDLj-5pEbg");
  assertEquals(faultOfSeal(check), undefined);
});

Deno.test("sealKeys() depends on the room and the words, not on how these are written", async () => {
  const [one, same, room, words] = await Promise.all([
    sealKeys("vault", "caf\u00e9 ﬁve"),
    sealKeys("vault", "cafe\u0301 five"),
    sealKeys("vault2", "caf\u00e9 ﬁve"),
    sealKeys("vault", "Caf\u00e9 ﬁve"),
  ]);
  assertEquals(one, same);
  for (const other of [room, words]) {
    assert(other.check !== one.check && other.key.toHex() !== one.key.toHex());
  }
});

Deno.test("checkNewPassphrase() refuses the short and the endless, and tells neither", () => {
  checkNewPassphrase("12345678", "x");
  checkNewPassphrase("x".repeat(MAX_PASSPHRASE_LENGTH), "x");
  for (const passphrase of ["hunter2", "x".repeat(MAX_PASSPHRASE_LENGTH + 1)]) {
    const error = assertThrows(
      () => checkNewPassphrase(passphrase, 'create room "vault"'),
      Error,
      `Cannot create room "vault": the passphrase has ${passphrase.length} characters`,
    );
    assert(!error.message.includes(passphrase));
  }
});
