/**
 * The demonstration: real programs on this machine's loopback interface, one story, every step
 * checked. Exit code 0 if all held, 1 if not, 2 for wrong flags, 130 or 143 if it was interrupted.
 *
 * @module
 */

import { bold, dim, getColorEnabled, green, red, setColorEnabled } from "@std/fmt/colors";
import { UsageError, UserError } from "../errors.ts";
import { parseFlags } from "../flags.ts";
import { exitCodeOf } from "../program.ts";
import { SIGNAL_CODES, untilSignal } from "../signals.ts";
import { sanitise } from "../text.ts";
import { Stage } from "./demo_stage.ts";
import { playDemo } from "./demo_steps.ts";
import { DEMO_FLAGS, demoHelp, nextSteps } from "./demo_words.ts";

const INTRODUCTION = `Real programs on this machine: a server, and clients that people type into.
A line with › is what is typed, a line with │ is what the program prints.
`;

/** Plays it, whatever becomes of it; nothing that it started runs any more when it returns. */
async function play(): Promise<number> {
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
    console.log(`\n${nextSteps(Deno.version.deno)}`);
    return 0;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(`\n${red(error.message)}`);
    return code;
  }
}

async function main(args: string[]): Promise<number> {
  return await exitCodeOf(async () => {
    const { switches, words } = parseFlags(args, DEMO_FLAGS, "deno task demo");
    if (words.length > 0) {
      throw new UsageError(
        `Cannot understand "${sanitise(words[0]!)}": flags only. See "deno task demo --help".`,
      );
    }
    if (!switches.has("help")) return await play();
    console.log(demoHelp(Deno.version.deno));
    return 0;
  });
}

if (import.meta.main) Deno.exit(await main(Deno.args));
