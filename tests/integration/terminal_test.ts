/**
 * The eight steps by hand: the real server and real clients in real terminals.
 */

import { assertEquals } from "@std/assert";
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
): Promise<TmuxWindow> {
  const args = [
    ...taskArgs("client"),
    ...["--iface", "127.0.0.1", "--server", where, "--config", config],
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
    await mel.untilLast("[lobby] Mel> last");
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
  await bob.enter("/name Rob");
  await bob.untilLast("[lobby] Rob>");
  await bob.enter("shown");
  const rows = await mel.untilRow("Rob: shown");
  assertEquals(rows.includes("Bob: hidden"), false);
  await mel.enter("quit me not");
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
