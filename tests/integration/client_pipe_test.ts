/**
 * The real client with pipes, as scripts use it, against the real server.
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Program, type ServerProgram, startServer, startTask } from "../helpers/processes.ts";
import { type SomeRoom, someRoom } from "../helpers/some_room.ts";
import { TempFolder } from "../helpers/temp_folder.ts";

/** What ends a terminal's escape code: none of it belongs in a pipe. */
// deno-lint-ignore no-control-regex
const ESCAPES = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function startClient(port: number, ...args: string[]): Program {
  const server = `127.0.0.1:${port}`;
  return startTask("client", ["--iface", "127.0.0.1", "--server", server, ...args]);
}

/** Runs a client with a script to its end. */
async function runClient(
  port: number,
  script: string | Uint8Array<ArrayBuffer>,
  ...args: string[]
): Promise<Ended> {
  await using client = startClient(port, ...args);
  await client.write(script);
  await client.closeStdin();
  const { code } = await client.status;
  assert(!ESCAPES.test(client.stdout + client.stderr), client.stdout + client.stderr);
  return { code, stdout: client.stdout, stderr: client.stderr };
}

/** Starts a client that is in a room. */
async function enterRoom(port: number, name: string, room = "lab"): Promise<Program> {
  const client = startClient(port, "--name", name);
  await client.write(`chat ${room}\n`);
  await client.next(/\/leave leaves\.\n/, "stderr");
  return client;
}

async function makeRoom({ port }: ServerProgram, name = "lab"): Promise<SomeRoom> {
  const room = someRoom();
  const script = `connect\nmakeroom ${name} ${room.address} ${room.port}\n`;
  assertEquals((await runClient(port, script)).code, 0);
  return room;
}

Deno.test("client carries out a script of commands, answers apart from status", async () => {
  await using server = await startServer();
  const where = `127.0.0.1:${server.port}`;
  const ended = await runClient(
    server.port,
    "connect\ngetdir\nmakeroom lab 239.255.7.1 20100\nmakeroom ห้อง 239.255.7.1 20101\n" +
      "getdir\ndeleteroom lab\ngetdir\nbye\nquit\n",
  );
  assertEquals(ended, {
    code: 0,
    stdout: "NAME  ADDRESS      PORT   MEMBERS\nlab   239.255.7.1  20100  0\n" +
      "ห้อง   239.255.7.1  20101  0\nNAME  ADDRESS      PORT   MEMBERS\n" +
      "ห้อง   239.255.7.1  20101  0\n",
    stderr: [
      `Connected to the CRDS at ${where}.`,
      'There are no rooms. "makeroom" makes one.',
      'Created room "lab" (239.255.7.1:20100).',
      'Created room "ห้อง" (239.255.7.1:20101).',
      'Deleted room "lab" (239.255.7.1:20100).',
      `Closed the connection to the CRDS at ${where}.`,
      "",
    ].join("\n"),
  });
});

