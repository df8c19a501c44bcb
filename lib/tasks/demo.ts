/**
 * The demonstration: real programs on this machine's loopback interface, one story, every step
 * checked. Exit code 0 if all held, 1 if not, 130 or 143 if it was interrupted.
 *
 * @module
 */

import { bold, dim, getColorEnabled, green, red, setColorEnabled } from "@std/fmt/colors";
import { UserError } from "../errors.ts";
import { untilSignal } from "../signals.ts";
import { Stage } from "./demo_stage.ts";
import { playDemo } from "./demo_steps.ts";

/** What was interrupted by a signal ends with 128 and the signal's number. */
const SIGNAL_CODES: Partial<Record<Deno.Signal, number>> = { SIGINT: 130, SIGTERM: 143 };

const INTRODUCTION = `Real programs on this machine: a server, and clients that people type into.
A line with › is what is typed, a line with │ is what the program prints.
`;

/** Plays it, whatever becomes of it; nothing that it started runs any more when it returns. */
async function main(): Promise<number> {
  // Escape codes in a file or a pipe are noise; $NO_COLOR has the last word anyway.
  setColorEnabled(getColorEnabled() && Deno.stdout.isTerminal());
  const ended = new AbortController();
  let code = 1;
  untilSignal(["SIGINT", "SIGTERM"]).then((signal) => {
    code = SIGNAL_CODES[signal] ?? code;
    ended.abort(new UserError(`Interrupted (${signal}).`));
  });
  console.log(`${bold("Chat rooms for a local network: the demonstration")}\n${dim(INTRODUCTION)}`);
  await using stage = new Stage({ print: (line) => console.log(line), signal: ended.signal });
  try {
    await playDemo(stage);
    console.log(`\n${green(`All of it happened: ${stage.checks} checks held.`)}`);
    console.log(
      dim('Your turn: "deno task server", and in other windows "deno task client"; then "help".'),
    );
    return 0;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(`\n${red(error.message)}`);
    return code;
  }
}

if (import.meta.main) Deno.exit(await main());
