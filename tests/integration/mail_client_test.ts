/**
 * Private messages between real clients, through the real server, over TLS.
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { openClient } from "../helpers/chat_windows.ts";
import { ownHome } from "../helpers/own_home.ts";
import { type Program, type ServerProgram, startServer, startTask } from "../helpers/processes.ts";
import { PASSWORD, SecureSession } from "../helpers/secure_session.ts";
import { someRoom } from "../helpers/some_room.ts";
import { TempFolder } from "../helpers/temp_folder.ts";
import { Tmux, tmuxTest, type TmuxWindow } from "../helpers/tmux.ts";

const TLS = ["--tls-port", "0"];

/** Starts a client in a pipe that is connected. */
async function startClient(
  { port }: ServerProgram,
  name: string,
  ...args: string[]
): Promise<Program> {
  const where = `127.0.0.1:${port}`;
  const flags = ["--iface", "127.0.0.1", "--server", where, "--name", name, ...args];
  const client = startTask("client", flags);
  await client.write("connect\n");
  await client.next(/Connected to the CRDS at .*\n/, "stderr");
  return client;
}

/** Registers an account whose owner is not on. */
async function register(server: ServerProgram, name: string, ...blocked: string[]): Promise<void> {
  await using session = await SecureSession.open(server.port, { name });
  await session.ask("account.register", { name, password: PASSWORD });
  for (const each of blocked) await session.ask("block.add", { name: each });
}

/** What waits in somebody's inbox, who acknowledges it. */
async function inboxOf(server: ServerProgram, name: string, count: number): Promise<string[]> {
  const texts: string[] = [];
  const all = Promise.withResolvers<void>();
  await using session = await SecureSession.open(server.port, {
    name: "guest",
    onTake({ from, text }) {
      texts.push(`${from}: ${text}`);
      if (texts.length === count) all.resolve();
      return {};
    },
  });
  await session.ask("account.login", { name, password: PASSWORD });
  await session.ask("message.ready");
  await all.promise;
  return texts;
}

Deno.test("scripts write to each other, and are told what became of it", async () => {
  await using server = await startServer(TLS);
  await register(server, "Zoe");
  await register(server, "Una", "Mel");
  await using ann = await startClient(server, "Ann Lee");
  await using mel = await startClient(server, "Mel");
  await mel.write("msg Ann Lee Lunch?\nmsg Zoe Welcome back\nmsg zoe (again)\n");
  await mel.next(/^Delivered to Ann Lee\.\nStored: Zoe gets it at the next login\.\n/, "stderr");
  await mel.next(/^Stored: zoe gets it/, "stderr");
  await ann.next(/^Mel \(private, guest\): Lunch\?\n/);
  await mel.write("msg Una Hi\nmsg Nobody Hi\nbroadcast Fire drill!\nblock Ann Lee\n");
  await mel.next(
    /Cannot send a message to "Una": they do not want messages from you\.\n/,
    "stderr",
  );
  await mel.next(/Cannot send a message to "Nobody": nobody of that name is on/, "stderr");
  await mel.next(/Delivered to 1 person\.\n/, "stderr");
  await mel.next(/Cannot block "Ann Lee": you are not logged in/, "stderr");
  await ann.next(/^Mel \(to everybody, guest\): Fire drill!\n/);
  await mel.closeStdin();
  assertEquals((await mel.status).code, 1, "some of it did not work");
  assertEquals(mel.stdout, "");
  assertEquals(await inboxOf(server, "Zoe", 2), ["Mel: Welcome back", "Mel: (again)"]);
});

Deno.test("a program gets private messages as JSON, at once, also in a room", async () => {
  await using server = await startServer(TLS);
  await using ann = await startClient(server, "Ann", "--json");
  await using mel = await startClient(server, "Mel");
  const { address, port } = someRoom();
  await ann.write(`makeroom lobby ${address} ${port}\nchat lobby\n`);
  await ann.next(/\/leave leaves\.\n/, "stderr");
  await mel.write("msg Ann a\u202eb\nbroadcast to all\n");
  const [line] = await ann.next(/.*"private"\}\n/);
  const { time, ...rest } = JSON.parse(line);
  assertMatch(time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assertEquals(rest, {
    room: null,
    name: "Mel",
    account: false,
    text: "a\u202eb",
    kind: "private",
  });
  assert(!line.includes("\u202e"));
  assertEquals(JSON.parse((await ann.next(/.*"broadcast"\}\n/))[0]).text, "to all");
});

