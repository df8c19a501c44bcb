import { assert, assertEquals, assertLess } from "@std/assert";
import { SimulatedRoom } from "./network.ts";
import { makeUp, outOfOrder, percentile, play, type Story } from "./story.ts";
import { steadyRate } from "./steady_rate.ts";
import { Summary } from "./summary.ts";

/** Stories in the ordinary test; `deno task nightly` plays 1,000. */
const SEEDS = 60;

/** Lines, members, how many lines each can read per second, and what the network loses besides. */
const PASTES = [
  [2000, 3, Infinity, 0],
  [2000, 10, 500, 0],
  [5000, 10, 1000, 0],
  [5000, 10, 300, 0],
  [5000, 6, 2000, 0.05],
  [5000, 3, 1000, 0.2],
] as const;

Deno.test(`RoomCore loses nothing and shows nothing twice in ${SEEDS} made-up rooms`, () => {
  const summary = new Summary();
  for (let seed = 1; seed <= SEEDS; seed++) summary.add(seed, play(makeUp(seed)));
  console.log(summary.toString());
  assertEquals(summary.faults, []);
});

const ROOMS: [string, Partial<Story>][] = [
  ["2 members and 40 % loss", { members: 2, weather: { loss: 0.4, copies: 0.05, delays: 0.1 } }],
  ["50 members and 20 % loss", { members: 50, divides: true }],
  ["200 members and 40 % loss", { members: 200, weather: { loss: 0.4, copies: 0, delays: 0.05 } }],
];

for (const [what, story] of ROOMS) {
  Deno.test(`RoomCore loses nothing with ${what}`, () => {
    const usual: Story = {
      seed: 5,
      members: 2,
      weather: { loss: 0.2, copies: 0.02, delays: 0.05 },
      lines: 40,
      bursts: 1,
      divides: false,
      crashes: Math.min(3, story.members! - 2),
      latecomer: true,
    };
    const summary = new Summary();
    summary.add(5, play({ ...usual, ...story }));
    console.log(summary.toString());
    assertEquals(summary.faults, []);
  });
}

for (const [members, loss] of [[2, 0.2], [10, 0.2], [10, 0.4], [50, 0.2]] as const) {
  Deno.test(`RoomCore brings a paste of 1,000 lines to ${members} members, ${loss} lost`, () => {
    const room = new SimulatedRoom(3, { loss, copies: 0.01, delays: 0.02 });
    for (let i = 0; i < members; i++) room.join();
    room.queue.run(6000);
    const order: string[] = [];
    for (let i = 0; i < 1000; i++) {
      room.queue.at(6000 + i * 5, () => void order.push(room.nodes[0]!.say(`pasted line ${i}`)));
    }
    const others = room.nodes.slice(1);
    const isComplete = () => others.every(({ counts }) => counts.size === 1000);
    while (room.queue.now < 120_000 && !isComplete()) room.queue.run(room.queue.now + 250);
    const took = room.queue.now - 6000;
    room.queue.run(room.queue.now + 10_000);
    for (const { screen, counts } of others) {
      assertEquals(screen.length, 1000);
      assertEquals(counts.size, 1000);
      assertEquals(screen.some(({ late }) => late), false);
    }
    assertEquals(outOfOrder(room, order), 0);
    const p99 = percentile(room.recoveryMs, 0.99);
    console.log(`complete after ${took} ms, repairs p99 ${p99} ms, ${JSON.stringify(room.totals)}`);
  });
}

for (const [lines, members, perSecond, loss] of PASTES) {
  const what = `a paste of ${lines} lines to ${members} members that read ${perSecond} per second`;
  Deno.test(`RoomCore brings ${what}, ${loss} lost`, () => {
    const room = new SimulatedRoom(11, { loss, copies: 0, delays: 0 });
    for (let i = 0; i < members; i++) room.join().linesPerSecond = perSecond;
    room.queue.run(6000);
    const order: string[] = [];
    room.nodes[0]!.paste(Array.from({ length: lines }, (_, i) => `pasted line ${i}`), order);
    const others = room.nodes.slice(1);
    // One that crashed holds up nobody.
    room.queue.at(6100, () => others[0]!.alive = false);
    const staying = others.slice(1);
    const isComplete = () => staying.every(({ counts }) => counts.size === lines);
    while (room.queue.now < 120_000 && !isComplete()) room.queue.run(room.queue.now + 250);
    const took = room.queue.now - 6000;
    room.queue.run(room.queue.now + 10_000);
    // What it had when it crashed need not be in order.
    others[0]!.screen.splice(0);
    assertEquals(order.length, lines);
    for (const { screen, counts } of staying) {
      assertEquals([screen.length, counts.size], [lines, lines]);
      assertEquals(screen.some(({ late }) => late), false);
    }
    assertEquals(outOfOrder(room, order), 0);
    console.log(`complete after ${took} ms, ${JSON.stringify(room.totals)}`);
  });
}

Deno.test("RoomCore leaves a simple client its clean lines, and repairs none of its own", () => {
  const room = new SimulatedRoom(7, { loss: 0.2, copies: 0, delays: 0 });
  for (let i = 0; i < 4; i++) room.join();
  const simple = room.join(true);
  for (let i = 0; i < 50; i++) {
    room.queue.at(5000 + i * 100, () => void simple.say(`simple ${i}`));
    room.queue.at(5050 + i * 100, () => void room.nodes[i % 4]!.say(`line ${i}`));
  }
  room.queue.run(60_000);
  for (const text of simple.counts.keys()) assert(/^m\d: line \d+$/.test(text), text);
  for (const { core, counts } of room.nodes.slice(0, 4)) {
    const ofSimple = [...counts.keys()].filter((text) => text.startsWith("m4:"));
    assert(ofSimple.length > 25 && ofSimple.length < 50, `${ofSimple.length}`);
    assertEquals(counts.size - ofSimple.length, 50 - core!.receipts().length);
    assertEquals(core!.members().length, 3);
  }
});

// Larger rooms in the nightly task: 500 members are 11 million deliveries.
for (const members of [2, 10, 50, 100]) {
  Deno.test(`RoomCore keeps control traffic below 2 kB/s with ${members} members`, () => {
    for (const isTalking of [false, true]) {
      const rate = steadyRate(members, isTalking, 30_000, 30_000);
      console.log(`${members} members, ${isTalking ? "1 line/s" : "idle"}: ${rate} B/s`);
      assertLess(rate, 2000);
    }
  });
}
