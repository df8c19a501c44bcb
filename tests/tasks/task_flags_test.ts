import { assert, assertEquals, assertThrows } from "@std/assert";
import { UserError } from "../../lib/errors.ts";
import { parseRunCommand, taskFlags } from "../../lib/tasks/task_flags.ts";

Deno.test("parseRunCommand() takes a command apart", () => {
  assertEquals(parseRunCommand("deno run server.ts"), { flags: [], script: "server.ts" });
  assertEquals(parseRunCommand(" deno run  --no-prompt --allow-env=A,B lib/x.ts "), {
    flags: ["--no-prompt", "--allow-env=A,B"],
    script: "lib/x.ts",
  });
});

Deno.test("parseRunCommand() refuses what it would start wrongly", () => {
  for (
    const command of [
      "",
      "deno run",
      "deno run --allow-net",
      "deno task server",
      "npm run x.ts",
      "deno run server.ts --port 0",
      "deno run -A server.ts",
      'deno run "--allow-read=a b" server.ts',
      "deno run --allow-run=$(which deno) server.ts",
    ]
  ) {
    assertThrows(() => parseRunCommand(command), UserError, `Cannot use the task "${command}"`);
  }
});

Deno.test("taskFlags() reads the tasks of deno.json, which give no program everything", () => {
  for (const task of ["server", "client"] as const) {
    const { flags, script } = taskFlags(task);
    assertEquals(script, `${task}.ts`);
    assert(flags.includes("--no-prompt"));
    assert(flags.some((flag) => flag.startsWith("--allow-net")));
    // Files are named by people (--data, --config, /log), so any may be read and written.
    for (const flag of ["-A", "--allow-all", "--allow-run", "--allow-ffi"]) {
      assert(!flags.some((each) => each.split("=")[0] === flag), `${task} has ${flag}`);
    }
  }
});
