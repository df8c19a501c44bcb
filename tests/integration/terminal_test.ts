/**
 * The eight steps by hand: the real server and real clients in real terminals.
 */

import { assert, assertEquals } from "@std/assert";
import { ROOT, taskArgs } from "../helpers/processes.ts";
import { someRoom } from "../helpers/some_room.ts";
import { TempFolder } from "../helpers/temp_folder.ts";
import { Tmux, tmuxTest, type TmuxWindow } from "../helpers/tmux.ts";

async function openServer(
  tmux: Tmux,
  wanted = "0",
): Promise<{ server: TmuxWindow; where: string; port: string }> {
  const args = [
    ...taskArgs("server"),
    "--host",
    "127.0.0.1",
    "--port",
    wanted,
    "--memory",
    "--no-announce",
  ];
  const server = await tmux.open(Deno.execPath(), ...args);
  const listening = /^Chat Room Directory Server listening on port (\d+)\.\.\.$/;
  const rows = await server.untilRow(listening);
  const [, port = ""] = rows.map((row) => listening.exec(row)).find((match) => match !== null) ??
    [];
  return { server, where: `127.0.0.1:${port}`, port };
}

/** Settings that leave out what differs from run to run. */
const NO_TIMES = `${ROOT}tests/helpers/no_times.json`;

/** Opens a client, and waits for its prompt; afterwards, the window shows how it ended. */
async function openClient(
  tmux: Tmux,
  where: string,
  term?: string,
  config = NO_TIMES,
  ...more: string[]
): Promise<TmuxWindow> {
  const args = [
    ...taskArgs("client"),
    ...["--iface", "127.0.0.1", "--server", where, "--config", config, ...more],
  ];
  const env = term === undefined ? [] : ["env", `TERM=${term}`];
  const flags = "icanon|isig|echo|icrnl|opost";
  const state = `$(stty -a | tr -s " ;" "\\n\\n" | grep -xE "${flags}" | sort | tr "\\n" " ")`;
  const script = `"$@"; code=$?; echo "ended with $code: ${state}"; exec cat`;
  const client = await tmux.open("sh", "-c", script, "sh", ...env, Deno.execPath(), ...args);
  await client.untilLast("crds>");
  return client;
}

tmuxTest("a server and two clients in terminals go through the eight steps", async () => {
  await using tmux = await Tmux.start();
  const room = someRoom();
  const { server, where } = await openServer(tmux);
  const mel = await openClient(tmux, where);
  const bob = await openClient(tmux, where);

  await mel.enter("connect");
  await mel.untilLast(`crds@${where}>`);
  await server.untilRow(/^Connection received from 127\.0\.0\.1:\d+\.$/);
  await mel.enter(`makeroom lobby ${room.address} ${room.port}`);
  await mel.untilRow(`Created room "lobby" (${room.endpoint}).`);
  await mel.enter("getdir");
  const row = `lobby  ${room.address}  ${room.port}  0`;
  assertEquals((await mel.untilRow(row)).at(-1), `crds@${where}>`);
  await mel.enter("bye");
  await mel.untilLast("crds>");
  await server.untilRow(/^Connection closed: 127\.0\.0\.1:\d+\.$/);

  await mel.enter("name Mel");
  await bob.enter("name Bob");
  await mel.enter("chat lobby");
  await mel.untilLast("[lobby] Mel>");
  await bob.enter("chat lobby");
  await bob.untilLast("[lobby] Bob>");
  await mel.enter("Good morning, Bob!");
  await bob.untilRow("Mel: Good morning, Bob!");

  // A message that arrives while somebody types leaves what was typed as it is.
  await mel.type("How are");
  await mel.untilLast("[lobby] Mel> How are");
  await bob.enter("Sawasdee! สวัสดี 👋");
  const rows = await mel.untilRow("Bob: Sawasdee! สวัสดี 👋");
  assertEquals(rows.at(-1), "[lobby] Mel> How are");
  await mel.type(" you?");
  await mel.untilLast("[lobby] Mel> How are you?");
  await mel.press("Enter");
  await bob.untilRow("Mel: How are you?");

  await mel.press("C-]");
  await mel.untilLast("crds>");
  await bob.enter("/leave");
  await bob.untilLast("crds>");

  await mel.enter("connect");
  await mel.untilLast(`crds@${where}>`);
  await mel.enter("deleteroom lobby");
  await mel.untilRow(`Deleted room "lobby" (${room.endpoint}).`);
  await mel.enter("getdir");
  await mel.untilRow('There are no rooms. "makeroom" makes one.');
  await bob.enter("connect");
  await bob.untilLast(`crds@${where}>`);

  await mel.enter("quit");
  await assertRestored(mel);
  await bob.press("C-d");
  await assertRestored(bob);
});