Deno.test("client says what is wrong with each command, goes on, and exits with 1", async () => {
  await using server = await startServer();
  const steps = [
    ["getdir", 'Cannot list the rooms: there is no connection. "connect" opens one.'],
    ["connect", `Connected to the CRDS at 127.0.0.1:${server.port}.`],
    ["makeroom lab 239.1.2.3 50100", 'Created room "lab" (239.1.2.3:50100).'],
    ["makeroom lab 239.1.2.4 50100", "the name is taken (239.1.2.3:50100)."],
    ["makeroom two 239.1.2.3 50100", '239.1.2.3:50100 belongs to room "lab".'],
    ["makeroom two 224.0.0.1 50100", '"224.0.0.1" is no group address of this directory'],
    ["makeroom two 239.1.2 50100", '"239.1.2" is no IPv4 address'],
    ["makeroom two 239.1.2.3 0", '"0" is no port; choose a number in 1-65535.'],
    ["makeroom two 239.1.2.3 70000", '"70000" is no port'],
    ["makeroom two 239.1.2.3 abc", '"abc" is no port'],
    ["makeroom", "Usage: makeroom <name> [--sealed] [address] [port] [about <topic>]"],
    ["deleteroom two", 'Cannot delete room "two": there is no room of that name'],
    ["name a:b", 'Cannot use the name "a:b"'],
    ["conect", 'Did you mean "connect"?'],
    ["/leave", 'Cannot understand "/leave": there is no such command.'],
    ["\x1d", 'Cannot leave: you are in no room. "chat <room>" enters one.'],
    ["connect 127.0.0.1:0", '"0" is no port'],
    [
      "chat two",
      'Cannot enter room "two": there is no room of that name. "getdir" lists them, "makeroom" makes one.',
    ],
    ["deleteroom lab\nquit", "Skipped 2 lines that were meant for the room."],
    ["/leave\ngetdir all", 'Cannot getdir: "all" is too much.'],
  ] as const;
  const { code, stdout, stderr } = await runClient(
    server.port,
    steps.map(([line]) => `${line}\n`).join(""),
  );
  const lines = stderr.split("\n");
  assertEquals(lines.pop(), "");
  for (const [i, [line, message]] of steps.entries()) {
    assertStringIncludes(lines[i] ?? "", message, line);
  }
  assertEquals([lines.length, stdout, code], [steps.length, "", 1]);
});

Deno.test("client exits with 2 on wrong flags, and prints help and version to stdout", async () => {
  const wrong = await runClient(1, "", "--sever", "x");
  assertEquals([wrong.code, wrong.stdout], [2, ""]);
  assertMatch(wrong.stderr, /^Cannot use flag "--sever": there is no such flag\. .*\n$/);
  const help = await runClient(1, "", "--help");
  assertEquals([help.code, help.stderr], [0, ""]);
  assertStringIncludes(help.stdout, "Exit codes: 0");
  const version = await runClient(1, "", "--version");
  assertMatch(version.stdout, /^crds-client \d+\.\d+\.\d+\n$/);
});

Deno.test("client tells in one sentence that there is no server", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const { code, stderr } = await runClient(port, "connect\nchat lab\n");
  const sentence = `Cannot connect to "127.0.0.1:${port}": nobody listens there. ` +
    "Is the server running there, and is a firewall in between?\n";
  assertEquals([code, stderr], [1, sentence + sentence]);
});

Deno.test("two clients chat both ways, and each reads only the other", async () => {
  await using server = await startServer();
  const room = await makeRoom(server);
  await using mel = await enterRoom(server.port, "Mel");
  await using bob = await enterRoom(server.port, "Bob");
  assertStringIncludes(
    bob.stderr,
    `Room "lab": ${room.endpoint}, over lo (127.0.0.1; given with --iface).\nYou are "Bob".`,
  );
  await mel.write("Good morning!\n");
  await bob.next(/^Mel: Good morning!\n/);
  await bob.write("สวัสดี 👋\n//shrug\n/name Robert\nagain\n");
  await mel.next(/^Bob: สวัสดี 👋\nBob: \/shrug\nRobert: again\n/);
  // Byte 0x1d leaves, with or without a line end; then commands are commands again.
  await mel.write("bye all\x1dhelp quit\n");
  await mel.next(/quit\n {2}ends the program\n/);
  await bob.next(/Mel: bye all\n/);
  await bob.write("/leave\nquit\n");
  await mel.write("quit\n");
  assertEquals([(await mel.status).code, (await bob.status).code], [0, 0]);
  assertStringIncludes(mel.stderr, 'Left room "lab".\n');
  assertStringIncludes(bob.stderr, 'Left room "lab".\n');
  assertEquals(mel.stdout.includes("Mel: "), false);
  assertEquals(bob.stdout, "Mel: Good morning!\nMel: bye all\n");
});

