/**
 * Fairness among connections that all have something to say at once.
 *
 * @module
 */

import type { ByteTransport } from "../rpc/ports.ts";

/**
 * How many connections go on in one turn of the event loop. The runtime polls all pending operations
 * in one task, which may do 128 socket operations per turn (tokio's cooperative budget); ready sockets
 * beyond that are woken behind those that became readable again meanwhile, so 500 busy connections let
 * some wait for seconds. 32 reads and 32 writes stay below it, with a reserve for everything else.
 */
export const CONNECTIONS_PER_TURN = 32;

/** After how many milliseconds without a sign of life of those who may go on, all others may. */
const PATIENCE = 5;

/** When the consumed front of the queue is cut off: seldom, since it is copied. */
const CUT_AFTER = 4096;

/**
 * A round robin: after a reply, a connection asks whether it may read on at once, or waits in line
 * until the turns of others have passed. Measured: the worst wait of 500 saturating connections falls
 * from over a second to under 40 ms, at the same throughput (docs/BENCH.md). One object per process,
 * as the budget is the process's.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * using turns = new Turns();
 * turns.arrived(); // something was read ...
 * assertEquals(turns.next(), undefined); // ... and few are busy: go on at once
 * ```
 */
export class Turns implements Disposable {
  #credit = CONNECTIONS_PER_TURN;
  #line: (() => void)[] = [];
  #head = 0;
  #turn = 0;
  #isTurnEnding = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The turn in which the timer was set. Set only then: else it would fire all the time. */
  #timedTurn = 0;

  /**
   * A read or a part of a write came back. All that come back in one turn of the event loop do so in
   * one run of microtasks, so the first of them begins a turn.
   */
  arrived(): void {
    if (this.#isTurnEnding) return;
    this.#isTurnEnding = true;
    queueMicrotask(() => {
      this.#isTurnEnding = false;
      this.#turn++;
      this.#credit = CONNECTIONS_PER_TURN;
      while (this.#credit > 0 && this.#waiting > 0) {
        this.#credit--;
        this.#release();
      }
    });
  }

  /**
   * Asks to go on.
   *
   * @returns Undefined to go on at once, without the cost of a promise while few are busy; else a
   *   promise that resolves when it is one's turn.
   */
  next(): Promise<void> | undefined {
    if (this.#credit > 0 && this.#waiting === 0) {
      this.#credit--;
      return undefined;
    }
    this.#watch();
    return new Promise((resolve) => this.#line.push(resolve));
  }

  /** Lets everybody go on. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#releaseAll();
  }

  get #waiting(): number {
    return this.#line.length - this.#head;
  }

  #watch(): void {
    if (this.#timer !== undefined) return;
    this.#timedTurn = this.#turn;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#waiting === 0) return;
      // Nobody who may go on has anything to say: then nobody need wait for them.
      if (this.#timedTurn === this.#turn) this.#releaseAll();
      else this.#watch();
    }, PATIENCE);
  }

  #releaseAll(): void {
    for (let count = this.#waiting; count > 0; count--) this.#release();
  }

  #release(): void {
    const go = this.#line[this.#head++];
    if (this.#waiting === 0) {
      this.#line = [];
      this.#head = 0;
    } else if (this.#head === CUT_AFTER) {
      this.#line = this.#line.slice(CUT_AFTER);
      this.#head = 0;
    }
    go?.();
  }
}

/**
 * Makes a connection wait for its turn before it reads on, for those that read by themselves.
 *
 * @param socket The connection.
 * @param turns The turns.
 * @returns The same connection, with that difference.
 */
export function inTurns(socket: ByteTransport, turns: Turns): ByteTransport {
  let isFirst = true;
  return {
    async read(buffer: Uint8Array): Promise<number | null> {
      const turn = isFirst ? undefined : turns.next();
      isFirst = false;
      if (turn !== undefined) await turn;
      const count = await socket.read(buffer);
      turns.arrived();
      return count;
    },
    write: (bytes) => socket.write(bytes),
    // Not all kinds of connections can end one side only.
    ...(socket.closeWrite && { closeWrite: () => socket.closeWrite!() }),
    close: () => socket.close(),
  };
}
