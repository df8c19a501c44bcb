import { assert, assertEquals, assertRejects } from "@std/assert";
import { UserError } from "../../lib/errors.ts";
import { AccountError } from "../../lib/people/account_error.ts";
import { Accounts } from "../../lib/people/accounts.ts";
import type { AccountsOptions } from "../../lib/people/accounts_options.ts";
import { MemoryAccountStore } from "../../lib/people/memory_account_store.ts";
import { PresenceError } from "../../lib/people/names.ts";
import { PasswordHasher } from "../../lib/people/password_hasher.ts";
import { MAX_TOKENS, TOKEN_LIFE } from "../../lib/people/tokens.ts";
import { SlowStore } from "../helpers/slow_store.ts";

const HOST = "10.0.0.5";
const MEL = { name: "Mel", password: "correct horse", address: HOST };

/** Accounts with a clock that a test turns. */
class Rig {
  now = 1_000;
  readonly store = new MemoryAccountStore();

  async open(options: Partial<AccountsOptions> = {}): Promise<Accounts> {
    const hasher = new PasswordHasher({ cost: { logN: 4, r: 8, p: 1 } });
    return await Accounts.open({ store: this.store, hasher, now: () => this.now, ...options });
  }
}

/** A hasher that keeps what it is given. */
const AT_ONCE = {
  hash: (password: string) => Promise.resolve(password),
  verify: (password: string, kept: string | undefined) => Promise.resolve(password === kept),
};

/** Tells the code and the sentence that something is refused with. */
async function refused(work: Promise<unknown>): Promise<AccountError> {
  return await assertRejects(() => work, AccountError);
}

Deno.test("Accounts take a name in every spelling", async () => {
  const accounts = await new Rig().open();
  const { account } = await accounts.register({ ...MEL, name: " Mel " });
  assertEquals([account.name, account.key, account.since], ["Mel", "mel", 1_000]);
  assert(accounts.has("mel"));
  for (const name of ["mel", "ＭＥＬ", "m\u00adel"]) {
    const error = await assertRejects(() => accounts.register({ ...MEL, name }));
    assert(error instanceof AccountError || error instanceof PresenceError, name);
  }
  assertEquals((await accounts.login({ ...MEL, name: "ＭＥＬ" })).account.name, "Mel");
});

Deno.test("Accounts refuse bad names and bad passwords, without saying the password", async () => {
  const accounts = await new Rig().open();
  await assertRejects(() => accounts.register({ ...MEL, name: "a\u202eb" }), PresenceError);
  await assertRejects(() => accounts.register({ ...MEL, name: "anonymous@x" }), PresenceError);
  const error = await refused(accounts.register({ ...MEL, password: "secret" }));
  assertEquals(error.code, "BAD_PASSWORD");
  assertEquals(
    error.message,
    'Cannot register "Mel" with this password: it has 6 characters, and at least 8 are needed.',
  );
  assertEquals(accounts.size, 0);
  assert(!accounts.has("mel"));
});

Deno.test("Accounts hold a name from the moment that it is being registered", async () => {
  const accounts = await new Rig().open({ maxAccounts: 2 });
  const coming = accounts.register(MEL);
  assert(accounts.has("mel"));
  assertEquals((await refused(accounts.register(MEL))).code, "NAME_TAKEN");
  const bob = accounts.register({ ...MEL, name: "Bob" });
  assertEquals((await refused(accounts.register({ ...MEL, name: "X" }))).code, "TOO_MANY_ACCOUNTS");
  await Promise.all([coming, bob]);
  assertEquals(accounts.size, 2);
});

Deno.test("Accounts count wrong passwords, and answer the same for names that nobody has", async () => {
  for (const name of ["Mel", "Nobody"]) {
    const rig = new Rig();
    const accounts = await rig.open({ lock: 10_000 });
    await accounts.register(MEL);
    const wrong = { ...MEL, name, password: "wrong horse" };
    const cannot = `Cannot log in as "${name}": `;
    const why = "there is no such account, or the password is another one. ";
    const said = [];
    for (let time = 0; time < 4; time++) {
      const { code, message, details } = await refused(accounts.login(wrong));
      said.push([code, message.replace(cannot, "").replace(why, ""), details]);
    }
    assertEquals(said, [
      ["WRONG_PASSWORD", "2 more tries, then you have to wait.", { left: 2, seconds: 0 }],
      ["WRONG_PASSWORD", "1 more try, then you have to wait.", { left: 1, seconds: 0 }],
      ["WRONG_PASSWORD", "Try again in 10 s.", { left: 0, seconds: 10 }],
      ["LOCKED", "there were too many wrong passwords. Try again in 10 s.", { seconds: 10 }],
    ]);
    rig.now += 9_001;
    assertEquals((await refused(accounts.login(MEL))).details, { seconds: 1 });
    rig.now += 1_000;
    await accounts.login(MEL);
  }
});

