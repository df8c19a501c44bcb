import { assert, assertEquals } from "@std/assert";
import { MAX_RECENT } from "../../lib/people/recent_people.ts";
import { TOKEN_LIFE } from "../../lib/people/tokens.ts";
import { guardHandlers } from "../../lib/server/session_handlers.ts";
import type { RpcContext } from "../../lib/rpc/methods.ts";
import { RecordingLog } from "../helpers/fakes.ts";
import { SlowStore } from "../helpers/slow_store.ts";
import { PASSWORD, refusalOf, type ServiceClient, ServiceRig } from "../helpers/service_rig.ts";

/** Opens a rig whose clients come over TLS. */
async function secure(options: Parameters<typeof ServiceRig.open>[1] = {}): Promise<ServiceRig> {
  const rig = await ServiceRig.open(undefined, options);
  rig.secure = true;
  return rig;
}

/** Tells with which code a call is refused. */
async function codeOf(call: () => unknown): Promise<unknown> {
  return ((await refusalOf(call)).data as { code?: unknown }).code;
}

/** The notifications of a kind that a client was sent. */
function told(client: ServiceClient, name: string): unknown[] {
  return client.notes.filter(({ method }) => method === name).map(({ params }) => params);
}

/** Who is here, and with an account or not. */
function names(rig: ServiceRig): string[] {
  return rig.presence.people().map(({ name, account }) => account ? `${name}*` : name);
}

Deno.test("Every account.* method is refused where others may listen", async () => {
  using rig = await ServiceRig.open();
  using client = rig.named("Mel");
  const { call } = client;
  const calls = [
    () => call["account.register"]({ name: "Mel", password: PASSWORD }),
    () => call["account.login"]({ name: "Mel", password: PASSWORD }),
    () => call["account.resume"]({ token: "x" }),
    () => call["account.logout"]({}),
    () => call["account.passwd"]({ password: PASSWORD, next: PASSWORD }),
    () => call["account.unregister"]({ password: PASSWORD }),
    () => call["people.since"]({ seconds: 60 }),
  ];
  for (const each of calls) assertEquals(await codeOf(each), "NOT_SECURE");
  assertEquals(rig.people.size, 0);
  const hello = { client: "test", protocol: 1 };
  assert(!(await call.hello(hello)).features.includes("accounts"));
  rig.secure = true;
  using other = rig.client();
  assert((await other.call.hello(hello)).features.includes("accounts"));
});

Deno.test("account.register makes the session the account's; everybody is told", async () => {
  using rig = await secure();
  using watcher = rig.named("Ann");
  watcher.call["people.watch"]({});
  using mel = rig.named("mel");
  const { name } = await mel.call["account.register"]({ name: "Mel", password: PASSWORD });
  assertEquals(name, "Mel");
  assertEquals(names(rig), ["Ann", "Mel*"]);
  assertEquals(told(watcher, "people.changed"), [
    { kind: "came", person: { name: "mel", address: "10.0.0.5", since: 1_000_000, idle: 0 } },
    {
      kind: "changed",
      person: { name: "Mel", address: "10.0.0.5", since: 1_000_000, idle: 0, account: true },
      formerly: "mel",
      account: "on",
    },
  ]);
  // Twice, under the name of somebody who is here, or as somebody else.
  const again = { name: "Bob", password: PASSWORD };
  assertEquals(await codeOf(() => mel.call["account.register"](again)), "LOGGED_IN");
  const taken = { name: "ann", password: PASSWORD };
  assertEquals(
    await codeOf(() => watcher.call["account.register"]({ ...taken, name: "MEL" })),
    "NAME_TAKEN",
  );
  using other = rig.client();
  assertEquals(await codeOf(() => other.call["account.register"](taken)), "NAME_TAKEN");
  assertEquals(
    await codeOf(() => other.call["account.register"]({ ...taken, name: "a:b" })),
    "BAD_NAME",
  );
});

