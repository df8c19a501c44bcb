import { assertEquals, assertStringIncludes } from "@std/assert";
import { UserError } from "../../lib/errors.ts";
import type { TakeParams } from "../../lib/people/message_methods.ts";
import { MAX_MESSAGE_LENGTH, MAX_MESSAGES } from "../../lib/people/message_rules.ts";
import { refusal, RpcClosed, RpcCode, RpcError, RpcTimeout } from "../../lib/rpc/rpc_error.ts";
import { settled } from "../helpers/fake_clock.ts";
import { PASSWORD, refusalOf, type ServiceClient, ServiceRig } from "../helpers/service_rig.ts";

/** A client that takes messages, as a test tells it to. */
class Taker {
  /** What it was asked to take. */
  readonly asked: TakeParams[] = [];
  /** How often it was asked for a sign of life. */
  pings = 0;
  /** What it answers to the next message: yes, nothing for now, or an error. */
  next: "yes" | "hold" | Error = "yes";
  /** What it answers to a ping. */
  life: "yes" | "hold" | Error = "yes";
  /** Gives the sign of life that was held. */
  pong: () => void = () => {};
  /** Whether it says yes again after an error. */
  refusesOnce = false;
  /** Ends the holding. */
  release: (error?: Error) => void = () => {};

  constructor(readonly client: ServiceClient) {
    client.onAsk = (method, params) => {
      if (method === "ping") {
        this.pings++;
        if (this.life === "hold") {
          return new Promise((resolve) => this.pong = () => resolve({}));
        }
        return this.life === "yes" ? Promise.resolve({}) : Promise.reject(this.life);
      }
      this.asked.push(params as TakeParams);
      if (this.next === "yes") return Promise.resolve({});
      if (this.next !== "hold") {
        const error = this.next;
        if (this.refusesOnce) this.next = "yes";
        return Promise.reject(error);
      }
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      this.release = (error) => error === undefined ? resolve({}) : reject(error);
      return promise;
    };
    client.call["message.ready"]({});
  }

  /** The texts it was asked to take. */
  get texts(): string[] {
    return this.asked.map(({ text }) => text);
  }
}

interface People {
  readonly rig: ServiceRig;
  /** Somebody with an account, on. */
  readonly ann: Taker;
  /** A guest, on. */
  readonly gus: Taker;
  /** Somebody with an account who sends. */
  readonly mel: ServiceClient;
}

/** Ann, Mel and Bob have accounts; Bob is not on. Gus is a guest. */
async function people(): Promise<People & Disposable> {
  const rig = await ServiceRig.open();
  rig.secure = true;
  for (const key of ["ann", "mel", "bob"]) rig.accounts.add(key);
  const [ann, gus, mel] = ["Ann", "Gus", "Mel"].map((name) => rig.named(name));
  const all = { rig, ann: new Taker(ann!), gus: new Taker(gus!), mel: mel! };
  return { ...all, [Symbol.dispose]: () => rig[Symbol.dispose]() };
}

let lastId = 0;

function put(from: ServiceClient, to: string, text: string, id = `m${++lastId}`) {
  return from.call["message.put"]({ to, text, id });
}

Deno.test("message.put delivers to who is on: an account, or a guest", async () => {
  using all = await people();
  const { rig, ann, gus, mel } = all;
  assertEquals(await put(mel, " ANN ", "Lunch?", "1"), { outcome: "delivered" });
  assertEquals(await put(mel, "gus", "You?", "2"), { outcome: "delivered" });
  const from = { from: "Mel", account: true, at: rig.time, kind: "private" } as const;
  assertEquals(ann.asked, [{ ...from, id: "1", text: "Lunch?" }]);
  assertEquals(gus.asked, [{ ...from, id: "2", text: "You?" }]);
  assertEquals(await put(gus.client, "Ann", "Hi", "1"), { outcome: "delivered" });
  assertEquals(ann.asked[1]?.account, false, "a guest's name proves nothing");
  assertEquals(await rig.mailStore.next("ann"), undefined);
});

Deno.test("message.put keeps it for an account that is not on, and delivers in order after the login", async () => {
  using all = await people();
  const { rig, mel, gus } = all;
  for (const text of ["one", "two", "three"]) {
    assertEquals(await put(mel, "Bob", text), { outcome: "stored" });
  }
  await put(gus.client, "Bob", "four");
  const bob = new Taker(rig.named("Bob"));
  await settled();
  assertEquals(bob.texts, ["one", "two", "three", "four"]);
  assertEquals(await rig.mailStore.next("bob"), undefined);
});