Deno.test("Accounts check one password after another: many at once are no way around the lock", async () => {
  let checked = 0;
  const hasher = {
    hash: () => Promise.resolve("kept"),
    verify: () => Promise.resolve(++checked < 0),
  };
  const accounts = await new Rig().open({ hasher });
  const tries = Array.from(
    { length: 100 },
    (_, at) => refused(accounts.login({ ...MEL, address: `10.0.0.${at}` })),
  );
  const codes = (await Promise.all(tries)).map(({ code }) => code);
  assertEquals(codes.filter((code) => code === "LOCKED").length, 97);
  assertEquals(checked, 3);
  const more = Array.from(
    { length: 300 },
    (_, at) => refused(accounts.login({ ...MEL, name: `name${at}`, address: "10.1.0.1" })),
  );
  const ends = Map.groupBy(await Promise.all(more), ({ code }) => code);
  assertEquals(ends.get("BUSY")?.length, 300 - 256);
  assertEquals(checked, 6);
});

Deno.test("Accounts let nobody keep a name's owner waiting behind the line of another address", async () => {
  const stuck = Promise.withResolvers<void>();
  const hasher = {
    hash: (password: string) => password === "stuck horse" ? stuck.promise.then(() => "-") : kept(),
    verify: (password: string) => Promise.resolve(password === MEL.password),
  };
  const kept = () => Promise.resolve("kept");
  const accounts = await new Rig().open({ hasher });
  await accounts.register(MEL);
  const other = { name: "Eve", password: "stuck horse", address: "10.6.6.6" };
  const coming = accounts.register(other);
  const guess = refused(accounts.login({ ...other, name: "Mel" }));
  await accounts.login(MEL);
  stuck.resolve();
  await coming;
  assertEquals((await guess).code, "WRONG_PASSWORD");
  // Both lines at once, from both sides: none waits for the other for ever.
  const next = { ...MEL, address: other.address };
  await Promise.all([accounts.changePassword(MEL, "battery staple"), accounts.login(next)]);
});

Deno.test("Accounts let a client in again with its token, until it logs out or a day has passed", async () => {
  const rig = new Rig();
  const accounts = await rig.open();
  const { token } = await accounts.register(MEL);
  for (let day = 0; day < 3; day++) {
    rig.now += TOKEN_LIFE - 1;
    assertEquals(await accounts.resume(token), {
      account: (await rig.store.load()).accounts[0]!,
      token,
    });
  }
  // A server that starts again knows it, too.
  const again = await rig.open();
  await again.resume(token);
  await again.logout(token);
  assertEquals((await refused(again.resume(token))).code, "BAD_TOKEN");
  const next = (await again.login(MEL)).token;
  rig.now += TOKEN_LIFE;
  assertEquals((await refused(again.resume(next))).code, "BAD_TOKEN");
  await again.refresh(next);
  assertEquals((await refused(again.resume(next))).code, "BAD_TOKEN");
  await again.expire();
  // The first one belongs to the server before, which is forgotten.
  assertEquals((await rig.store.load()).tokens, []);
  for (const odd of ["", "x", "mel", "x".repeat(43), "x".repeat(2_000)]) {
    assertEquals((await refused(again.resume(odd))).code, "BAD_TOKEN");
  }
});

Deno.test("Accounts keep few tokens of one account, the youngest", async () => {
  const rig = new Rig();
  const accounts = await rig.open();
  const tokens = [(await accounts.register(MEL)).token];
  for (let time = 0; time < MAX_TOKENS; time++) {
    rig.now++;
    tokens.push((await accounts.login(MEL)).token);
  }
  assertEquals((await rig.store.load()).tokens.length, MAX_TOKENS);
  assertEquals((await refused(accounts.resume(tokens[0]!))).code, "BAD_TOKEN");
  await accounts.resume(tokens[1]!);
});

