/**
 * Picks the console that fits what the program is connected to.
 *
 * @module
 */

import type { Console } from "./console.ts";
import { DenoTerminal } from "./deno_terminal.ts";
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
export async function openConsole(options: TerminalConsoleOptions = {}): Promise<Console> {
  const isTerminal = Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
  if (isTerminal && !isDumb()) return new TerminalConsole(new DenoTerminal(), options);
  // Who has a line editor does not wait for what is not needed there.
  const { openDumb, openPipe } = await import("./open_pipe.ts");
  return isTerminal ? openDumb() : openPipe();
}