Deno.test("message.put: the next message comes when the one before is acknowledged", async () => {
  using all = await people();
  const { ann, mel } = all;
  ann.next = "hold";
  const outcomes = ["one", "two"].map((text) => put(mel, "Ann", text));
  await settled();
  assertEquals(ann.texts, ["one"]);
  ann.next = "yes";
  ann.release();
  assertEquals(await Promise.all(outcomes), [{ outcome: "delivered" }, { outcome: "delivered" }]);
  assertEquals(ann.texts, ["one", "two"]);
});

Deno.test("message.put refuses: who, to whom, what", async () => {
  using all = await people();
  const { rig, ann, mel } = all;
  await rig.blocking.add("ann", "Gus");
  await rig.blocking.add("mel", "Gus");
  using plain = (rig.secure = false, rig.named("Plain"));
  rig.secure = true;
  using nameless = rig.client();
  nameless.call.hello({ client: "t", protocol: 1 });
  using _deaf = rig.named("Deaf");
  const long = "x".repeat(MAX_MESSAGE_LENGTH + 1);
  const table: [from: ServiceClient, to: string, text: string, code: string, why: string][] = [
    [plain, "Ann", "Hi", "NOT_SECURE", "Connect over TLS"],
    [nameless, "Ann", "Hi", "NO_NAME", "you have no name"],
    [mel, "Ann", "  ", "BAD_TEXT", "there is nothing in it"],
    [mel, "Ann", long, "BAD_TEXT", "it has 2001 characters"],
    [mel, "Ann", "a\nb", "BAD_TEXT", "line end"],
    [mel, "Nobody", "Hi", "NO_SUCH_PERSON", 'message to "Nobody": nobody of that name is on'],
    [mel, "\x1b[2J", "Hi", "NO_SUCH_PERSON", '"\ufffd[2J"'],
    [mel, "anonymous@10.0.0.5", "Hi", "NO_SUCH_PERSON", "nobody"],
    [mel, "mel", "Hi", "NO_SUCH_PERSON", "that is you"],
    [all.gus.client, "Ann", "Hi", "REFUSED", "they do not want messages from you"],
    [mel, "Gus", "Hi", "BLOCKED", "you block them"],
    [mel, "Deaf", "Hi", "UNREACHABLE", "have no account to keep it for"],
  ];
  for (const [from, to, text, code, why] of table) {
    const { data, message } = await refusalOf(() => put(from, to, text));
    assertEquals((data as { code: string }).code, code, message);
    assertStringIncludes(message, why);
  }
  const bad = await refusalOf(() => put(mel, "Ann", "Hi", "no id"));
  assertEquals(bad.data, { code: "BAD_MESSAGE_ID" });
  assertEquals(ann.asked, []);
});

Deno.test("message.put is answered as before when it is asked again, and delivers once", async () => {
  using all = await people();
  const { rig, ann, gus, mel } = all;
  for (const [to, taker] of [["Ann", ann], ["Gus", gus]] as const) {
    taker.next = "hold";
    const id = `again-${to}`;
    const outcomes = [put(mel, to, "Hi", id), put(mel, to, "Hi", id)];
    await settled();
    taker.next = "yes";
    taker.release();
    outcomes.push(put(mel, to, "Hi", id));
    for (const outcome of await Promise.all(outcomes)) assertEquals(outcome.outcome, "delivered");
    assertEquals(await put(mel, to, "Hi", id), { outcome: "delivered" });
    assertEquals(taker.texts, ["Hi"]);
  }
  assertEquals(await put(mel, "Bob", "Hi", "b"), { outcome: "stored" });
  assertEquals(await put(mel, "Bob", "Hi", "b"), { outcome: "stored" });
  const bob = new Taker(rig.named("Bob"));
  await settled();
  assertEquals(bob.texts, ["Hi"]);
  assertEquals(await put(mel, "Bob", "Hi", "b"), { outcome: "delivered" });
  // What was answered holds, whatever changed since.
  await rig.blocking.add("bob", "Mel");
  assertEquals(await put(mel, "Bob", "Hi", "b"), { outcome: "delivered" });
});

Deno.test("message.put: who dies before the acknowledgement gets it at the next login", async () => {
  using all = await people();
  const { rig, ann, mel } = all;
  ann.next = "hold";
  const outcome = put(mel, "Ann", "Lunch?");
  await settled();
  ann.client[Symbol.dispose]();
  ann.release(new RpcClosed("message.take", "it died"));
  assertEquals(await outcome, { outcome: "stored" });
  const again = new Taker(rig.named("Ann"));
  await settled();
  assertEquals(again.texts, ["Lunch?"]);
  assertEquals(again.asked[0]?.id, ann.asked[0]?.id, "who has shown it already knows it");
});

