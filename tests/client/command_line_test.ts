import { assert, assertEquals, assertThrows } from "@std/assert";
import { CLIENT_HELP, parseClientArgs } from "../../lib/client/command_line.ts";
import type { ClientSettings } from "../../lib/client/settings.ts";
import { UsageError, UserError } from "../../lib/errors.ts";

function parse(args: readonly string[], env: Record<string, string> = {}): ClientSettings {
  const command = parseClientArgs(args, (name) => env[name]);
  assert(command.kind === "run", `it is ${command.kind}`);
  return command.settings;
}

Deno.test("parseClientArgs() has defaults for everything", () => {
  assertEquals(parse([]), {
    server: undefined,
    wanted: undefined,
    name: "",
    ttl: 1,
    relay: "auto",
    json: false,
    terminal: { color: undefined, noColor: undefined, capable: true },
    configFile: undefined,
    knownServersFile: undefined,
    home: undefined,
  });
});

Deno.test("parseClientArgs() takes colour and the place of the settings from both", () => {
  const env = { NO_COLOR: "1", TERM: "dumb", HOME: "/home/mel", APPDATA: "C:\\x" };
  assertEquals(parse(["--color", "always"], env).terminal, {
    color: "always",
    noColor: "1",
    capable: false,
  });
  assert(parse([], env).configFile?.endsWith("client.json"));
  assertEquals(parse(["--config", "my.json"], env).configFile, "my.json");
  assertEquals(parse([], env).home, "/home/mel");
});

Deno.test("parseClientArgs() takes the server from the flag, then from the environment", () => {
  const env = { CRDS_SERVER: "lab-8:7" };
  assertEquals(parse(["--server", "lab-7"], env).server, { host: "lab-7", port: 50001 });
  assertEquals(parse([], env).server, { host: "lab-8", port: 7 });
  assertEquals(parse([], { CRDS_SERVER: "" }).server, undefined);
  assertEquals(parse(["--server=[::1]:7"]).server, { host: "::1", port: 7 });
});

Deno.test("parseClientArgs() says where the interface was asked for", () => {
  const env = { CRDS_IFACE: "eth1" };
  assertEquals(parse(["--iface", "lo"], env).wanted, { iface: "lo", from: "--iface" });
  assertEquals(parse([], env).wanted, { iface: "eth1", from: "$CRDS_IFACE" });
  assertEquals(parse([], { CRDS_IFACE: "" }).wanted, undefined);
});

Deno.test("parseClientArgs() takes the name from the flag, then from the login", () => {
  const env = { USER: "u", LOGNAME: "l", USERNAME: "w" };
  assertEquals(parse(["--name", "Mel"], env).name, "Mel");
  assertEquals(parse([], env).name, "u");
  assertEquals(parse([], { LOGNAME: "l", USERNAME: "w" }).name, "l");
  assertEquals(parse([], { USER: "", USERNAME: "w" }).name, "w");
  // A login name need not be a chat name: the client makes one of it.
  assertEquals(parse([], { USER: "DOMAIN:mel" }).name, "DOMAIN:mel");
});

Deno.test("parseClientArgs() finds help and version whatever else is given", () => {
  assertEquals(parseClientArgs(["--help", "--ttl", "x"], () => undefined).kind, "help");
  assertEquals(parseClientArgs(["--version"], () => undefined).kind, "version");
  const help = { kind: "help", text: CLIENT_HELP } as const;
  assertEquals(parseClientArgs(["help"], () => undefined), help);
  const more = parseClientArgs(["help", "chat"], () => undefined);
  assert(more.kind === "help" && more.text.startsWith("chat <room>\n"));
});

