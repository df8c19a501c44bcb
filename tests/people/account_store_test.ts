import { assertEquals } from "@std/assert";
import type { Account } from "../../lib/people/account_store.ts";
import { MemoryPeopleStore, type PeopleStore } from "../../lib/people/people_store.ts";
import { SqlitePeopleStore } from "../../lib/people/sqlite_people_store.ts";
import { TempFolder } from "../helpers/temp_folder.ts";

const MEL: Account = { key: "mel", name: "Mel", password: "scrypt$1", since: 7 };
const BOB: Account = { key: "bob", name: "Bob", password: "scrypt$2", since: 8, lastLogin: 9 };

/** Every store keeps these. */
const STORES: [name: string, open: (folder: TempFolder) => Promise<PeopleStore>][] = [
  ["MemoryPeopleStore", () => Promise.resolve(new MemoryPeopleStore())],
  ["SqlitePeopleStore", (folder) => SqlitePeopleStore.open(folder.file("crds-people.db"))],
];

for (const [name, open] of STORES) {
  Deno.test(`${name} adds accounts whose names are free`, async () => {
    using folder = new TempFolder();
    await using store = await open(folder);
    const { accounts } = store;
    assertEquals(await accounts.add([MEL]), []);
    assertEquals(await accounts.add([{ ...MEL, name: "MEL" }, BOB]), ["mel"]);
    assertEquals(await accounts.load(), { accounts: [MEL, BOB], tokens: [] });
  });

  Deno.test(`${name} ends the tokens of an account that is deleted or gets a password`, async () => {
    using folder = new TempFolder();
    await using store = await open(folder);
    const { accounts } = store;
    await accounts.add([MEL, BOB]);
    await accounts.putToken({ hash: "a", key: "mel", expires: 30 });
    await accounts.putToken({ hash: "b", key: "bob", expires: 20 }, 11);
    await accounts.putToken({ hash: "c", key: "bob", expires: 10 });
    await accounts.putToken({ hash: "x", key: "nobody", expires: 10 });
    assertEquals(await accounts.delete("mel"), true);
    assertEquals(await accounts.delete("mel"), false);
    await accounts.refreshToken({ hash: "c", key: "bob", expires: 40 });
    await accounts.refreshToken({ hash: "ended", key: "bob", expires: 40 });
    assertEquals(await accounts.load(), {
      accounts: [{ ...BOB, lastLogin: 11 }],
      tokens: [{ hash: "b", key: "bob", expires: 20 }, { hash: "c", key: "bob", expires: 40 }],
    });
    await accounts.deleteTokens(["b", "nothing"]);
    assertEquals((await accounts.load()).tokens.length, 1);
    assertEquals(await accounts.setPassword("bob", "other"), true);
    assertEquals(await accounts.setPassword("mel", "other"), false);
    const kept = [{ ...BOB, password: "other", lastLogin: 11 }];
    assertEquals(await accounts.load(), { accounts: kept, tokens: [] });
  });

  Deno.test(`${name} keeps a token together with what it is for, or not at all`, async () => {
    using folder = new TempFolder();
    await using store = await open(folder);
    const { accounts } = store;
    const tokens = ["a", "b", "c", "d"].map((hash) => ({ hash, key: "mel", expires: 30 }));
    const kept = async () => (await accounts.load()).tokens.map(({ hash }) => hash);
    await accounts.add([MEL], tokens[0]);
    assertEquals(await kept(), ["a"]);
    await accounts.add([MEL], tokens[1]);
    assertEquals(await kept(), ["a"]);
    await accounts.setPassword("mel", "other", tokens[2]);
    assertEquals(await kept(), ["c"]);
    await accounts.setPassword("bob", "other", { ...tokens[3]!, key: "bob" });
    assertEquals(await kept(), ["c"]);
  });
}

Deno.test("SqlitePeopleStore keeps accounts and tokens over a restart", async () => {
  using folder = new TempFolder();
  const path = folder.file("crds-people.db");
  const token = { hash: "a", key: "bob", expires: 30 };
  {
    await using store = await SqlitePeopleStore.open(path);
    await store.accounts.add([MEL, BOB]);
    await store.accounts.putToken(token);
  }
  await using store = await SqlitePeopleStore.open(path);
  assertEquals(await store.accounts.load(), { accounts: [MEL, BOB], tokens: [token] });
});