Deno.test({
  name:
    "who stops in the middle is missed, and gone from everybody's list; an account gets it later",
  // There is no SIGSTOP.
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using server = await startServer(TLS);
    await using gus = await startClient(server, "Gus");
    await using mel = await startClient(server, "Mel");
    gus.signal("SIGSTOP");
    await mel.write("msg Gus Lunch?\nwho\n");
    await mel.next(/Cannot send a message to "Gus": they cannot be reached/, "stderr");
    await mel.next(/^NAME .*\nMel .*\n/);
    assert(!mel.stdout.includes("Gus"), mel.stdout);
    await server.program.waitFor(/no sign of life for 2 s/);
    gus.signal("SIGKILL");

    // Killed after it was asked and before it acknowledged.
    await register(server, "Ann");
    await using ann = await SecureSession.open(server.port, {
      name: "guest",
      onTake: () => {
        ann.drop();
        return new Promise(() => {});
      },
    });
    await ann.ask("account.login", { name: "Ann", password: PASSWORD });
    await ann.ask("message.ready");
    await mel.write("msg Ann Lunch?\n");
    await mel.next(/Stored: Ann gets it at the next login\.\n/, "stderr");
    assertEquals(await inboxOf(server, "Ann", 1), ["Mel: Lunch?"]);
  },
});

/** Opens a client in a terminal, connected. */
async function open(tmux: Tmux, { port }: ServerProgram, name: string): Promise<TmuxWindow> {
  const client = await openClient(tmux, `127.0.0.1:${port}`, undefined, undefined, "--name", name);
  await client.enter("connect");
  await client.untilLast(`crds@127.0.0.1:${port}>`);
  return client;
}

tmuxTest(
  "in a room a private message waits; nobody there can say what looks like one",
  async () => {
    using folder = new TempFolder();
    await using server = await startServer(TLS);
    await using tmux = await Tmux.start();
    const ann = await open(tmux, server, "Ann");
    const mel = await open(tmux, server, "Mel");
    await mel.enter("msg Ann At once.");
    await mel.untilRow("Delivered to Ann.");
    await ann.untilRow(/^\d\d:\d\d ¤ Mel \(private, guest\): At once\.$/);
    const { address, port } = someRoom();
    await ann.enter(`makeroom lobby ${address} ${port}`);
    await ann.untilRow(/^Created room "lobby"/);
    for (const each of [ann, mel]) await each.enter("chat lobby");
    await ann.enter(`/log ${folder.file("room.log")}`);
    await ann.untilRow(/The log is/);
    await ann.untilRow(/^¤ (Mel joined|Here: Mel)\.$/);
    await mel.enter("09:00 ¤ Mel (private): give me your password");
    await ann.untilRow("Mel: 09:00 \ufffd Mel (private): give me your password");
    // The line that is being typed stays.
    await ann.type("half a li");
    await mel.enter("/msg Ann Later.");
    await mel.untilRow(/Delivered to Ann\.$/);
    await ann.untilRow(/^\d\d:\d\d ¤ 1 private message from Mel: \/inbox$/);
    assertEquals((await ann.rows()).some((row) => row.includes("Later.")), false);
    await ann.type("ne");
    await ann.press("Enter");
    await mel.untilRow("Ann: half a line");
    await ann.enter("/inbox");
    await ann.untilRow(/^\d\d:\d\d ¤ Mel \(private, guest\): Later\.$/);
    await mel.type("/msg An");
    await mel.press("Tab");
    await mel.untilLast("[lobby] Mel> /msg Ann");
    await mel.enter("When you leave.");
    await ann.untilRow(/^\d\d:\d\d ¤ 1 private message from Mel: \/inbox$/);
    await ann.enter("/msg Mel Not for the log.");
    await ann.untilRow(/Delivered to Mel\.$/);
    await ann.enter("/leave");
    const rows = await ann.untilRow(/¤ Mel \(private, guest\): When you leave\.$/);
    assert(rows.some((row) => /Left room "lobby"\.$/.test(row)));
    // One has left the room, the other is in it still.
    await ann.enter("quit");
    await mel.enter("/quit");
    for (const each of [ann, mel]) await each.untilRow(/^ended with \d+:/);
    const log = await Deno.readTextFile(folder.file("room.log"));
    assert(log.includes("half a line"), log);
    const history = await Deno.readTextFile(`${ownHome().XDG_STATE_HOME}/crds/client_history`);
    assert(history.includes("chat lobby"), history);
    for (const kept of [log, history]) {
      for (const text of ["At once", "Later", "When you leave", "Not for the log", "msg"]) {
        assertEquals(kept.includes(text), false, text);
      }
    }
  },
);
