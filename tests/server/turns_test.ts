import { assert, assertEquals } from "@std/assert";
import { CONNECTIONS_PER_TURN, inTurns, Turns } from "../../lib/server/turns.ts";
import { hurryTimers } from "../helpers/hurried_timers.ts";
import { settled } from "../helpers/fake_clock.ts";

/** How long `Turns` waits for a sign of life, in milliseconds. */
const PATIENCE = 5;

/** So many connections that always have something to say, and what became of them. */
class Crowd {
  readonly #turns: Turns;
  /** How often each went on. */
  readonly served: number[];
  /** Who may go on: what they say arrives in the next turn of the event loop. */
  #ready: Set<number>;

  constructor(turns: Turns, size: number) {
    this.#turns = turns;
    this.served = Array<number>(size).fill(0);
    this.#ready = new Set(this.served.keys());
  }

  /** One turn of the event loop, which reads from `most` of those who may go on, the same first. */
  async turn(most: number): Promise<void> {
    const now = [...this.#ready].sort((a, b) => a - b).slice(0, most);
    for (const who of now) {
      this.#ready.delete(who);
      this.#turns.arrived();
      this.served[who]!++;
      const wait = this.#turns.next();
      if (wait === undefined) this.#ready.add(who);
      else void wait.then(() => this.#ready.add(who));
    }
    await settled();
  }
}

Deno.test("Turns.next() lets few go on at once, without a promise", async () => {
  using turns = new Turns();
  for (let turn = 0; turn < 5; turn++) {
    turns.arrived();
    for (let who = 0; who < CONNECTIONS_PER_TURN; who++) assertEquals(turns.next(), undefined);
    await settled();
  }
});

Deno.test("Turns.next() makes those wait that are too many, in line", async () => {
  using turns = new Turns();
  const order: number[] = [];
  for (let who = 0; who < CONNECTIONS_PER_TURN; who++) turns.next();
  for (let who = 0; who < 3 * CONNECTIONS_PER_TURN; who++) {
    void turns.next()!.then(() => order.push(who));
  }
  await settled();
  assertEquals(order.length, 0, "nothing arrived yet");
  for (let turn = 1; turn <= 3; turn++) {
    turns.arrived();
    turns.arrived(); // of the same turn
    await settled();
    assertEquals(order.length, turn * CONNECTIONS_PER_TURN);
  }
  assertEquals(order, order.toSorted((a, b) => a - b));
});

Deno.test("Turns.next() lets nobody overtake those in line", async () => {
  using turns = new Turns();
  for (let who = 0; who < CONNECTIONS_PER_TURN; who++) turns.next();
  const order: string[] = [];
  void turns.next()!.then(() => order.push("first"));
  turns.arrived();
  // Before the new turn has begun, there is no credit; behind the first in line, there is.
  void turns.next()!.then(() => order.push("second"));
  await settled();
  assertEquals(order, ["first", "second"]);
  assertEquals(turns.next(), undefined);
});

Deno.test("Turns is fair: 500 that never stop are served alike, though some are always read first", async () => {
  using turns = new Turns();
  const crowd = new Crowd(turns, 500);
  for (let turn = 0; turn < 2_000; turn++) await crowd.turn(64);
  const [fewest, most] = [Math.min(...crowd.served), Math.max(...crowd.served)];
  assert(fewest > 0.9 * most, `${fewest} and ${most} times served`);
});

Deno.test("Turns starves some without it: the crowd of this test does what it should", async () => {
  const bare = { arrived() {}, next: () => undefined } as unknown as Turns;
  const crowd = new Crowd(bare, 500);
  for (let turn = 0; turn < 100; turn++) await crowd.turn(64);
  assertEquals(Math.min(...crowd.served), 0);
});

Deno.test("Turns lets all go on when those who may have nothing to say", async () => {
  using _hurry = hurryTimers(PATIENCE);
  using turns = new Turns();
  for (let who = 0; who < CONNECTIONS_PER_TURN; who++) turns.next();
  await Promise.all(Array.from({ length: 5_000 }, () => turns.next()));
});

Deno.test("Turns keeps who is in line waiting while others have something to say", async () => {
  using _hurry = hurryTimers(PATIENCE);
  using turns = new Turns();
  for (let who = 0; who < CONNECTIONS_PER_TURN; who++) turns.next();
  let released = 0;
  const last = Array.from(
    { length: 4 * CONNECTIONS_PER_TURN },
    () => turns.next()!.then(() => released++),
  );
  turns.arrived();
  await settled();
  assertEquals(released, CONNECTIONS_PER_TURN);
  // The turn that has just passed is a sign of life: the first time-out only looks again.
  await Promise.all(last);
  assertEquals(released, 4 * CONNECTIONS_PER_TURN);
});

Deno.test("Turns forgets a long line as it goes, and loses nobody in it", async () => {
  using turns = new Turns();
  for (let who = 0; who < CONNECTIONS_PER_TURN; who++) turns.next();
  const order: number[] = [];
  const size = 10_000;
  for (let who = 0; who < size; who++) void turns.next()!.then(() => order.push(who));
  for (let turn = 0; turn * CONNECTIONS_PER_TURN < size; turn++) {
    turns.arrived();
    await Promise.resolve();
    await Promise.resolve();
  }
  await settled();
  assertEquals(order, Array.from({ length: size }, (_, at) => at));
});

Deno.test("Turns releases everybody when disposed, also twice, and leaves no timer", async () => {
  const turns = new Turns();
  for (let who = 0; who < CONNECTIONS_PER_TURN; who++) turns.next();
  const waiting = [turns.next(), turns.next()];
  assert(waiting.every((wait) => wait !== undefined));
  turns[Symbol.dispose]();
  turns[Symbol.dispose]();
  await Promise.all(waiting);
});

Deno.test("inTurns() lets 32 connections of one turn read on, and the others after them", async () => {
  using turns = new Turns();
  const order: number[] = [];
  const sockets = Array.from({ length: 40 }, (_, i) =>
    inTurns({
      read: () => {
        order.push(i);
        return Promise.resolve(1);
      },
      write: (bytes) => Promise.resolve(bytes.length),
      close() {},
    }, turns));
  const buffer = new Uint8Array(1);
  await Promise.all(sockets.map((socket) => socket.read(buffer)));
  assertEquals(order, sockets.map((_, i) => i), "the first read of a connection waits for nobody");
  order.length = 0;
  const reads = sockets.map((socket) => socket.read(buffer));
  assertEquals(order.length, CONNECTIONS_PER_TURN);
  await Promise.all(reads);
  assertEquals(order, sockets.map((_, i) => i));
});
