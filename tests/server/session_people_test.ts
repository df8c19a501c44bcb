import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { MAX_LINE_BYTES } from "../../lib/framing/json_lines.ts";
import { refusalOf, ServiceRig, TLS } from "../helpers/service_rig.ts";

const A = { name: "a", address: "239.1.2.3", port: 1 };

function codeOf(data: unknown): unknown {
  return (data as { code?: unknown } | undefined)?.code;
}

function sizeOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}

Deno.test("hello answers who both are, and switches keep-alive as it is asked to", async () => {
  using rig = await ServiceRig.open();
  using client = rig.client();
  assertEquals(client.service.greeted, false);
  const first = client.call.hello({ client: "nc", protocol: 1 });
  assertEquals(first, {
    server: "crds-server 0",
    protocol: 1,
    you: { address: "10.0.0.5", port: 40122, name: "anonymous@10.0.0.5" },
    features: ["rooms", "people", "relay"],
    tls: TLS,
  });
  assertEquals(client.service.greeted, true);
  client.call.hello({ client: "nc", protocol: 7, name: " Mel ", keepAlive: true });
  assertEquals(client.keepAlive, [false, true]);
  assertEquals(rig.presence.people().map(({ name }) => name), ["Mel"]);
});

Deno.test("hello refuses with a code, and the session is not greeted", async () => {
  using rig = await ServiceRig.open();
  using _holder = rig.named("Mel");
  using client = rig.client();
  const table: [params: Record<string, unknown>, code: string, message: string][] = [
    [{ client: "" }, "BAD_HELLO", 'Cannot begin a session: "client" has 1 to 64 characters.'],
    [{ client: "x".repeat(65) }, "BAD_HELLO", '"client"'],
    [
      { resume: "x".repeat(15) },
      "BAD_HELLO",
      'Cannot begin a session: "resume" has 16 to 64 characters.',
    ],
    [{ resume: "x".repeat(65) }, "BAD_HELLO", '"resume"'],
    [
      { protocol: 0 },
      "BAD_PROTOCOL",
      "Cannot begin a session: this server speaks protocol 1.",
    ],
    [{ protocol: -3 }, "BAD_PROTOCOL", "protocol 1"],
    [
      { name: "mel" },
      "NAME_TAKEN",
      'Cannot use the name "mel": somebody has it. "mel2" is free.',
    ],
    [{ name: "Anonymous@1.2.3.4" }, "BAD_NAME", "what people without a name are called"],
    [{ name: "" }, "BAD_NAME", "Cannot use"],
    [{ name: "a:b" }, "BAD_NAME", "Cannot use"],
    [{ name: "x".repeat(33) }, "BAD_NAME", "Cannot use"],
    [{ name: "\x1b[2J" }, "BAD_NAME", "Cannot use"],
  ];
  for (const [params, code, message] of table) {
    const refused = await refusalOf(() =>
      client.call.hello({ client: "nc", protocol: 1, ...params })
    );
    assertEquals([refused.rpcCode, codeOf(refused.data)], [-32000, code], JSON.stringify(params));
    assertStringIncludes(refused.message, message);
  }
  assertEquals([client.service.greeted, rig.presence.size], [false, 2]);
  const taken = await refusalOf(() =>
    client.call.hello({ client: "nc", protocol: 1, name: "Mel" })
  );
  assertEquals(taken.data, { code: "NAME_TAKEN", suggestion: "Mel2" });
  const old = await refusalOf(() => client.call.hello({ client: "nc", protocol: 0 }));
  assertEquals(old.data, { code: "BAD_PROTOCOL", protocol: 1 });
});

Deno.test("hello with the secret of a lost session takes its name over and ends it", async () => {
  using rig = await ServiceRig.open();
  using watcher = rig.client();
  watcher.call["people.watch"]({});
  const resume = "0123456789abcdef";
  using lost = rig.client("10.0.0.6");
  lost.call.hello({ client: "c", protocol: 1, name: "Mel", resume });
  using thief = rig.client("10.0.0.7");
  for (const secret of [{}, { resume: "0123456789abcdeX" }]) {
    const refused = await refusalOf(() =>
      thief.call.hello({ client: "c", protocol: 1, name: "Mel", ...secret })
    );
    assertEquals(codeOf(refused.data), "NAME_TAKEN");
  }
  assertEquals(lost.closes, []);
  using back = rig.client("10.0.0.6");
  const hello = await back.call.hello({ client: "c", protocol: 1, name: "Mel", resume });
  assertEquals(hello.you.name, "Mel");
  assertEquals([lost.closes, back.closes], [["the same client connected again"], []]);
  lost.service[Symbol.dispose]();
  assertEquals(
    rig.presence.people().map(({ name, address }) => `${name} ${address}`),
    ["anonymous@10.0.0.5 10.0.0.5", "anonymous@10.0.0.7 10.0.0.7", "Mel 10.0.0.6"],
  );
  assertEquals(
    watcher.notes.map(({ params }) => (params as { kind: string }).kind),
    ["came", "left", "came"],
  );
});