Deno.test("client in a room sends everything before it ends with its input", async () => {
  await using server = await startServer();
  await makeRoom(server);
  await using bob = await enterRoom(server.port, "Bob");
  const said = Array.from({ length: 100 }, (_, i) => `line ${i}`);
  // The last line has no line end.
  const { code } = await runClient(server.port, `name Mel\nchat lab\n${said.join("\n")}`);
  assertEquals(code, 0);
  await bob.waitFor(/line 99\n/);
  assertEquals(bob.stdout, said.map((line) => `Mel: ${line}\n`).join(""));
});

Deno.test("client is in one room after the other, and hears only the one it is in", async () => {
  await using server = await startServer();
  await makeRoom(server, "one");
  await makeRoom(server, "two");
  await using mel = await enterRoom(server.port, "Mel", "one");
  await using ann = await enterRoom(server.port, "Ann", "one");
  await using bob = await enterRoom(server.port, "Bob", "two");
  await ann.write("in one\n");
  await mel.waitFor(/Ann: in one\n/);
  await mel.write("/leave\nchat two\n");
  await mel.next(/Left room "one"/, "stderr");
  await mel.next(/\/leave leaves\.\n/, "stderr");
  await ann.write("not for Mel any more\n");
  await bob.write("in two\n");
  await mel.waitFor(/Bob: in two\n/);
  await mel.write("hello two\n");
  await bob.waitFor(/Mel: hello two\n/);
  assertEquals(mel.stdout, "Ann: in one\nBob: in two\n");
  assertEquals(ann.stdout, "");
});

Deno.test("client splits what is too long, and never a character", async () => {
  await using server = await startServer();
  await makeRoom(server);
  await using bob = await enterRoom(server.port, "Bob");
  const words = Array.from({ length: 400 }, (_, i) => `สวัสดี${i}`);
  await runClient(server.port, `name Mel\nchat lab\n${words.join(" ")}\nend\n`);
  await bob.waitFor(/Mel: end\n/);
  const lines = bob.stdout.split("\n").slice(0, -2);
  assert(lines.length > 1);
  for (const line of lines) assert(new TextEncoder().encode(line).length <= 1200);
  assertEquals(lines.map((line) => line.replace(/^Mel: /, "")).join(" "), words.join(" "));
});

Deno.test("client takes bytes that are no UTF-8, and control characters", async () => {
  await using server = await startServer();
  await makeRoom(server);
  await using bob = await enterRoom(server.port, "Bob");
  const script = new Uint8Array([
    ...new TextEncoder().encode("name Mel\nchat lab\n"),
    ...[0xff, 0xfe, 0x68, 0x69, 0x0a],
    ...new TextEncoder().encode("\x1b[2Jboo\x07\u202e\u009b31m\tx\nend\n"),
  ]);
  assertEquals((await runClient(server.port, script)).code, 0);
  await bob.waitFor(/Mel: end\n/);
  assertEquals(bob.stdout, "Mel: ��hi\nMel: �[2Jboo���31m x\nMel: end\n");
});

Deno.test("clients go on to chat when the server is killed", async () => {
  await using server = await startServer();
  const room = await makeRoom(server);
  await using mel = startClient(server.port, "--name", "Mel");
  await mel.write("connect\nchat lab\n");
  await mel.next(/\/leave leaves\.\n/, "stderr");
  await using bob = await enterRoom(server.port, "Bob");
  await server.program.stop("SIGKILL");
  await mel.next(
    new RegExp(
      `The connection to the CRDS at 127\\.0\\.0\\.1:${server.port} is gone: .*\\. ` +
        "Trying to get it back\\. The room goes on\\.\n",
    ),
    "stderr",
  );
  await mel.write("still there?\n");
  await bob.next(/^Mel: still there\?\n/);
  await bob.write("of course\n");
  await mel.next(/^Bob: of course\n/);
  await mel.write("/leave\nbye\ngetdir\n");
  await mel.next(/Cannot list the rooms: there is no connection\./, "stderr");
  // Another server is as good.
  await using again = await startServer();
  await mel.write(
    `connect 127.0.0.1:${again.port}\nmakeroom lab ${room.address} ${room.port}\nquit\n`,
  );
  assertEquals((await mel.status).code, 1);
  assertStringIncludes(mel.stderr, `Created room "lab" (${room.endpoint}).\n`);
});

