import { assertEquals } from "@std/assert";
import { askHistory } from "../../lib/room/ask_history.ts";
import type { Member } from "../../lib/room/member_table.ts";
import { PeerListener } from "../../lib/room/peer_listener.ts";
import type { HistoryAnswer } from "../../lib/room/peer_methods.ts";
import { RoomPast, type RoomPastOptions } from "../../lib/room/room_past.ts";
import type { ShowLine } from "../../lib/room/room_effect.ts";
import { FakeClock } from "../helpers/fake_clock.ts";

const LOOPBACK = "127.0.0.1";
const ROOM = { address: "239.255.7.3", port: 20113 };
const MEL = { address: LOOPBACK, port: 5000 };
const NONE: HistoryAnswer = { lines: [] };

function line(text: string, saidAt: number): ShowLine {
  const bytes = new TextEncoder().encode(text);
  const common = { kind: "show", source: MEL, member: undefined, name: undefined } as const;
  return { ...common, bytes, seq: 0, saidAt, recovered: false, place: 0 };
}

function member(port: number, id = "00000000000000aa"): Member {
  const times = { since: 0, heardAt: 0, patienceMs: 25_000 };
  return { id, name: "Mel", source: MEL, tcpPort: port, relayed: false, ...times };
}

/** A newcomer whose screen is a list. */
function enter(options: Partial<RoomPastOptions> = {}) {
  const clock = new FakeClock();
  const screen: string[] = [];
  const asked = Promise.withResolvers<void>();
  const decoder = new TextDecoder();
  const past = new RoomPast({
    room: ROOM,
    interfaceAddress: LOOPBACK,
    now: 0,
    wanted: true,
    clock,
    onHistory: (lines) => screen.push(...lines.map(({ bytes }) => `(${decoder.decode(bytes)})`)),
    onLine: ({ bytes }) => screen.push(decoder.decode(bytes)),
    onDeadline: () => asked.resolve(),
    onProblem: (error) => reportError(error),
    ...options,
  });
  return { clock, screen, past, asked: asked.promise };
}

/** Somebody who answers. */
function answerer(answer: () => HistoryAnswer | undefined): PeerListener {
  return new PeerListener({
    interfaceAddress: LOOPBACK,
    room: ROOM,
    answer,
    onProblem: (error) => reportError(error),
  });
}

Deno.test("RoomPast shows history first, then what was said meanwhile, and no line twice", async () => {
  const told = [
    { age: 60_000, from: MEL, text: "Mel: old" },
    { age: 100, from: MEL, text: "Mel: one" },
  ];
  await using mel = answerer(() => ({ lines: told }));
  const { clock, screen, past, asked } = enter();
  await using _past = past;
  past.joined(member(mel.port));
  past.show(line("Mel: one", 200));
  await clock.advance(past.nextDeadline);
  past.due(clock.now());
  past.show(line("Mel: two", clock.now()));
  assertEquals(screen, []);
  await asked;
  assertEquals(screen, ["(Mel: old)", "Mel: one", "Mel: two"]);
  past.show(line("Mel: three", clock.now()));
  assertEquals([screen.at(-1), past.nextDeadline], ["Mel: three", Infinity]);
  // It tells the next newcomer all of it.
  const answer = await askHistory({ member: { address: LOOPBACK, port: past.port }, room: ROOM });
  assertEquals(answer?.map(({ text }) => text), [
    "Mel: old",
    "Mel: one",
    "Mel: two",
    "Mel: three",
  ]);
});

Deno.test("RoomPast goes on without history if nobody is there, or nobody tells", async () => {
  const alone = enter();
  await using _alone = alone.past;
  alone.past.show(line("Plain: hi", 100));
  await alone.clock.advance(alone.past.nextDeadline);
  alone.past.due(alone.clock.now());
  assertEquals(alone.screen, ["Plain: hi"]);

  await using mel = answerer(() => NONE);
  const { clock, screen, past, asked } = enter();
  await using _past = past;
  past.joined(member(mel.port));
  past.show(line("Mel: hi", 10));
  await clock.advance(past.nextDeadline);
  past.due(clock.now());
  await asked;
  assertEquals(screen, ["Mel: hi"]);
});

Deno.test("RoomPast holds back a number of lines, and no more", () => {
  const { screen, past } = enter();
  for (let i = 1; i < 1000; i++) past.show(line(`Mel: ${i}`, i));
  assertEquals(screen.length, 0);
  past.show(line("Mel: 1000", 1000));
  assertEquals([screen.length, screen.at(-1)], [1000, "Mel: 1000"]);
  return past[Symbol.asyncDispose]();
});

Deno.test("RoomPast that is left while it asks shows what it held back, and asks no more", async () => {
  const hanging = Deno.listen({ hostname: LOOPBACK, port: 0 });
  const { clock, screen, past, asked } = enter();
  past.joined(member(hanging.addr.port));
  past.show(line("Mel: hi", 10));
  await clock.advance(past.nextDeadline);
  past.due(clock.now());
  const connection = await hanging.accept();
  await past[Symbol.asyncDispose]();
  // It is over, and nothing of it is left behind.
  await asked;
  assertEquals([screen, clock.timers], [["Mel: hi"], 0]);
  connection.close();
  hanging.close();
  await past[Symbol.asyncDispose]();
});

Deno.test("RoomPast.moveTo() listens at the new address only, and none is left open", async () => {
  const { past } = enter({ wanted: false });
  const before = past.port;
  past.moveTo(LOOPBACK);
  assertEquals(past.port, before, "it is the same");
  past.moveTo("127.0.0.2");
  const ask = (address: string, port: number) =>
    askHistory({ member: { address, port }, room: ROOM });
  assertEquals(await ask("127.0.0.2", past.port), []);
  assertEquals(await ask(LOOPBACK, before), undefined);
  past.moveTo(LOOPBACK);
  await past[Symbol.asyncDispose]();
  assertEquals(await ask(LOOPBACK, past.port), undefined);
});
