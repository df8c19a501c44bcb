import { assertEquals, assertStringIncludes } from "@std/assert";
import { UserError } from "../../lib/errors.ts";
import { refusal, RpcClosed, RpcCode, RpcError, RpcTimeout } from "../../lib/rpc/rpc_error.ts";
import { settled } from "../helpers/fake_clock.ts";
import { PASSWORD, refusalOf, ServiceRig } from "../helpers/service_rig.ts";
import { people, put, Taker } from "../helpers/mail_takers.ts";

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
  let lastId = 0;
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
