import { assertEquals, assertStringIncludes } from "@std/assert";
import { UserError } from "../../lib/errors.ts";
import { MAX_MESSAGE_LENGTH, MAX_MESSAGES } from "../../lib/people/message_rules.ts";
import { RpcClosed } from "../../lib/rpc/rpc_error.ts";
import { settled } from "../helpers/fake_clock.ts";
import { refusalOf, type ServiceClient } from "../helpers/service_rig.ts";
import { people, put, Taker } from "../helpers/mail_takers.ts";

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
