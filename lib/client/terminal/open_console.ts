/**
 * Picks the console that fits what the program is connected to.
 *
 * @module
 */

import type { Console } from "./console.ts";
import { DenoTerminal } from "./deno_terminal.ts";
import { DENO_KEYS } from "./key_source.ts";
import { PipeConsole } from "./pipe_console.ts";
import { TerminalConsole, type TerminalConsoleOptions } from "./terminal_console.ts";

function isDumb(): boolean {
  try {
    return Deno.env.get("TERM") === "dumb";
  } catch {
    // Without the permission to know, a terminal is taken for a usual one.
    return false;
  }
}

/**
 * Opens the console of this process: a line editor if both standard input and output are a
 * terminal, plain lines otherwise and where `TERM` is `dumb`.
 *
 * @param options What happens at a signal; a pipe leaves signals alone.
 * @returns The console; dispose of it before the program ends.
 */
export function openConsole(options: TerminalConsoleOptions = {}): Console {
  // What comes through a pipe is bytes, everywhere.
  if (!Deno.stdin.isTerminal() || !Deno.stdout.isTerminal()) return openPipe();
  const port = new DenoTerminal();
  if (isDumb()) return new PipeConsole(port, { interactive: true });
  return new TerminalConsole(port, options);
}

/**
 * Opens a console of plain lines, whatever the process is connected to: for one command of a shell,
 * whose answer is the same on a terminal and in a pipe.
 *
 * @returns The console; dispose of it before the program ends.
 */
export function openPipe(): Console {
  return new PipeConsole(new DenoTerminal(Deno.build.os, DENO_KEYS));
}