Deno.test("client without a room tells that the server was killed", async () => {
  await using server = await startServer();
  await using mel = startClient(server.port);
  await mel.write("connect\n");
  await mel.next(/Connected/, "stderr");
  await server.program.stop("SIGKILL");
  await mel.next(/is gone: .*\. Trying to get it back\.\n/, "stderr");
  await mel.write("help bye\n");
  await mel.next(/bye\n {2}closes the connection\n/);
  await mel.closeStdin();
  assertEquals((await mel.status).code, 0);
});

Deno.test("client answers the operator's signals with their exit codes", async () => {
  await using server = await startServer();
  for (const [signal, code] of [["SIGTERM", 143], ["SIGINT", 130]] as const) {
    await using client = startClient(server.port);
    await client.write("connect\n");
    await client.next(/Connected/, "stderr");
    assertEquals((await client.stop(signal)).code, code);
  }
});

Deno.test("client counts a line that is too long to be taken as failed", async () => {
  await using server = await startServer();
  const script = `connect\n${"x".repeat(2 * 1024 * 1024)}\ngetdir\n`;
  const { code, stderr } = await runClient(server.port, script);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "Cannot take a line of more than 1 MiB: it was dropped.");
});

Deno.test("client in a pipe with --json prints one object per line", async () => {
  await using server = await startServer();
  const room = await makeRoom(server);
  await using mel = startClient(server.port, "--name", "Mel", "--json", "chat", "lab");
  await mel.next(/\/leave leaves\.\n/, "stderr");
  await using bob = await enterRoom(server.port, "Bob");
  await mel.next(/"kind":"joined"\}\n/);
  await bob.write('hi \u00a4 "Mel"\n/me waves\n');
  await mel.next(/waves.*\n/);
  await bob.closeStdin();
  await bob.status;
  await mel.next(/"kind":"left"\}\n/);
  await mel.write("/leave\ngetdir\n");
  await mel.closeStdin();
  assertEquals((await mel.status).code, 0);
  const rows = mel.stdout.trimEnd().split("\n").map((row) => JSON.parse(row));
  const answer = rows.pop();
  assertEquals(answer[0].address, room.address);
  for (const row of rows) {
    assertMatch(row.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    delete row.time;
  }
  assertEquals(rows, [
    { room: "lab", name: "Bob", text: "Bob joined.", kind: "joined" },
    { room: "lab", name: "Bob", text: 'hi \u00a4 "Mel"', kind: "message" },
    { room: "lab", name: "Bob", text: "/me waves", kind: "message" },
    { room: "lab", name: "Bob", text: "Bob left.", kind: "left" },
  ]);
});

Deno.test("client in a pipe writes a log and stays plain whatever is set", async () => {
  await using server = await startServer();
  await makeRoom(server);
  using folder = new TempFolder();
  const config = folder.file("client.json");
  const flags = ["--config", config, "--color", "always", "--name", "Mel"];
  const log = folder.file("chat.log");
  const script = `set bell all\nset\nchat lab\n/log ${log}\none\n/history\n/topic\n`;
  const ended = await runClient(server.port, script, ...flags);
  assertEquals(ended.code, 0, ended.stderr);
  assertMatch(ended.stdout, /^NAME .*\nbell +all /ms);
  assertMatch(ended.stdout, /\nMel: one\n$/);
  assertEquals(JSON.parse(await Deno.readTextFile(config)), { bell: "all" });
  assertMatch(await Deno.readTextFile(log), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[lab\] Mel: one\n$/);
});