tmuxTest("client in a terminal edits, remembers and clears the line", async () => {
  await using tmux = await Tmux.start(60, 20);
  const client = await openClient(tmux, "127.0.0.1:1");
  await client.type("hepl");
  await client.press("BSpace", "BSpace");
  await client.type("lp byee");
  await client.press("BSpace", "Home");
  await client.untilLast("crds> help bye");
  await client.press("Enter");
  await client.untilRow("  closes the connection");
  await client.untilLast("crds>");
  await client.press("Up");
  await client.untilLast("crds> help bye");
  await client.press("C-c");
  await client.untilLast("crds>");
  await client.press("C-c");
  await client.untilRow("Press Ctrl-C again to quit.");
  await client.press("C-c");
  await assertRestored(client, 130);
});

tmuxTest(
  "client in a terminal says what is pasted into a room, and does nothing of it",
  async () => {
    await using tmux = await Tmux.start();
    const { where } = await openServer(tmux);
    const mel = await openClient(tmux, where);
    const bob = await openClient(tmux, where);
    const room = someRoom();
    await mel.enter("connect");
    await mel.untilLast(`crds@${where}>`);
    await mel.enter(`makeroom lobby ${room.address} ${room.port}`);
    await mel.untilRow(`Created room "lobby" (${room.endpoint}).`);
    for (const [client, name] of [[mel, "Mel"], [bob, "Bob"]] as const) {
      await client.enter(`name ${name}`);
      await client.untilRow(`You are "${name}" now.`);
      await client.enter("chat lobby");
      await client.untilLast(`[lobby] ${name}>`);
    }
    await mel.paste("one\n/leave\ndeleteroom lobby\nquit\n/name Eve\nlast");
    await mel.untilLast("Paste of 6 lines: Enter says them, Esc drops them");
    await mel.press("Enter");
    const rows = await bob.untilRow("Mel: last");
    assertEquals(rows.filter((row) => row.startsWith("Mel: ")), [
      "Mel: one",
      "Mel: /leave",
      "Mel: deleteroom lobby",
      "Mel: quit",
      "Mel: /name Eve",
      "Mel: last",
    ]);
    await mel.untilLast("[lobby] Mel>");
  },
);

