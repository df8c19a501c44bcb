import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import type {
  DirectMessage,
  PeerHost,
  SessionLink,
} from "../../../lib/client/people/peer_visit.ts";
import { callPeer } from "../../../lib/client/people/peer_call.ts";
import {
  HELLO_MS,
  MAX_STRANGERS_PER_ADDRESS,
  MESSAGES_MS,
  PeerPort,
} from "../../../lib/client/people/peer_port.ts";
import { makeIdentity, type TlsIdentity } from "../../../lib/net/certificate.ts";
import { HandshakeError } from "../../../lib/net/handshake_error.ts";
import {} from "../../../lib/net/tls.ts";
import { makeTicket, type TicketClaims, TicketGate } from "../../../lib/people/ticket.ts";
import { RpcError } from "../../../lib/rpc/rpc_error.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";

const KEY = new Uint8Array(32).fill(1);
const identities = await Promise.all([makeIdentity(), makeIdentity()]);
const NEVER = new AbortController().signal;

/** The client of Ann, which others call on. */
class Rig implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly messages: DirectMessage[] = [];
  readonly links: { claims: TicketClaims; link: SessionLink }[] = [];
  readonly problems: unknown[] = [];
  readonly blocked = new Set<string>();
  readonly port: PeerPort;
  own = "Ann";
  agreed = "";
  #gate = new TicketGate({ key: KEY, serverNow: 1_000_000, now: 0 });
  #ids = 0;

  constructor(readonly identity: TlsIdentity) {
    const host: PeerHost = {
      gate: () => this.#gate,
      own: () => this.own,
      isBlocked: (name) => this.blocked.has(name),
      onMessage: (message) => void this.messages.push(message),
      onSession: (claims, link) => {
        this.links.push({ claims, link });
        return claims.session === this.agreed;
      },
      steady: () => this.clock.now(),
      now: () => 7,
    };
    this.port = new PeerPort({
      hostname: "127.0.0.1",
      identity,
      host,
      clock: this.clock,
      onProblem: (error) => void this.problems.push(error),
    });
  }

  static make(): Rig {
    return new Rig(identities[0]!);
  }

  ticket(claims: Partial<TicketClaims> = {}, key = KEY): string {
    return makeTicket(key, {
      id: `${++this.#ids}`,
      from: "Mel",
      account: true,
      to: "Ann",
      expires: 1_030_000 + this.clock.now(),
      ...claims,
    });
  }

  call(ticket: string, certificate = this.identity.certificate) {
    const way = { address: "127.0.0.1", port: this.port.port, certificate, ticket };
    return callPeer(way, { signal: NEVER });
  }

  /** A connection in TLS that says nothing yet. */
  async knock(): Promise<Deno.TlsConn> {
    const socket = await Deno.connect({ hostname: "127.0.0.1", port: this.port.port });
    const caCerts = [this.identity.certificate];
    const secure = await Deno.startTls(socket, { hostname: "crds.invalid", caCerts });
    await secure.handshake();
    return secure;
  }

  /** Waits until so many are connected. */
  async until(connections: number): Promise<void> {
    while (this.port.connections !== connections) await tick();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.port[Symbol.asyncDispose]();
  }
}

function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}

async function codeOf(call: () => Promise<unknown>): Promise<string | undefined> {
  const error = await assertRejects(call, RpcError);
  return (error as RpcError).data?.code;
}

async function readAll(connection: Deno.Conn): Promise<string> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(4096);
  let text = "";
  try {
    for (;;) {
      const count = await connection.read(buffer);
      if (count === null) return text;
      text += decoder.decode(buffer.subarray(0, count), { stream: true });
    }
  } catch {
    return text;
  }
}

const MESSAGE = { id: "m1", text: "Lunch?", at: 5 };

Deno.test("PeerPort takes messages of who has a ticket; the name is that of the ticket", async () => {
  await using rig = Rig.make();
  await using mel = await rig.call(rig.ticket());
  const lie = { ...MESSAGE, from: "Bob", account: false, kind: "broadcast" };
  assertEquals(await mel.request("message.take", lie), {});
  assertEquals(rig.messages, [
    { from: "Mel", account: true, id: "m1", text: "Lunch?", at: 7, kind: "private" },
  ]);
  await assertRejects(() => mel.request("private.say", { text: "hi" }), RpcError, "agreed");
});

