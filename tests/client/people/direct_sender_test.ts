import { assertEquals, assertRejects } from "@std/assert";
import { DirectSender, KEEP_MS, TRIES, TRY_MS } from "../../../lib/client/people/direct_sender.ts";
import { PeerPort } from "../../../lib/client/people/peer_port.ts";
import type { ServerSession } from "../../../lib/client/room_directory.ts";
import { makeIdentity } from "../../../lib/net/certificate.ts";
import { UserError } from "../../../lib/errors.ts";
import { makeTicket, TicketGate } from "../../../lib/people/ticket.ts";
import { refusal, RpcError } from "../../../lib/rpc/rpc_error.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";

const IDENTITY = await makeIdentity();
const KEY = new Uint8Array(32).fill(1);

/** Ann's client, and what leads to it. */
class Rig implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly taken: string[] = [];
  /** How often the server was asked for the way. */
  asked = 0;
  delivered = 0;
  /** What the server does instead of leading there. */
  refuse: (() => Error) | undefined;
  /** Called with each message; may be slow to take it. */
  onMessage = (_id: string): void => {};
  readonly port: PeerPort;
  readonly sender: DirectSender;
  leadsTo: number;

  constructor() {
    const gate = new TicketGate({ key: KEY, serverNow: 0, now: 0 });
    this.port = new PeerPort({
      hostname: "127.0.0.1",
      identity: IDENTITY,
      host: {
        gate: () => gate,
        own: () => "Ann",
        isBlocked: () => false,
        onMessage: ({ id, text }) => {
          this.onMessage(id);
          this.taken.push(`${id} ${text}`);
        },
        onSession: () => false,
        steady: () => 0,
        now: () => 0,
      },
      onProblem() {},
    });
    this.leadsTo = this.port.port;
    const calls = { ask: (_method: string, params: unknown) => this.#way(params) };
    const session = { calls, features: new Set() } as unknown as ServerSession;
    this.sender = new DirectSender({
      session: () => session,
      onDelivered: () => this.delivered++,
      now: () => 7,
      clock: this.clock,
    });
  }

  // deno-lint-ignore require-await
  async #way(_params: unknown): Promise<unknown> {
    const id = `t${++this.asked}`;
    if (this.refuse !== undefined) throw this.refuse();
    const claims = { id, from: "Mel", account: true, to: "Ann", expires: 30_000 };
    return {
      name: "Ann",
      address: "127.0.0.1",
      port: this.leadsTo,
      certificate: IDENTITY.certificate,
      ticket: makeTicket(KEY, claims),
    };
  }

  /** Lets time pass until something is done. */
  async passing<T>(work: Promise<T>, step = TRY_MS): Promise<T> {
    let isDone = false;
    const done = work.finally(() => isDone = true);
    while (!isDone) {
      await this.clock.advance(step);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return await done;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sender[Symbol.asyncDispose]();
    await this.port[Symbol.asyncDispose]();
  }
}

Deno.test("DirectSender delivers, and keeps the connection for the next messages", async () => {
  await using rig = new Rig();
  assertEquals(await rig.sender.tryDirect("Ann", "1", "one"), "delivered");
  assertEquals(await rig.sender.tryDirect("ANN", "2", "two"), "delivered");
  assertEquals([rig.taken, rig.asked, rig.delivered], [["1 one", "2 two"], 1, 2]);
  assertEquals(rig.sender.connections, 1);
  await rig.clock.advance(KEEP_MS);
  assertEquals(rig.sender.connections, 0);
  assertEquals(await rig.sender.tryDirect("Ann", "3", "three"), "delivered");
  assertEquals(rig.asked, 2);
  rig.sender.forget();
  assertEquals(rig.sender.connections, 0);
});

Deno.test("DirectSender gets another ticket when the connection is gone", async () => {
  await using rig = new Rig();
  await rig.sender.tryDirect("Ann", "1", "one");
  rig.port.forgetSenders();
  while (rig.sender.connections > 0 || rig.port.connections > 0) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assertEquals(await rig.sender.tryDirect("Ann", "2", "two"), "delivered");
  assertEquals(rig.asked, 2);
});

Deno.test("DirectSender tries five times where nobody answers, with one pause each", async () => {
  await using rig = new Rig();
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  rig.leadsTo = silent.addr.port;
  const sending = rig.sender.tryDirect("Ann", "1", "one");
  assertEquals(await rig.passing(sending), "unreachable");
  assertEquals([rig.asked, rig.delivered], [TRIES, 0]);
  // What is still waiting to be accepted is closed with its other end.
  for (let i = 0; i < TRIES; i++) (await silent.accept()).close();
});

Deno.test("DirectSender tries once where nobody listens, or somebody else does", async () => {
  await using rig = new Rig();
  const gone = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  rig.leadsTo = gone.addr.port;
  gone.close();
  assertEquals(await rig.sender.tryDirect("Ann", "1", "one"), "unreachable");
  assertEquals([rig.asked, rig.clock.now()], [1, 0]);
});

const REFUSALS: [what: string, error: () => Error, outcome: unknown][] = [
  ["who is not on", () => refusal("NOT_ON", "x"), "unreachable"],
  ["who does not listen", () => refusal("NOT_LISTENING", "x"), "unreachable"],
  ["nobody of that name", () => refusal("NO_SUCH_PERSON", "x"), "unreachable"],
  ["too often", () => refusal("TOO_FAST", "x"), "unreachable"],
  [
    "who does not want to",
    () => refusal("REFUSED", "x"),
    { refused: 'Cannot send a message to "Ann": they do not want messages from you.' },
  ],
];

for (const [what, error, outcome] of REFUSALS) {
  Deno.test(`DirectSender to ${what}: the server decides, at once`, async () => {
    await using rig = new Rig();
    rig.refuse = error;
    assertEquals(await rig.sender.tryDirect("Ann", "1", "one"), outcome as never);
    assertEquals(rig.asked, 1);
  });
}

Deno.test("DirectSender tells what the recipient's client refuses for good", async () => {
  await using rig = new Rig();
  const outcome = await rig.sender.tryDirect("Ann", "1", "a\nb");
  assertEquals(typeof outcome, "object");
  assertEquals(await rig.sender.tryDirect("Ann", "2", "two"), "delivered");
});

Deno.test("DirectSender gives up with its signal, and tries no further", async () => {
  await using rig = new Rig();
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  rig.leadsTo = silent.addr.port;
  const command = new AbortController();
  const sending = rig.sender.tryDirect("Ann", "1", "one", command.signal);
  const refused = assertRejects(() => sending, DOMException);
  (await silent.accept()).close();
  command.abort();
  await refused;
  assertEquals(rig.asked, 1);
});

Deno.test("DirectSender keeps trying while the server does not answer, then says unreachable", async () => {
  await using rig = new Rig();
  rig.refuse = () => new UserError("Cannot hear the answer of the CRDS.");
  assertEquals(await rig.passing(rig.sender.tryDirect("Ann", "1", "one")), "unreachable");
  assertEquals(rig.asked, TRIES);
  const strange = new RpcError(-32603, "Internal error");
  rig.refuse = () => strange;
  assertEquals(await rig.sender.tryDirect("Ann", "2", "two"), "unreachable");
});
