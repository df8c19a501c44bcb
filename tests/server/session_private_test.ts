import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { foldName } from "../../lib/people/names.ts";
import { PRIVATE_ANSWER_MS } from "../../lib/people/peer_methods.ts";
import { BLOCKED_ANSWER_MS } from "../../lib/server/session_peers.ts";
import { settled } from "../helpers/fake_clock.ts";
import { refusalOf, type ServiceClient } from "../helpers/service_rig.ts";
import { codeOf, hold, listener, openSecure, readTicket } from "../helpers/peer_listeners.ts";

Deno.test("private.ask that is answered with yes leads the one who asked to the other", async () => {
  using rig = await openSecure();
  const ann = await listener(rig, "Ann");
  using mel = rig.named("Mel");
  const person = hold(ann.client);
  const asking = mel.call["private.ask"]({ to: "ann" });
  await settled();
  const [{ method, params }] = person.asked as [{ method: string; params: { id: string } }];
  assertEquals([method, { ...params, id: "" }], [
    "private.asked",
    { id: "", from: "Mel", account: false },
  ]);
  person.answer({ accept: true });
  const { id, name, connect } = await asking;
  assertEquals([id, name, connect?.address], [params.id, "Ann", "10.0.0.5"]);
  assertEquals(readTicket(connect!.ticket, ann.told, "Ann").session, id);
  assertEquals([rig.exchange.asks.size, rig.clock.timers], [0, 0]);
  // The question was answered: nobody takes it back.
  assertEquals(ann.client.notes, []);
});

for (const answer of [{ accept: false }, {}, null, { accept: "true" }, [true]]) {
  Deno.test(`private.ask that is answered with ${JSON.stringify(answer)} is declined`, async () => {
    using rig = await openSecure();
    const { client: ann } = await listener(rig, "Ann");
    using mel = rig.named("Mel");
    ann.onAsk = () => Promise.resolve(answer);
    assertEquals(await codeOf(() => mel.call["private.ask"]({ to: "Ann" })), "DECLINED");
    assertEquals(ann.notes, []);
  });
}

Deno.test("private.ask: no, no answer, a client that cannot, and blocked look alike", async () => {
  using rig = await openSecure();
  const { client: ann } = await listener(rig, "Ann");
  using mel = rig.named("Mel");
  const answers: unknown[] = [];
  const ask = async (meanwhile: () => unknown): Promise<number> => {
    const began = rig.clock.now();
    let took = 0;
    const asking = refusalOf(() => mel.call["private.ask"]({ to: "Ann" }))
      .then((refused) => {
        took = rig.clock.now() - began;
        answers.push(refused);
      });
    await settled();
    await meanwhile();
    await asking;
    return took;
  };
  const pass = () => rig.clock.advance(PRIVATE_ANSWER_MS);

  ann.onAsk = () => Promise.resolve({ accept: false });
  await ask(() => {});
  ann.onAsk = () => Promise.reject(new Error("Method not found"));
  await ask(() => {});
  const person = hold(ann);
  assertEquals(await ask(pass), PRIVATE_ANSWER_MS);
  assertEquals(person.asked.length, 1);
  assertEquals(ann.notes.map(({ method }) => method), ["private.withdrawn"]);
  rig.blocks.add("Ann Mel");
  const took = await ask(pass);
  assert(took > BLOCKED_ANSWER_MS.min && took < BLOCKED_ANSWER_MS.max);
  // Ann hears nothing of it.
  assertEquals([person.asked.length, ann.notes.length], [1, 1]);
  for (const answer of answers) assertEquals(answer, answers[0]);
  assertEquals(rig.clock.timers, 0);
});

Deno.test("private.ask is declined at once when the other one leaves", async () => {
  using rig = await openSecure();
  const { client: ann } = await listener(rig, "Ann");
  using mel = rig.named("Mel");
  hold(ann);
  const asking = codeOf(() => mel.call["private.ask"]({ to: "Ann" }));
  await settled();
  ann[Symbol.dispose]();
  assertEquals(await asking, "DECLINED");
  await settled();
  assertEquals(rig.clock.timers, 0);
});

Deno.test("who is blocked cannot tell whether the other one is here, listens, comes or leaves", async () => {
  using rig = await openSecure();
  rig.accounts.add(foldName("Ann"));
  rig.blocks.add("Ann Mel");
  const comes = () => rig.named("Ann");
  const listens = async () => (await listener(rig, "Ann")).client;
  const stays = () => {};
  const table = [
    [() => undefined, stays],
    [() => undefined, comes],
    [comes, stays],
    [listens, stays],
    [comes, (ann?: ServiceClient) => ann?.[Symbol.dispose]()],
    [listens, (ann?: ServiceClient) => ann?.[Symbol.dispose]()],
  ] as const;
  const seen: unknown[] = [];
  for (const [before, meanwhile] of table) {
    using mel = rig.named("Mel");
    const ann = await before();
    const ticket = await refusalOf(() => mel.call["peer.ticket"]({ to: "ANN" }));
    const began = rig.clock.now();
    const asking = refusalOf(() => mel.call["private.ask"]({ to: "ANN" }))
      .then((refused) => [refused, rig.clock.now() - began]);
    await settled();
    const came = meanwhile(ann);
    await settled();
    assertEquals([rig.exchange.asks.size, rig.clock.timers], [1, 1]);
    await rig.clock.advance(PRIVATE_ANSWER_MS);
    seen.push([ticket, await asking]);
    ann?.[Symbol.dispose]();
    came?.[Symbol.dispose]();
  }
  const [[ticket, [refused]]] = seen as [[{ data: unknown }, [{ data: unknown }]]];
  assertEquals([ticket.data, refused.data], [{ code: "NOT_ON" }, { code: "DECLINED" }]);
  for (const each of seen) assertEquals(each, seen[0]);
});