Deno.test("PeerPort lets nobody in without a good ticket, and each one once", async () => {
  await using rig = Rig.make();
  const used = rig.ticket();
  (await rig.call(used)).close("it is over");
  rig.blocked.add("Bob");
  const table: [what: string, ticket: string, code: string][] = [
    ["nonsense", "hello", "BAD_TICKET"],
    ["forged", rig.ticket({}, new Uint8Array(32).fill(2)), "BAD_TICKET"],
    ["changed", rig.ticket().replace(/^../, "AA"), "BAD_TICKET"],
    ["replayed", used, "USED"],
    ["expired", rig.ticket({ expires: 1_000_000 }), "EXPIRED"],
    ["for another recipient", rig.ticket({ to: "Bob" }), "NOT_FOR_ME"],
    ["of somebody blocked", rig.ticket({ from: "Bob" }), "REFUSED"],
    ["for a session that nobody agreed to", rig.ticket({ session: "s1" }), "NOT_AGREED"],
  ];
  for (const [what, ticket, code] of table) {
    assertEquals(await codeOf(() => rig.call(ticket)), code, what);
  }
  await rig.until(0);
  assertEquals([rig.messages, rig.problems], [[], []]);
});

Deno.test("PeerPort answers nothing before the ticket, and closes", async () => {
  await using rig = Rig.make();
  const asks = [
    ["message.take", MESSAGE, /HELLO_FIRST/],
    ["private.say", { text: "x" }, /HELLO_FIRST/],
    ["private.stop", {}, /HELLO_FIRST/],
    ["peer.hello", {}, /-32602/],
    ["peer.hello", { ticket: 5 }, /-32602/],
    ["room.history", {}, /-32601/],
  ] as const;
  for (const [method, params, answer] of asks) {
    using socket = await rig.knock();
    const line = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    await socket.write(new TextEncoder().encode(`${line}\n`.repeat(3)));
    if (method === "room.history") await socket.closeWrite();
    assertMatch(await readAll(socket), answer);
  }
  assertEquals(rig.messages, []);
});

Deno.test("PeerPort closes strangers who say nothing, too much, or no TLS", async () => {
  await using rig = Rig.make();
  const connect = () => Deno.connect({ hostname: "127.0.0.1", port: rig.port.port });
  // Silent before and after the handshake, and half of a handshake.
  const raw = await connect();
  const half = await connect();
  await half.write(new Uint8Array([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]));
  const secure = await rig.knock();
  await rig.until(3);
  await rig.clock.advance(HELLO_MS);
  for (const socket of [raw, half, secure]) {
    await readAll(socket);
    socket.close();
  }
  await rig.until(0);

  const plain = await connect();
  await plain.write(new TextEncoder().encode('{"jsonrpc":"2.0","id":1,"method":"ping"}\n'));
  assertEquals((await readAll(plain)).includes("result"), false);
  plain.close();
  const talker = await rig.knock();
  await talker.write(new TextEncoder().encode("x".repeat(8_000))).catch(() => {});
  assertEquals(await readAll(talker), "");
  talker.close();
  await rig.until(0);
  await using mel = await rig.call(rig.ticket());
  await mel.request("message.take", MESSAGE);
  assertEquals([rig.messages.length, rig.problems], [1, []]);
});

Deno.test("PeerPort: strangers of one address cannot take all places, and those with tickets count apart", async () => {
  await using rig = Rig.make();
  await using mel = await rig.call(rig.ticket());
  const strangers: Deno.TlsConn[] = [];
  for (let i = 0; i < MAX_STRANGERS_PER_ADDRESS; i++) strangers.push(await rig.knock());
  await rig.until(1 + MAX_STRANGERS_PER_ADDRESS);
  const many = await Deno.connect({ hostname: "127.0.0.1", port: rig.port.port });
  assertEquals(await readAll(many), "");
  many.close();
  await mel.request("message.take", MESSAGE);
  for (const stranger of strangers) stranger.close();
  await rig.until(1);
  await using _other = await rig.call(rig.ticket());
});

Deno.test("PeerPort takes messages for a minute, and until one has another name", async () => {
  await using rig = Rig.make();
  const one = await rig.call(rig.ticket());
  await rig.clock.advance(MESSAGES_MS);
  assertEquals(await one.closed, "the other side closed the connection");
  const two = await rig.call(rig.ticket());
  rig.own = "Zoe";
  assertEquals(await codeOf(() => two.request("message.take", MESSAGE)), "NOT_FOR_ME");
  const three = await rig.call(rig.ticket({ to: "zoe" }));
  rig.port.forgetSenders();
  await three.closed;
  assertEquals(rig.messages, []);
  await Promise.all([one, two, three].map((peer) => peer[Symbol.asyncDispose]()));
});

