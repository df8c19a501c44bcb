/**
 * 1,000 made-up rooms and the control traffic of the largest: `deno task nightly`.
 *
 * @module
 */

import { steadyRate } from "./steady_rate.ts";
import { makeUp, play } from "./story.ts";
import { Summary } from "./summary.ts";

const ROOMS = 1000;

const first = Number(Deno.args[0] ?? 1);
const summary = new Summary();
for (let seed = first; seed < first + ROOMS; seed++) summary.add(seed, play(makeUp(seed)));
console.log(summary.toString());
for (const members of [2, 10, 50, 200, 500]) {
  for (const isTalking of [false, true]) {
    // A room reports once round in 60-120 s when it is large; only then is it in its steady state.
    const rate = steadyRate(members, isTalking, 60_000 + members * 200, 60_000);
    console.log(`${members} members, ${isTalking ? "1 line/s" : "idle"}: ${rate} B/s of control`);
    if (rate >= 2000) summary.faults.push(`${members} members: ${rate} B/s of control`);
  }
}
for (const fault of summary.faults) console.log(fault);
Deno.exit(summary.faults.length === 0 ? 0 : 1);
