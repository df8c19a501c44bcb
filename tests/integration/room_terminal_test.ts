/**
 * Being in a room as people and scripts see it: the real server, real clients, real terminals.
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  type Program,
  ROOT,
  type ServerProgram,
  startServer,
  startTask,
  taskArgs,
} from "../helpers/processes.ts";
import { someRoom } from "../helpers/some_room.ts";
import { Tmux, tmuxTest, type TmuxWindow } from "../helpers/tmux.ts";

/** Settings without times of day: rows are the same at any time. */
const NO_TIMES = `${ROOT}tests/helpers/no_times.json`;

function clientArgs({ port }: ServerProgram, name: string): string[] {
  return ["--iface", "127.0.0.1", "--server", `127.0.0.1:${port}`, "--name", name];
}

/** Opens a client in a terminal that is in the room. */
async function enter(tmux: Tmux, server: ServerProgram, name: string): Promise<TmuxWindow> {
  const args = [...taskArgs("client"), ...clientArgs(server, name), "--config", NO_TIMES];
  const client = await tmux.open(Deno.execPath(), ...args);
  await client.untilLast("crds>");
  await client.enter("chat lobby");
  await client.untilLast(`[lobby] ${name}>`);
  return client;
}

/** Starts a client in a pipe that is in the room. */
async function pipeInto(server: ServerProgram, name: string): Promise<Program> {
  const client = startTask("client", clientArgs(server, name));
  await client.write("chat lobby\n");
  await client.next(/\/leave leaves\.\n/, "stderr");
  return client;
}

async function startWithRoom(): Promise<ServerProgram> {
  const server = await startServer();
  const room = someRoom();
  await using client = startTask("client", clientArgs(server, "Maker"));
  await client.write(`connect\nmakeroom lobby ${room.address} ${room.port}\n`);
  await client.closeStdin();
  assertEquals((await client.status).code, 0);
  return server;
}

tmuxTest(
  "people in a room see who comes, who has what, what was said before, who goes",
  async () => {
    await using server = await startWithRoom();
    await using tmux = await Tmux.start();
    const mel = await enter(tmux, server, "Mel");
    await mel.untilRow("¤ Nobody else is here yet.");
    await mel.enter("/receipts");
    await mel.untilRow("¤ You said nothing here yet.");
    await mel.enter("Good morning!");
    await mel.enter("Is anybody there?");
    await mel.untilRow("Mel: Is anybody there?");

    const bob = await enter(tmux, server, "Bob");
    await mel.untilRow("¤ Bob joined.");
    const rows = await bob.untilRow("¤ --- new since you joined");
    const heading = rows.indexOf("¤ --- The last 2 lines before you came:");
    assertMatch(rows[heading + 1] ?? "", /^\d\d:\d\d Mel: Good morning!$/);
    assertMatch(rows[heading + 2] ?? "", /^\d\d:\d\d Mel: Is anybody there\?$/);
    await bob.untilRow("¤ Here: Mel.");

    await mel.enter("Welcome!");
    const after = await bob.untilRow("Mel: Welcome!");
    assert(after.indexOf("Mel: Welcome!") > after.indexOf("¤ --- new since you joined"));
    assertEquals(after.filter((row) => row.includes("Good morning!")).length, 1);

    await mel.enter("/who");
    await mel.untilRow(/^NAME +ADDRESS +WAY +HEARD +LOSS$/);
    await mel.untilRow(/^Mel +127\.0\.0\.1 +direct +\(you\)$/);
    await mel.untilRow(/^Bob +127\.0\.0\.1 +direct +\d+s ago$/);
    await bob.enter("/who");
    await bob.untilRow(/^Mel +127\.0\.0\.1 +direct +\d+s ago +0 % of 1$/);

    // Who came later does not count for what was said before.
    await mel.enter("/receipts");
    await mel.untilRow(/^SAID +HAVE IT +LINE +NOT YET$/);
    await mel.untilRow(/^\d+s ago +0 of 0 +Mel: Good morning!$/);
    await mel.untilRow(/^\d+s ago +\d of 1 +Mel: Welcome!( +Bob)?$/);

    await bob.enter("/leave");
    await bob.untilRow(/Left room "lobby"\.$/);
    await mel.untilRow("¤ Bob left.");
    assertEquals((await mel.untilLast("[lobby] Mel>")).at(-1), "[lobby] Mel>");
  },
);

Deno.test("client in a pipe prints messages to standard output, and nothing else", async () => {
  await using server = await startWithRoom();
  await using mel = await pipeInto(server, "Mel");
  await using ann = await pipeInto(server, "Ann");
  await mel.write("one\ntwo\n");
  await ann.next(/Mel: two\n/, "stdout");
  await using bob = await pipeInto(server, "Bob");
  await mel.write("three\n");
  await bob.next(/Mel: three\n/, "stdout");
  await bob.write("four\n/name Robert\nfive\n");
  await mel.next(/Robert: five\n/, "stdout");
  await bob.closeStdin();
  assertEquals((await bob.status).code, 0);
  await mel.write("six\n");
  await mel.closeStdin();
  assertEquals((await mel.status).code, 0);
  assertEquals(mel.stdout, "Bob: four\nRobert: five\n");
  assertEquals(bob.stdout, "Mel: three\n", "a script wants no history");
  await ann.next(/Mel: six\n/, "stdout");
  const heard = ["Mel: one", "Mel: two", "Mel: three", "Bob: four", "Robert: five", "Mel: six"];
  assertEquals(ann.stdout, heard.map((line) => `${line}\n`).join(""));
});
