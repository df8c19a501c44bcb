import { assert, assertEquals } from "@std/assert";
import {
  builds,
  compileArgs,
  fileName,
  missingRuntime,
  TARGETS,
} from "../../lib/tasks/compile_plan.ts";
import { taskFlags } from "../../lib/tasks/task_flags.ts";

Deno.test("builds() names both programs for this system", () => {
  assertEquals(builds(false), [{ program: "server" }, { program: "client" }]);
});

Deno.test("builds() names both programs for five systems", () => {
  const all = builds(true);
  assertEquals(all.length, 10);
  for (const program of ["server", "client"]) {
    const targets = all.filter((build) => build.program === program).map(({ target }) => target);
    assertEquals(targets, [...TARGETS]);
  }
});

Deno.test("fileName() names every file once, with .exe for Windows", () => {
  assertEquals(builds(true).map((build) => fileName(build, "linux")), [
    "crds-server-x86_64-unknown-linux-gnu",
    "crds-client-x86_64-unknown-linux-gnu",
    "crds-server-aarch64-unknown-linux-gnu",
    "crds-client-aarch64-unknown-linux-gnu",
    "crds-server-x86_64-pc-windows-msvc.exe",
    "crds-client-x86_64-pc-windows-msvc.exe",
    "crds-server-x86_64-apple-darwin",
    "crds-client-x86_64-apple-darwin",
    "crds-server-aarch64-apple-darwin",
    "crds-client-aarch64-apple-darwin",
  ]);
});

Deno.test("fileName() of a build for this system follows this system", () => {
  assertEquals(fileName({ program: "client" }, "darwin"), "crds-client");
  assertEquals(fileName({ program: "client" }, "windows"), "crds-client.exe");
  // What is compiled on Windows for Linux has no .exe.
  const linux = { program: "client", target: "x86_64-unknown-linux-gnu" } as const;
  assertEquals(fileName(linux, "windows"), "crds-client-x86_64-unknown-linux-gnu");
});

Deno.test("compileArgs() compiles in exactly the permissions of the task", () => {
  for (const program of ["server", "client"] as const) {
    const args = compileArgs({ program }, "dist/x");
    const isPermission = (arg: string) => /^--(no-prompt|allow|deny)/.test(arg);
    assertEquals(args.filter(isPermission), [...taskFlags(program).flags]);
    assertEquals(args[0], "compile");
    assertEquals(args.slice(-3), ["--output", "dist/x", `${program}.ts`]);
    assert(!args.includes("--target"));
    // Nothing but the code is embedded.
    const included = args.filter((_arg, i) => args[i - 1] === "--include");
    assert(included.every((file) => /^lib\/.*\.ts$/.test(file)), included.join());
    assert(args.includes("--exclude-unused-npm"));
  }
});

Deno.test("compileArgs() names the system", () => {
  const args = compileArgs({ program: "server", target: "aarch64-apple-darwin" }, "dist/x");
  assertEquals(args[args.indexOf("--target") + 1], "aarch64-apple-darwin");
});

Deno.test("missingRuntime() finds the root of a failed download", () => {
  const printed = `\x1b[32mDownload\x1b[0m https://host.invalid/denort-x86_64-unknown-linux-gnu.zip
\x1b[1m\x1b[31merror\x1b[0m: Writing deno compile executable to temporary file '/x/crds-server.tmp-1'

Caused by:
    0: Setting up base binary.
    1: error sending request for url (https://host.invalid/denort.zip): client error (Connect)
    2: dns error
    3: failed to lookup address information: Name or service not known

Stack backtrace:
   0: <unknown>
`;
  const why = "failed to lookup address information: Name or service not known";
  assertEquals(missingRuntime(printed), why);
  assertEquals(missingRuntime(printed.replaceAll("\n", "\r\n")), why);
});

Deno.test("missingRuntime() knows when nothing is said about the reason", () => {
  assertEquals(missingRuntime("error: Setting up base binary."), "the download failed");
});

Deno.test("missingRuntime() leaves other failures alone", () => {
  for (const printed of ["", "error: Module not found", "error: TS2322 [ERROR]: Type 'string'"]) {
    assertEquals(missingRuntime(printed), undefined);
  }
});
