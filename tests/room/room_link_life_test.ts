/**
 * Members with real sockets, and time that passes when the test says so.
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { UserError } from "../../lib/errors.ts";
import { encodeControl } from "../../lib/framing/control.ts";
import { systemDatagrams } from "../../lib/net/datagram.ts";
import type { RoomAddress } from "../../lib/room/room_address.ts";
import type { RoomEvent } from "../../lib/room/room_event.ts";
import { joinRoom, type JoinRoomOptions, type RoomLink } from "../../lib/room/room_link.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { freeGroup, LOOPBACK, sockets } from "../net/loopback.ts";

/** How often it is looked before a test gives up: some 20 s. */
const LOOKS = 10_000;

/** A member, and all that it was told. */
interface Joined {
  readonly link: RoomLink;
  readonly lines: string[];
  readonly events: RoomEvent[];
  /** Lines and events in the order they came. */
  readonly all: string[];
}

async function freeRoom(): Promise<RoomAddress> {
  return { name: "lab", ...await freeGroup() };
}

async function join(
  clock: FakeClock,
  room: RoomAddress,
  chatName: string,
  changes: Partial<JoinRoomOptions> = {},
): Promise<Joined> {
  const lines: string[] = [];
  const events: RoomEvent[] = [];
  const all: string[] = [];
  const link = await joinRoom({
    room,
    interface: { name: "lo", address: LOOPBACK },
    chatName,
    clock,
    linger: 0,
    onLine: ({ text }) => void (lines.push(text), all.push(text)),
    onEvent: (event) => void (events.push(event), all.push(event.kind)),
    onProblem: (message) => reportError(new Error(message)),
    ...changes,
  });
  return { link, lines, events, all };
}

/** Lets datagrams arrive, and time pass in steps if they need it, until something holds. */
async function until(clock: FakeClock, holds: () => boolean, step = 50): Promise<void> {
  for (let look = 0; look < LOOKS; look++) {
    if (holds()) return;
    // Most of what was sent arrives within a turn or two.
    await new Promise((resolve) => setTimeout(resolve, look < 20 ? 0 : 2));
    await clock.advance(step);
  }
  throw new Error("it did not come");
}

Deno.test("RoomLink.members() lists members and simple clients", async () => {
  const clock = new FakeClock();
  const room = await freeRoom();
  const mel = await join(clock, room, "Mel");
  await using _mel = mel.link;
  const bob = await join(clock, room, "Bob");
  await using _bob = bob.link;
  await using plain = await systemDatagrams.bind({
    local: { address: LOOPBACK, port: 0 },
    onError: (error) => reportError(error),
  });
  plain.setMulticast(LOOPBACK, 1, true);
  await plain.send(new TextEncoder().encode("Plain: hi"), room);
  await bob.link.say("one\ntwo");
  await until(clock, () => mel.lines.length === 3 && mel.link.members().length === 2);
  const [first, second] = mel.link.members();
  assertEquals(
    [first?.name, first?.via, first?.source, first?.direct, first?.recovered],
    ["Bob", "direct", bob.link.local, 2, 0],
  );
  assertEquals(
    [second?.name, second?.via, second?.id, second?.source, second?.direct],
    ["Plain", "simple", undefined, plain.local, 1],
  );
  assertEquals(mel.events.filter(({ kind }) => kind === "joined"), [
    { kind: "joined", name: "Bob", address: LOOPBACK },
  ]);

  bob.link.chatName = "Robert";
  await until(clock, () => mel.events.some(({ kind }) => kind === "renamed"));
  assertEquals(mel.events.at(-1), { kind: "renamed", name: "Robert", before: "Bob" });
  await bob.link[Symbol.asyncDispose]();
  await until(clock, () => mel.events.some(({ kind }) => kind === "left"));
  assertEquals(mel.events.at(-1), { kind: "left", name: "Robert", why: "bye" });
  assertEquals(mel.link.members().map(({ via }) => via), ["simple"]);
});