tmuxTest("client in a terminal shows times and marks, rings, and keeps what is set", async () => {
  using folder = new TempFolder();
  const config = folder.file("client.json");
  await using tmux = await Tmux.start();
  const { where } = await openServer(tmux);
  const mel = await openClient(tmux, where, undefined, config);
  const bob = await openClient(tmux, where);
  const room = someRoom();
  await mel.enter("connect");
  await mel.untilLast(`crds@${where}>`);
  await mel.enter(`makeroom lobby ${room.address} ${room.port} about Tea`);
  for (const [client, name] of [[mel, "Mel"], [bob, "Bob"]] as const) {
    await client.enter(`name ${name}`);
    await client.untilRow(`You are "${name}" now.`);
    await client.enter("chat lobby");
    await client.untilLast(`[lobby] ${name}>`);
  }
  await mel.untilRow(/^\d\d:\d\d ¤ (Here: Bob|Bob joined)\.$/);
  await bob.enter("/me waves");
  await mel.untilRow(/^\d\d:\d\d \* Bob waves$/);
  await bob.enter("¤ Bob left.");
  await mel.untilRow(/^\d\d:\d\d Bob: \ufffd Bob left\.$/);
  await mel.enter("/set times off");
  await mel.untilRow("¤ times is off.");
  await bob.enter("hi");
  await mel.untilRow("Bob: hi");
  assertEquals(JSON.parse(await Deno.readTextFile(config)), { times: false });
  const log = folder.file("chat.log");
  await mel.enter(`/log ${log}`);
  await mel.untilRow(/^¤ The log is /);
  await mel.enter("/topic");
  await mel.untilRow("¤ This room is about: Tea.");
  await bob.enter("for the log");
  await mel.untilRow("Bob: for the log");
  await mel.enter("/ignore Bob");
  await mel.untilRow(/^¤ What Bob says is hidden/);
  await bob.enter("hidden");
  await bob.untilRow("[lobby] Bob> hidden");
  await bob.enter("/name Rob");
  await bob.untilLast("[lobby] Rob>");
  await bob.enter("shown");
  const rows = await mel.untilRow("Rob: shown");
  assertEquals(rows.includes("Bob: hidden"), false);
  await mel.enter("quit me not");
  await mel.untilRow("[lobby] Mel> quit me not");
  await mel.enter("/leave");
  await mel.untilLast(`crds@${where}>`);
  await mel.enter("quit");
  await assertRestored(mel);
  const logged = (await Deno.readTextFile(log)).split("\n");
  assertEquals(logged.map((row) => row.replace(/^[-\d]{10} [:\d]{8} /, "")), [
    "[lobby] Bob: for the log",
    "[lobby] Rob: shown",
    "[lobby] Mel: quit me not",
    "",
  ]);
});

/** Opens clients that are in one room; there is a prompt in each. */
async function openRoom(tmux: Tmux, ...names: string[]): Promise<TmuxWindow[]> {
  const { where } = await openServer(tmux);
  const room = someRoom();
  const clients: TmuxWindow[] = [];
  for (const name of names) {
    const client = await openClient(tmux, where, undefined, NO_TIMES, "--name", name);
    await client.enter("connect");
    await client.untilLast(`crds@${where}>`);
    if (clients.length === 0) {
      await client.enter(`makeroom lobby ${room.address} ${room.port}`);
      await client.untilRow(`Created room "lobby" (${room.endpoint}).`);
    }
    // The room is found where it is not in sight.
    await client.type("chat lo");
    await client.press("Tab");
    await client.untilLast(`crds@${where}> chat lobby`);
    await client.press("Enter");
    await client.untilLast(`[lobby] ${name}>`);
    clients.push(client);
  }
  return clients;
}

tmuxTest("client in a terminal completes commands, rooms and names", async () => {
  await using tmux = await Tmux.start();
  const [mel, bob] = await openRoom(tmux, "Mel", "Bob");
  assert(mel !== undefined && bob !== undefined);
  await mel.untilRow(/^¤ (Bob joined|Here: Bob)/);
  await mel.type("b");
  await mel.press("Tab");
  await mel.untilLast("[lobby] Mel> Bob:");
  await mel.type("hi, b");
  await mel.press("Tab");
  await mel.untilLast("[lobby] Mel> Bob: hi, Bob");
  await mel.press("Enter");
  await bob.untilRow("Mel: Bob: hi, Bob");
  await mel.type("/le");
  await mel.press("Tab");
  await mel.untilLast("[lobby] Mel> /leave");
  await mel.press("Enter");
  await mel.untilRow(/Left room "lobby"\.$/);
  await mel.type("c");
  await mel.press("Tab");
  await mel.untilLast(/> chat$/);
  await mel.press("Tab");
  await mel.untilLast(/> connect$/);
  await mel.press("BTab", "BTab");
  await mel.untilLast(/> c$/);
});