Deno.test("message.put: a login elsewhere gets the message when the session before let go of it", async () => {
  using all = await people();
  const { rig, ann, mel } = all;
  ann.next = "hold";
  const outcome = put(mel, "Ann", "Lunch?");
  await settled();
  rig.presence.leave(ann.client.session);
  const elsewhere = new Taker(rig.named("Ann"));
  await settled();
  assertEquals(elsewhere.texts, [], "two at once could both show it");
  ann.release(new RpcClosed("message.take", "gone"));
  assertEquals(await outcome, { outcome: "delivered" });
  assertEquals(elsewhere.texts, ["Lunch?"]);
});

Deno.test("message.put: who does not acknowledge is asked for a sign of life", async () => {
  using all = await people();
  const { ann, mel } = all;
  ann.next = new RpcTimeout("message.take", 5_000);
  assertEquals(await put(mel, "Ann", "one"), { outcome: "stored" });
  assertEquals([ann.pings, ann.client.closes], [1, []]);
  // It lives, and is left alone until it says that it is ready.
  ann.next = "yes";
  assertEquals(await put(mel, "Ann", "two"), { outcome: "stored" });
  assertEquals(ann.texts, ["one"]);
  ann.client.call["message.ready"]({});
  await settled();
  assertEquals(ann.texts, ["one", "one", "two"]);
  ann.next = new RpcTimeout("message.take", 5_000);
  ann.life = new RpcTimeout("ping", 2_000);
  assertEquals(await put(mel, "Ann", "three"), { outcome: "stored" });
  assertEquals(ann.client.closes, ["no sign of life for 2 s"]);
});

Deno.test("message.put: a client that refuses a message gets no more until it is ready again", async () => {
  using all = await people();
  const { rig, ann, mel } = all;
  ann.next = refusal("BUSY", "Cannot take it: not now.");
  assertEquals(await put(mel, "Ann", "one"), { outcome: "stored" });
  assertEquals(await put(mel, "Ann", "two"), { outcome: "stored" });
  assertEquals([ann.texts, ann.pings], [["one"], 0]);
  ann.next = "yes";
  ann.client.call["message.ready"]({});
  await settled();
  assertEquals(ann.texts, ["one", "one", "two"]);
  assertEquals(await rig.mailStore.next("ann"), undefined);
});

Deno.test("message.put: a message that a client cannot understand does not stop those behind it", async () => {
  using all = await people();
  const { rig, mel, gus } = all;
  for (const text of ["poison", "two"]) await put(gus.client, "Bob", text, text);
  const bob = new Taker(rig.named("Bob"));
  bob.next = new RpcError(RpcCode.invalidParams, "Cannot take a message from 7.");
  bob.refusesOnce = true;
  await settled();
  assertEquals(bob.texts, ["poison", "two"]);
  assertEquals(await rig.mailStore.next("bob"), undefined);
  assertEquals(await put(gus.client, "Bob", "poison", "poison"), { outcome: "stored" });
  assertEquals(await put(gus.client, "Bob", "two", "two"), { outcome: "delivered" });
  const told = JSON.stringify(rig.log.events);
  assertStringIncludes(told, "Cannot deliver a message");
  assertEquals(/bob|gus/i.test(told), false, "who writes to whom is nobody's business");
  bob.next = new RpcError(RpcCode.invalidParams, "Cannot take it.");
  bob.refusesOnce = true;
  assertEquals(await put(mel, "Bob", "three"), { outcome: "stored" });
  assertEquals(await put(mel, "Bob", "four"), { outcome: "delivered" });
});

Deno.test("message.put: who logs in to another account gets nothing of the one before", async () => {
  using rig = await ServiceRig.open();
  rig.secure = true;
  using other = await rig.registered("Zoe");
  await other.call["account.logout"]({});
  const mel = rig.named("Mel");
  using client = await rig.registered("Ann");
  const ann = new Taker(client);
  ann.next = "hold";
  // The first is under way, the others wait at the same session.
  const first = mel.call["message.broadcast"]({ id: "b", text: "all" });
  const outcome = put(mel, "Ann", "for Ann");
  await settled();
  assertEquals(ann.texts, ["all"]);
  await client.call["account.logout"]({});
  await client.call["account.login"]({ name: "Zoe", password: PASSWORD });
  ann.next = "yes";
  ann.release();
  await first;
  assertEquals(await outcome, { outcome: "stored" });
  assertEquals(ann.texts, ["all"]);
  assertEquals(await put(mel, "Zoe", "for Zoe"), { outcome: "delivered" });
  assertEquals(ann.texts, ["all", "for Zoe"]);
  assertEquals((await rig.mailStore.next("ann"))?.text, "for Ann");
});