Deno.test("RoomLink.receipts() tells who has what was said, also of a paste", async () => {
  const clock = new FakeClock();
  const room = await freeRoom();
  const mel = await join(clock, room, "Mel");
  await using _mel = mel.link;
  const bob = await join(clock, room, "Bob");
  await using _bob = bob.link;
  await until(clock, () => bob.link.members().length === 1);
  assertEquals(bob.link.receipts(), []);
  // Members greet each other with reports within a second; the next ones are seconds away.
  const greeted = clock.now() + 1100;
  await until(clock, () => clock.now() > greeted);
  let said = 0;
  const text = Array.from({ length: 100 }, (_, i) => `line ${i + 1}`).join("\n");
  const saying = bob.link.say(text).then((count) => said = count);
  await until(clock, () => said === 100, 1);
  await saying;
  const [first] = bob.link.receipts();
  assertEquals([first?.has, first?.lacks, first?.untold], [[], ["Mel"], []]);
  await until(clock, () => mel.lines.length === 100, 0);
  await until(clock, () => bob.link.receipts().at(-1)?.has.length === 1);
  const receipts = bob.link.receipts();
  assertEquals(receipts.at(-1)?.text, "Bob: line 100");
  assertEquals(receipts.slice(32).map(({ has }) => has.length), Array(32).fill(1));
  // A report in the middle of the paste may have told of some of these.
  for (const { has, untold } of receipts.slice(0, 32)) assertEquals(has.length + untold.length, 1);
  assertEquals(receipts[0]!.untold, ["Mel"]);
  // A report tells of 32 lines: of those before, nobody says that they are not there.
  const patience = clock.now() + 60_000;
  await until(clock, () => clock.now() > patience, 500);
  assertEquals(bob.events.filter(({ kind }) => kind === "unheard"), []);
  assertEquals(mel.lines.length, 100);
});

Deno.test("RoomLink tells of a line that nobody says to have, once", async () => {
  const clock = new FakeClock();
  const room = await freeRoom();
  await using deaf = await systemDatagrams.bind({
    local: { address: LOOPBACK, port: 0 },
    onError: (error) => reportError(error),
  });
  deaf.setMulticast(LOOPBACK, 1, true);
  const report = () =>
    deaf.send(
      encodeControl({
        kind: "report",
        roomPort: room.port,
        member: "00000000000000dd",
        source: deaf.local,
        tcpPort: 0,
        relayed: false,
        name: "Deaf",
        interval: 50,
        present: 100,
        oldest: 0,
        highest: 0,
        lines: [],
        heard: [],
        orphans: [],
      }),
      { address: room.address, port: 23900 },
    );
  const bob = await join(clock, room, "Bob");
  await using _bob = bob.link;
  await bob.link.say("alone");
  await clock.advance(1);
  await report();
  await until(clock, () => bob.link.members().length === 1, 0);
  await bob.link.say("is anybody there?");
  await until(clock, () => bob.events.some(({ kind }) => kind === "unheard"), 500);
  assertEquals(bob.events.filter(({ kind }) => kind === "unheard"), [
    { kind: "unheard", text: "Bob: is anybody there?" },
  ]);
  await report();
  await clock.advance(20_000);
  assertEquals(bob.events.filter(({ kind }) => kind === "unheard").length, 1);
});

for (
  const [kind, seal] of [
    ["an open", {}],
    ["a sealed", { sealKey: new Uint8Array(32).fill(5) }],
  ] as const
) {
  Deno.test(`RoomLink that enters ${kind} room is told what was said before, then what is said`, async () => {
    const clock = new FakeClock();
    const room = await freeRoom();
    const mel = await join(clock, room, "Mel", seal);
    await using _mel = mel.link;
    await mel.link.say("one\ntwo");
    await clock.advance(10_000);
    const bob = await join(clock, room, "Bob", { history: true, ...seal });
    await using _bob = bob.link;
    await mel.link.say("three");
    await until(clock, () => bob.lines.length === 1);
    const [history] = bob.events.filter((event) => event.kind === "history");
    assertEquals(history?.lines.map(({ text }) => text), ["Mel: one", "Mel: two"]);
    assert(history!.lines.every(({ age }) => age >= 10_000 && age < 20_000));
    assertEquals(bob.all.filter((each) => each !== "joined"), ["history", "Mel: three"]);

    // The next one is told all of it, by whoever answers.
    await mel.link[Symbol.asyncDispose]();
    await until(clock, () => bob.events.some(({ kind }) => kind === "left"));
    const ann = await join(clock, room, "Ann", { history: true, ...seal });
    await using _ann = ann.link;
    await until(clock, () => ann.all.includes("history"));
    const [told] = ann.events.filter((event) => event.kind === "history");
    assertEquals(told?.lines.map(({ text }) => text), ["Mel: one", "Mel: two", "Mel: three"]);
  });
}

Deno.test("RoomLink stays a moment after its last line if somebody is there, and then only", async () => {
  const clock = new FakeClock();
  const room = await freeRoom();
  const mel = await join(clock, room, "Mel");
  await using _mel = mel.link;
  const bob = await join(clock, room, "Bob", { linger: 700 });
  await until(clock, () => bob.link.members().length === 1);
  await bob.link.say("bye");
  let isOver = false;
  const left = bob.link[Symbol.asyncDispose]().then(() => isOver = true);
  await clock.advance(699);
  assertEquals(isOver, false);
  await clock.advance(1);
  await left;
  await until(clock, () => mel.events.some(({ kind }) => kind === "left"), 0);
  assertEquals(mel.lines, ["Bob: bye"]);

  await mel.link[Symbol.asyncDispose]();
  const ann = await join(clock, room, "Ann", { linger: 700 });
  await ann.link.say("nobody hears this");
  await ann.link[Symbol.asyncDispose]();
  assertEquals(clock.timers, 0);
});

