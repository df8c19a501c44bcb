import { assert, assertEquals } from "@std/assert";
import { Answers, formatDuration } from "../../lib/client/answers.ts";
import { FakeConsole } from "../helpers/fake_console.ts";

const LOBBY = { name: "lobby", address: "239.255.7.1", port: 20100 };
const NOW = 1_800_000_000_000;

function answersOf(style: ConstructorParameters<typeof Answers>[1]) {
  const console = new FakeConsole(false);
  return { console, answers: new Answers(console, style, () => NOW) };
}

Deno.test("Answers.rooms() is a table without the columns that nobody fills", () => {
  const { console, answers } = answersOf("prompt");
  answers.rooms([LOBBY, { ...LOBBY, name: "ห้อง", port: 7 }]);
  answers.rooms([{ ...LOBBY, members: 2 }]);
  answers.rooms([{ ...LOBBY, members: 0, topic: "Tea\x1b" }, { ...LOBBY, members: 10 }]);
  assertEquals(console.shown, [
    "out NAME   ADDRESS      PORT",
    "out lobby  239.255.7.1  20100",
    "out ห้อง    239.255.7.1  7",
    "out NAME   ADDRESS      PORT   MEMBERS",
    "out lobby  239.255.7.1  20100  2",
    "out NAME   ADDRESS      PORT   MEMBERS  TOPIC",
    "out lobby  239.255.7.1  20100  0        Tea\ufffd",
    "out lobby  239.255.7.1  20100  10",
  ]);
});

Deno.test("Answers.people() tells since when and how long idle", () => {
  const { console, answers } = answersOf("command");
  answers.people([
    { name: "Mel", address: "10.0.0.5", since: NOW - 7_200_000, idle: 61, room: "lobby" },
    { name: "anonymous@10.0.0.6", address: "10.0.0.6", since: NOW + 5_000, idle: 0 },
  ]);
  assertEquals(console.shown, [
    "out NAME                ADDRESS   SINCE  IDLE  ROOM",
    "out Mel                 10.0.0.5  2h     1m    lobby",
    "out anonymous@10.0.0.6  10.0.0.6  0s     0s",
  ]);
});

Deno.test("Answers says that there is nothing, apart from the answers", () => {
  for (const style of ["prompt", "command"] as const) {
    const { console, answers } = answersOf(style);
    answers.rooms([]);
    answers.people([]);
    answers.servers([]);
    assertEquals(console.shown.map((line) => line.slice(0, 10)), [
      "err There ",
      "err Nobody",
      "err No ser",
    ]);
  }
});

Deno.test("Answers.done() is status at a prompt, and output of a command", () => {
  for (
    const [style, shown] of [
      ["prompt", "err It is done."],
      ["command", "out It is done."],
      ["json", 'out {"name":"lobby"}'],
    ] as const
  ) {
    const { console, answers } = answersOf(style);
    answers.done("It is done.", { name: "lobby" });
    assertEquals(console.shown, [shown]);
  }
});

Deno.test("Answers in JSON are one line, mean the same, and do nothing to a terminal", () => {
  const { console, answers } = answersOf("json");
  const rooms = [{ ...LOBBY, topic: "a\u009b31m\u202eb\x1b[2J\u2028\u{e0001}é👋" }];
  answers.rooms(rooms);
  answers.people([]);
  answers.servers([{ name: "Lab", host: "10.0.0.7", port: 1 }]);
  const lines = console.shown.map((line) => line.slice(4));
  assertEquals(lines.map((line) => JSON.parse(line)), [
    rooms,
    [],
    [{ name: "Lab", host: "10.0.0.7", port: 1 }],
  ]);
  // deno-lint-ignore no-control-regex
  assert(!/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u{e0001}]/u.test(lines.join("")));
  assert(lines[0]!.includes("é👋"));
});

Deno.test("formatDuration() changes its unit where the larger one begins", () => {
  const table = [[-5, "0s"], [59_999, "59s"], [60_000, "1m"], [3_599_999, "59m"]] as const;
  for (const [ms, text] of table) assertEquals(formatDuration(ms), text);
  assertEquals([3_600_000, 86_399_999, 86_400_000].map(formatDuration), ["1h", "23h", "1d"]);
});

Deno.test("Answers.people() of a room tells of those who are in it", () => {
  const { console, answers } = answersOf("prompt");
  const people = ["lab", "tea", undefined].map((room, i) => ({
    name: `p${i}`,
    address: "10.0.0.1",
    since: NOW,
    idle: 0,
    ...(room === undefined ? {} : { room }),
  }));
  answers.people(people, "tea");
  answers.people(people, "empty");
  assertEquals(console.shown, [
    "out NAME  ADDRESS   SINCE  IDLE  ROOM",
    "out p1    10.0.0.1  0s     0s    tea",
    'err The server knows of nobody in room "empty".',
  ]);
});

Deno.test("Answers.rooms() marks the sealed ones", () => {
  const console = new FakeConsole(false);
  const room = { name: "a", address: "239.1.2.3", port: 1 };
  const sealed = { ...room, name: "vault", port: 2, sealed: "A".repeat(22) };
  new Answers(console, "prompt").rooms([room, sealed]);
  assertEquals(console.shown, [
    "out NAME   ADDRESS    PORT  SEALED",
    "out a      239.1.2.3  1",
    "out vault  239.1.2.3  2     yes",
  ]);
  const json = new FakeConsole(false);
  new Answers(json, "json").rooms([sealed]);
  assertEquals(JSON.parse(json.shown[0]!.slice(4)), [sealed]);
});
