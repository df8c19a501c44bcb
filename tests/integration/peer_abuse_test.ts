/**
 * What somebody who means no good can do at the TLS port of a real client: nothing.
 */

import { assert, assertEquals } from "@std/assert";
import type { PeerTicket } from "../../lib/people/peer_methods.ts";
import { makeTicket } from "../../lib/people/ticket.ts";
import { RpcError } from "../../lib/rpc/rpc_error.ts";
import { mutated } from "../helpers/mutated_messages.ts";
import type { Program } from "../helpers/processes.ts";
import { seededRandom, withSeed } from "../helpers/seeded_random.ts";
import { startPerson, startTlsServer, Stranger } from "../helpers/tls_people.ts";

/** Mutated messages in all. */
const MESSAGES = 10_000;

/** Messages of one connection: after some that are none, the client closes it. */
const PER_CONNECTION = 8;

/** Tickets that each of the attackers asks for: the server gives 200 in a minute. */
const TICKETS = 180;

/** How many attackers there are. */
const ATTACKERS = 5;

async function refusal(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
  } catch (error) {
    return error instanceof RpcError ? error.data?.code : String(error);
  }
  return undefined;
}

/** Ann still gets what Mel says, and what she types herself still works. */
async function works(ann: Program, mel: Program, mark: string): Promise<void> {
  await mel.write(`msg Ann are you there ${mark}\n`);
  await ann.next(new RegExp(`^Mel \\(private, guest\\): are you there ${mark}\n`, "m"));
  await mel.next(/Delivered to Ann\.\n/, "stderr");
  await ann.write("who\n");
  await ann.next(/^NAME [^]*\nMel /m);
}

Deno.test("a client's TLS port refuses forged and replayed tickets and those of others, and a false name", async () => {
  await using server = await startTlsServer();
  await using ann = await startPerson(server, "Ann");
  await using mel = await startPerson(server, "Mel");
  await using eve = await Stranger.enter(server, "Eve");
  const way = await eve.ticketTo("Ann");
  const claims = JSON.parse(
    atob(way.ticket.split(".")[0]!.replaceAll("-", "+").replaceAll("_", "/")),
  );
  const call = (ticket: string) => refusal(eve.call({ ...way, ticket }));

  // With a key that is not hers, and with a good signature under other claims.
  const asMel = { ...claims, from: "Mel", account: true, id: "x1" };
  assertEquals(await call(makeTicket(new Uint8Array(32), asMel)), "BAD_TICKET");
  const [body] = makeTicket(new Uint8Array(32), asMel).split(".");
  assertEquals(await call(`${body}.${way.ticket.split(".")[1]}`), "BAD_TICKET");
  // That of another recipient.
  const { ticket } = await eve.ticketTo("Mel");
  assertEquals(await call(ticket), "BAD_TICKET");
  // A good one, once; the name is that of the ticket, whatever she says.
  const connection = await eve.call(way);
  const lie = { id: "m1", text: "it is Mel", at: 1, from: "Mel", account: true };
  await connection.request("message.take", lie);
  await ann.next(/^Eve \(private, guest\): it is Mel\n/m);
  connection.close("it is over");
  await connection[Symbol.asyncDispose]();
  assertEquals(await call(way.ticket), "USED");
  // Into a private session that nobody agreed to.
  assertEquals(
    await refusal(eve.session.request("private.ask", { to: "Nobody" })),
    "NO_SUCH_PERSON",
  );
  const other = await eve.call(await eve.ticketTo("Ann"));
  assertEquals(await refusal(other.request("private.say", { text: "psst" })), "NOT_AGREED");
  await other[Symbol.asyncDispose]();
  await works(ann, mel, "1");
});

