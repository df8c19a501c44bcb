import { assertEquals } from "@std/assert";
import { Accounts } from "../../lib/people/accounts.ts";
import { PasswordHasher } from "../../lib/people/password_hasher.ts";
import { PeopleParts } from "../../lib/server/people_parts.ts";
import { SlowStore } from "../helpers/slow_store.ts";

Deno.test("PeopleParts delete tokens that have ended, at the start and each hour", async () => {
  const store = new SlowStore();
  await store.add([{ key: "mel", name: "Mel", password: "-", since: 0 }]);
  for (const expires of [10, 20, 30]) {
    await store.putToken({ hash: `until ${expires}`, key: "mel", expires });
  }
  const hour = 3_600_000;
  let now = 10;
  const accounts = await Accounts.open({ store, hasher: new PasswordHasher(), now: () => now });
  const problems: string[] = [];
  await using parts = new PeopleParts({ accounts }, (what) => problems.push(what), () => now);
  const left = async () => {
    parts.check();
    await store.gate;
    return (await store.load()).tokens.map(({ expires }) => expires);
  };
  assertEquals(await left(), [20, 30]);
  now = 20;
  assertEquals(await left(), [20, 30]);
  now = hour + 9;
  assertEquals(await left(), [20, 30]);
  now = hour + 10;
  store.full = true;
  assertEquals(await left(), [20, 30]);
  assertEquals(problems, ["Cannot write: the disk is full."]);
});