Deno.test("message.put: who is said to be unreachable is asked for a sign of life first", async () => {
  using all = await people();
  const { ann, gus, mel } = all;
  const to = (name: string) =>
    mel.call["message.put"]({ to: name, id: `u${++lastId}`, text: "Hi", unreachable: true });
  assertEquals(await to("Ann"), { outcome: "delivered" });
  assertEquals([ann.pings, ann.client.closes], [1, []]);
  ann.life = gus.life = new RpcTimeout("ping", 2_000);
  assertEquals(await to("Ann"), { outcome: "stored" });
  assertEquals([ann.texts.length, ann.client.closes], [1, ["no sign of life for 2 s"]]);
  assertEquals((await refusalOf(() => to("Gus"))).data, { code: "UNREACHABLE" });
  assertEquals(gus.client.closes, ["no sign of life for 2 s"]);
});

Deno.test("message.put: a sender does not wait for ever for somebody slow", async () => {
  using all = await people();
  const { rig, ann, mel } = all;
  ann.next = "hold";
  const outcome = put(mel, "Ann", "Hi");
  await rig.clock.advance(6_000);
  assertEquals(await outcome, { outcome: "stored" });
  ann.next = "yes";
  ann.release();
  await settled();
  assertEquals(await rig.mailStore.next("ann"), undefined);
  assertEquals(rig.clock.timers, 0);
});

Deno.test("message.put: what comes from somebody who was blocked meanwhile is not delivered", async () => {
  using all = await people();
  const { rig, mel, gus } = all;
  await put(gus.client, "Bob", "rubbish");
  await put(mel, "Bob", "Hi");
  await rig.blocking.add("bob", "Gus");
  const bob = new Taker(rig.named("Bob"));
  await settled();
  assertEquals(bob.texts, ["Hi"]);
  assertEquals(await rig.mailStore.next("bob"), undefined);
});

Deno.test("message.put: what was dropped for a block is never called delivered", async () => {
  using all = await people();
  const { rig, gus } = all;
  assertEquals(await put(gus.client, "Bob", "rubbish", "r"), { outcome: "stored" });
  await rig.blocking.add("bob", "Gus");
  const bob = new Taker(rig.named("Bob"));
  await settled();
  assertEquals([bob.texts, await rig.mailStore.next("bob")], [[], undefined]);
  assertEquals(await put(gus.client, "Bob", "rubbish", "r"), { outcome: "stored" });
});

Deno.test("message.put: what another message's delivery took along was delivered", async () => {
  using all = await people();
  const { rig, ann, gus, mel } = all;
  ann.life = "hold";
  const first = mel.call["message.put"]({ to: "Ann", id: "1", text: "one", unreachable: true });
  await settled();
  assertEquals(ann.pings, 1);
  assertEquals(await put(gus.client, "Ann", "two"), { outcome: "delivered" });
  assertEquals(ann.texts, ["one", "two"]);
  ann.pong();
  assertEquals(await first, { outcome: "delivered" });
  assertEquals(rig.clock.timers, 0);
});

Deno.test("message.put tells in one word that an inbox is full", async () => {
  using all = await people();
  const { rig, mel } = all;
  let full = 0;
  rig.mailStore.put = () =>
    Promise.resolve({ kind: "full", of: full++ === 0 ? "inbox" : "server" });
  const { data, message } = await refusalOf(() => put(mel, "Bob", "Hi"));
  assertEquals(data, { code: "INBOX_FULL" });
  assertStringIncludes(message, 'Cannot send a message to "Bob": their inbox is full.');
  assertStringIncludes((await refusalOf(() => put(mel, "Bob", "Hi"))).message, "the server has no");
});

Deno.test("message.put tells that the store failed, without its file; the operator is told all", async () => {
  using all = await people();
  const { rig, mel } = all;
  rig.mailStore.put = () => Promise.reject(new UserError("Cannot store: /var/x.db is broken."));
  const { data, message } = await refusalOf(() => put(mel, "Bob", "Hi"));
  assertEquals(data, { code: "STORE_FAILED" });
  assertEquals(message.includes("/var"), false);
  assertStringIncludes(JSON.stringify(rig.log.events), "/var/x.db");
});