Deno.test("hello again without a name gives the name up, and watchers are told", async () => {
  using rig = await ServiceRig.open();
  using watcher = rig.client();
  watcher.call["people.watch"]({});
  using client = rig.named("Mel", "10.0.0.6");
  client.call.hello({ client: "c", protocol: 1 });
  using _other = rig.named("Mel", "10.0.0.7");
  assertEquals(
    watcher.notes.map(({ params }) => {
      const { kind, person } = params as { kind: string; person: { address: string } };
      return `${kind} ${person.address}`;
    }),
    ["came 10.0.0.6", "left 10.0.0.6", "came 10.0.0.7"],
  );
});

Deno.test("people.list shows names, anonymous and lab clients, rooms, and idle seconds", async () => {
  using rig = await ServiceRig.open();
  rig.presence.enter({ address: "10.0.0.9" }, { now: rig.time }); // as a lab client does
  using mel = rig.named("Mel");
  using _silent = rig.client("10.0.0.6");
  await mel.call["rooms.create"](A);
  rig.time += 12_999;
  mel.call["people.move"]({ room: "a" });
  rig.time += 2_500;
  const since = 1_000_000;
  assertEquals(await mel.call["people.list"]({}), {
    people: [
      { name: "anonymous@10.0.0.9", address: "10.0.0.9", since, idle: 15 },
      { name: "Mel", address: "10.0.0.5", since, room: "a", idle: 2 },
      { name: "anonymous@10.0.0.6", address: "10.0.0.6", since, idle: 15 },
    ],
  });
  mel.service.touch();
  rig.time -= 10_000; // a clock that was set back
  const { people } = await mel.call["people.list"]({});
  assertEquals(people[1]?.idle, 0);
});

Deno.test("people.list goes through thousands in pages, whoever leaves meanwhile", async () => {
  using rig = await ServiceRig.open();
  const sessions = Array.from(
    { length: 2_000 },
    (_, at) => ({ address: `10.0.${at >> 8}.${at & 255}` }),
  );
  for (const [at, session] of sessions.entries()) {
    rig.presence.enter(session, { name: `name-${String(at).padStart(20, "0")}`, now: rig.time });
  }
  using client = rig.client("me");
  const seen: string[] = [];
  let pages = 0;
  let after: number | undefined;
  for (;;) {
    const page = await client.call["people.list"](after === undefined ? {} : { after });
    assert(sizeOf(page) < MAX_LINE_BYTES - 1_000);
    seen.push(...page.people.map(({ address }) => address));
    after = page.next;
    if (++pages === 1) {
      const last = sessions.findIndex(({ address }) => address === seen.at(-1));
      rig.presence.leave(sessions[last]!);
      rig.presence.leave(sessions[last + 1]!);
      sessions.splice(last + 1, 1);
    }
    if (after === undefined) break;
  }
  assert(pages > 2, `${pages} pages`);
  assertEquals(seen, [...sessions.map(({ address }) => address), "me"]);
});

Deno.test("people.watch tells of names that come, change, move and go, until unwatch", async () => {
  using rig = await ServiceRig.open();
  using watcher = rig.client("10.0.0.1");
  watcher.call["people.watch"]({});
  watcher.call["people.watch"]({});
  {
    using _nameless = rig.client("10.0.0.2");
    using mel = rig.named("Mel");
    await mel.call["rooms.create"](A);
    rig.time += 3_000;
    assertEquals(mel.call["people.rename"]({ name: "mel" }), { name: "mel" });
    mel.call["people.move"]({ room: "a" });
    mel.call["people.move"]({ room: "a" }); // no change
    mel.call["people.move"]({ room: null });
  }
  const mel = { name: "mel", address: "10.0.0.5", since: 1_000_000, idle: 0 };
  assertEquals(
    watcher.notes,
    [
      { kind: "came", person: { ...mel, name: "Mel" } },
      { kind: "changed", person: mel, formerly: "Mel" },
      { kind: "changed", person: { ...mel, room: "a" } },
      { kind: "changed", person: mel },
      { kind: "left", person: mel },
    ].map((params) => ({ method: "people.changed", params })),
  );
  watcher.call["people.unwatch"]({});
  watcher.call["people.unwatch"]({});
  using _late = rig.named("Ann");
  assertEquals(watcher.notes.length, 5);
});

