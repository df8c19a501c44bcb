/**
 * The compiled programs, where this machine can compile: `DENORT_BIN` is set or the base runtime
 * can be downloaded.
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { compileArgs, missingRuntime } from "../../lib/tasks/compile_plan.ts";
import { ROOT, startProgram } from "../helpers/processes.ts";
import { VERSION } from "../../lib/version.ts";

/** How long the download and the compilation of one program may take, in milliseconds. */
const COMPILE_TIMEOUT = 90_000;

/** How the name of a program ends here. */
const EXE = Deno.build.os === "windows" ? ".exe" : "";

/** Compiles a program; returns why that is impossible here, or undefined. */
async function compile(program: "server" | "client", output: string): Promise<string | undefined> {
  const signal = AbortSignal.timeout(COMPILE_TIMEOUT);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: compileArgs({ program }, output),
    cwd: ROOT,
    stdin: "null",
    signal,
  }).output();
  if (success) return undefined;
  const printed = new TextDecoder().decode(stderr);
  const why = signal.aborted ? "the download takes too long" : missingRuntime(printed);
  assert(why !== undefined, printed);
  assertEquals(Deno.env.get("DENORT_BIN") ?? "", "", `DENORT_BIN is of no use: ${why}`);
  return `the base runtime cannot be had (${why}), and DENORT_BIN is not set`;
}

Deno.test("compiled programs tell their version, and talk to each other", async (test) => {
  const folder = await Deno.makeTempDir({ prefix: "crds-compile-" });
  try {
    const server = `${folder}/crds-server${EXE}`;
    const client = `${folder}/crds-client${EXE}`;
    const impossible = await compile("server", server) ?? await compile("client", client) ??
      await faultOf(server);
    if (impossible !== undefined) console.warn(`SKIPPED "${test.name}": ${impossible}.`);
    await test.step({
      name: "they tell their version",
      ignore: impossible !== undefined,
      fn: async () => {
        for (const [command, name] of [[server, "crds-server"], [client, "crds-client"]] as const) {
          assertEquals(await printed(command, "--version"), `${name} ${VERSION}\n`);
        }
      },
    });
    await test.step({
      name: "the client reads the server's directory",
      ignore: impossible !== undefined,
      fn: () => assertTheyTalk(server, client, folder),
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** A full `deno` in `DENORT_BIN` compiles without complaint, and what comes out is a `deno`. */
async function faultOf(server: string): Promise<string | undefined> {
  if (!(await printed(server, "--version")).startsWith("deno ")) return undefined;
  return "DENORT_BIN is a deno and no denort, so what was compiled does not run";
}

async function printed(command: string, ...args: string[]): Promise<string> {
  await using program = startProgram({ command, args });
  await program.status;
  return program.stdout;
}

async function assertTheyTalk(server: string, client: string, cwd: string): Promise<void> {
  const args = ["--host", "127.0.0.1", "--port", "0", "--memory", "--no-announce"];
  // Somewhere else than in the repository: nothing of it is needed.
  await using crds = startProgram({ command: server, args, cwd });
  const [, port] = await crds.waitFor(/listening on port (\d+)\.\.\.\n/);
  const where = ["--iface", "127.0.0.1", "--server", `127.0.0.1:${port}`];
  await using person = startProgram({ command: client, args: where, cwd });
  await person.write("connect\nmakeroom lab 239.255.7.1 20100\ngetdir\nchat lab\nhello\n/leave\n");
  await person.closeStdin();
  assertEquals((await person.status).code, 0, person.stderr);
  assertMatch(person.stdout, /^NAME +ADDRESS +PORT\nlab +239\.255\.7\.1 +20100\n$/);
  assertStringIncludes(person.stderr, 'Left room "lab".');
}

Deno.test("deno task compile says in one sentence what is missing, and leaves nothing", async () => {
  const folder = await Deno.makeTempDir({ prefix: "crds-compile-" });
  try {
    // In a copy, so that nobody's dist/ is touched.
    for (const name of ["lib", "server.ts", "client.ts", "deno.json", "deno.lock"]) {
      await Deno.symlink(ROOT + name, `${folder}/${name}`);
    }
    const task = await startCompile(folder, { DENORT_BIN: `${folder}/no-such-file` });
    assertEquals([task.code, task.stdout], [1, ""]);
    assertMatch(task.stderr, /^Cannot compile crds-server: .* set DENORT_BIN to its path\.\n$/);
    assertEquals([...Deno.readDirSync(`${folder}/dist`)], []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("deno task compile --all refuses the base runtime of one system", async () => {
  const task = await startCompile(ROOT, { DENORT_BIN: "/somewhere/denort" }, "--all");
  assertEquals([task.code, task.stdout], [1, ""]);
  assertMatch(task.stderr, /^Cannot compile for all systems with DENORT_BIN: .*\.\n$/);
});

async function startCompile(
  cwd: string,
  env: Readonly<Record<string, string>>,
  ...flags: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  // The task's permissions, without the shell that it needs to name this deno.
  const args = ["run", "--no-prompt", "--allow-read=dist", "--allow-write=dist"];
  args.push("--allow-env=DENORT_BIN", `--allow-run=${Deno.execPath()}`);
  await using program = startProgram({
    args: [...args, "lib/tasks/compile.ts", ...flags],
    cwd,
    env,
  });
  const { code } = await program.status;
  return { code, stdout: program.stdout, stderr: program.stderr };
}
