/**
 * The eight steps by hand, and how it looks: the real server and real clients in real terminals.
 */

import { assertEquals } from "@std/assert";
import { assertRestored, openClient, openServer } from "../helpers/chat_windows.ts";
import { someRoom } from "../helpers/some_room.ts";
import { TempFolder } from "../helpers/temp_folder.ts";
import { Tmux, tmuxTest } from "../helpers/tmux.ts";

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
  // A look at the screen may come between the two, which are written at once and arrive in pieces.
  await mel.until(
    (rows) => rows.includes(row) && rows.at(-1) === `crds@${where}>`,
    "the room above the prompt",
  );
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
  // What one said oneself stands there once, as the others see it.
  const said = await mel.untilRow("Mel: Good morning, Bob!");
  assertEquals(said.filter((row) => row.includes("Good morning")).length, 1);

  // A message that arrives while somebody types leaves what was typed as it is.
  await mel.type("How are");
  await mel.untilLast("[lobby] Mel> How are");
  await bob.enter("Sawasdee! สวัสดี 👋");
  await mel.until(
    (rows) => rows.includes("Bob: Sawasdee! สวัสดี 👋") && rows.at(-1) === "[lobby] Mel> How are",
    "the message above what was typed",
  );
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
  await bob.untilRow("Bob: hidden");
  await bob.enter("/name Rob");
  await bob.untilLast("[lobby] Rob>");
  await bob.enter("shown");
  const rows = await mel.untilRow("Rob: shown");
  assertEquals(rows.includes("Bob: hidden"), false);
  await mel.enter("quit me not");
  await mel.untilRow("Mel: quit me not");
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
  // What is typed in a room stays where the terminal itself has put it, and is shown once.
  await client.enter("chat lobby");
  await client.untilLast(/^\[lobby\] .*>$/);
  await client.untilRow("¤ Nobody else is here yet.");
  await client.enter("hello");
  await client.untilRow(/^\[lobby\] \S+> hello$/);
  await client.untilLast(/^\[lobby\] \S+>$/);
  const said = (await client.rows()).filter((row) => row.includes("hello"));
  assertEquals(said.map((row) => row.replace(/^\[lobby\] \S+>/, "PROMPT>")), ["PROMPT> hello"]);
  await client.enter("/leave");
  await client.untilLast(`crds@${where}>`);
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
