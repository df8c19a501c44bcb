/**
 * Control traffic in the steady state.
 *
 * @module
 */

import { SimulatedRoom } from "./network.ts";

/**
 * Measures what a whole room sends on its control port, at 2 % loss.
 *
 * @param members How many members there are.
 * @param isTalking True if somebody says a line each second.
 * @param warmMs How long to wait before measuring, in milliseconds.
 * @param spanMs How long to measure, in milliseconds.
 * @returns Bytes per second.
 */
export function steadyRate(
  members: number,
  isTalking: boolean,
  warmMs: number,
  spanMs: number,
): number {
  const room = new SimulatedRoom(3, { loss: 0.02, copies: 0, delays: 0.01 });
  for (let i = 0; i < members; i++) room.queue.at(i * 20, () => void room.join());
  room.queue.run(members * 20 + 1000);
  for (let at = room.queue.now; isTalking && at < warmMs + spanMs; at += 1000) {
    room.queue.at(at, () => void room.nodes[(at / 1000 | 0) % members]!.say(`hello ${at}`));
  }
  room.queue.run(warmMs);
  const before = room.totals.controlBytes;
  room.queue.run(warmMs + spanMs);
  return Math.round((room.totals.controlBytes - before) / spanMs * 1000);
}