Deno.test("private.ask to who blocks is over when it is taken back, asked anew or who asked leaves", async () => {
  using rig = await openSecure();
  rig.blocks.add("Ann Mel");
  const mel = rig.named("Mel");
  const ask = () => codeOf(() => mel.call["private.ask"]({ to: "Ann" }));
  const first = ask();
  await settled();
  const second = ask();
  assertEquals(await first, "DECLINED");
  assertEquals(mel.call["private.withdraw"]({ to: "ANN" }), {});
  assertEquals(await second, "DECLINED");
  const third = ask();
  await settled();
  mel[Symbol.dispose]();
  assertEquals(await third, "DECLINED");
  await settled();
  assertEquals([rig.exchange.asks.size, rig.clock.timers], [0, 0]);
});

Deno.test("a client has one question at a person, under whatever name it asks", async () => {
  using rig = await openSecure();
  const { client: ann } = await listener(rig, "Ann");
  using mel = rig.named("Mel");
  const person = hold(ann);
  const first = codeOf(() => mel.call["private.ask"]({ to: "Ann" }));
  await settled();
  mel.call["people.rename"]({ name: "Eve" });
  const second = codeOf(() => mel.call["private.ask"]({ to: "Ann" }));
  assertEquals(await first, "DECLINED");
  await settled();
  assertEquals([person.asked.length, rig.exchange.asks.size], [2, 1]);
  assertEquals(ann.notes.map(({ method }) => method), ["private.withdrawn"]);
  person.answer({ accept: false });
  assertEquals(await second, "DECLINED");
});

Deno.test("private.ask is taken back by private.withdraw, and when who asked leaves", async () => {
  using rig = await openSecure();
  const { client: ann } = await listener(rig, "Ann");
  const mel = rig.named("Mel");
  const person = hold(ann);
  const withdrawn = () =>
    ann.notes.map(({ method, params }) => `${method} ${(params as { id: string }).id}`);
  const idOf = (at: number) => (person.asked[at] as { params: { id: string } }).params.id;

  const first = codeOf(() => mel.call["private.ask"]({ to: "Ann" }));
  await settled();
  assertEquals(mel.call["private.withdraw"]({ to: "ANN" }), {});
  assertEquals(await first, "DECLINED");
  assertEquals(withdrawn(), [`private.withdrawn ${idOf(0)}`]);

  const second = codeOf(() => mel.call["private.ask"]({ to: "Ann" }));
  await settled();
  mel[Symbol.dispose]();
  assertEquals(await second, "DECLINED");
  assertEquals(withdrawn().slice(1), [`private.withdrawn ${idOf(1)}`]);
  // An answer that comes late opens nothing.
  person.answer({ accept: true });
  await settled();
  assertEquals(rig.exchange.asks.size, 0);
});

Deno.test("private.ask from both sides at once is a yes: the first one connects", async () => {
  using rig = await openSecure();
  const ann = await listener(rig, "Ann");
  const mel = await listener(rig, "Mel");
  const person = hold(ann.client);
  const first = mel.client.call["private.ask"]({ to: "Ann" });
  await settled();
  const second = await ann.client.call["private.ask"]({ to: "Mel" });
  const { id, connect } = await first;
  assertEquals(second, { id, name: "Mel", account: false });
  assertEquals(readTicket(connect!.ticket, ann.told, "Ann").session, id);
  assertEquals(person.asked.length, 1);
  assertEquals([rig.exchange.asks.size, rig.clock.timers, ann.client.notes], [0, 0, []]);
});

Deno.test("private.ask from both sides at once, where the yes comes with the question", async () => {
  using rig = await openSecure();
  const ann = await listener(rig, "Ann");
  const mel = await listener(rig, "Mel");
  const [atAnn, atMel] = [hold(ann.client), hold(mel.client)];
  const first = mel.client.call["private.ask"]({ to: "Ann" });
  await settled();
  // Her client asked before it was asked, and says yes to the question by itself.
  const second = ann.client.call["private.ask"]({ to: "Mel" });
  atAnn.answer({ accept: true });
  const { id, connect } = await first;
  assertEquals([connect !== undefined, await second], [true, { id, name: "Mel", account: false }]);
  assertEquals([atAnn.asked.length, atMel.asked.length, rig.exchange.asks.size], [1, 0, 0]);
});

Deno.test("private.ask to whom one has blocked is refused, and crossing is no way around", async () => {
  using rig = await openSecure();
  const { client: ann } = await listener(rig, "Ann");
  const { client: mel } = await listener(rig, "Mel");
  rig.blocks.add("Ann Mel");
  const asking = codeOf(() => mel.call["private.ask"]({ to: "Ann" }));
  await settled();
  const refused = await refusalOf(() => ann.call["private.ask"]({ to: "Mel" }));
  assertEquals((refused.data as { code: string }).code, "BLOCKED");
  assertStringIncludes(refused.message, '"unblock Mel" ends that');
  await rig.clock.advance(BLOCKED_ANSWER_MS.max);
  assertEquals(await asking, "DECLINED");
});

Deno.test("an answer to private.asked is a sign of life", async () => {
  using rig = await openSecure();
  const { client: ann } = await listener(rig, "Ann");
  using mel = rig.named("Mel");
  ann.onAsk = () => Promise.resolve({ accept: true });
  rig.time += 100_000;
  await mel.call["private.ask"]({ to: "Ann" });
  const session = rig.presence.holderOf("ann")!;
  assertEquals(rig.presence.personOf(session)?.active, rig.time);
});
