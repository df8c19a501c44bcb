import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { setColorEnabled } from "@std/fmt/colors";
import { UserError } from "../../lib/errors.ts";
import { Stage } from "../../lib/tasks/demo_stage.ts";

// What is printed is compared.
setColorEnabled(false);

function stageFor(printed: string[], signal = new AbortController().signal): Stage {
  return new Stage({ print: (line) => printed.push(line), signal });
}

Deno.test("Stage.check() prints a tick when it holds, and counts it", async () => {
  const printed: string[] = [];
  await using stage = stageFor(printed);
  stage.step("First");
  const actor = stage.enter("Mel", ["eval", "console.log('one'); console.error('two')"]);
  await stage.hears("it says one", actor, "one");
  assertEquals(await stage.hears("it says two", actor, /^t(w)o$/).then(([, w]) => w), "w");
  assertEquals(stage.checks, 2);
  assert(printed.includes("   ✓ it says one"));
});

Deno.test("Stage.check() tells what was seen instead, and that the program has ended", async () => {
  const printed: string[] = [];
  await using stage = stageFor(printed);
  const actor = stage.enter("Mel", ["eval", "console.log('\\x1b[2Jthree')"]);
  const error = await assertRejects(
    () => stage.hears("it says four", actor, "four"),
    UserError,
    'The check "it says four" failed: Mel has ended. Instead, Mel printed "\ufffd[2Jthree".',
  );
  assert(printed.some((line) => line.includes("✗ it says four")), error.message);
});

Deno.test("Stage.check() gives up after its time", async () => {
  await using stage = stageFor([]);
  const actor = stage.enter("Mel", ["eval", "setInterval(() => {}, 1000)"]);
  await assertRejects(
    () => stage.hears("it says a word", actor, /./, 1),
    UserError,
    "it did not happen within 0.001 s. Instead, Mel printed nothing.",
  );
});

Deno.test("Stage.check() ends with the reason of the signal", async () => {
  const ended = new AbortController();
  await using stage = stageFor([], ended.signal);
  const actor = stage.enter("Mel", ["eval", "setInterval(() => {}, 1000)"]);
  const check = stage.hears("it says a word", actor, /./);
  ended.abort(new UserError("Interrupted (SIGINT)."));
  await assertRejects(() => check, UserError, "Interrupted (SIGINT).");
});

Deno.test("Stage.step() forgets what was heard before", async () => {
  const printed: string[] = [];
  await using stage = stageFor(printed);
  const actor = stage.enter("Mel", ["eval", "console.log('one')"]);
  await stage.hears("it says one", actor, "one");
  stage.step("Later");
  await assertRejects(() => stage.hears("it says one again", actor, "one"), UserError);
  assertStringIncludes(printed.join("\n"), "1  Later");
});

Deno.test("Stage.type() shows Ctrl-] and reaches the program", async () => {
  const printed: string[] = [];
  await using stage = stageFor(printed);
  const echo = "for await (const part of Deno.stdin.readable) console.log(JSON.stringify(" +
    "new TextDecoder().decode(part)))";
  const actor = stage.enter("Mel", ["eval", echo]);
  await stage.type(actor, "\x1d");
  await stage.hears("it reads the byte", actor, '"\\u001d\\n"');
  assert(printed.some((line) => line.endsWith("Mel › Ctrl-]")));
});

Deno.test("Stage.ends() tells the exit code that was not 0", async () => {
  await using stage = stageFor([]);
  const actor = stage.enter("Mel", ["eval", "Deno.exit(3)"]);
  await assertRejects(() => stage.ends(actor, "typed"), UserError, "Mel ended with exit code 3.");
});

Deno.test("Stage leaves nothing running when it is disposed, also twice", async () => {
  const stage = stageFor([]);
  const actor = stage.enter("Mel", ["eval", "console.log(Deno.pid); setInterval(() => {}, 1000)"]);
  const [pid] = await stage.hears("it tells its number", actor, /^\d+$/);
  await stage[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
  // SIGCONT does nothing to a process that runs, and fails for one that does not.
  if (Deno.build.os !== "windows") {
    const kill = () => Promise.resolve().then(() => Deno.kill(Number(pid), "SIGCONT"));
    await assertRejects(kill, Deno.errors.NotFound);
  }
});