Deno.test("Accounts take another password from who knows the present one, and end all tokens", async () => {
  const accounts = await new Rig().open();
  const { token } = await accounts.register(MEL);
  const wrong = { ...MEL, password: "wrong horse" };
  assertEquals(
    (await refused(accounts.changePassword(wrong, "battery staple"))).message,
    'Cannot change the password of "Mel": the password is another one. ' +
      "2 more tries, then you have to wait.",
  );
  assertEquals((await refused(accounts.changePassword(MEL, "short"))).code, "BAD_PASSWORD");
  const { token: next } = await accounts.changePassword(MEL, "battery staple");
  assertEquals((await refused(accounts.resume(token))).code, "BAD_TOKEN");
  await accounts.resume(next);
  assertEquals((await refused(accounts.login(MEL))).code, "WRONG_PASSWORD");
  await accounts.login({ ...MEL, password: "battery staple" });
});

Deno.test("Accounts let nobody in again with a token that a new password, or the end, is about to end", async () => {
  for (const end of ["changePassword", "unregister"] as const) {
    const rig = new Rig();
    const store = new SlowStore();
    const accounts = await rig.open({ store, hasher: AT_ONCE });
    const { token } = await accounts.register(MEL);
    const resumed = [];
    // The one that is under way before, and one that begins in between.
    const gate = Promise.withResolvers<void>();
    store.gate = gate.promise;
    resumed.push(refused(accounts.resume(token)));
    const asked = store.asked(end === "unregister" ? "delete" : "setPassword");
    const ending = accounts[end](MEL, "battery staple");
    await asked;
    resumed.push(refused(accounts.resume(token)));
    gate.resolve();
    await ending;
    const codes = (await Promise.all(resumed)).map(({ code }) => code);
    assertEquals(codes, ["BAD_TOKEN", "BAD_TOKEN"], end);
    const again = await rig.open({ store });
    assertEquals((await refused(again.resume(token))).code, "BAD_TOKEN", end);
  }
});

Deno.test("Accounts that are deleted leave nothing, and their name is free", async () => {
  const rig = new Rig();
  const accounts = await rig.open();
  const { token } = await accounts.register(MEL);
  await refused(accounts.unregister({ ...MEL, password: "wrong horse" }));
  await accounts.unregister(MEL);
  assertEquals(await rig.store.load(), { accounts: [], tokens: [] });
  assertEquals((await refused(accounts.resume(token))).code, "BAD_TOKEN");
  assertEquals((await refused(accounts.login(MEL))).code, "WRONG_PASSWORD");
  await accounts.register({ ...MEL, password: "another horse" });
});

Deno.test("Accounts keep no password and no token in clear", async () => {
  const rig = new Rig();
  const accounts = await rig.open();
  const { token } = await accounts.register(MEL);
  const kept = JSON.stringify(await rig.store.load());
  assert(!kept.includes(MEL.password) && !kept.includes(token));
});

Deno.test("Accounts are as before when the store fails", async () => {
  const rig = new Rig();
  const store = new SlowStore();
  const accounts = await rig.open({ store, hasher: AT_ONCE });
  const { token } = await accounts.register(MEL);
  const before = await store.load();
  store.full = true;
  const bob = { ...MEL, name: "Bob" };
  await assertRejects(() => accounts.register(bob), UserError, "the disk is full");
  assert(!accounts.has("bob"));
  await assertRejects(() => accounts.login(MEL), UserError, "the disk is full");
  await assertRejects(() => accounts.changePassword(MEL, "battery staple"), UserError, "is full");
  await assertRejects(() => accounts.unregister(MEL), UserError, "the disk is full");
  await assertRejects(() => accounts.logout(token), UserError, "the disk is full");
  // A token needs nothing of the store to let in.
  rig.now += 1;
  const { account, problem } = await accounts.resume(token);
  assertEquals([account.name, problem], ["Mel", "Cannot write: the disk is full."]);
  assertEquals(await store.load(), before);
  store.full = false;
  assertEquals((await refused(accounts.login({ ...MEL, password: "battery staple" }))).details, {
    left: 2,
    seconds: 0,
  });
  await accounts.login(MEL);
  await accounts.register(bob);
});

Deno.test("Accounts keep an account, or another password, and its token in one step", async () => {
  const rig = new Rig();
  const store = new SlowStore();
  const accounts = await rig.open({ store, hasher: AT_ONCE });
  // The first write is the last one that there is place for.
  for (const step of ["add", "setPassword"]) {
    const asked = store.asked(step).then(() => store.gate.then(() => store.full = true));
    const { token } = step === "add"
      ? await accounts.register(MEL)
      : await accounts.changePassword(MEL, "battery staple");
    await asked;
    store.full = false;
    assertEquals((await (await rig.open({ store })).resume(token)).account.name, "Mel");
  }
});
