import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { foldName } from "../../lib/people/names.ts";
import { PRIVATE_ANSWER_MS } from "../../lib/people/peer_methods.ts";
import { parseTicketKey, type TicketClaims, TicketGate } from "../../lib/people/ticket.ts";
import type { ListenAnswer } from "../../lib/people/peer_methods.ts";
import { RpcTimeout } from "../../lib/rpc/rpc_error.ts";
import { BLOCKED_ANSWER_MS } from "../../lib/server/session_peers.ts";
import { settled } from "../helpers/fake_clock.ts";
import { refusalOf, type ServiceClient, ServiceRig } from "../helpers/service_rig.ts";

const CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const LISTEN = { port: 4000, certificate: CERTIFICATE };

async function open(): Promise<ServiceRig> {
  const rig = await ServiceRig.open();
  rig.secure = true;
  return rig;
}

/** Somebody with a name who listens. */
async function listener(
  rig: ServiceRig,
  name: string,
  host?: string,
): Promise<{ client: ServiceClient; told: ListenAnswer }> {
  const client = rig.named(name, host);
  return { client, told: await client.call["peer.listen"](LISTEN) };
}

function read(ticket: string, { ticketKey, now }: ListenAnswer, own: string): TicketClaims {
  const gate = new TicketGate({ key: parseTicketKey(ticketKey)!, serverNow: now, now: 0 });
  const seen = gate.admit(ticket, own, 0);
  assert("claims" in seen, JSON.stringify(seen));
  return seen.claims;
}

async function codeOf(call: () => unknown): Promise<unknown> {
  return ((await refusalOf(call)).data as { code: unknown }).code;
}

/** Lets a person answer: resolves what the server asked. */
function hold(client: ServiceClient): { asked: unknown[]; answer: (value: unknown) => void } {
  const asked: unknown[] = [];
  const { promise, resolve } = Promise.withResolvers<unknown>();
  client.onAsk = (method, params, options) => {
    asked.push({ method, params });
    const { promise: over, reject } = Promise.withResolvers<never>();
    options?.signal?.addEventListener("abort", () => reject(new RpcTimeout(method, 0)));
    return Promise.race([promise, over]);
  };
  return { asked, answer: resolve };
}

Deno.test("hello tells of peers only over TLS", async () => {
  using rig = await ServiceRig.open();
  const plain = rig.client().call.hello({ client: "t", protocol: 1 });
  rig.secure = true;
  const secure = rig.client().call.hello({ client: "t", protocol: 1 });
  const both = [await plain, await secure].map(({ features }) => features.includes("peers"));
  assertEquals(both, [false, true]);
});

Deno.test("peer.ticket leads to who listens, and tells them who comes", async () => {
  using rig = await open();
  const ann = await listener(rig, "Ann", "10.0.0.7");
  using mel = rig.named("Mel");
  const { ticket, ...way } = await mel.call["peer.ticket"]({ to: "ANN" });
  assertEquals(way, { name: "Ann", address: "10.0.0.7", ...LISTEN });
  const claims = read(ticket, ann.told, "Ann");
  assertEquals({ ...claims, id: "" }, {
    id: "",
    from: "Mel",
    account: false,
    to: "Ann",
    expires: rig.time + 30_000,
  });
  const again = await mel.call["peer.ticket"]({ to: "Ann" });
  assertNotEquals(read(again.ticket, ann.told, "Ann").id, claims.id);
});

Deno.test("peer.listen again, or another client's key, makes a ticket worthless", async () => {
  using rig = await open();
  const ann = await listener(rig, "Ann");
  const bob = await listener(rig, "Bob");
  using mel = rig.named("Mel");
  const { ticket } = await mel.call["peer.ticket"]({ to: "Ann" });
  const anew = await ann.client.call["peer.listen"](LISTEN);
  for (const told of [bob.told, anew]) {
    const gate = new TicketGate({
      key: parseTicketKey(told.ticketKey)!,
      serverNow: told.now,
      now: 0,
    });
    assertEquals(gate.admit(ticket, "Ann", 0), { fault: "BAD_TICKET" });
  }
});

Deno.test("peer.* and private.* need TLS, and a name", async () => {
  using rig = await ServiceRig.open();
  using plain = rig.named("Mel");
  rig.secure = true;
  using nameless = rig.client();
  const _ann = await listener(rig, "Ann");
  for (const [client, code] of [[plain, "NOT_SECURE"], [nameless, "NO_NAME"]] as const) {
    const { call } = client;
    assertEquals(await codeOf(() => call["peer.listen"](LISTEN)), code);
    assertEquals(await codeOf(() => call["peer.ticket"]({ to: "Ann" })), code);
    assertEquals(await codeOf(() => call["private.ask"]({ to: "Ann" })), code);
    assertEquals(await call["private.withdraw"]({ to: "Ann" }), {});
  }
});

Deno.test("peer.listen refuses what leads nowhere", async () => {
  using rig = await open();
  using ann = rig.named("Ann");
  const listen = (params: object) =>
    codeOf(() => ann.call["peer.listen"]({ ...LISTEN, ...params }));
  assertEquals(await listen({ port: 0 }), "BAD_PORT");
  assertEquals(await listen({ port: 65_536 }), "BAD_PORT");
  assertEquals(await listen({ certificate: "" }), "BAD_CERTIFICATE");
  assertEquals(await listen({ certificate: CERTIFICATE.padEnd(2_001) }), "BAD_CERTIFICATE");
});

