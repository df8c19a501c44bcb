/**
 * The prompt is there before what carries commands out: what happens in between.
 */

import { assertEquals } from "@std/assert";
import { assertRestored, openToEnd } from "../helpers/chat_windows.ts";
import { HeldClient } from "../helpers/held_client.ts";
import { taskArgs } from "../helpers/processes.ts";
import { Tmux, tmuxTest, type TmuxWindow } from "../helpers/tmux.ts";

/** Opens a client that shows its prompt and loads the rest. */
async function openLoading(
  tmux: Tmux,
  held: HeldClient,
): Promise<{ client: TmuxWindow; pid: number }> {
  const client = await openToEnd(tmux, ...held.command);
  await client.untilLast("crds>");
  return { client, pid: await held.untilLoading() };
}

tmuxTest(
  "what is typed while the client is still loading is edited, and done afterwards",
  async () => {
    await using tmux = await Tmux.start();
    using held = new HeldClient();
    const { client } = await openLoading(tmux, held);
    const [greeting] = await client.rows();
    assertEquals(
      greeting?.replace(/client \S+/, "client"),
      'crds-client - "help" lists the commands, "quit" ends it.',
    );
    await client.type("hlep by");
    await client.press("Home", "Right", "DC", "DC");
    await client.type("el");
    await client.press("End");
    // Tab finds commands, and who is not there yet is not waited for.
    await client.press("Tab");
    await client.untilLast("crds> help bye");
    await client.press("Enter");
    await client.enter("no-such-command");
    await client.type("half a li");
    await client.untilLast("crds> half a li");
    const before = ["crds> help bye", "crds> no-such-command"];
    assertEquals((await client.rows()).slice(1, -1), before);
    await held.release();
    await client.untilRow(/^Cannot understand "no-such-command"/);
    const rows = await client.untilLast("crds> half a li");
    assertEquals(rows.slice(1, 5), [...before, "bye", "  closes the connection"]);
    await client.press("C-u");
    await client.enter("quit");
    await assertRestored(client);
  },
);

tmuxTest("who quits while the client is still loading gets the terminal back", async () => {
  for (
    const [leave, code] of [
      [(client: TmuxWindow) => client.enter("quit"), 0],
      [(client: TmuxWindow) => client.press("C-d"), 0],
      [(client: TmuxWindow) => client.press("C-c", "C-c"), 130],
    ] as const
  ) {
    await using tmux = await Tmux.start();
    using held = new HeldClient();
    const { client } = await openLoading(tmux, held);
    await leave(client);
    await held.release();
    await assertRestored(client, code);
  }
});

for (const [signal, code] of [["SIGTERM", 143], ["SIGHUP", 129], ["SIGINT", 130]] as const) {
  tmuxTest(`${signal} ends a client that is still loading at once`, async () => {
    await using tmux = await Tmux.start();
    using held = new HeldClient();
    const { client, pid } = await openLoading(tmux, held);
    await client.type("half a li");
    await client.untilLast("crds> half a li");
    Deno.kill(pid, signal);
    await assertRestored(client, code);
  });
}

tmuxTest("client stops at Ctrl-Z while it is still loading, and comes back", async () => {
  await using tmux = await Tmux.start();
  using held = new HeldClient();
  const shell = await tmux.open("env", "PS1=shell$ ", "bash", "--norc", "--noprofile", "-i");
  await shell.untilLast("shell$");
  await shell.enter(`clear; HISTFILE=/dev/null; ${held.command.join(" ")}`);
  await shell.untilLast("crds>");
  await held.untilLoading();
  await shell.type("help by");
  await shell.untilLast("crds> help by");
  await shell.press("C-z");
  await shell.untilRow(/^\[1\]\+ +Stopped/);
  await shell.untilLast("shell$");
  await shell.enter("fg");
  await shell.untilLast("crds> help by");
  await held.release();
  await shell.enter("e");
  await shell.untilRow("  closes the connection");
  await shell.enter("quit");
  await shell.untilLast("shell$");
});

tmuxTest("a client that cannot load the rest says so, and gives the terminal back", async () => {
  await using tmux = await Tmux.start();
  using held = new HeldClient();
  const { client } = await openLoading(tmux, held);
  await held.release("fail");
  await client.untilRow("Cannot load the rest: the test says so.");
  await assertRestored(client, 1);
});

tmuxTest("what is wrong with the command line is told before there is a prompt", async () => {
  await using tmux = await Tmux.start();
  for (
    const [args, sentence] of [
      [["--json"], /^Cannot use --json at a prompt: it goes with a command, or with a pipe\./],
      [["--iface", "no-such-interface"], /^Cannot use interface "no-such-interface"/],
      [["--ttl", "0"], /^Cannot use --ttl "0"/],
    ] as const
  ) {
    const client = await openToEnd(tmux, Deno.execPath(), ...taskArgs("client"), ...args);
    await assertRestored(client, 2);
    const rows = await client.all();
    assertEquals(rows.filter((row) => /crds>|crds-client/.test(row)), []);
    assertEquals(sentence.test(rows[0] ?? ""), true, rows[0]);
  }
});
