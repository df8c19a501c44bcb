/**
 * The permissions of the two programs, read from the tasks in `deno.json`: their single source.
 *
 * @module
 */

import config from "../../deno.json" with { type: "json" };
import { UserError } from "../errors.ts";

/** How a task starts a program. */
export interface TaskFlags {
  /** What `deno run` is given before the script: `--no-prompt` and the permissions. */
  readonly flags: readonly string[];
  /** The script, relative to the project's folder. */
  readonly script: string;
}

/**
 * Takes a task's command line apart.
 *
 * @param command A command like `deno run --allow-net server.ts`, without quotes.
 * @returns Its flags and its script.
 * @throws {UserError} If it is no such command.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseRunCommand("deno run --no-prompt --allow-net server.ts"), {
 *   flags: ["--no-prompt", "--allow-net"],
 *   script: "server.ts",
 * });
 * ```
 */
export function parseRunCommand(command: string): TaskFlags {
  const words = command.trim().split(/\s+/);
  const [deno, run, ...rest] = words;
  const script = rest.pop();
  const plain = !/["'$]/.test(command) && rest.every((word) => word.startsWith("--"));
  if (deno !== "deno" || run !== "run" || !plain || script === undefined || !/^\w/.test(script)) {
    throw new UserError(
      `Cannot use the task "${command}": it is not of the form "deno run --flag... script.ts". ` +
        `Correct it in deno.json.`,
    );
  }
  return { flags: rest, script };
}

/**
 * Says how a program is started by its task.
 *
 * @param task The program.
 * @returns The flags and the script of the task.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(taskFlags("server").script, "server.ts");
 * ```
 */
export function taskFlags(task: "server" | "client"): TaskFlags {
  return parseRunCommand(config.tasks[task].command);
}
