import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { foldName } from "../../lib/people/names.ts";
import { parseTicketKey, TicketGate } from "../../lib/people/ticket.ts";
import { refusalOf, ServiceRig } from "../helpers/service_rig.ts";
import {
  CERTIFICATE,
  codeOf,
  LISTEN,
  listener,
  openSecure,
  readTicket,
} from "../helpers/peer_listeners.ts";

Deno.test("hello tells of peers only over TLS", async () => {
  using rig = await ServiceRig.open();
  const plain = rig.client().call.hello({ client: "t", protocol: 1 });
  rig.secure = true;
  const secure = rig.client().call.hello({ client: "t", protocol: 1 });
  const both = [await plain, await secure].map(({ features }) => features.includes("peers"));
  assertEquals(both, [false, true]);
});

Deno.test("peer.ticket leads to who listens, and tells them who comes", async () => {
  using rig = await openSecure();
  const ann = await listener(rig, "Ann", "10.0.0.7");
  using mel = rig.named("Mel");
  const { ticket, ...way } = await mel.call["peer.ticket"]({ to: "ANN" });
  assertEquals(way, { name: "Ann", address: "10.0.0.7", ...LISTEN });
  const claims = readTicket(ticket, ann.told, "Ann");
  assertEquals({ ...claims, id: "" }, {
    id: "",
    from: "Mel",
    account: false,
    to: "Ann",
    expires: rig.time + 30_000,
  });
  const again = await mel.call["peer.ticket"]({ to: "Ann" });
  assertNotEquals(readTicket(again.ticket, ann.told, "Ann").id, claims.id);
});

Deno.test("peer.listen again, or another client's key, makes a ticket worthless", async () => {
  using rig = await openSecure();
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
  using rig = await openSecure();
  using ann = rig.named("Ann");
  const listen = (params: object) =>
    codeOf(() => ann.call["peer.listen"]({ ...LISTEN, ...params }));
  assertEquals(await listen({ port: 0 }), "BAD_PORT");
  assertEquals(await listen({ port: 65_536 }), "BAD_PORT");
  assertEquals(await listen({ certificate: "" }), "BAD_CERTIFICATE");
  assertEquals(await listen({ certificate: CERTIFICATE.padEnd(2_001) }), "BAD_CERTIFICATE");
});

Deno.test("peer.ticket and private.ask say why there is no way to somebody", async () => {
  using rig = await openSecure();
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
  using rig = await openSecure();
  const { client: ann } = await listener(rig, "Ann");
  const { client: mel } = await listener(rig, "Mel");
  rig.blocks.add("Ann Mel");
  assertEquals(await codeOf(() => mel.call["peer.ticket"]({ to: "Ann" })), "NOT_ON");
  assertEquals(await codeOf(() => ann.call["peer.ticket"]({ to: "Mel" })), "BLOCKED");
});

Deno.test("peer.* and private.ask are answered so often, and again after a while", async () => {
  using rig = await openSecure();
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