Deno.test("PeerPort refuses what is no message, and too many, and goes on", async () => {
  await using rig = Rig.make();
  await using mel = await rig.call(rig.ticket());
  const take = (params: object) =>
    codeOf(() => mel.request("message.take", { ...MESSAGE, ...params }));
  assertEquals(await take({ text: "" }), "BAD_TEXT");
  assertEquals(await take({ text: "a\nb" }), "BAD_TEXT");
  assertEquals(await take({ text: "x".repeat(2_001) }), "BAD_TEXT");
  assertEquals(await take({ id: "a b" }), "BAD_MESSAGE_ID");
  assertEquals(await take({ id: 5 }), undefined);
  let taken = 0;
  for (; taken < 300; taken++) {
    try {
      await mel.request("message.take", { ...MESSAGE, id: `n${taken}` });
    } catch (error) {
      assertEquals((error as RpcError).data?.code, "TOO_FAST");
      break;
    }
  }
  assertEquals([taken, rig.messages.length], [200, 200]);
  await rig.clock.advance(1_000);
  await mel.request("message.take", MESSAGE);
  rig.blocked.add("Mel");
  assertEquals(await take({}), "REFUSED");
});

Deno.test("PeerPort: a private session goes both ways, is no place for strangers, and lasts", async () => {
  await using rig = Rig.make();
  rig.agreed = "s1";
  const said: string[] = [];
  const way = {
    address: "127.0.0.1",
    port: rig.port.port,
    certificate: rig.identity.certificate,
    ticket: rig.ticket({ session: "s1" }),
  };
  const handlers = {
    "private.say": (params: unknown) => {
      said.push((params as { text: string }).text);
      return {};
    },
  };
  await using mel = await callPeer(way, { handlers, signal: NEVER, keepAlive: true });
  const [{ claims, link }] = rig.links as [typeof rig.links[number]];
  assertEquals([claims.from, claims.session], ["Mel", "s1"]);
  link.onSay = (text) => void said.push(text);
  await mel.request("private.say", { text: "one" });
  await link.peer.request("private.say", { text: "two" });
  rig.port.forgetSenders();
  assertEquals(link.peer.keepAlive, true);
  await mel.request("private.say", { text: "three" });
  assertEquals(said, ["one", "two", "three"]);
  assertEquals(await codeOf(() => mel.request("private.say", { text: "\x1b[2J" })), "BAD_TEXT");
  const sender = await rig.call(rig.ticket());
  rig.port.drop("MEL");
  await sender.closed;
  await sender[Symbol.asyncDispose]();
  await mel.request("private.say", { text: "four" });
});

Deno.test("PeerPort notices within 30 s that the other side of a private session is gone", async () => {
  await using rig = Rig.make();
  rig.agreed = "s1";
  using socket = await rig.knock();
  const params = { ticket: rig.ticket({ session: "s1" }) };
  const hello = { jsonrpc: "2.0", id: 1, method: "peer.hello", params };
  await socket.write(new TextEncoder().encode(`${JSON.stringify(hello)}\n`));
  const heard = readAll(socket);
  while (rig.links.length === 0) await tick();
  const { peer } = rig.links[0]!.link;
  // It was there long enough for messages; asked for a sign of life, it gives none.
  let ended = "";
  peer.closed.then((reason) => ended = reason);
  await rig.clock.advance(24_999);
  assertEquals(ended, "");
  await rig.clock.advance(1);
  assertEquals(ended, "no answer for 25 s");
  assertMatch(await heard, /"result":\{\}.*\n.*"ping"/);
});

Deno.test("callPeer() refuses who shows another certificate, and nonsense", async () => {
  await using rig = Rig.make();
  const { certificate } = identities[1]!;
  const nonsense = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
  for (const other of [certificate, nonsense, ""]) {
    const error = await assertRejects(() => rig.call(rig.ticket(), other), HandshakeError);
    assert(["untrusted", "broken"].includes((error as HandshakeError).fault), other);
  }
  // Who is not who they should be has seen no ticket.
  await rig.until(0);
  assertEquals(rig.messages, []);
});

Deno.test("PeerPort closes everything when it is disposed, which may be repeated", async () => {
  const rig = Rig.make();
  const mel = await rig.call(rig.ticket());
  const stranger = await rig.knock();
  await Promise.all([rig[Symbol.asyncDispose](), rig[Symbol.asyncDispose]()]);
  await mel.closed;
  await mel[Symbol.asyncDispose]();
  assertEquals(await readAll(stranger), "");
  stranger.close();
  assertEquals(rig.clock.timers, 0);
});