Deno.test("an inbox that cannot be read is told to the operator, and tried again", async () => {
  using all = await people();
  const { rig, mel } = all;
  await put(mel, "Bob", "Hi");
  const next = rig.mailStore.next.bind(rig.mailStore);
  rig.mailStore.next = () => Promise.reject(new UserError("the disk failed"));
  const bob = new Taker(rig.named("Bob"));
  await settled();
  assertEquals(bob.texts, []);
  assertStringIncludes(JSON.stringify(rig.log.events), "the disk failed");
  rig.mailStore.next = next;
  bob.client.call["message.ready"]({});
  await settled();
  assertEquals(bob.texts, ["Hi"]);
});

Deno.test("messages are limited per session and minute", async () => {
  using all = await people();
  const { rig, mel, gus } = all;
  for (let count = 0; count < MAX_MESSAGES - 10; count++) await put(mel, "Gus", "Hi");
  await mel.call["message.broadcast"]({ id: "b", text: "Hi" });
  const { data, message } = await refusalOf(() => put(mel, "Gus", "Hi"));
  assertEquals(data, { code: "TOO_FAST", retryAfter: 300 });
  assertStringIncludes(message, "Try again in 1 s.");
  assertEquals((await put(gus.client, "Ann", "Hi")).outcome, "delivered");
  rig.time += 300;
  assertEquals((await put(mel, "Gus", "Hi")).outcome, "delivered");
});

Deno.test("message.broadcast reaches all who take messages, and counts those who did not", async () => {
  using all = await people();
  const { rig, ann, gus, mel } = all;
  using _deaf = rig.named("Deaf");
  const zoe = new Taker(rig.named("Zoe"));
  const uma = new Taker(rig.named("Uma"));
  await rig.blocking.add("ann", "Mel");
  await rig.blocking.add("mel", "Zoe");
  uma.next = new RpcClosed("message.take", "it died");
  const told = await mel.call["message.broadcast"]({ id: "b1", text: "Fire drill!" });
  assertEquals(told, { delivered: 1, missed: 3 });
  assertEquals([ann, gus, zoe, uma].map(({ asked }) => asked.length), [0, 1, 0, 1]);
  assertEquals(gus.asked[0]?.kind, "broadcast");
  assertEquals(await mel.call["message.broadcast"]({ id: "b1", text: "Fire drill!" }), told);
  assertEquals(gus.asked.length, 1, "once");
  assertEquals(await rig.mailStore.next("ann"), undefined, "it is not kept");
});

Deno.test("message.broadcast misses those for whom too much waits", async () => {
  using all = await people();
  const { rig, ann } = all;
  ann.next = "hold";
  const senders = Array.from({ length: 6 }, (_, at) => rig.named(`S${at}`));
  const outcomes = senders.flatMap((sender) =>
    Array.from(
      { length: 20 },
      (_, at) => sender.call["message.broadcast"]({ id: `b${at}`, text: "x" }),
    )
  );
  await settled();
  assertEquals(ann.asked.length, 1);
  ann.next = "yes";
  ann.release();
  const missed = (await Promise.all(outcomes)).reduce((sum, { missed }) => sum + missed, 0);
  assertEquals([ann.asked.length, missed], [100, 40], "of Ann 20, and of Gus, in one moment");
});

Deno.test("nothing is delivered to a session that has ended", async () => {
  using all = await people();
  const { gus, mel } = all;
  gus.client[Symbol.dispose]();
  assertEquals((await refusalOf(() => put(mel, "Gus", "Hi"))).data, { code: "NO_SUCH_PERSON" });
  assertEquals(await mel.call["message.broadcast"]({ id: "x", text: "Hi" }), {
    delivered: 1,
    missed: 0,
  });
  assertEquals(gus.asked, []);
});

Deno.test("block.add, block.remove and block.list belong to an account", async () => {
  using all = await people();
  const { ann, gus } = all;
  const { call } = ann.client;
  assertEquals(await call["block.add"]({ name: " Bob " }), { name: "Bob" });
  await call["block.add"]({ name: "Gus" });
  assertEquals(await call["block.list"]({}), { names: ["Bob", "Gus"] });
  assertEquals(await call["block.remove"]({ name: "BOB" }), { name: "Bob" });
  assertEquals(await call["block.list"]({}), { names: ["Gus"] });
  const table: [work: () => unknown, code: string][] = [
    [() => call["block.add"]({ name: "ann" }), "BAD_NAME"],
    [() => call["block.add"]({ name: "a:b" }), "BAD_NAME"],
    [() => call["block.remove"]({ name: "Bob" }), "NOT_BLOCKED"],
    [() => gus.client.call["block.add"]({ name: "Bob" }), "NOT_LOGGED_IN"],
    [() => gus.client.call["block.list"]({}), "NOT_LOGGED_IN"],
  ];
  for (const [work, code] of table) assertEquals((await refusalOf(work)).data, { code });
});