Deno.test("a client's TLS port bears plain bytes, half handshakes and silence, and the client goes on", async () => {
  await using server = await startTlsServer();
  await using ann = await startPerson(server, "Ann");
  await using mel = await startPerson(server, "Mel");
  await using eve = await Stranger.enter(server, "Eve");
  const { address: hostname, port } = await eve.ticketTo("Ann");
  const half = new Uint8Array([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]);
  const beginnings = [
    new TextEncoder().encode('{"jsonrpc":"2.0","id":1,"method":"peer.hello","params":{}}\n'),
    new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"),
    half,
    new Uint8Array(70_000).fill(0xff),
    new Uint8Array(),
  ];
  const all = Array.from({ length: 60 }, async (_, at) => {
    using socket = await Deno.connect({ hostname, port });
    await socket.write(beginnings[at % beginnings.length]!).catch(() => {});
    // Until the client closes: it waits for nobody longer than 5 s.
    const buffer = new Uint8Array(1024);
    const next = () => socket.read(buffer).catch(() => null);
    while (await next() !== null);
  });
  await mel.write("msg Ann in the middle of it\n");
  await ann.next(/in the middle of it\n/);
  await Promise.all(all);
  await works(ann, mel, "2");
});

const LONG = [" ".repeat(5_000), "[".repeat(2_000)];

const GOOD = [
  '{"jsonrpc":"2.0","id":1,"method":"peer.hello","params":{"ticket":"eyJh.bbbb"}}',
  '{"jsonrpc":"2.0","id":2,"method":"message.take","params":{"id":"m1","text":"hi","at":5}}',
  '{"jsonrpc":"2.0","id":3,"method":"private.say","params":{"text":"psst"}}',
  '{"jsonrpc":"2.0","id":4,"method":"private.stop","params":{}}',
  '{"jsonrpc":"2.0","id":"x","method":"room.history","params":{"room":{"address":"1","port":2}}}',
  '{"jsonrpc":"2.0","id":1,"result":{"accept":true}}',
  '[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"message.take"},5]',
];

/** A connection in TLS; with a ticket, the first line of it is a good one. */
async function open(way: PeerTicket, withTicket: boolean): Promise<Deno.TlsConn> {
  const { address: hostname, port, certificate, ticket } = way;
  const socket = await Deno.connect({ hostname, port });
  const secure = await Deno.startTls(socket, { hostname: "crds.invalid", caCerts: [certificate] });
  const hello = { jsonrpc: "2.0", id: 0, method: "peer.hello", params: { ticket } };
  if (withTicket) await secure.write(new TextEncoder().encode(`${JSON.stringify(hello)}\n`));
  return secure;
}

Deno.test("a client's TLS port stands 10,000 mutated messages, and the client goes on", () =>
  withSeed(async (seed) => {
    const random = seededRandom(seed);
    const below = (count: number): number => Math.floor(random() * count);
    await using server = await startTlsServer();
    await using ann = await startPerson(server, "Ann");
    await using mel = await startPerson(server, "Mel");
    await using eves = new AsyncDisposableStack();
    const attackers: Stranger[] = [];
    for (let i = 0; i < ATTACKERS; i++) {
      attackers.push(eves.use(await Stranger.enter(server, `Eve ${i}`)));
    }
    const way = await attackers[0]!.ticketTo("Ann");
    let sent = 0;
    for (let connections = 0; sent < MESSAGES; connections++) {
      const attacker = attackers[Math.floor(connections / TICKETS)];
      const fresh = await attacker?.ticketTo("Ann");
      using socket = await open(fresh ?? way, fresh !== undefined);
      const heard = drain(socket);
      for (let i = 0; i < PER_CONNECTION; i++) {
        sent++;
        // The client closes when it has had enough.
        const bytes = mutated({ good: GOOD, long: LONG, below });
        const isOpen = await socket.write(bytes).then(() => true, () => false);
        if (!isOpen) break;
      }
      await socket.closeWrite().catch(() => {});
      await heard;
      if (connections % 250 === 249) await works(ann, mel, `${seed}-${connections}`);
    }
    await works(ann, mel, `${seed}-end`);
    // Nothing was shown that nobody said, and nothing went wrong in the client.
    assertEquals(/a fault of crds-client/.test(ann.stderr), false, ann.stderr);
    assert(!ann.stdout.includes("\x1b"));
    await ann.write("quit\n");
    assertEquals((await ann.status).code, 0, ann.stderr);
  }));

/** Reads until the end, whatever it is. */
async function drain(socket: Deno.TlsConn): Promise<void> {
  const buffer = new Uint8Array(16 * 1024);
  try {
    while (await socket.read(buffer) !== null);
  } catch {
    // Closed with a reset: that is an end, too.
  }
}