Deno.test("The name of an account is nobody else's: hello, rename, a secret, another spelling", async () => {
  using rig = await secure();
  using mel = await rig.registered("Mel");
  const hello = { client: "test", protocol: 1 };
  for (const on of [true, false]) {
    if (!on) await mel.call["account.logout"]({});
    for (const name of ["Mel", "mel", "ＭＥＬ", "Me\u200dl"]) {
      using guest = rig.client("10.6.6.6");
      const resume = "the very same secret";
      assertEquals(await codeOf(() => guest.call.hello({ ...hello, name, resume })), "NAME_TAKEN");
      assertEquals(await codeOf(() => guest.call["people.rename"]({ name })), "NAME_TAKEN");
      const { you } = await guest.call.hello({ ...hello, name, resume, orSimilar: true });
      const similar = you.name;
      assert(similar !== "Mel" && similar !== name, similar);
    }
  }
});

Deno.test("A session that lost its connection is not let in again as a guest, only by its token", async () => {
  using rig = await secure();
  using lost = await rig.registered("Mel");
  lost.call.hello({ client: "test", protocol: 1, resume: "a secret of the client" });
  using back = rig.client();
  const hello = { client: "test", protocol: 1, name: "Mel", resume: "a secret of the client" };
  assertEquals(await codeOf(() => back.call.hello(hello)), "NAME_TAKEN");
  assertEquals((await back.call.hello({ ...hello, orSimilar: true })).you.name, "Mel2");
  assertEquals((await back.call["account.resume"]({ token: lost.token })).name, "Mel");
  assertEquals(lost.closes, ["the same client connected again"]);
  assertEquals(told(lost, "account.ended"), []);
  assertEquals(names(rig), ["Mel*"]);
  // The lost one ends at last: that changes nothing.
  lost[Symbol.dispose]();
  assertEquals(names(rig), ["Mel*"]);
  assertEquals(rig.logins.accountOf({ address: "10.0.0.5" }), undefined);
  assert(rig.logins.sessionOf("mel") !== undefined);
});

Deno.test("A login elsewhere takes over: the other session is told and goes on as a guest", async () => {
  using rig = await secure();
  using old = rig.named("Bob");
  await old.call["account.register"]({ name: "Mel", password: PASSWORD });
  using next = rig.named("Ann");
  const { token } = await next.call["account.login"]({ name: "mel", password: PASSWORD });
  assertEquals(told(old, "account.ended"), [{ why: "elsewhere", name: "Bob" }]);
  assertEquals(old.closes, []);
  assertEquals(names(rig), ["Bob", "Mel*"]);
  assertEquals(await codeOf(() => old.call["account.logout"]({})), "NOT_LOGGED_IN");
  // By its token the old one does not come back by itself.
  next[Symbol.dispose]();
  assertEquals(names(rig), ["Bob"]);
  await old.call["account.resume"]({ token });
});

Deno.test("With singleSession a login elsewhere is refused while the other one lives", async () => {
  using rig = await secure({ singleSession: true });
  using old = await rig.registered("Mel");
  using next = rig.named("Ann");
  const login = { name: "Mel", password: PASSWORD };
  const refused = await refusalOf(() => next.call["account.login"](login));
  assertEquals(
    refused.message,
    'Cannot log in as "Mel": the account is logged in elsewhere, and this server lets that one ' +
      "stay. Log out there, or wait until it is off.",
  );
  assertEquals(names(rig), ["Mel*", "Ann"]);
  // The same client, after a lost connection, is no other.
  using back = rig.client();
  await back.call["account.resume"]({ token: old.token });
  assertEquals(old.closes, ["the same client connected again"]);
  back[Symbol.dispose]();
  await next.call["account.login"](login);
  assertEquals(names(rig), ["Mel*"]);
});

Deno.test("account.login refuses a second account, and gives the same one a new token", async () => {
  using rig = await secure();
  using bob = await rig.registered("Bob");
  bob[Symbol.dispose]();
  using mel = await rig.registered("Mel");
  const other = { name: "Bob", password: PASSWORD };
  assertEquals(await codeOf(() => mel.call["account.login"](other)), "LOGGED_IN");
  const { token } = await mel.call["account.login"]({ name: "Mel", password: PASSWORD });
  assert(token !== mel.token);
  mel[Symbol.dispose]();
  using back = rig.client();
  assertEquals(await codeOf(() => back.call["account.resume"]({ token: mel.token })), "BAD_TOKEN");
  await back.call["account.resume"]({ token });
});

