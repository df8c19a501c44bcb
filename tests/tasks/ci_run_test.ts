// What .ci/run makes of the tests' output. The tests themselves are a stand-in for `npx`.

import { assertEquals } from "@std/assert";
import { ROOT, startProgram } from "../helpers/processes.ts";
import { TempFolder } from "../helpers/temp_folder.ts";

/** What CI would install if it were missing: never here. */
const TOOLS = ["tmux", "ip", "nft", "python3", "cc"];

/** What a run that skipped something prints. */
const SKIPPING = `running 3 tests from ./tests/some_test.ts
SKIPPED "one": this machine has no zsh.
two ... ok (1ms)
------- output -------
SKIPPED "three": it needs root.
----- output end -----
./tests/some_test.ts => a word may be skipped in a line ... ok (1ms)

ok | 12 passed (3 steps) | 0 failed | 1 ignored (4s)
`;

/** Runs a copy of it, with programs in the place of those that it starts. */
async function ciRun(
  options: { readonly printed: string; readonly status: number; readonly check?: number },
): Promise<{ code: number; lines: string[] }> {
  const { printed, status, check = 0 } = options;
  using folder = new TempFolder();
  await Deno.mkdir(folder.file("clone/.ci"), { recursive: true });
  await Deno.mkdir(folder.file("bin"));
  await Deno.copyFile(`${ROOT}.ci/run`, folder.file("clone/.ci/run"));
  await Deno.writeTextFile(folder.file("printed"), printed);
  const npx = `case "$*" in *"task check") exit ${check} ;; *"task test") ;; *) exit 99 ;; esac\n` +
    `cat "${folder.file("printed")}"; exit ${status}`;
  for (const tool of [...TOOLS, "npx", "apt-get"]) {
    const script = tool === "npx" ? npx : "exit 98";
    await Deno.writeTextFile(folder.file(`bin/${tool}`), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  await using run = startProgram({
    command: "bash",
    args: [folder.file("clone/.ci/run")],
    env: { PATH: `${folder.file("bin")}:${Deno.env.get("PATH")}` },
  });
  const { code } = await run.status;
  assertEquals(run.stderr, "");
  return { code, lines: run.stdout.trimEnd().split("\n") };
}

/** Whether this machine can run it: mostly, Windows and small containers cannot. */
const HAS_BASH = await new Deno.Command("bash", { args: ["--version"], stdout: "null" }).output()
  .then(({ success }) => success && Deno.build.os !== "windows", () => false);

function ciTest(name: string, fn: () => Promise<void>): void {
  if (!HAS_BASH) console.warn(`SKIPPED "${name}": this machine has no bash, or is Windows.`);
  Deno.test({ name, ignore: !HAS_BASH, fn });
}

ciTest(".ci/run tells at its end what was skipped, and closes with the count", async () => {
  const { code, lines } = await ciRun({ printed: SKIPPING, status: 0 });
  assertEquals(code, 0);
  assertEquals(lines.slice(-5), [
    "Not everything could be tested here:",
    'SKIPPED "one": this machine has no zsh.',
    'SKIPPED "three": it needs root.',
    "",
    "12 passed, 0 failed",
  ]);
});

ciTest(".ci/run says nothing of skipped tests where there are none", async () => {
  const printed = "ok | 12 passed (3 steps) | 0 failed (4s)\n";
  const { code, lines } = await ciRun({ printed, status: 0 });
  assertEquals([code, lines], [0, [printed.trimEnd(), "12 passed, 0 failed"]]);
});

ciTest(".ci/run fails with the tests, and counts what failed", async () => {
  const printed = "FAILED | 10 passed (3 steps) | 2 failed (4s)\n\nerror: Test failed\n";
  const { code, lines } = await ciRun({ printed, status: 1 });
  assertEquals([code, lines.at(-1)], [1, "10 passed, 2 failed"]);
});

ciTest(".ci/run counts a failure where the tests could not even run", async () => {
  const { code, lines } = await ciRun({ printed: "error: Module not found\n", status: 1 });
  assertEquals([code, lines.at(-1)], [1, "0 passed, 1 failed"]);
});

ciTest(".ci/run ends after a check that failed", async () => {
  const { code, lines } = await ciRun({ printed: SKIPPING, status: 0, check: 1 });
  assertEquals([code, lines], [1, ["0 passed, 1 failed"]]);
});
