import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { JsonScreen } from "../../lib/client/json_screen.ts";
import { DEFAULT_PREFERENCES, type Preferences } from "../../lib/client/preferences.ts";
import { PipeScreen, type RoomScreen } from "../../lib/client/room_screen.ts";
import { RoomView } from "../../lib/client/room_view.ts";
import { PLAIN } from "../../lib/client/style/paint.ts";
import { RoomStyle } from "../../lib/client/style/room_style.ts";
import { TerminalScreen } from "../../lib/client/terminal_screen.ts";
import { UserError } from "../../lib/errors.ts";
import type { RoomLine, RoomMember } from "../../lib/room/room_event.ts";
import { FakeConsole } from "../helpers/fake_console.ts";

const AT = new Date(2026, 10, 22, 9, 5).getTime();
const BOB = { address: "10.0.0.2", port: 5 };
const ROOM = { name: "lab", address: "239.255.7.1", port: 20100, topic: "Tea" };

interface Rig {
  view: RoomView;
  console: FakeConsole;
  logged: string[];
  say(text: string, place?: RoomLine["place"]): void;
  setNow(at: number): void;
  /** Calls what was scheduled. */
  tick(): void;
}

type MakeScreen = (
  console: FakeConsole,
  now: () => number,
  schedule: (fn: () => void) => () => void,
) => RoomScreen;

const terminal = (preferences: Partial<Preferences> = {}): MakeScreen => (console, now, schedule) =>
  new TerminalScreen({
    console,
    style: new RoomStyle({ paint: () => PLAIN, times: () => true }),
    preferences: () => ({ ...DEFAULT_PREFERENCES, ...preferences }),
    now,
    schedule,
  });

function enter(makeScreen: MakeScreen, members: Partial<RoomMember>[] = []): Rig {
  const console = new FakeConsole(true);
  const logged: string[] = [];
  let at = AT;
  let scheduled: (() => void)[] = [];
  const now = () => at;
  const view = new RoomView({
    console,
    now,
    home: "/home/mel",
    screen: makeScreen(console, now, (fn) => {
      scheduled.push(fn);
      return () => {};
    }),
    openLog: (path) =>
      Promise.resolve({
        append: (bytes) => Promise.resolve(void logged.push(path, new TextDecoder().decode(bytes))),
        close() {},
      }),
  });
  view.entered(ROOM, {
    own: () => ({ name: "Mel", source: { address: "10.0.0.1", port: 5 } }),
    members: () => members as RoomMember[],
  });
  return {
    view,
    console,
    logged,
    say: (text, place = 0) =>
      view.line({ text, source: BOB, member: undefined, recovered: false, place }),
    setNow: (next) => void (at = next),
    tick() {
      const due = scheduled;
      scheduled = [];
      due.forEach((fn) => fn());
    },
  };
}

Deno.test("a room at a terminal has times, marks, a bell and days", () => {
  const { console, say, setNow, view } = enter(terminal());
  say("Bob: hi");
  say("Mel: I am you");
  say("Bob: mel?");
  say("Bob: mel??");
  say("Bob: /me waves");
  view.event({ kind: "lost", name: "Bob", count: 2 });
  setNow(AT + 86_400_000);
  say("Bob: new day");
  assertEquals(console.shown, [
    "out 09:05 Bob: hi",
    "out 09:05 Mel (10.0.0.2): I am you",
    "out \x0709:05 Bob: mel?",
    "out 09:05 Bob: mel??",
    "out 09:05 * Bob waves",
    "err 09:05 ¤ 2 lines of Bob are lost: nobody here has them any more.",
    "err ¤ --- Monday, 23 November 2026",
    "out 09:05 Bob: new day",
  ]);
});

Deno.test("a room at a terminal tells who comes, unless that is set off", () => {
  for (const joins of [true, false]) {
    const { console, view, tick } = enter(terminal({ joins }));
    view.event({ kind: "joined", name: "Bob", address: "10.0.0.2" });
    tick();
    view.event({ kind: "renamed", name: "Rob", before: "Bob" });
    const told = ["err 09:05 ¤ Here: Bob.", "err 09:05 ¤ Bob is Rob now."];
    assertEquals(console.shown, joins ? told : []);
  }
});