tmuxTest("client in a terminal searches what was given before, and keeps the draft", async () => {
  await using tmux = await Tmux.start(60, 20);
  const client = await openClient(tmux, "127.0.0.1:1");
  await client.enter("help makeroom");
  await client.untilRow("  makes a room");
  await client.enter("help bye");
  await client.untilRow("  closes the connection");
  await client.type("draft");
  await client.press("C-r");
  await client.untilLast("(search: ) draft");
  await client.type("help");
  await client.untilLast("(search: help) help bye");
  await client.press("C-r");
  await client.untilLast("(search: help) help makeroom");
  await client.press("C-g");
  await client.untilLast("crds> draft");
  await client.press("Up", "Up");
  await client.untilLast("crds> help makeroom");
  await client.press("Down", "Down");
  await client.untilLast("crds> draft");
});

tmuxTest("client in a terminal says 1,000 pasted lines as one message", async () => {
  await using tmux = await Tmux.start();
  const [mel, bob] = await openRoom(tmux, "Mel", "Bob");
  assert(mel !== undefined && bob !== undefined);
  await mel.untilRow(/^¤ (Bob joined|Here: Bob)/);
  const text = Array.from({ length: 1000 }, (_, i) => `line ${i + 1}`).join("\n");
  await mel.paste(text);
  await mel.untilLast("Paste of 1000 lines: Enter says them, Esc drops them");
  // A message that comes meanwhile leaves the question alone.
  await bob.enter("Good morning");
  await mel.untilRow("Bob: Good morning");
  await mel.untilLast("Paste of 1000 lines: Enter says them, Esc drops them");
  await mel.press("Escape");
  await mel.untilLast("[lobby] Mel>");
  await mel.paste(text);
  await mel.untilLast("Paste of 1000 lines: Enter says them, Esc drops them");
  await mel.press("Enter");
  // On a busy machine some are lost on the way; those come late.
  const wanted = new Set(text.split("\n").map((line) => `Mel: ${line}`));
  const all = (rows: string[]): boolean =>
    wanted.isSubsetOf(new Set(rows.map((row) => row.replace(/^\(late\) /, ""))));
  await bob.until(all, "all lines", () => bob.all());
  await mel.untilLast("[lobby] Mel>");
});

tmuxTest("client in a terminal stops at Ctrl-Z, and comes back", async () => {
  await using tmux = await Tmux.start();
  const args = [...taskArgs("client"), "--iface", "127.0.0.1", "--server", "127.0.0.1:1"];
  const shell = await tmux.open("env", "PS1=shell$ ", "bash", "--norc", "--noprofile", "-i");
  await shell.untilLast("shell$");
  const settings = 'echo "tty: $(stty -g)"';
  await shell.enter(settings);
  const [before] = (await shell.untilRow(/^tty: /)).filter((row) => row.startsWith("tty: "));
  await shell.enter([Deno.execPath(), ...args].join(" "));
  await shell.untilLast("crds>");
  await shell.type("help by");
  await shell.untilLast("crds> help by");
  await shell.press("C-z");
  await shell.untilRow(/^\[1\]\+ +Stopped/);
  await shell.untilLast("shell$");
  await shell.enter(`clear; ${settings}`);
  const rows = await shell.until((rows) => rows.length === 2, "the settings");
  assertEquals(rows, [before, "shell$"]);
  await shell.enter("fg");
  await shell.untilLast("crds> help by");
  await shell.type("e");
  await shell.press("Enter");
  await shell.untilRow("  closes the connection");
  await shell.untilLast("crds>");
  await shell.type("draft");
  await shell.untilLast("crds> draft");
  await shell.press("C-z");
  await shell.untilLast("shell$");
  await shell.enter("fg");
  await shell.untilLast("crds> draft");
  await shell.press("C-c");
  await shell.untilLast("crds>");
  await shell.enter("quit");
  await shell.untilLast("shell$");
});