Deno.test("people.rename refuses a name that is taken or no name, and keeps the old one", async () => {
  using rig = await ServiceRig.open();
  using _ann = rig.named("Ann");
  using mel = rig.named("Mel");
  const taken = await refusalOf(() => mel.call["people.rename"]({ name: "ANN" }));
  assertEquals(taken.data, { code: "NAME_TAKEN", suggestion: "ANN2" });
  const bad = await refusalOf(() => mel.call["people.rename"]({ name: "a:b" }));
  assertEquals(bad.data, { code: "BAD_NAME" });
  assertEquals(rig.presence.people().map(({ name }) => name), ["Ann", "Mel"]);
});

Deno.test("people.move counts members of rooms that exist, and of no others", async () => {
  using rig = await ServiceRig.open();
  using mel = rig.named("Mel");
  using ann = rig.client();
  for (const name of ["a", "b"]) await mel.call["rooms.create"]({ name });
  const counts = () => Array.from(rig.directory.rooms(), (room) => rig.presence.membersOf(room));
  for (const { call } of [mel, ann]) call["people.move"]({ room: "a" });
  assertEquals(counts(), [2, 0]);
  mel.call["people.move"]({ room: "b" });
  assertEquals(counts(), [1, 1]);
  mel.call["people.move"]({ room: "nowhere" });
  ann.call["people.move"]({ room: "__proto__" });
  assertEquals(counts(), [0, 0]);
  mel.call["people.move"]({ room: "b" });
  mel.service[Symbol.dispose]();
  mel.service[Symbol.dispose]();
  assertEquals(counts(), [0, 0], "who left is nowhere, and left once");
});

Deno.test("a room that is made anew elsewhere has no members and nobody is shown in it", async () => {
  using rig = await ServiceRig.open();
  using mel = rig.named("Mel");
  using ann = rig.named("Ann");
  const wish = { name: "lobby", address: "239.255.7.1", port: 20100 };
  await mel.call["rooms.create"](wish);
  mel.call["people.move"]({ room: "lobby" });
  const seen = () =>
    [
      rig.directory.find("lobby") && ann.call["rooms.find"]({ name: "lobby" }),
      ann.call["people.list"]({}),
    ].map((answer) => /"members":\d+|"room":"\w+"/.exec(JSON.stringify(answer) ?? "")?.[0]);
  assertEquals(seen(), ['"members":1', '"room":"lobby"']);
  const gone = await mel.call["rooms.delete"]({ name: "lobby" });
  assertEquals(gone.room.members, 1, "its members stay in it");
  assertEquals(seen(), [undefined, '"room":"lobby"']);
  await mel.call["rooms.create"]({ ...wish, port: 20101 });
  assertEquals(seen(), ['"members":0', undefined]);
  await mel.call["rooms.delete"]({ name: "lobby" });
  await mel.call["rooms.create"](wish);
  assertEquals(seen(), ['"members":1', '"room":"lobby"'], "the old room is back");
  mel.call["people.move"]({ room: "lobby" });
  assertEquals(seen(), ['"members":1', '"room":"lobby"']);
});

Deno.test("people.move to the same room sets idle back and is told to nobody", async () => {
  using rig = await ServiceRig.open();
  using mel = rig.named("Mel");
  using ann = rig.named("Ann");
  await mel.call["rooms.create"]({ name: "a" });
  mel.call["people.move"]({ room: "a" });
  ann.call["people.watch"]({});
  rig.time += 60_000;
  const idle = async () => (await ann.call["people.list"]({})).people[0]?.idle;
  assertEquals(await idle(), 60);
  mel.call["people.move"]({ room: "a" });
  assertEquals([await idle(), ann.notes], [0, []]);
});
