/**
 * A terminal that nobody reads: the room must not notice.
 */

import { assert, assertEquals } from "@std/assert";
import { joinRoom } from "../../lib/room/room_link.ts";
import { type Program, ROOT, startProgram, taskArgs } from "../helpers/processes.ts";
import { pythonTest } from "../helpers/python.ts";
import { someRoom } from "../helpers/some_room.ts";
import { Inbox } from "../net/loopback.ts";

/** ms after which Mel is silent for ever. */
const PATIENCE = 60_000;

/** KiB of memory that a client takes at most, with what waits for its terminal. */
const MAX_MEMORY = 400 * 1024;

/** Starts a client in a terminal, and enters a room that a server knows. */
async function startInRoom(): Promise<
  { server: Program; mel: Program; room: ReturnType<typeof someRoom> }
> {
  const loopback = ["--host", "127.0.0.1", "--port", "0", "--memory", "--no-announce"];
  const server = startProgram({ args: [...taskArgs("server"), ...loopback] });
  const [, port] = await server.waitFor(/listening on port (\d+)/);
  const mel = startProgram({
    command: "python3",
    args: [
      ...[`${ROOT}tests/helpers/pty_program.py`, Deno.execPath(), ...taskArgs("client")],
      ...["--iface", "127.0.0.1", "--server", `127.0.0.1:${port}`, "--name", "Mel"],
    ],
    env: { TERM: "xterm" },
  });
  const room = someRoom();
  await mel.write("until crds>\ntype connect\nuntil Connected\n");
  await mel.write(`type makeroom lobby ${room.address} ${room.port}\nuntil Created\n`);
  await mel.write("type chat lobby\nuntil [lobby] Mel>\n");
  await mel.waitFor(/seen \[lobby\]/);
  return { server, mel, room };
}

pythonTest(
  "client in a terminal that nobody reads goes on, and shows all of it later",
  async () => {
    const { server, mel, room } = await startInRoom();
    await using _server = server;
    await using _mel = mel;
    const joined = Promise.withResolvers<void>();
    const common = {
      room: { ...room, name: "lobby" },
      interface: { name: "lo", address: "127.0.0.1" },
      onProblem() {},
    };
    await using ann = await joinRoom({
      ...common,
      chatName: "Ann",
      onLine() {},
      onEvent: (event) => event.kind === "joined" && joined.resolve(),
    });
    await joined.promise;
    const heard = new Inbox<string>();
    await using _bob = await joinRoom({
      ...common,
      chatName: "Bob",
      onLine: ({ text }) => heard.add(text),
    });
    // More than a terminal holds, at the pace of somebody who listens.
    const count = 800;
    const filling = "x".repeat(150);
    for (let line = 1; line <= count; line++) {
      await ann.say(`line ${line}. ${filling}`);
      if (line % 20 === 0) await heard.waitFor(line);
    }

    // Mel's client tells the room that it has the last line, while its terminal takes none.
    const deadline = performance.now() + PATIENCE;
    while (!ann.receipts().at(-1)?.has.includes("Mel")) {
      assert(performance.now() < deadline, "Mel does not tell that the last line came");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await mel.write("memory\n");
    const [, used] = await mel.waitFor(/memory (\d+) KiB/);
    assert(Number(used) < MAX_MEMORY, `${used} KiB`);
    await mel.write(`lines ${count} Ann: line \\d+\\.\n`);
    const [, found] = await mel.waitFor(/lines (\d+)/);
    assertEquals(found, `${count}`);
    await mel.write("type /leave\nuntil Left room\n");
    await mel.waitFor(/seen Left room/);
  },
);

pythonTest("client ends when its terminal is closed", async () => {
  const { server, mel } = await startInRoom();
  await using _server = server;
  await using _mel = mel;
  await mel.write("hang-up\n");
  // Whichever comes first: the hang-up, or that nothing can be read or written any more.
  const [, code] = await mel.waitFor(/ended (-?\d+)/);
  assert(["0", "1", "129"].includes(code ?? ""), code);
});