Deno.test("parseClientArgs() refuses in one sentence", () => {
  for (
    const [args, message] of [
      [["--sever", "x"], 'Cannot use flag "--sever": there is no such flag.'],
      [["connect"], 'Cannot run "connect" alone: it is for the prompt. Commands that work here: '],
      [["chta", "lab"], 'Did you mean "chat"?'],
      [["doctor", "a", "b"], 'Cannot doctor: "b" is too much. Usage: doctor [room]'],
      [["getdir", "all"], 'Cannot getdir: "all" is too much. Usage: getdir'],
      [["makeroom"], "Cannot makeroom: the name is missing. Usage: makeroom <name>"],
      [["makeroom", "--sealed"], "Cannot makeroom: the name is missing. Usage: makeroom <name>"],
      [["chat", "--sealed", "v"], "Cannot use --sealed here: it is for makeroom."],
      [["--sealed"], "Cannot use --sealed here: it is for makeroom."],
      [["--color", "blue"], 'Cannot use --color "blue": it is none of auto, always, never.'],
      [["--config"], 'Cannot use flag "--config": its value is missing.'],
      [["completions"], "the shell is missing. Use one of bash, zsh, fish."],
      [["completions", "tcsh"], 'there are none for "tcsh"'],
      [["--server"], 'Cannot use flag "--server": its value is missing.'],
      [["--server", "lab:0"], '"0" is no port'],
      [["--server", ":1"], "it is no HOST or HOST:PORT"],
      [["--ttl", "0"], 'Cannot use --ttl "0": it is no whole number in 1-255.'],
      [["--ttl", "256"], 'Cannot use --ttl "256"'],
      [["--ttl", "two"], 'Cannot use --ttl "two"'],
      [["--name", "a:b"], 'Cannot use the name "a:b"'],
      [["chat"], "Cannot chat: the room is missing. Usage: chat <room>"],
      [["chat", "a", "b"], 'Cannot chat: "b" is too much.'],
      [["foo"], 'there is no such command. "crds-client help" lists them.'],
      [["help", "foo"], 'there is no such command. "crds-client help" lists them.'],
    ] as const
  ) assertThrows(() => parse(args), UserError, message);
  assertThrows(() => parse(["\x1b[2J"]), UsageError, 'Cannot understand "\ufffd[2J"');
  for (const args of [["connect"], ["--color", "x"], ["chat"], ["--name", "a:b"], ["help", "x"]]) {
    assertThrows(() => parse(args), UsageError);
  }
  assertThrows(() => parse([], { CRDS_SERVER: "lab:x" }), UserError, '"x" is no port');
});

Deno.test("parseClientArgs() takes one command of a shell, with flags on both sides", () => {
  for (
    const [args, line, json] of [
      [["getdir"], "getdir", false],
      [["getdir", "--json"], "getdir", true],
      [["--json", "--server", "lab-7", "who"], "who", true],
      [["makeroom", "lobby", "239.1.2.3", "--json"], "makeroom lobby 239.1.2.3", true],
      [["makeroom", "007", "about", "Tea & cake"], "makeroom 007 about Tea & cake", false],
      [["deleteroom", "lobby"], "deleteroom lobby", false],
      [["servers"], "servers", false],
      [["doctor"], "doctor", false],
      [["doctor", "lobby", "--json"], "doctor lobby", true],
      [
        ["makeroom", "v", "20100", "about", "x", "--sealed"],
        "makeroom --sealed v 20100 about x",
        false,
      ],
      [["create_group", "--sealed", "v"], "create_group --sealed v", false],
      [["list_members", "lobby"], "list_members lobby", false],
    ] as const
  ) {
    const command = parseClientArgs(args, () => undefined);
    assert(command.kind === "command");
    assertEquals([command.line, command.settings.json], [line, json]);
  }
});

Deno.test("parseClientArgs() enters a room, whatever that is called elsewhere", () => {
  for (const word of ["chat", "join_group"]) {
    const command = parseClientArgs([word, "lab"], () => undefined);
    assert(command.kind === "run");
    assertEquals(command.first, `${word} lab`);
  }
});

Deno.test("parseClientArgs() takes --json for a pipe, in a room or not", () => {
  for (const args of [["--json"], ["chat", "lab", "--json"]]) {
    const command = parseClientArgs(args, () => undefined);
    assert(command.kind === "run");
    assertEquals(command.settings.json, true);
  }
});

Deno.test("parseClientArgs() begins in a room, or prints completions", () => {
  const chat = parseClientArgs(["--name", "Mel", "chat", "lobby"], () => undefined);
  assert(chat.kind === "run");
  assertEquals([chat.first, chat.settings.name], ["chat lobby", "Mel"]);
  assertEquals(parseClientArgs(["completions", "fish"], () => undefined), {
    kind: "completions",
    shell: "fish",
  });
});

Deno.test("CLIENT_HELP names every flag, command and exit code", () => {
  for (const word of ["--server", "--iface", "--name", "--ttl", "--json", "--help", "--version"]) {
    assert(CLIENT_HELP.includes(word), word);
  }
  for (
    const word of [
      "connect",
      "getdir",
      "makeroom",
      "deleteroom",
      "who",
      "servers",
      "doctor",
      "bye",
      "name",
      "chat",
      "help",
    ]
  ) {
    assert(CLIENT_HELP.includes(`\n  ${word} `) || CLIENT_HELP.includes(`\n  ${word}\n`), word);
  }
  assert(CLIENT_HELP.includes("Exit codes: 0"));
});
