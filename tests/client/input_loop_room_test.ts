import { assertEquals, assertStringIncludes } from "@std/assert";
import type { LabRequest } from "../../lib/framing/lab.ts";
import { MAX_UNSENT_DATAGRAMS } from "../../lib/net/multicast.ts";
import { listing } from "../helpers/bytes.ts";
import { FakeConsole } from "../helpers/fake_console.ts";
import { someRoom } from "../helpers/some_room.ts";
import type { Reaction } from "../helpers/scripted_lab_server.ts";
import { END, LEAVE, listenIn, play, ROOM } from "../helpers/input_loop_rig.ts";

Deno.test("InputLoop.run() of a script passes over what was meant for a room it did not get into", async () => {
  const deleted: string[] = [];
  const react = (request: LabRequest): Reaction => {
    if (request.op === "deleteroom") deleted.push(request.name);
    if (request.op === "chat") return Uint8Array.of(0);
    return request.op === "getdir" ? listing(ROOM) : undefined;
  };
  const lines = ["connect", "chat nowhere", "deleteroom lab", "quit", { kind: "dropped" }] as const;
  const console = new FakeConsole(false, [
    ...lines,
    "/leave",
    "help bye",
    "chat",
    "x",
    LEAVE,
    END,
  ]);
  assertEquals(await play(console, react), false);
  assertEquals(deleted, []);
  assertEquals(console.shown.slice(-6), [
    'err Cannot enter room "nowhere": there is no room of that name. "getdir" lists them, "makeroom" makes one.',
    "err Skipped 3 lines that were meant for the room.",
    "out bye",
    "out   closes the connection",
    "err Cannot chat: the room is missing. Usage: chat <room>",
    "err Skipped 1 line that was meant for the room.",
  ]);
  const first = new FakeConsole(false, ["hello", "deleteroom lab"]);
  assertEquals(await play(first, react, undefined, "chat nowhere"), false);
  assertEquals([deleted, first.shown.at(-1)], [
    [],
    "err Skipped 2 lines that were meant for the room.",
  ]);
});

Deno.test("InputLoop.run() with a person takes what is typed after a chat that failed", async () => {
  const console = new FakeConsole(true, ["connect", "chat nowhere", "help quit"]);
  assertEquals(await play(console), false);
  assertStringIncludes(console.text, "ends the program");
});

Deno.test("InputLoop.run() says what is pasted into a room, whatever it looks like", async () => {
  const room = someRoom();
  const paste = (text: string, paste = 1) => ({ kind: "line", text, paste }) as const;
  await using bob = await listenIn(room);
  const console = new FakeConsole(true, [
    "connect",
    "chat lab",
    paste("/leave"),
    paste("quit"),
    paste("//x"),
    paste("/name Ann"),
    "end",
    () => bob.all,
    "/leave",
    paste("help quit", 2),
  ]);
  assertEquals(await play(console, () => listing(`lab: ${room.endpoint}\n`)), true);
  assertEquals(bob.heard, ["Mel: /leave", "Mel: quit", "Mel: //x", "Mel: /name Ann", "Mel: end"]);
  assertStringIncludes(console.text, "ends the program");
});

Deno.test("InputLoop.run() says a confirmed paste in the room, and nowhere else", async () => {
  const room = someRoom();
  await using bob = await listenIn(room);
  const console = new FakeConsole(true, [
    "connect",
    "chat lab",
    { kind: "pasted", text: "one\n/leave\n//x\nend" },
    () => bob.all,
    "/leave",
    { kind: "pasted", text: "help quit\nquit" },
    "getdir",
  ]);
  assertEquals(await play(console, () => listing(`lab: ${room.endpoint}\n`)), false);
  assertEquals(bob.heard, ["Mel: one", "Mel: /leave", "Mel: //x", "Mel: end"]);
  assertStringIncludes(console.text, "Cannot say what was pasted: you have left the room.");
  assertEquals(console.text.includes("ends the program"), false);
  assertStringIncludes(console.text, "lab ");
});

Deno.test("InputLoop.run() shows each line of a person once: as it was typed, or as it was said", async () => {
  const room = someRoom();
  await using bob = await listenIn(room);
  const line = (text: string) => ({ kind: "line", text, echo: `[lab] Mel> ${text}` }) as const;
  const console = new FakeConsole(true, [
    "connect",
    "chat lab",
    line("Good morning!"),
    line("/me waves"),
    line(""),
    line("/ignore"),
    line("/hlep"),
    { kind: "pasted", text: "one\n\n/leave" },
    // It stands where it was typed already, before it was known that it would be said.
    "typed ahead",
    line("end"),
    () => bob.all,
  ]);
  assertEquals(await play(console, () => listing(`lab: ${room.endpoint}\n`)), false);
  const [, entered] = console.text.split("/leave leaves.\n");
  assertEquals(entered?.split("\n").filter((row) => !/joined|Here:|^err Left/.test(row)), [
    "out Mel: Good morning!",
    "out * Mel waves",
    "out [lab] Mel> /ignore",
    'err You ignore nobody. "/ignore <name>" hides what somebody says.',
    "out [lab] Mel> /hlep",
    'err Cannot understand "/hlep": there is no such command. Did you mean "/help"? "/help" lists them.',
    "out Mel: one",
    "out Mel: /leave",
    "out Mel: end",
  ]);
  assertEquals(bob.heard.length, 6);
});

Deno.test("InputLoop.run() gives back what could not be said, and says why", async () => {
  const text = Array.from({ length: MAX_UNSENT_DATAGRAMS + 1 }, () => "x").join("\n");
  const console = new FakeConsole(true, ["connect", "chat lab", { kind: "pasted", text }]);
  assertEquals(await play(console), false);
  const at = console.shown.indexOf(`back ${text}`);
  assertStringIncludes(console.shown[at + 1] ?? "", "err Cannot send to room");
  assertEquals(console.shown.includes("out Mel: x"), false);
});
