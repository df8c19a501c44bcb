/**
 * What happens in a simulated room, by seed, and whether everybody has every line once.
 *
 * @module
 */

import { seededRandom } from "../../helpers/seeded_random.ts";
import { type Node, SimulatedRoom, type Weather } from "./network.ts";

/** A story to play. */
export interface Story {
  /** What decides everything. */
  readonly seed: number;
  /** How many members there are from the start. */
  readonly members: number;
  /** How bad the network is. */
  readonly weather: Weather;
  /** How many single lines are said, and how many bursts. */
  readonly lines: number;
  /** How many bursts of 10-60 lines are said, 5 ms apart. */
  readonly bursts: number;
  /** True if the network divides and heals. */
  readonly divides: boolean;
  /** How many members crash. */
  readonly crashes: number;
  /** True if somebody joins later. */
  readonly latecomer: boolean;
}

/** How a story ended. */
export interface Ending {
  /** The room. */
  readonly room: SimulatedRoom;
  /** What went wrong; nothing if all is well. */
  readonly faults: string[];
  /** When everybody had everything, in milliseconds. */
  readonly completeAt: number;
}

/** Everybody joins in the first second; then they learn of each other. */
const TALK_FROM_MS = 4000;
const TALK_UNTIL_MS = 20_000;

/** Longest time until everybody must have everything, in milliseconds. */
const PATIENCE_MS = 400_000;

/** A line said in the moment of joining may be on its way: it may be shown or not. */
const IN_FLIGHT_MS = 300;

/** Copies may still come so long after everybody has everything, in milliseconds. */
const AFTERMATH_MS = 15_000;

/**
 * Makes up a story.
 *
 * @param seed What decides everything.
 * @returns A small room mostly, now and then a large one.
 */
export function makeUp(seed: number): Story {
  const random = seededRandom(seed + 77);
  const members = random() < 0.85 ? 2 + Math.floor(random() * 11) : 13 + Math.floor(random() * 28);
  return {
    seed,
    members,
    weather: { loss: random() * 0.4, copies: random() * 0.05, delays: random() * 0.1 },
    lines: 10 + Math.floor(random() * 30),
    bursts: random() < 0.5 ? 1 : 0,
    divides: random() < 0.4,
    crashes: random() < 0.4 ? 1 + Math.floor(random() * Math.min(3, members / 3)) : 0,
    latecomer: random() < 0.5,
  };
}

/**
 * Plays a story to its end.
 *
 * @param story The story.
 * @returns How it ended.
 */
export function play(story: Story): Ending {
  const { seed, members, lines, bursts, divides, crashes, latecomer } = story;
  const random = seededRandom(seed + 99);
  const room = new SimulatedRoom(seed, story.weather);
  const { queue } = room;
  const said: { by: Node; text: string; at: number }[] = [];
  const say = (by: Node, text: string) => {
    if (by.alive) said.push({ by, text: by.say(text), at: queue.now });
  };
  const time = () => TALK_FROM_MS + random() * (TALK_UNTIL_MS - TALK_FROM_MS);
  for (let i = 0; i < members; i++) queue.at(random() * 1000, () => void room.join());
  const anybody = () => room.nodes[Math.floor(random() * room.nodes.length)]!;
  for (let i = 0; i < lines; i++) {
    // Now and then somebody says the same again, as people do.
    queue.at(time(), () => say(anybody(), random() < 0.1 ? "ok" : `line ${i}`));
    if (random() < 0.05) {
      queue.at(time(), () => {
        const by = anybody();
        say(by, "ha");
        say(by, "ha");
      });
    }
  }
  for (let i = 0; i < bursts; i++) {
    const start = time();
    const length = 10 + Math.floor(random() * 50);
    queue.at(start, () => {
      const by = anybody();
      for (let k = 0; k < length; k++) queue.at(start + k * 5, () => say(by, `burst ${i} ${k}`));
    });
  }
  if (divides) {
    const start = time();
    room.wasDivided = true;
    queue.at(start, () => room.nodes.forEach((node) => node.part = random() < 0.5 ? 0 : 1));
    queue.at(start + random() * 40_000, () => room.nodes.forEach((node) => node.part = 0));
  }
  if (latecomer) queue.at(time(), () => void room.join());
  for (let i = 0; i < crashes; i++) {
    // At least two stay, and nobody crashes before the others can know it.
    queue.at(TALK_FROM_MS + 8000 + random() * 15_000, () => {
      const node = anybody();
      if (room.nodes.filter(({ alive }) => alive).length > 2) node.alive = false;
    });
  }
  queue.run(TALK_UNTIL_MS + 42_000);
  let completeAt = Infinity;
  while (queue.now < PATIENCE_MS) {
    if (missing(room, said).length === 0) {
      completeAt = queue.now;
      break;
    }
    queue.run(queue.now + 1000);
  }
  queue.run(queue.now + AFTERMATH_MS);
  return { room, faults: [...missing(room, said), ...surplus(room, said)], completeAt };
}

type Said = readonly { readonly by: Node; readonly text: string; readonly at: number }[];

/** Says who lacks which line that somebody has who stays. */
function missing(room: SimulatedRoom, said: Said): string[] {
  const faults: string[] = [];
  const times = countsOf(said);
  const staying = room.nodes.filter(({ alive }) => alive);
  for (const { by, text, at } of said) {
    const isHeld = by.alive || staying.some((node) => node.counts.has(text));
    if (!isHeld) continue;
    for (const node of staying) {
      if (node === by || node.joinedAt > at - IN_FLIGHT_MS) continue;
      // How often a crashed member said the same nobody can know.
      const least = by.alive && node.joinedAt < 2000 ? times.get(text)! : 1;
      const count = node.counts.get(text) ?? 0;
      if (count < least) faults.push(`${node.name} lacks "${text}" (${count} of ${least})`);
    }
  }
  return faults;
}

/** Says who has a line too often, one from before it came, or lines in the wrong order. */
function surplus(room: SimulatedRoom, said: Said): string[] {
  const faults: string[] = [];
  const times = countsOf(said);
  for (const node of room.nodes) {
    for (const [text, count] of node.counts) {
      const most = times.get(text) ?? 0;
      if (count > most) {
        faults.push(`${node.name} has "${text}" ${count} times, said ${most} times`);
      }
    }
    for (const { text, at } of said) {
      if (times.get(text) === 1 && at < node.joinedAt - IN_FLIGHT_MS && node.counts.has(text)) {
        faults.push(`${node.name} joined after "${text}" and has it`);
      }
    }
  }
  return faults;
}

function countsOf(said: Said): Map<string, number> {
  const times = new Map<string, number>();
  for (const { text } of said) times.set(text, (times.get(text) ?? 0) + 1);
  return times;
}

/**
 * Counts lines that stand before an earlier one of the same sender, late ones not counted.
 *
 * @param room The room.
 * @param order The lines of one sender in the order they were said.
 * @returns How many, of all members.
 */
export function outOfOrder(room: SimulatedRoom, order: readonly string[]): number {
  const rank = new Map(order.map((text, i) => [text, i]));
  let wrong = 0;
  for (const node of room.nodes) {
    let highest = -1;
    for (const { text, late } of node.screen) {
      const at = rank.get(text);
      if (at === undefined || late) continue;
      if (at < highest) wrong++;
      highest = Math.max(highest, at);
    }
  }
  return wrong;
}

/**
 * Finds the value that a part of a list is not above.
 *
 * @param list Numbers in any order.
 * @param part 0-1.
 * @returns The value, 0 for an empty list.
 */
export function percentile(list: readonly number[], part: number): number {
  const sorted = [...list].sort((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0);
}
