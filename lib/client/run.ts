/**
 * The prompt, from the start of the program to its end.
 *
 * A person sees the prompt and types before all that carries commands out is there: the modules that
 * this one imports are loaded before the prompt, those of `at_prompt.ts` behind it. What is typed
 * meanwhile waits for them.
 *
 * @module
 */

import { UsageError } from "../errors.ts";
import { chooseInterface, listInterfaces } from "../net/interfaces.ts";
import { SIGNAL_CODES } from "../signals.ts";
import { VERSION } from "../version.ts";
import { NO_SERVER, openHistory, PromptContext } from "./prompt_context.ts";
import { asUsage, type ClientSettings } from "./settings.ts";
import { openConsole } from "./terminal/open_console.ts";

/**
 * Runs the prompt, or reads commands from a pipe, until the end.
 *
 * @param settings What the command line says.
 * @param first A command to begin with.
 * @returns The exit code.
 * @throws {UsageError} If the settings do not fit this machine, or a terminal.
 */
export async function runPrompt(settings: ClientSettings, first?: string): Promise<number> {
  checkInterface(settings);
  const ended = new AbortController();
  const stopped = Promise.withResolvers<undefined>();
  let code: number | undefined;
  await using context = new PromptContext(openHistory);
  await using console = await openConsole({
    context,
    onSignal(name) {
      code = SIGNAL_CODES[name];
      ended.abort();
      stopped.resolve(undefined);
    },
  });
  if (console.interactive) {
    checkForPerson(settings);
    // Where the prompt cannot be drawn anew below what is still to be told, it is not shown yet.
    console.working(true);
    console.setPrompt(NO_SERVER);
    console.status(`crds-client ${VERSION} - "help" lists the commands, "quit" ends it.`);
  }
  // Who is asked to end waits for nothing.
  const rest = await Promise.race([import("./at_prompt.ts"), stopped.promise]);
  const { signal } = ended;
  const end = await rest?.runCommands({ console, context, settings, first, signal });
  return code ?? end ?? 0;
}

/**
 * Checks the interface that was asked for: one that is not there is a mistake of the command line,
 * needed or not.
 *
 * @param settings What the command line says.
 * @throws {UsageError} If there is no such interface.
 */
export function checkInterface({ wanted }: Pick<ClientSettings, "wanted">): void {
  if (wanted === undefined) return;
  const { iface, from } = wanted;
  asUsage(() => chooseInterface({ wanted: iface, wantedFrom: from, list: listInterfaces() }));
}

function checkForPerson({ json }: ClientSettings): void {
  if (!json) return;
  throw new UsageError(
    "Cannot use --json at a prompt: it goes with a command, or with a pipe. Leave it out.",
  );
}