Deno.test("peer.ticket and private.ask say why there is no way to somebody", async () => {
  using rig = await open();
  using mel = rig.named("Mel");
  const _self = await mel.call["peer.listen"](LISTEN);
  using _silent = rig.named("Silent");
  const _local = await listener(rig, "Local", "127.0.0.1");
  const gone = await listener(rig, "Gone");
  gone.client[Symbol.dispose]();
  rig.accounts.add(foldName("Away"));
  const table = [
    ["Nobody", "NO_SUCH_PERSON", "nobody of that name is here"],
    ["Gone", "NO_SUCH_PERSON", "nobody of that name is here"],
    ["Mel", "NO_SUCH_PERSON", "that is you"],
    ["anonymous@10.0.0.5", "NO_SUCH_PERSON", "nobody"],
    ["\x1b[2J", "NO_SUCH_PERSON", '"\ufffd[2J"'],
    ["away", "NOT_ON", "not here now"],
    ["Silent", "NOT_LISTENING", "does not take connections"],
    // Its loopback interface is not ours.
    ["Local", "NOT_LISTENING", "does not take connections"],
  ] as const;
  for (const [to, code, sentence] of table) {
    for (const method of ["peer.ticket", "private.ask"] as const) {
      // Questions are rare; this is about something else.
      rig.time += 60_000;
      const refused = await refusalOf(() => mel.call[method]({ to }));
      assertEquals((refused.data as { code: string }).code, code, to);
      assertStringIncludes(refused.message, sentence);
    }
  }
  using neighbour = rig.named("Neighbour", "127.0.0.1");
  assertEquals((await neighbour.call["peer.ticket"]({ to: "Local" })).address, "127.0.0.1");
});

Deno.test("peer.ticket looks to who is blocked as if they were off, and is refused to who blocks", async () => {
  using rig = await open();
  const { client: ann } = await listener(rig, "Ann");
  const { client: mel } = await listener(rig, "Mel");
  rig.blocks.add("Ann Mel");
  assertEquals(await codeOf(() => mel.call["peer.ticket"]({ to: "Ann" })), "NOT_ON");
  assertEquals(await codeOf(() => ann.call["peer.ticket"]({ to: "Mel" })), "BLOCKED");
});

Deno.test("peer.* and private.ask are answered so often, and again after a while", async () => {
  using rig = await open();
  const { client: _ann } = await listener(rig, "Ann");
  using mel = rig.named("Mel");
  const asks = {
    "peer.listen": [10, () => mel.call["peer.listen"](LISTEN)],
    "peer.ticket": [200, () => mel.call["peer.ticket"]({ to: "Ann" })],
    "private.ask": [10, () => mel.call["private.ask"]({ to: "Nobody" })],
  } as const;
  for (const [method, [most, ask]] of Object.entries(asks)) {
    let refused = "";
    const once = async () => {
      try {
        await ask();
        refused = "";
      } catch (error) {
        refused = (error as { data: { code: string } }).data.code;
      }
    };
    for (let i = 0; i < most; i++) {
      await once();
      assert(refused !== "TOO_FAST", `${method} ${i}`);
    }
    await once();
    assertEquals(refused, "TOO_FAST", method);
    rig.time += 6_000;
    await once();
    assert(refused !== "TOO_FAST", method);
  }
});

Deno.test("private.ask that is answered with yes leads the one who asked to the other", async () => {
  using rig = await open();
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
  assertEquals(read(connect!.ticket, ann.told, "Ann").session, id);
  assertEquals([rig.exchange.asks.size, rig.clock.timers], [0, 0]);
  // The question was answered: nobody takes it back.
  assertEquals(ann.client.notes, []);
});

for (const answer of [{ accept: false }, {}, null, { accept: "true" }, [true]]) {
  Deno.test(`private.ask that is answered with ${JSON.stringify(answer)} is declined`, async () => {
    using rig = await open();
    const { client: ann } = await listener(rig, "Ann");
    using mel = rig.named("Mel");
    ann.onAsk = () => Promise.resolve(answer);
    assertEquals(await codeOf(() => mel.call["private.ask"]({ to: "Ann" })), "DECLINED");
    assertEquals(ann.notes, []);
  });
}

Deno.test("private.ask: no, no answer, a client that cannot, and blocked look alike", async () => {
  using rig = await open();
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
  using rig = await open();
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
  using rig = await open();
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
  using rig = await open();
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
  using rig = await open();
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
  using rig = await open();
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
  using rig = await open();
  const ann = await listener(rig, "Ann");
  const mel = await listener(rig, "Mel");
  const person = hold(ann.client);
  const first = mel.client.call["private.ask"]({ to: "Ann" });
  await settled();
  const second = await ann.client.call["private.ask"]({ to: "Mel" });
  const { id, connect } = await first;
  assertEquals(second, { id, name: "Mel", account: false });
  assertEquals(read(connect!.ticket, ann.told, "Ann").session, id);
  assertEquals(person.asked.length, 1);
  assertEquals([rig.exchange.asks.size, rig.clock.timers, ann.client.notes], [0, 0, []]);
});

Deno.test("private.ask from both sides at once, where the yes comes with the question", async () => {
  using rig = await open();
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
  using rig = await open();
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
  using rig = await open();
  const { client: ann } = await listener(rig, "Ann");
  using mel = rig.named("Mel");
  ann.onAsk = () => Promise.resolve({ accept: true });
  rig.time += 100_000;
  await mel.call["private.ask"]({ to: "Ann" });
  const session = rig.presence.holderOf("ann")!;
  assertEquals(rig.presence.personOf(session)?.active, rig.time);
});