Deno.test("a room warns of a name that looks like another, once", () => {
  const { console, view, say } = enter(terminal({ joins: false }));
  for (let i = 0; i < 3; i++) view.event({ kind: "joined", name: "Me1", address: "10.0.0.2" });
  view.event({ kind: "renamed", name: "M\u0435l", before: "x" });
  say("Me1: hi");
  assertEquals(console.shown, [
    'err 09:05 ¤ Take care: "Me1" (10.0.0.2) looks like "Mel", and is another name.',
    'err 09:05 ¤ Take care: "M\u0435l" looks like "Mel", and is another name.',
    "out 09:05 Me1 (10.0.0.2): hi",
  ]);
});

Deno.test("a room does not let its screen be filled with warnings", () => {
  const member = { name: "Melooo", source: BOB, via: "direct" } as const;
  const { view, console } = enter(terminal({ joins: false }), [member]);
  const letters = ["o", "0", "\u043e", "\u03bf"];
  for (const a of letters) {
    for (const b of letters) {
      for (const c of letters) {
        view.event({ kind: "joined", name: `Mel${a}${b}${c}`, address: "10.0.0.2" });
      }
    }
  }
  assertEquals(console.shown.length, 20);
});

Deno.test("/ignore hides lines, comings and history of one name and no look-alike", () => {
  const { view, console, say } = enter(terminal());
  view.tools.ignore("Bob");
  say("Bob: hidden");
  say("BOB: hidden");
  say("B0b: shown");
  view.event({ kind: "renamed", name: "Bob", before: "Rob" });
  view.event({ kind: "history", lines: [{ text: "Bob: old", age: 0 }] });
  // What is hidden does not count among what is shown.
  say("Ann: before B0b", 1);
  say("Ann: first", 4);
  assertEquals(console.shown.slice(1), [
    "out 09:05 Ann: first",
    "out 09:05 Ann: before B0b",
    "out 09:05 B0b: shown",
  ]);
  view.tools.ignore(undefined);
  assert(console.text.includes('You ignore Bob. "/unignore <name>" ends it.'));
  view.tools.unignore("bob");
  say("Bob: again");
  assert(console.text.includes("out 09:05 Bob: again"));
  assertThrows(() => view.tools.unignore("Bob"), UserError, 'Cannot unignore "Bob"');
  assertThrows(() => view.tools.ignore(" mel"), UserError, 'Cannot ignore "mel": that is you.');
  assertThrows(() => view.tools.ignore("a:b"), UserError, 'Cannot use the name "a:b"');
});

Deno.test("/history shows the last lines again, one's own too", () => {
  const { view, console, say } = enter(terminal());
  view.tools.history();
  assertEquals(console.shown, ["err Nothing was said here yet."]);
  view.event({ kind: "history", lines: [{ text: "Ann: old", age: 86_400_000 }] });
  assertEquals(console.shown.slice(1), [
    "err ¤ --- The last line before you came:",
    "err ¤ --- Saturday, 21 November 2026",
    "err 09:05 Ann: old",
    "err ¤ --- Sunday, 22 November 2026",
    "err ¤ --- new since you joined",
  ]);
  say("Bob: one");
  view.said("Mel", "two\n\n/me three", true);
  console.shown.length = 0;
  view.tools.history("3");
  assertEquals(console.shown, [
    "err ¤ --- The last 3 lines:",
    "err 09:05 Bob: one",
    "err 09:05 Mel: two",
    "err 09:05 * Mel three",
    "err ¤ --- that was it",
  ]);
  for (const word of ["0", "-1", "x", "1.5", "99999"]) {
    assertThrows(() => view.tools.history(word), UserError, `Cannot show "${word}" lines`);
  }
});

Deno.test("one's own lines look like those of the others, unless they are on the screen", () => {
  const { view, console, setNow } = enter(terminal());
  view.said("Mel", "one\n\n/me waves ¤", false);
  view.said("Mel", "typed", true);
  assertEquals(console.shown, ["out 09:05 Mel: one", "out 09:05 * Mel waves \ufffd"]);
  console.shown.length = 0;
  setNow(AT + 86_400_000);
  view.said("Mel", "next day", false);
  assertEquals(console.shown, ["err ¤ --- Monday, 23 November 2026", "out 09:05 Mel: next day"]);
  for (
    const screen of [
      (to: FakeConsole) => new PipeScreen(to),
      (to: FakeConsole) => new JsonScreen((text) => to.print(text), () => AT),
    ]
  ) {
    const script = enter(screen);
    script.view.said("Mel", "one", false);
    assertEquals(script.console.shown, []);
  }
});

