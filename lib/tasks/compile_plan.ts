/**
 * What is compiled, how it is called, and what went wrong: the pure part of `deno task compile`.
 *
 * @module
 */

import { type TaskFlags, taskFlags } from "./task_flags.ts";

/** The two programs. */
export const PROGRAMS = ["server", "client"] as const;

/** The systems that `--all` compiles for, as `deno compile --target` calls them. */
export const TARGETS = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-pc-windows-msvc",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
] as const;

/** A program for a system. */
export interface Build {
  /** Which program. */
  readonly program: typeof PROGRAMS[number];
  /** For which system; without one, for this one. */
  readonly target?: typeof TARGETS[number];
}

/**
 * Names what is to be compiled.
 *
 * @param all Whether for all systems or for this one.
 * @returns The builds: both programs, for each system.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(builds(false), [{ program: "server" }, { program: "client" }]);
 * assertEquals(builds(true).length, 10);
 * ```
 */
export function builds(all: boolean): Build[] {
  if (!all) return PROGRAMS.map((program) => ({ program }));
  return TARGETS.flatMap((target) => PROGRAMS.map((program) => ({ program, target })));
}

/**
 * Names the file of a build.
 *
 * @param build The build.
 * @param os This system, as in `Deno.build.os`: what a build without target is for.
 * @returns The file's name, without a folder.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(fileName({ program: "server" }, "linux"), "crds-server");
 * assertEquals(
 *   fileName({ program: "client", target: "x86_64-pc-windows-msvc" }, "linux"),
 *   "crds-client-x86_64-pc-windows-msvc.exe",
 * );
 * ```
 */
export function fileName({ program, target }: Build, os: string): string {
  const windows = target === undefined ? os === "windows" : target.includes("windows");
  return `crds-${program}${target === undefined ? "" : `-${target}`}${windows ? ".exe" : ""}`;
}

/** Modules that no import names: those of workers. */
const INCLUDES: Readonly<Record<Build["program"], readonly string[]>> = {
  server: ["lib/directory/sqlite_worker.ts", "lib/people/people_worker.ts"],
  client: [],
};

/**
 * Writes the command line of a build.
 *
 * @param build The build.
 * @param output The file to make.
 * @param task How the program is started from the source: its permissions are compiled in.
 * @returns What `deno` is started with.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 *
 * assert(compileArgs({ program: "server" }, "dist/crds-server").includes("--allow-net"));
 * ```
 */
export function compileArgs(
  { program, target }: Build,
  output: string,
  task: TaskFlags = taskFlags(program),
): string[] {
  return [
    "compile",
    // Types are the business of `deno task check`.
    "--no-check",
    // Else every package of the lockfile is embedded in both programs.
    "--exclude-unused-npm",
    ...INCLUDES[program].flatMap((file) => ["--include", file]),
    ...task.flags,
    ...(target === undefined ? [] : ["--target", target]),
    "--output",
    output,
    task.script,
  ];
}

/**
 * Tells from what `deno compile` printed whether it had no base runtime to compile into.
 *
 * @param printed Its standard error.
 * @returns Why there is none, or undefined if that was not the reason.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const printed = "error: Writing\n\nCaused by:\n    0: Setting up base binary.\n    1: dns error\n";
 * assertEquals(missingRuntime(printed), "dns error");
 * assertEquals(missingRuntime("error: Module not found"), undefined);
 * ```
 */
export function missingRuntime(printed: string): string | undefined {
  // deno-lint-ignore no-control-regex
  const lines = printed.replace(/\x1b\[[0-9;]*m/g, "").split(/\r?\n/);
  const at = lines.findIndex((line) => /setting up base binary|could not find denort/i.test(line));
  if (at < 0) return undefined;
  // Each cause stands in a line of its own; the last one is the root.
  const causes = lines.slice(at + 1).map((line) => /^\s*\d+: (.+)$/.exec(line)?.[1] ?? "");
  const end = causes.indexOf("");
  return (end < 0 ? causes : causes.slice(0, end)).at(-1) ?? "the download failed";
}
