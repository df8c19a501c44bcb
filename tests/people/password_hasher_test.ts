import { assert, assertEquals, assertRejects } from "@std/assert";
import { HasherBusy, PasswordHasher } from "../../lib/people/password_hasher.ts";
import { faultOfPassword, parseHash, SCRYPT_COST } from "../../lib/people/passwords.ts";

/** Cheap: what is tested is not how slow it is. */
const COST = { logN: 4, r: 8, p: 1 };

Deno.test("PasswordHasher keeps parameters and salt beside the hash", async () => {
  const hasher = new PasswordHasher({ cost: COST });
  const [one, other] = await Promise.all([
    hasher.hash("correct horse"),
    hasher.hash("correct horse"),
  ]);
  assert(one !== other);
  assertEquals(parseHash(one!)?.cost, COST);
  assertEquals(await new PasswordHasher().verify("correct horse", one), true);
  assertEquals(await hasher.verify("correct horsf", one), false);
  assertEquals(await hasher.verify("correct horse", undefined), false);
  assertEquals(await hasher.verify("correct horse", "correct horse"), false);
});

Deno.test("PasswordHasher makes the same hash as another implementation of RFC 7914", async () => {
  // Python: hashlib.scrypt(b"password", salt=bytes(range(16)), n=1024, r=8, p=16, dklen=32)
  const kept = "scrypt$10$8$16$AAECAwQFBgcICQoLDA0ODw$4g82js_BJLO299tHt9dTi5WIPuq16dcXIKI4H1kIYAc";
  assertEquals(await new PasswordHasher().verify("password", kept), true);
});

Deno.test("PasswordHasher takes an accent for the same however it is written", async () => {
  const hasher = new PasswordHasher({ cost: COST });
  assert(await hasher.verify("cafe\u0301 cafe", await hasher.hash("caf\u00e9 cafe")));
});

Deno.test("PasswordHasher does few at a time, in order, and refuses what is too much", async () => {
  const hasher = new PasswordHasher({ cost: COST, workers: 1, maxWaiting: 3 });
  const done: number[] = [];
  const four = [0, 1, 2, 3].map((at) => hasher.hash("correct horse").then(() => done.push(at)));
  await Promise.all([
    assertRejects(() => hasher.hash("correct horse"), HasherBusy),
    assertRejects(() => hasher.verify("correct horse", undefined), HasherBusy),
  ]);
  await Promise.all(four);
  assertEquals(done, [0, 1, 2, 3]);
  await hasher.hash("correct horse");
});

const PASSWORDS: [password: string, fault: string | undefined][] = [
  ["", "it is empty"],
  ["x", "it has 1 character, and at least 8 are needed"],
  ["seven77", "it has 7 characters, and at least 8 are needed"],
  ["eight888", undefined],
  ["🐎".repeat(8), undefined],
  ["x".repeat(256), undefined],
  ["x".repeat(257), "it has 257 characters, and at most 256 are taken"],
  ["melissa mel", "it is the name"],
];

Deno.test("faultOfPassword() says what is wrong with a password", () => {
  for (const [password, fault] of PASSWORDS) {
    assertEquals(faultOfPassword(password, "Melissa Mel"), fault);
  }
});

const ODD_HASHES = [
  "",
  "correct horse",
  "scrypt$31$8$5$AAECAwQFBgcICQoLDA0ODw$4g82js_BJLO299tHt9dTi5WIPuq16dcXIKI4H1kIYAc",
  "scrypt$14$0$5$AAECAwQFBgcICQoLDA0ODw$4g82js_BJLO299tHt9dTi5WIPuq16dcXIKI4H1kIYAc",
  "scrypt$14$8$99$AAECAwQFBgcICQoLDA0ODw$4g82js_BJLO299tHt9dTi5WIPuq16dcXIKI4H1kIYAc",
  "scrypt$14$8$5$AAECAwQFBgcICQoLDA0O$4g82js_BJLO299tHt9dTi5WIPuq16dcXIKI4H1kIYAc",
];

Deno.test("parseHash() takes nothing that is no hash, or that would take all memory", () => {
  for (const text of ODD_HASHES) assertEquals(parseHash(text), undefined, text);
  assertEquals(SCRYPT_COST, { logN: 14, r: 8, p: 5 });
});