Deno.test("Two logins at once in one session: to one account only", async () => {
  using rig = await secure();
  using bob = await rig.registered("Bob");
  bob[Symbol.dispose]();
  using mel = await rig.registered("Mel");
  await mel.call["account.logout"]({});
  using client = rig.client();
  const logins = ["Bob", "Mel"].map((name) =>
    client.call["account.login"]({ name, password: PASSWORD })
  );
  const ends = await Promise.allSettled(logins);
  assertEquals(ends.map(({ status }) => status), ["fulfilled", "rejected"]);
  assertEquals(rig.logins.sessionOf("mel"), undefined);
});

Deno.test("A login whose connection ends meanwhile leaves nobody on", async () => {
  using rig = await secure();
  using mel = await rig.registered("Mel");
  await mel.call["account.logout"]({});
  const client = rig.client();
  const login = client.call["account.login"]({ name: "Mel", password: PASSWORD });
  client[Symbol.dispose]();
  assertEquals(await codeOf(() => login), "BAD_TOKEN");
  assertEquals(rig.logins.sessionOf("mel"), undefined);
});

Deno.test("account.passwd and account.unregister need the password; what was before is over", async () => {
  using rig = await secure();
  using mel = await rig.registered("Mel");
  const wrong = { password: "wrong horse" };
  assertEquals(
    await codeOf(() => mel.call["account.passwd"]({ ...wrong, next: "battery staple" })),
    "WRONG_PASSWORD",
  );
  assertEquals(await codeOf(() => mel.call["account.unregister"](wrong)), "WRONG_PASSWORD");
  assertEquals(
    await codeOf(() => mel.call["account.passwd"]({ password: PASSWORD, next: "short" })),
    "BAD_PASSWORD",
  );
  const { token } = await mel.call["account.passwd"]({
    password: PASSWORD,
    next: "battery staple",
  });
  assertEquals(names(rig), ["Mel*"]);
  using other = rig.client();
  assertEquals(await codeOf(() => other.call["account.resume"]({ token: mel.token })), "BAD_TOKEN");
  assertEquals(await codeOf(() => other.call["account.unregister"](wrong)), "NOT_LOGGED_IN");
  assertEquals(
    await codeOf(() => other.call["account.passwd"]({ ...wrong, next: "x" })),
    "NOT_LOGGED_IN",
  );
  // Its own name, as a guest: it is free again.
  assertEquals(await mel.call["account.unregister"]({ password: "battery staple" }), {
    name: "Mel",
  });
  assertEquals(names(rig), ["Mel", "anonymous@10.0.0.5"]);
  assertEquals(await codeOf(() => other.call["account.resume"]({ token })), "BAD_TOKEN");
});

Deno.test("When the store fails, everybody is as before; the operator is told", async () => {
  const accountStore = new SlowStore();
  using rig = await secure({ accountStore });
  using mel = await rig.registered("Mel");
  accountStore.full = true;
  const { password, next } = { password: PASSWORD, next: "battery staple" };
  const calls = [
    () => mel.call["account.logout"]({}),
    () => mel.call["account.passwd"]({ password, next }),
    () => mel.call["account.unregister"]({ password }),
  ];
  for (const each of calls) assertEquals(await codeOf(each), "STORE_FAILED");
  using bob = rig.named("Bob");
  const login = { name: "Bob", password };
  assertEquals(await codeOf(() => bob.call["account.register"](login)), "STORE_FAILED");
  assertEquals(names(rig), ["Mel*", "Bob"]);
  assertEquals(mel.problems, Array(3).fill("Cannot write: the disk is full."));
  // Who lost the connection comes back all the same.
  using back = rig.client();
  await back.call["account.resume"]({ token: mel.token });
  assertEquals(back.problems, ["Cannot write: the disk is full."]);
  assertEquals(names(rig), ["Bob", "Mel*"]);
});

