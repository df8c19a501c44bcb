import { assertEquals, assertStrictEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { type Command, CommandTable } from "../../lib/client/command_table.ts";
import { UserError } from "../../lib/errors.ts";

function command(name: string, ...parameters: Command<void>["parameters"]): Command<void> {
  return { name, parameters, summary: `does ${name}`, run() {} };
}

const chat = command("chat", { name: "room" });
const connect = command("connect", { name: "where", optional: true });
const make = command("makeroom", { name: "name" }, { name: "address" }, { name: "port" });
const topic = { name: "topic", optional: true, rest: true, usage: "[about <topic>]" };
const open = command("open", { name: "name", ask: "Room name" }, topic);
const rename = command("name", { name: "chat name", rest: true });
const help = { ...command("help"), details: "More about it\nin two lines." };
const table = new CommandTable([chat, connect, make, rename, help, open]);
const slashed = new CommandTable([chat, help], { prefix: "/" });

Deno.test("CommandTable.parse() takes the words that a command has", () => {
  for (
    const [line, words] of [
      ["makeroom a b c", ["a", "b", "c"]],
      ["  makeroom\ta   b\tc  ", ["a", "b", "c"]],
      ["MakeRoom a b c", ["a", "b", "c"]],
      ["connect", []],
      ["connect lab-7:1", ["lab-7:1"]],
      ["chat ห้อง", ["ห้อง"]],
      ["name Mel  of the lab ", ["Mel  of the lab"]],
      ["chat \u{1f600}", ["\u{1f600}"]],
    ] as const
  ) assertEquals(table.parse(line)?.words, [...words], line);
  assertStrictEquals(table.parse("chat lab")?.command, chat);
});

Deno.test("CommandTable.parse() takes an empty line for nothing", () => {
  for (const line of ["", " ", "\t", "\u3000"]) assertEquals(table.parse(line), undefined);
});

Deno.test("CommandTable.incomplete() says what is missing", () => {
  for (
    const [commands, line, missing, message] of [
      [table, "chat", ["room"], "Cannot chat: the room is missing. Usage: chat <room>"],
      [slashed, "/chat", ["room"], "Cannot /chat: the room is missing. Usage: /chat <room>"],
      [table, "makeroom a", ["address", "port"], "Cannot makeroom: the address is missing."],
      [table, "open", ["name"], "the name is missing. Usage: open <name> [about <topic>]"],
    ] as const
  ) {
    const found = commands.parse(line)!;
    assertEquals(found.missing.map(({ name }) => name), [...missing], line);
    assertStringIncludes(commands.incomplete(found).message, message);
  }
  assertEquals(table.parse("open a")?.missing, []);
  assertEquals(table.parse("connect")?.missing, []);
});

Deno.test("CommandTable.parse() says what is too much", () => {
  for (
    const [line, message] of [
      [
        "makeroom a b c d e",
        'Cannot makeroom: "d e" is too much. Usage: makeroom <name> <address>',
      ],
      ["connect a b", 'Cannot connect: "b" is too much. Usage: connect [where]'],
      ["help \x1b[2J", 'Cannot help: "\ufffd[2J" is too much. Usage: help'],
    ] as const
  ) assertThrows(() => table.parse(line), UserError, message);
});

Deno.test("CommandTable.find() suggests the nearest command, and none that is far", () => {
  for (
    const [word, near] of [
      ["conect", "connect"],
      ["con", "connect"],
      ["mak", "makeroom"],
      ["makerom", "makeroom"],
      ["chta", "chat"],
      ["HLEP", "help"],
      ["nmae", "name"],
    ] as const
  ) assertThrows(() => table.find(word), UserError, `Did you mean "${near}"? "help" lists them.`);
  for (
    const word of [
      "x",
      "foo",
      "get",
      "no",
      "wao",
      "zzzz",
      "hello-world",
      "\x1b[2J",
      "__proto__",
      "constructor",
    ]
  ) {
    const error = assertThrows(() => table.find(word), UserError, "there is no such command");
    assertEquals(error.message.includes("Did you mean"), false, word);
    assertEquals(error.message.includes("\x1b"), false);
  }
});

Deno.test("CommandTable with a prefix understands, suggests and helps with it", () => {
  assertEquals(slashed.parse("/chat lab")?.words, ["lab"]);
  assertStrictEquals(slashed.find("chat"), chat);
  assertStrictEquals(slashed.find("/chat"), chat);
  assertThrows(() => slashed.parse("/caht lab"), UserError, 'Did you mean "/chat"? "/help" lists');
  assertThrows(() => slashed.parse("/"), UserError, "there is no such command");
  assertEquals(slashed.help("all"), "  /chat <room>  does chat\n  /help         does help");
});

Deno.test("CommandTable.help() lists all commands, or tells all about one", () => {
  assertEquals(
    table.help("all"),
    [
      "  chat <room>                  does chat",
      "  connect [where]              does connect",
      // It would make the others too wide for a terminal.
      "  makeroom <name> <address> <port>",
      "                               does makeroom",
      "  name <chat name>             does name",
      "  help                         does help",
      "  open <name> [about <topic>]  does open",
    ].join("\n"),
  );
  assertEquals(table.help("help"), "help\n  does help\n  More about it\n  in two lines.");
  assertThrows(() => table.help("hlp"), UserError, 'Did you mean "help"?');
});

Deno.test("CommandTable.help() in short puts what belongs together side by side", () => {
  const brief = (each: Command<void>, ...words: [string, string]) => ({ ...each, brief: words });
  const commands = [
    brief(connect, "Server", "opens it"),
    brief(chat, "Rooms", "enters one"),
    brief(make, "Rooms", "makes one"),
    brief(help, "Server", "tells more"),
    brief(open, "Rooms", "opens one"),
    // Only those who know it are told of it.
    rename,
  ];
  const hint = "Tab completes.";
  assertEquals(
    new CommandTable(commands, { hint }).help(),
    [
      "Server  connect  opens it    help      tells more",
      "Rooms   chat     enters one  makeroom  makes one",
      "        open     opens one",
      hint,
      '"help <command>" tells more about one, "help all" about all.',
    ].join("\n"),
  );
  const shell = new CommandTable([chat], { prefix: "/", help: "crds-client help" });
  assertEquals(
    shell.help(),
    '"crds-client help <command>" tells more about one, "crds-client help all" about all.',
  );
});
