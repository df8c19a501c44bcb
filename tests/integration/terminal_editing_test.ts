/**
 * What the keys do: real clients in real terminals.
 */

import { assert, assertEquals } from "@std/assert";
import { stateFile } from "../../lib/directory/state_folder.ts";
import { assertRestored, NO_TIMES, openClient, openRoom } from "../helpers/chat_windows.ts";
import { homeIn } from "../helpers/own_home.ts";
import { taskArgs } from "../helpers/processes.ts";
import { TempFolder } from "../helpers/temp_folder.ts";
import { Tmux, tmuxTest } from "../helpers/tmux.ts";

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
  "client in a terminal that was cleared leaves nothing twice in the scrollback",
  async () => {
    await using tmux = await Tmux.start(60, 20);
    const client = await openClient(tmux, "127.0.0.1:1");
    await client.press("C-l");
    await client.type("help bye");
    await client.untilLast("crds> help bye");
    await client.press("Enter");
    await client.untilRow("  closes the connection");
    const all = await client.all();
    assertEquals(all.filter((row) => row === "crds> help bye").length, 1);
  },
);

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

tmuxTest("client in a terminal stops at Ctrl-Z, and comes back", async () => {
  await using tmux = await Tmux.start();
  const args = [...taskArgs("client"), "--iface", "127.0.0.1", "--server", "127.0.0.1:1"];
  const shell = await tmux.open(
    "env",
    "HISTFILE=/dev/null",
    "PS1=shell$ ",
    "bash",
    "--norc",
    "--noprofile",
    "-i",
  );
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
    const variables = Object.entries(homeIn(home.path)).map((each) => each.join("="));
    const open = async () => {
      const client = await tmux.open(
        ...["sh", "-c", '"$@"; echo ended; exec cat', "sh"],
        ...["env", ...variables, Deno.execPath(), ...args],
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
    const kept = await Deno.readTextFile(
      stateFile(Deno.build.os, (name) => homeIn(home.path)[name], "client_history")!,
    );
    assertEquals(kept, "help bye\nquit\n");
  },
);