Deno.test("a room shows as many lines from before as are set", () => {
  const lines = Array.from({ length: 5 }, (_, i) => ({ text: `Ann: ${i}`, age: 0 }));
  for (const [historyLines, shown] of [[0, 0], [2, 4], [50, 7]] as const) {
    const { view, console } = enter(terminal({ historyLines }));
    view.event({ kind: "history", lines });
    assertEquals([view.wantedPast, console.shown.length], [historyLines, shown]);
  }
});

Deno.test("/log writes lines, one's own and what happened, with a mark nobody can write", async () => {
  const { view, console, say, logged } = enter(terminal());
  await view.tools.log(undefined);
  await assertRejects(() => view.tools.log("off"), UserError, "Cannot end the log: there is none.");
  await view.tools.log("~/chat.log");
  say("Bob: hi");
  say("¤ Ann left.");
  view.said("Mel", "hello\nthere", true);
  view.event({ kind: "left", name: "Ann", why: "bye" });
  await view.tools.log("off");
  assertEquals(logged[0], "/home/mel/chat.log");
  assertEquals(logged[1]!.trimEnd().split("\n"), [
    "2026-11-22 09:05:00 [lab] Bob: hi",
    "2026-11-22 09:05:00 [lab] \ufffd Ann left.",
    "2026-11-22 09:05:00 [lab] Mel: hello",
    "2026-11-22 09:05:00 [lab] Mel: there",
    "2026-11-22 09:05:00 [lab] ¤ Ann left.",
  ]);
  assert(console.text.includes('The log is /home/mel/chat.log. "/log off" ends it.'));
  assert(console.text.includes("Closed the log /home/mel/chat.log."));
});

Deno.test("/topic shows what the room is about; outside of a room there is none", () => {
  const { view, console } = enter(terminal());
  view.tools.topic();
  assertEquals(console.shown, ["err This room is about: Tea."]);
  view.left();
  assertThrows(() => view.tools.topic(), UserError, "Cannot show the topic: you are in no room.");
});

Deno.test("a room in a pipe is plain lines", () => {
  const { view, console, say } = enter((console) => new PipeScreen(console));
  say("Mel: I am you");
  say("Bob: mel?");
  say("Bob: /me waves");
  view.event({ kind: "joined", name: "Ann", address: "10.0.0.3" });
  view.event({ kind: "lost", name: "Bob", count: 1 });
  view.tools.history("1");
  assertEquals(console.shown, [
    "out Mel: I am you",
    "out Bob: mel?",
    "out Bob: /me waves",
    "err A line of Bob is lost: nobody here has it any more.",
    "out Bob: /me waves",
  ]);
});

Deno.test("a room as JSON is one object per line", () => {
  const { view, console, say, setNow } = enter((console, now) =>
    new JsonScreen((text) => console.print(text), now)
  );
  setNow(Date.UTC(2026, 10, 22, 9, 5, 7, 8));
  say('Mel: I am "you"');
  say("no name\u009b");
  view.event({ kind: "joined", name: "Me1", address: "10.0.0.3" });
  view.event({ kind: "renamed", name: "Ann", before: "Me1" });
  view.event({ kind: "left", name: "Ann", why: "silent" });
  view.event({ kind: "lost", name: "Bob", count: 1 });
  view.tools.history("1");
  const common = { time: "2026-11-22T09:05:07.008Z", room: "lab" };
  assertEquals(console.shown.map((row) => JSON.parse(row.slice(4))), [
    { ...common, name: "Mel", text: 'I am "you"', kind: "message" },
    { ...common, name: null, text: "no name\u009b", kind: "message" },
    { ...common, name: "Me1", text: "Me1 joined.", kind: "joined" },
    {
      ...common,
      name: null,
      text: 'Take care: "Me1" (10.0.0.3) looks like "Mel", and is another name.',
      kind: "status",
    },
    { ...common, name: "Ann", text: "Me1 is Ann now.", kind: "renamed" },
    { ...common, name: "Ann", text: "Ann is not heard any more.", kind: "left" },
    {
      ...common,
      name: null,
      text: "A line of Bob is lost: nobody here has it any more.",
      kind: "status",
    },
    { ...common, name: null, text: "no name\u009b", kind: "history" },
  ]);
  // deno-lint-ignore no-control-regex
  assert(!/[\x00-\x1f\x7f-\x9f]/.test(console.shown.join("")));
});