Deno.test("RoomLink.say() while it is left does not keep back what was said before", async () => {
  const clock = new FakeClock();
  const room = await freeRoom();
  const mel = await join(clock, room, "Mel");
  await using _mel = mel.link;
  const bob = await join(clock, room, "Bob");
  const said = Array.from({ length: 200 }, (_, i) => bob.link.say(`line ${i}`));
  const left = bob.link[Symbol.asyncDispose]();
  await assertRejects(() => bob.link.say("late"), UserError, "it was left");
  let isOver = false;
  const over = Promise.all([...said, left]).then(() => isOver = true);
  await until(clock, () => isOver, 1);
  await over;
  await until(clock, () => mel.lines.length === 200);
});

Deno.test("RoomLink that is aborted while it stays ends at once, and leaves nothing behind", async () => {
  const clock = new FakeClock();
  const room = await freeRoom();
  const mel = await join(clock, room, "Mel");
  const controller = new AbortController();
  const listeners = countListeners(controller.signal);
  const bob = await join(clock, room, "Bob", { linger: 700, signal: controller.signal });
  await until(clock, () => bob.link.members().length === 1);
  await bob.link.say("bye");
  const left = bob.link[Symbol.asyncDispose]();
  await clock.advance(10);
  controller.abort();
  await left;
  await mel.link[Symbol.asyncDispose]();
  assertEquals([clock.timers, listeners.size], [0, 0]);
});

Deno.test("RoomLink that is left takes its listeners from a signal that lives on", async () => {
  const { signal } = new AbortController();
  const listeners = countListeners(signal);
  const { link } = await join(new FakeClock(), await freeRoom(), "Mel", { signal });
  await link[Symbol.asyncDispose]();
  assertEquals(listeners.size, 0);
});

Deno.test("joinRoom() that is aborted at any moment leaves nothing behind", async () => {
  const room = await freeRoom();
  for (let turns = 0; turns < 60; turns++) {
    const clock = new FakeClock();
    const controller = new AbortController();
    let open = 0;
    const fake = sockets({
      bind: ({ local }) => {
        // Both links have a receiver and a sender.
        if (++open === 4) void abortAfter(controller, turns);
        return Promise.resolve({
          local: { address: LOOPBACK, port: local.port || open },
          join: () => {},
          setMulticast: () => {},
          send: () => Promise.resolve(),
          [Symbol.asyncDispose]: () => Promise.resolve(void open--),
        });
      },
    });
    const changes = { sockets: fake, signal: controller.signal };
    const joined = await join(clock, room, "Mel", changes).catch(() => undefined);
    controller.abort();
    await joined?.link[Symbol.asyncDispose]();
    assertEquals([open, clock.timers], [0, 0], `after ${turns} turns`);
  }
});

Deno.test("joinRoom() does not stumble over what arrives while it enters", async () => {
  const room = await freeRoom();
  const problems: string[] = [];
  let bound = 0;
  const fake = sockets({
    bind: ({ local, onDatagram }) => {
      if (++bound === 1) void sayForTurns(onDatagram!, 100);
      return Promise.resolve({
        local: { address: LOOPBACK, port: local.port || bound },
        join: () => {},
        setMulticast: () => {},
        send: () => Promise.resolve(),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      });
    },
  });
  const { link, lines } = await join(new FakeClock(), room, "Mel", {
    sockets: fake,
    onProblem: (message) => problems.push(message),
  });
  await using _link = link;
  for (let turn = 0; turn < 200; turn++) await Promise.resolve();
  assertEquals(problems, []);
  assertEquals(lines.at(-1), "Plain: 99");
  const first = Number(lines[0]?.slice("Plain: ".length));
  assertEquals(lines.length, 100 - first, "none is missing behind the first");
});

async function sayForTurns(
  onDatagram: (bytes: Uint8Array, source: { address: string; port: number }) => void,
  turns: number,
): Promise<void> {
  for (let turn = 0; turn < turns; turn++) {
    await Promise.resolve();
    onDatagram(new TextEncoder().encode(`Plain: ${turn}`), { address: LOOPBACK, port: 9 });
  }
}

async function abortAfter(controller: AbortController, turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await Promise.resolve();
  controller.abort();
}

/** Keeps count of who listens to a signal. */
function countListeners(signal: AbortSignal): Set<unknown> {
  const listeners = new Set<unknown>();
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (type: string, listener: unknown, options?: unknown) => {
    listeners.add(listener);
    addEventListener.call(signal, type, listener as EventListener, options as undefined);
  };
  signal.removeEventListener = (type: string, listener: unknown) => {
    listeners.delete(listener);
    removeEventListener.call(signal, type, listener as EventListener);
  };
  return listeners;
}
