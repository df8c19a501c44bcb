import { assert, assertEquals } from "@std/assert";
import { hasTmux, Tmux } from "./tmux.ts";

const PROGRAM = new URL("./tmux_program.ts", import.meta.url).pathname;

/** Runs the program between two looks at the settings of the terminal. */
const command = (args = ""): string =>
  `stty -a > $OUT/before
"${Deno.execPath()}" run --quiet --no-prompt --allow-env=TERM "${PROGRAM}" ${args} 2> $OUT/errors
echo "exit code $?."
stty -a > $OUT/after
echo "settings written."
exec cat`;

const ignore = !hasTmux();
if (ignore) {
  // deno-lint-ignore no-console -- A skipped test says so, and why.
  console.warn(
    "tests/client/terminal/tmux_test.ts is skipped: there is no tmux (apt install tmux).",
  );
}

/** Starts the program and waits until it is there. */
async function start(columns?: number, args?: string): Promise<{ tmux: Tmux; pid: number }> {
  const tmux = await Tmux.start(command(args), columns);
  const lines = await tmux.until((lines) => lines.includes(">"), "the prompt");
  const pid = Number(lines.join("\n").match(/pid (\d+)\./)?.[1]);
  assert(pid > 0);
  return { tmux, pid };
}

/** Whether a process runs; one that ended and was not yet reaped (state Z) does not. */
async function lives(pid: number): Promise<boolean> {
  // Not from /proc, which not even a test with all files may read.
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "stat=", "-p", `${pid}`] })
    .output();
  return /^[^ZX]/.test(new TextDecoder().decode(stdout).trim());
}

async function assertRestored(tmux: Tmux, exitCode: number): Promise<void> {
  await tmux.shows(`exit code ${exitCode}.`);
  await tmux.shows("settings written.");
  assertEquals(await tmux.read("after"), await tmux.read("before"));
  assertEquals((await tmux.do("display-message", "-p", "#{wrap_flag}")).trim(), "1");
  // Only `cat` reads now: marks of a paste would be seen.
  await tmux.do("set-buffer", "pasted as it is");
  await tmux.do("paste-buffer", "-p");
  await tmux.shows("pasted as it is");
}

Deno.test({
  name: "TerminalConsole.print() in tmux leaves the draft as it is",
  ignore,
  fn: async () => {
    const { tmux, pid } = await start();
    await using _ = tmux;
    await tmux.type("Guten 👩‍👩‍👧 漢");
    await tmux.shows("> Guten 👩‍👩‍👧 漢");
    for (let count = 1; count <= 5; count++) {
      Deno.kill(pid, "SIGUSR1");
      await tmux.until(
        (lines) => lines.at(-2) === `message ${count}` && lines.at(-1)!.startsWith("> Guten"),
        `message ${count} above the draft`,
      );
      await tmux.type(String(count));
    }
    await tmux.press("Enter");
    const lines = await tmux.shows('got "Guten 👩‍👩‍👧 漢12345"');
    assertEquals(lines.slice(1), [
      "message 1",
      "message 2",
      "message 3",
      "message 4",
      "message 5",
      "> Guten 👩‍👩‍👧 漢12345",
      'got "Guten 👩‍👩‍👧 漢12345"',
      ">",
    ]);
  },
});

Deno.test({
  name: "TerminalConsole.events() in tmux takes keys, history, a paste and Ctrl-]",
  ignore,
  fn: async () => {
    const { tmux } = await start();
    await using _ = tmux;
    await tmux.type("one");
    await tmux.press("Enter");
    await tmux.shows('got "one"');
    await tmux.type("wo");
    await tmux.press("Home");
    await tmux.type("tx");
    await tmux.press("BSpace", "End", "Enter");
    await tmux.shows('got "two"');
    await tmux.type("draft");
    await tmux.press("Up", "Up", "Enter", "Up", "Down");
    await tmux.until((lines) => lines.filter((line) => line === 'got "one"').length === 2, "one");
    await tmux.do("set-buffer", "first line\nsecond\nlast");
    await tmux.do("paste-buffer", "-p");
    await tmux.shows('got "first line"');
    await tmux.shows('got "second"');
    await tmux.shows("> last");
    await tmux.press("C-c", "C-c");
    await tmux.shows("event interrupt.");
    await tmux.press("C-]");
    const lines = await tmux.shows("event leave.");
    assertEquals(lines.at(-1), ">");
    await tmux.press("C-d");
    await assertRestored(tmux, 0);
  },
});

Deno.test({
  name: "TerminalConsole() in tmux keeps one row for a long line, and all of it when finished",
  ignore,
  fn: async () => {
    const { tmux } = await start(30);
    await using _ = tmux;
    const long = "0123456789".repeat(7) + "end";
    await tmux.type(long);
    await tmux.shows("> <" + long.slice(-26));
    assertEquals((await tmux.lines()).length, 2);
    await tmux.do("resize-window", "-x", "50", "-y", "20");
    await tmux.shows("> <" + long.slice(-46));
    await tmux.press("Enter");
    const lines = await tmux.shows(`got "${long}"`);
    assertEquals(lines.slice(-3), [`> ${long}`, `got "${long}"`, ">"]);
  },
});

const WAYS_OUT: readonly [string, number, (tmux: Tmux, pid: number) => Promise<void> | void][] = [
  ["Deno.exit()", 7, (tmux) => tmux.press("e", "x", "i", "t", "Enter")],
  ["an exception", 1, (tmux) => tmux.press("t", "h", "r", "o", "w", "Enter")],
  ["a rejection", 1, (tmux) => tmux.press("r", "e", "j", "e", "c", "t", "Enter")],
  ["SIGTERM", 143, (_, pid) => Deno.kill(pid, "SIGTERM")],
  ["SIGINT", 143, (_, pid) => Deno.kill(pid, "SIGINT")],
  ["SIGHUP", 143, (_, pid) => Deno.kill(pid, "SIGHUP")],
];

for (const [way, exitCode, leave] of WAYS_OUT) {
  Deno.test({
    name: `TerminalConsole() in tmux leaves the terminal as it was after ${way}`,
    ignore,
    fn: async () => {
      const { tmux, pid } = await start();
      await using _ = tmux;
      await leave(tmux, pid);
      await assertRestored(tmux, exitCode);
      const errors = await tmux.read("errors");
      assertEquals(/on purpose/.test(errors), exitCode === 1, errors);
    },
  });
}

Deno.test({
  name: "TerminalConsole() in tmux reads keys as on Windows, too, and restores the terminal",
  ignore,
  fn: async () => {
    const { tmux } = await start(60, "windows");
    await using _ = tmux;
    await tmux.type("สวัสดี 👩‍👩‍👧 x");
    await tmux.press("BSpace", "Left", "BSpace");
    await tmux.shows("> สวัสดี");
    await tmux.press("Enter");
    await tmux.shows('got "สวัสดี  "');
    // There is no stopping there: it rings.
    await tmux.press("C-z");
    await tmux.type("two");
    await tmux.press("Enter");
    await tmux.shows('got "two"');
    await tmux.press("C-d");
    await assertRestored(tmux, 0);
  },
});

Deno.test({
  name: "TerminalConsole() in tmux ends when the terminal is closed",
  ignore: ignore || Deno.build.os !== "linux",
  fn: async () => {
    const { tmux, pid } = await start();
    await using _ = tmux;
    await tmux.do("kill-server");
    const closed = performance.now();
    while (await lives(pid)) {
      assert(performance.now() - closed < 30_000, "the program lives on");
    }
  },
});
