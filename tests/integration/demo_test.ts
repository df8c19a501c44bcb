/**
 * The demonstration, as a newcomer runs it.
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { nextSteps } from "../../lib/tasks/demo_words.ts";
import { ROOT, startProgram } from "../helpers/processes.ts";

Deno.test("deno task demo goes through its eight steps and exits with 0", async () => {
  await using demo = startProgram({ args: ["task", "demo"] });
  const { code } = await demo.status;
  assertEquals([code, demo.stdout.includes("✗")], [0, false], demo.stdout + demo.stderr);
  const headlines = demo.stdout.match(/^\d {2}\S.*$/gm) ?? [];
  assertEquals(headlines.map((line) => line[0]), ["1", "2", "3", "4", "5", "6", "7", "8"]);
  assertStringIncludes(demo.stdout, "Chat Room Directory Server listening on port ");
  assertMatch(demo.stdout, /\n +Bob │ Mel: Good morning, Bob!\n/);
  assertMatch(demo.stdout, /\n +Mel │ Bob: ¡Hola, Mel! 你好 👋\n/);
  for (const name of ["Ann", "Ben", "Eva", "Tom"]) {
    assertMatch(demo.stdout, new RegExp(`\\n +Ann │ ${name} +127\\.0\\.0\\.1 `));
  }
  assertMatch(demo.stdout, /\nAll of it happened: \d+ checks held\.\n/);
  // Whoever came with npx alone can go on with npx alone.
  assert(demo.stdout.endsWith(`\n${nextSteps(Deno.version.deno)}\n`), demo.stdout);
  // Escape codes belong to a terminal only.
  assert(!demo.stdout.includes("\x1b"));
  const [, port] = /listening on port (\d+)/.exec(demo.stdout) ?? [];
  await assertNobodyListens(Number(port));
});

Deno.test("deno task demo --help tells what it does and what to try next, and starts nothing", async () => {
  await using demo = startProgram({ args: ["task", "--quiet", "demo", "--help"] });
  assertEquals((await demo.status).code, 0, demo.stderr);
  assertMatch(demo.stdout, /^Plays the whole system .*\n/);
  assertStringIncludes(demo.stdout, nextSteps(Deno.version.deno));
  assert(!demo.stdout.includes("│"), demo.stdout);
});

Deno.test("deno task demo refuses what it does not know, in one line", async () => {
  for (const word of ["--fast", "fast"]) {
    await using demo = startProgram({ args: ["task", "--quiet", "demo", word] });
    assertEquals([(await demo.status).code, demo.stdout], [2, ""]);
    assertMatch(demo.stderr, /^Cannot \w+ .*"(--)?fast": .* See "deno task demo --help"\.\n$/);
  }
});

Deno.test({
  name: "deno task demo leaves nothing running when it is interrupted",
  // Windows has no signals that a program can answer.
  ignore: Deno.build.os === "windows",
  fn: async () => {
    // The script itself: `deno task` would get the signal in its place.
    const args = ["run", "--no-prompt", `--allow-run=${Deno.execPath()}`, "lib/tasks/demo.ts"];
    await using demo = startProgram({ args, cwd: ROOT });
    const [, port] = await demo.waitFor(/listening on port (\d+)\.\.\.\n/);
    assertEquals((await demo.stop("SIGINT")).code, 130);
    assertStringIncludes(demo.stderr, "Interrupted (SIGINT).");
    await assertNobodyListens(Number(port));
  },
});

/** Its clients end with their server at the latest: so nothing of the demonstration runs. */
async function assertNobodyListens(port: number): Promise<void> {
  assert(port > 0);
  const outcome = await Deno.connect({ hostname: "127.0.0.1", port }).then(
    (connection) => connection.close(),
    (error) => error,
  );
  assert(outcome instanceof Deno.errors.ConnectionRefused, `somebody listens on ${port}`);
}
