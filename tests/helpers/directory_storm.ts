/**
 * A program that storms a directory file with creates and deletes until it is killed. It writes one
 * line for every step: `starting`, `open {snapshot}`, then `? create NAME` before a request and
 * `! create NAME` after it was answered, the same with `delete`, and `revision N` for each change.
 *
 * Run it with the arguments FILE SEED ROUND; no two rounds on one file have a room in common.
 *
 * @module
 */

import type { Room } from "../../lib/directory/room.ts";
import { SqliteStore } from "../../lib/directory/sqlite_store.ts";
import { seededRandom } from "./seeded_random.ts";

/** How many requests are under way at a time. */
const LANES = 16;

/** How many rooms a lane keeps before it rather deletes. */
const ROOMS_PER_LANE = 6;

/**
 * Says what the room of a name must look like: half a room would differ.
 *
 * @param name A name as the storm makes them: `ROUND-LANE-COUNT`.
 * @returns The room.
 */
export function stormRoom(name: string): Room {
  const [round = 0, lane = 0, count = 0] = name.split("-").map(Number);
  return {
    name,
    address: `239.${round}.${lane}.${count & 255}`,
    port: 1 + (count >> 8),
    topic: `About ${name}: ${"สวัสดี ".repeat(1 + count % 40)}`,
    createdAt: 1_795_000_000_000 + count,
    createdBy: `lane ${lane}`,
  };
}

/** Writes a line at once: what was written before a kill can be read after it. */
function say(line: string): void {
  const bytes = new TextEncoder().encode(`${line}\n`);
  let written = 0;
  while (written < bytes.length) written += Deno.stdout.writeSync(bytes.subarray(written));
}

/** Creates and deletes rooms of its own, one after the other, without end. */
async function storm(
  store: SqliteStore,
  round: string,
  lane: number,
  random: () => number,
): Promise<void> {
  const living: string[] = [];
  for (let count = 0;; count++) {
    const deletes = random() * ROOMS_PER_LANE < living.length;
    const name = deletes
      ? living.splice(Math.floor(random() * living.length), 1)[0]!
      : `${round}-${lane}-${count}`;
    const what = `${deletes ? "delete" : "create"} ${name}`;
    say(`? ${what}`);
    const done = deletes
      ? (await store.delete(name)) !== undefined
      : (await store.create(stormRoom(name))).kind === "created";
    say(done ? `! ${what}` : `refused ${what}`);
    if (!deletes) living.push(name);
  }
}

if (import.meta.main) {
  const [path = "", seed = "", round = ""] = Deno.args;
  say("starting");
  const store = await SqliteStore.open(path);
  say(`open ${JSON.stringify(await store.snapshot())}`);
  store.watch(({ revision }) => say(`revision ${revision}`));
  const random = seededRandom(Number(seed));
  const lanes = Array.from({ length: LANES }, (_, lane) => storm(store, round, lane, random));
  await Promise.all(lanes);
}
