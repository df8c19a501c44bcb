/**
 * Asking members of all kinds, with real sockets and the time in the test's hands.
 */

import { assertEquals } from "@std/assert";
import { ASK_ANSWER_MS, ASK_CONNECT_MS, askHistory } from "../../lib/room/ask_history.ts";
import { FakeClock } from "../helpers/fake_clock.ts";

const ROOM = { address: "239.255.7.4", port: 20104 };
const ENTRY = { age: 7, from: { address: "10.0.0.1", port: 4000 }, text: "Mel: hi" };

/** A member that does with its one connection what a test wants. */
class Member implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #serving: Promise<void>;
  /** What it was asked. */
  request = "";
  /** Resolves when it was asked. */
  readonly asked = Promise.withResolvers<void>();
  /** Resolves when the asker has closed. */
  readonly closed = Promise.withResolvers<void>();

  constructor(serve: (say: (text: string) => Promise<void>, id: unknown) => Promise<void>) {
    this.#serving = this.#serve(serve);
  }

  get place(): { address: string; port: number } {
    return { address: "127.0.0.1", port: this.#listener.addr.port };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#serving;
  }

  async #serve(serve: (say: (text: string) => Promise<void>, id: unknown) => Promise<void>) {
    using socket = await this.#listener.accept();
    const buffer = new Uint8Array(4096);
    while (!this.request.endsWith("\n")) {
      const count = await socket.read(buffer);
      if (count === null) return;
      this.request += new TextDecoder().decode(buffer.subarray(0, count));
    }
    this.asked.resolve();
    const say = async (text: string): Promise<void> => {
      const bytes = new TextEncoder().encode(text);
      for (let sent = 0; sent < bytes.length;) sent += await socket.write(bytes.subarray(sent));
    };
    // It may be closed in the middle.
    await serve(say, JSON.parse(this.request).id).catch(() => {});
    while (await socket.read(buffer).catch(() => null) !== null);
    this.closed.resolve();
  }
}

function answer(id: unknown, result: unknown): string {
  return `${JSON.stringify({ jsonrpc: "2.0", id, result })}\n`;
}

Deno.test("askHistory() asks for the room, returns what it was told, and closes", async () => {
  await using member = new Member((say, id) => say(answer(id, { lines: [ENTRY] })));
  assertEquals(await askHistory({ member: member.place, room: ROOM }), [ENTRY]);
  const { method, params } = JSON.parse(member.request);
  assertEquals([method, params], ["room.history", { room: ROOM }]);
  await member.closed.promise;
});

Deno.test("askHistory() returns escape codes as they are: raw data, to be sanitised", async () => {
  const text = "Mel: \x1b]0;owned\x07\x1b[2J\r\n\u202e\0";
  await using member = new Member((say, id) => say(answer(id, { lines: [{ ...ENTRY, text }] })));
  assertEquals(await askHistory({ member: member.place, room: ROOM }), [{ ...ENTRY, text }]);
});

Deno.test("askHistory() takes the longest answer", async () => {
  const lines = Array.from({ length: 50 }, () => ({ ...ENTRY, text: "x".repeat(1200) }));
  await using member = new Member((say, id) => say(answer(id, { lines })));
  assertEquals(await askHistory({ member: member.place, room: ROOM }), lines);
});

const HOSTILE: [what: string, say: (id: unknown) => string][] = [
  ["an error", (id) => `{"jsonrpc":"2.0","id":${id},"error":{"code":-32000,"message":"no"}}\n`],
  ["a wrong type", (id) => answer(id, { lines: "none" })],
  ["null", (id) => answer(id, null)],
  ["a bad line among good ones", (id) => answer(id, { lines: [ENTRY, { ...ENTRY, age: -1 }] })],
  ["too many lines", (id) => answer(id, { lines: Array(51).fill(ENTRY) })],
  ["too long a text", (id) => answer(id, { lines: [{ ...ENTRY, text: "x".repeat(1201) }] })],
  ["an answer beyond 64 KiB, and no end", (id) => answer(id, "x".repeat(200_000))],
  ["an endless line", () => "x".repeat(5_000_000)],
  ["endless lines", () => "{}\n".repeat(1_000_000)],
  ["endless requests", () => '{"jsonrpc":"2.0","id":1,"method":"ping"}\n'.repeat(100_000)],
  ["endless notifications", () => '{"jsonrpc":"2.0","method":"x"}\n'.repeat(100_000)],
  ["endless answers to nobody", () => '{"jsonrpc":"2.0","id":9,"result":1}\n'.repeat(100_000)],
  ["garbage", () => "\x00\x01\x02\n\xff\n\n[[[[\n"],
];

for (const [what, text] of HOSTILE) {
  Deno.test(`askHistory() returns nothing for ${what}, and closes`, async () => {
    const clock = new FakeClock();
    await using member = new Member(async (say, id) => {
      await say(text(id));
      // What it does not refuse by itself it gives up in time.
      for (let passed = 0; passed < ASK_ANSWER_MS; passed += 100) await clock.advance(100);
    });
    assertEquals(await askHistory({ member: member.place, room: ROOM, clock }), undefined);
    await member.closed.promise;
    assertEquals(clock.timers, 0);
  });
}

Deno.test("askHistory() gives up after 1.5 s of silence", async () => {
  const clock = new FakeClock();
  await using member = new Member(() => Promise.resolve());
  const asking = askHistory({ member: member.place, room: ROOM, clock });
  await member.asked.promise;
  await clock.advance(ASK_ANSWER_MS);
  assertEquals(await asking, undefined);
  await member.closed.promise;
});

Deno.test("askHistory() returns nothing if the member closes", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept().then((socket) => socket.close());
  const member = { address: "127.0.0.1", port: listener.addr.port };
  assertEquals(await askHistory({ member, room: ROOM }), undefined);
  await accepted;
  listener.close();
  assertEquals(await askHistory({ member, room: ROOM }), undefined);
});

Deno.test("askHistory() ends with the signal, before and in the middle", async () => {
  await using member = new Member(() => Promise.resolve());
  const aborted = AbortSignal.abort();
  const before = { member: member.place, room: ROOM, signal: aborted };
  assertEquals(await askHistory(before), undefined);
  const ending = new AbortController();
  const asking = askHistory({ member: member.place, room: ROOM, signal: ending.signal });
  await member.asked.promise;
  ending.abort();
  assertEquals(await asking, undefined);
  await member.closed.promise;
});

Deno.test("askHistory() gives up after 1 s if nobody says yes or no", async () => {
  const clock = new FakeClock();
  // A full backlog: connections beyond it hang (Linux drops their SYN).
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0, tcpBacklog: 1 });
  const { port } = listener.addr;
  const stuck = new AbortController();
  const full = Promise.withResolvers<void>();
  let connected = 0;
  const fill = Array.from({ length: 4 }, async () => {
    try {
      using _socket = await Deno.connect({ hostname: "127.0.0.1", port, signal: stuck.signal });
      if (++connected === 2) full.resolve();
    } catch (error) {
      if (!stuck.signal.aborted) throw error;
    }
  });
  await full.promise;
  const asking = askHistory({ member: { address: "127.0.0.1", port }, room: ROOM, clock });
  await clock.advance(ASK_CONNECT_MS);
  assertEquals(await asking, undefined);
  stuck.abort();
  await Promise.all(fill);
  listener.close();
});
