import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import type { Client } from "../../lib/client/client.ts";
import { type CommandContext, mainTable, roomTable, runLine } from "../../lib/client/commands.ts";
import { CLIENT_HELP } from "../../lib/client/command_line.ts";
import { UserError } from "../../lib/errors.ts";
import { sealKeys } from "../../lib/framing/seal_keys.ts";
import { FakeConsole } from "../helpers/fake_console.ts";

/** Runs lines with a client that only notes what it is asked for. */
async function run(chatting: boolean, ...lines: string[]): Promise<{ calls: unknown[][] }> {
  return await runWith([], chatting, ...lines);
}

/** The same, with the answers to what is asked; the questions are noted. */
async function runWith(
  answers: readonly string[],
  chatting: boolean,
  ...lines: string[]
): Promise<{ calls: unknown[][] }> {
  const left = [...answers];
  const calls: unknown[][] = [];
  const note = (name: string) => (...args: unknown[]) => {
    const plain = (arg: unknown) => !(arg instanceof AbortSignal || arg instanceof Function);
    calls.push([name, ...args.filter((arg) => arg !== undefined && plain(arg))]);
    return Promise.resolve();
  };
  const names = ["connect", "getdir", "makeroom", "deleteroom", "bye", "rename", "enter"];
  const methods = Object.fromEntries(
    [...names, "leave", "whoIsHere", "servers"].map((name) => [name, note(name)]),
  );
  const console = new FakeConsole(true);
  const context: CommandContext = {
    client: { chatting, ...methods, people: { who: note("who") } } as unknown as Client,
    console,
    ask: (question) => {
      if (answers.length > 0) calls.push(["asked", question]);
      return Promise.resolve(left.shift());
    },
    quit: () => void note("quit")(),
    typed: { show() {}, say: note("say") },
  };
  const { signal } = new AbortController();
  for (const line of lines) await runLine(line, context, signal);
  for (const line of console.shown) calls.push(["shown", line]);
  return { calls };
}

Deno.test("runLine() carries out each command of the main prompt", async () => {
  for (
    const [line, call] of [
      ["connect", ["connect"]],
      ["connect lab-7", ["connect", { host: "lab-7", port: 50001 }]],
      ["connect lab-7:7", ["connect", { host: "lab-7", port: 7 }]],
      ["getdir", ["getdir"]],
      ["makeroom lab 239.1.2.3 7", ["makeroom", { name: "lab", address: "239.1.2.3", port: "7" }]],
      ["makeroom lab", ["makeroom", { name: "lab" }]],
      ["makeroom lab 239.1.2.3", ["makeroom", { name: "lab", address: "239.1.2.3" }]],
      ["makeroom lab about Tea  time", ["makeroom", { name: "lab", topic: "Tea  time" }]],
      ["makeroom lab 7777", ["makeroom", { name: "lab", port: "7777" }]],
      ["makeroom lab 7777 about Tea", ["makeroom", { name: "lab", port: "7777", topic: "Tea" }]],
      ["makeroom lab aboutness", ["makeroom", { name: "lab", address: "aboutness" }]],
      ["makeroom about", ["makeroom", { name: "about" }]],
      ["who", ["who"]],
      ["who lab", ["who", "lab"]],
      ["servers", ["servers"]],
      ["deleteroom lab", ["deleteroom", "lab"]],
      ["bye", ["bye"]],
      ["name Mel B", ["rename", "Mel B"]],
      ["chat lab", ["enter", "lab"]],
      ["quit", ["quit"]],
    ] as const
  ) assertEquals((await run(false, line)).calls, [[...call]], line);
  assertEquals((await run(false, "", "   ")).calls, []);
});

const SEAL = (await sealKeys("vault", "open, sesame")).check;

Deno.test("runLine() asks for the passphrase of a sealed room, before anything else", async () => {
  const words = ["open, sesame", "open, sesame"];
  const asked = [["asked", "Passphrase: "], ["asked", "Passphrase again: "]];
  for (
    const [line, request] of [
      ["makeroom vault --sealed", { name: "vault" }],
      ["makeroom --sealed vault", { name: "vault" }],
      ["makeroom vault 20100 --sealed about a --sealed one", {
        name: "vault",
        port: "20100",
        topic: "a --sealed one",
      }],
    ] as const
  ) {
    const { calls } = await runWith(words, false, line);
    assertEquals(calls, [...asked, ["makeroom", { ...request, sealed: SEAL }]], line);
  }
  const { calls } = await runWith(words, false, "makeroom vault about a --sealed one");
  assertEquals(calls, [["makeroom", { name: "vault", topic: "a --sealed one" }]]);
  for (
    const [answers, line, why] of [
      [["open, sesame", "open, sesam"], "makeroom vault --sealed", "the two are not the same"],
      [["hunter2", "hunter2"], "makeroom vault --sealed", "the passphrase has 7 characters"],
      [[""], "makeroom vault --sealed", "no passphrase was given"],
      [words, "makeroom vault a b c --sealed", '"c" is too much'],
      [words, "makeroom --sealed", "the name is missing"],
    ] as const
  ) {
    const error = await assertRejects(() => runWith(answers, false, line), UserError, why);
    for (const answer of answers) assert(answer === "" || !error.message.includes(answer));
  }
});

