/**
 * Consoles of plain lines, for this process.
 *
 * @module
 */

import type { Console } from "./console.ts";
import { DenoTerminal } from "./deno_terminal.ts";
import { DENO_KEYS } from "./key_source.ts";
import { PipeConsole } from "./pipe_console.ts";

/**
 * Opens a console of plain lines, whatever the process is connected to: for one command of a shell,
 * whose answer is the same on a terminal and in a pipe.
 *
 * @returns The console; dispose of it before the program ends.
 */
export function openPipe(): Console {
  // What comes through a pipe is bytes, everywhere.
  return new PipeConsole(new DenoTerminal(Deno.build.os, DENO_KEYS));
}

/**
 * Opens the console for a person at a terminal that can do nothing (`TERM=dumb`).
 *
 * @returns The console; dispose of it before the program ends.
 */
export function openDumb(): Console {
  return new PipeConsole(new DenoTerminal(), { interactive: true });
}