tmuxTest(
  "client in a terminal keeps commands for the next time, and nothing that was said",
  async () => {
    await using tmux = await Tmux.start();
    using home = new TempFolder();
    const args = [...taskArgs("client"), "--config", NO_TIMES];
    const open = async () => {
      const client = await tmux.open(
        ...["sh", "-c", '"$@"; echo ended; exec cat', "sh"],
        ...["env", `XDG_STATE_HOME=${home.path}`, Deno.execPath(), ...args],
        ...["--iface", "127.0.0.1", "--server", "127.0.0.1:1", "--name", "Mel"],
      );
      await client.untilLast("crds>");
      return client;
    };
    const first = await open();
    await first.enter("help bye");
    await first.untilRow("  closes the connection");
    await first.enter("a secret typed at the wrong prompt");
    await first.untilRow(/^Cannot understand "a"/);
    await first.enter("quit");
    await first.untilRow("ended");
    const second = await open();
    await second.press("Up", "Up");
    await second.untilLast("crds> help bye");
    const kept = await Deno.readTextFile(home.file("crds/client_history"));
    assertEquals(kept, "help bye\nquit\n");
  },
);

tmuxTest("client in a terminal that can do nothing shows its prompt once", async () => {
  await using tmux = await Tmux.start();
  const { where } = await openServer(tmux);
  const client = await openClient(tmux, where, "dumb");
  await client.enter("connect");
  await client.untilLast(`crds@${where}>`);
  await client.enter("getdir");
  await client.untilRow(/^There are no rooms/);
  await client.enter("makeroom");
  await client.untilLast("Room name:");
  await client.enter("lobby");
  await client.untilRow(/^Created room "lobby"/);
  const rows = await client.untilLast(`crds@${where}>`);
  assertEquals(rows.map((row) => row.replace(/^(Created room "lobby").*$/, "$1")).slice(1), [
    "crds> connect",
    `Connected to the CRDS at ${where}.`,
    `crds@${where}> getdir`,
    'There are no rooms. "makeroom" makes one.',
    `crds@${where}> makeroom`,
    "Room name: lobby",
    'Created room "lobby"',
    `crds@${where}>`,
  ]);
  await client.enter("quit");
  await client.untilRow(/^ended with 0/);
});

tmuxTest(
  "client in a terminal gets its server back, and keeps what is typed",
  async () => {
    await using tmux = await Tmux.start();
    const { server, where, port } = await openServer(tmux);
    const client = await openClient(tmux, where);
    await client.enter("connect");
    await client.untilLast(`crds@${where}>`);
    await client.type("help qu");
    await client.untilLast(`crds@${where}> help qu`);
    await server.press("C-c");
    await client.untilLast("crds> help qu");
    await client.untilRow(/^The connection to the CRDS at .* is gone: .*\. Trying/);
    await openServer(tmux, port);
    await client.untilLast(`crds@${where}> help qu`);
    const rows = await client.untilRow(`Connected to the CRDS at ${where} again.`);
    assertEquals(rows.filter((row) => /is gone| again\./.test(row)).length, 2);
    await client.enter("it");
    await client.untilRow("  ends the program");
    // What is missing is asked for.
    await client.enter("makeroom");
    await client.untilLast("Room name:");
    await client.enter("lobby");
    await client.untilRow(/^Created room "lobby" \(239\.255\.\d+\.\d+:2\d{4}\)\.$/);
    await client.untilLast(`crds@${where}>`);
    await client.enter("makeroom");
    await client.untilLast("Room name:");
    await client.press("C-c");
    await client.untilRow("Interrupted.");
    await client.untilLast(`crds@${where}>`);
  },
);

/** The terminal is as it was: lines are edited by the system and keys are echoed. */
async function assertRestored(window: TmuxWindow, code = 0): Promise<void> {
  await window.untilRow(`ended with ${code}: echo icanon icrnl isig opost`);
}