Deno.test("runLine() refuses what is no command, and what belongs to a room", async () => {
  for (const line of ["hello", "/leave", "connect a b", "connect lab:0", "makeroom a b c d"]) {
    await assertRejects(() => run(false, line), UserError, "Cannot");
  }
  for (const line of ["makeroom lab about", "makeroom lab 239.1.2.3 7 about  "]) {
    await assertRejects(() => run(false, line), UserError, 'nothing stands after "about"');
  }
});

Deno.test("runLine() in a room says what is typed, commands of the main prompt too", async () => {
  for (const line of ["Hello!", "getdir", " leave", "", "a /leave", " /leave", "//", "/"]) {
    const said = line.startsWith("//") ? line.slice(1) : line;
    assertEquals((await run(true, line)).calls, [["say", said]], line);
  }
  assertEquals((await run(true, "//shrug")).calls, [["say", "/shrug"]]);
  assertEquals((await run(true, "///")).calls, [["say", "//"]]);
});

Deno.test("runLine() asks for what is missing, and refuses where it gets no answer", async () => {
  for (
    const [line, question, call] of [
      ["makeroom", "Room name: ", ["makeroom", { name: "tea" }]],
      ["deleteroom", "Room name: ", ["deleteroom", "tea"]],
      ["chat", "Room name: ", ["enter", "tea"]],
      ["name", "Chat name: ", ["rename", "tea"]],
    ] as const
  ) {
    assertEquals((await runWith([" tea "], false, line)).calls, [["asked", question], [...call]]);
    await assertRejects(() => runWith(["  "], false, line), UserError, "is missing. Usage: ");
    await assertRejects(() => run(false, line), UserError, "is missing. Usage: ");
  }
  const { calls } = await runWith(["Mel"], true, "/name");
  assertEquals(calls, [["asked", "Chat name: "], ["rename", "Mel"]]);
});

Deno.test("runLine() in a room carries out what begins with a slash", async () => {
  assertEquals((await run(true, "/leave")).calls, [["leave"]]);
  assertEquals((await run(true, "/name Mel")).calls, [["rename", "Mel"]]);
  await assertRejects(() => run(true, "/laeve"), UserError, 'Did you mean "/leave"?');
  await assertRejects(() => run(true, "/name"), UserError, "Usage: /name <chat name>");
  assertEquals((await run(true, "/quit")).calls, [["quit"]]);
  assertEquals((await run(true, "/say /leave")).calls, [["say", "/leave"]]);
  await assertRejects(() => run(true, "/makeroom"), UserError, "there is no such command");
});

Deno.test("runLine() knows the commands by the names of other systems", async () => {
  for (
    const [chatting, line, call] of [
      [false, "create_group lab", ["makeroom", { name: "lab" }]],
      [false, "list_groups", ["getdir"]],
      [false, "join_group lab", ["enter", "lab"]],
      [false, "list_members lab", ["who", "lab"]],
      [false, "List_Members", ["who"]],
      [false, "dereg", ["quit"]],
      [true, "/leave_group", ["leave"]],
      [true, "/list_members", ["whoIsHere"]],
      [true, "/send_group Good morning!", ["say", "Good morning!"]],
      [true, "/dereg", ["quit"]],
      // Without a slash it is said, as everything is.
      [true, "leave_group", ["say", "leave_group"]],
    ] as const
  ) assertEquals((await run(chatting, line)).calls, [[...call]], line);
  await assertRejects(() => run(false, "create_gruop lab"), UserError, 'mean "create_group"?');
  await assertRejects(() => run(true, "/leave_gruop"), UserError, 'mean "/leave_group"?');
  await assertRejects(() => run(false, "list_groups x"), UserError, "Cannot list_groups: ");
  const { calls } = await run(false, "help create_group");
  assertEquals(calls[0], [
    "shown",
    "out makeroom <name> [--sealed] [address] [port] [about <topic>]",
  ]);
  assertEquals(calls.at(-1), ["shown", "out   Also: create_group, create"]);
});

Deno.test("help lists every command, and tells more about each", async () => {
  for (
    const [chatting, table, help] of [[false, mainTable, "help"], [
      true,
      roomTable,
      "/help",
    ]] as const
  ) {
    const shown = async (line: string) =>
      (await run(chatting, line)).calls.map(([, line]) => String(line).slice(4));
    const all = await shown(`${help} all`);
    assertEquals(all, table.help("all").split("\n"));
    assertEquals(await shown(help), table.help().split("\n"));
    for (const name of table.names) {
      assertMatch(table.help(), new RegExp(`(^| )${RegExp.escape(name)}  `, "m"));
      assertEquals(all.some((row) => row.trim().split(" ")[0] === name), true, name);
      const one = (await run(chatting, `${help} ${name}`)).calls;
      assertEquals(String(one[0]?.[1]).startsWith(`out ${name}`), true, name);
    }
  }
  assertThrows(() => mainTable.help("frobnicate"), UserError, "there is no such command");
});

Deno.test("help fits 80 columns, and in short a screen of 24 rows with the prompts around it", () => {
  const short = [mainTable.help(), roomTable.help()];
  for (const text of [...short, mainTable.help("all"), roomTable.help("all"), CLIENT_HELP]) {
    for (const row of text.split("\n")) assert(row.length <= 80, row);
  }
  for (const text of short) assert(text.split("\n").length <= 22, text);
  for (const { names } of [mainTable, roomTable]) assertEquals(names.length, new Set(names).size);
  const notes = roomTable.help("all").split("\n").slice(-3).map((row) => row.trim().split("  ")[0]);
  assertEquals(notes, ["//...", "Tab", "Up, Ctrl-R"]);
});