Deno.test("Who does nothing is warned, then a guest; any request of a person counts, automatic ones do not", async () => {
  using rig = await secure({ idleTimeout: 600_000 });
  using mel = await rig.registered("Mel");
  const guard = guardHandlers(mel.service, new RecordingLog(), "10.0.0.5:1");
  const pass = (ms: number) => {
    rig.time += ms;
    rig.logins.check();
  };
  pass(539_999);
  assertEquals(told(mel, "account.idle"), []);
  pass(1);
  pass(1_000);
  assertEquals(told(mel, "account.idle"), [{ seconds: 60 }]);
  await guard["people.list"]!({}, {} as RpcContext);
  pass(540_000);
  pass(1);
  assertEquals(told(mel, "account.idle"), [{ seconds: 60 }, { seconds: 60 }]);
  assertEquals(told(mel, "account.ended"), []);
  pass(59_999);
  assertEquals(told(mel, "account.ended"), [{ why: "idle", name: "Mel2" }]);
  assertEquals(mel.closes, []);
  using back = rig.client();
  assertEquals(await codeOf(() => back.call["account.resume"]({ token: mel.token })), "BAD_TOKEN");
  // A guest is no case for it.
  pass(6_000_000);
  assertEquals(names(rig), ["Mel2", "anonymous@10.0.0.5"]);
});

Deno.test("The token of a session that lasts for days lets it in again", async () => {
  using rig = await secure();
  using mel = await rig.registered("Mel");
  for (let hour = 0; hour < 72; hour++) {
    rig.time += 3_600_000;
    rig.logins.check();
  }
  mel[Symbol.dispose]();
  rig.time += TOKEN_LIFE - 1;
  using back = rig.client();
  await back.call["account.resume"]({ token: mel.token });
});

Deno.test("people.since tells who was on, since the server began", async () => {
  using rig = await secure();
  using ann = await rig.registered("Ann");
  using mel = await rig.registered("Mel");
  using _guest = rig.named("Bob");
  rig.time += 60_000;
  mel[Symbol.dispose]();
  const left = rig.time;
  rig.time += 30_000;
  const since = async (seconds: number) => (await ann.call["people.since"]({ seconds })).people;
  const on = { name: "Ann", last: rig.time, on: true } as const;
  assertEquals(await since(29), [on]);
  assertEquals(await since(30), [on, { name: "Mel", last: left }]);
  assertEquals((await ann.call["people.since"]({ seconds: 0 })).from, 1_000_000);
  await ann.call["account.logout"]({});
  assertEquals((await since(30)).map(({ name, on }) => [name, on]), [["Ann", undefined], [
    "Mel",
    undefined,
  ]]);
});

Deno.test("people.since remembers the last ones, and answers page by page", async () => {
  using rig = await secure();
  const name = (at: number) => `${String(at).padStart(4, "0")}-${"ü".repeat(27)}`;
  for (let at = 0; at < MAX_RECENT + 5; at++) {
    const session = { address: "10.0.0.9" };
    rig.presence.enter(session, { now: rig.time });
    rig.presence.logIn(session, name(at), rig.time);
    rig.presence.leave(session);
  }
  using ann = rig.named("Ann");
  const found: string[] = [];
  let pages = 0;
  for (let after: number | undefined = 0; after !== undefined; pages++) {
    const page = await ann.call["people.since"]({ seconds: 60, after });
    found.push(...page.people.map(({ name }) => name));
    after = page.next;
  }
  assertEquals(found, Array.from({ length: MAX_RECENT }, (_, at) => name(MAX_RECENT + 4 - at)));
  assertEquals(pages, 2);
});

Deno.test("The operator's log has no password and no token", async () => {
  using rig = await secure();
  using client = rig.client();
  const log = new RecordingLog();
  const guard = guardHandlers(client.service, log, "10.0.0.5:40122");
  const ask = async (method: string, params: Record<string, unknown>) =>
    await guard[method]!(params, {} as RpcContext);
  await ask("hello", { client: "nc", protocol: 1 });
  const { token } = await ask("account.register", { name: "Mel", password: PASSWORD }) as {
    token: string;
  };
  await ask("account.passwd", { password: PASSWORD, next: "battery staple" });
  await refusalOf(() => ask("account.passwd", { password: "wrong horse", next: "battery staple" }));
  await ask("account.logout", {});
  await refusalOf(() => ask("account.login", { name: "Mel", password: "wrong horse" }));
  await refusalOf(() => ask("account.resume", { token }));
  const text = JSON.stringify(log);
  for (const secret of [PASSWORD, "battery staple", "wrong horse", token]) {
    assert(!text.includes(secret));
  }
  assert(text.includes("account.login"));
});
