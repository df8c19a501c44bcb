/**
 * What stands behind the prompt: all that carries commands out. It is loaded when the prompt is there.
 *
 * @module
 */

import { SIGNAL_CODES } from "../signals.ts";
import { Answers } from "./answers.ts";
import { ConfigFile } from "./config_file.ts";
import { expandHome } from "./config_folder.ts";
import { InputLoop } from "./input_loop.ts";
import { KeptPreferences } from "./kept_preferences.ts";
import { chooseLooks } from "./looks.ts";
import { knownServers, makeClient } from "./make_client.ts";
import type { PromptContext } from "./prompt_context.ts";
import type { ClientSettings } from "./settings.ts";
import type { Console } from "./terminal/console.ts";

/** What is needed to carry out what is typed. */
export interface CommandsOptions {
  /** Where it is typed; stays the caller's to dispose. */
  readonly console: Console;
  /** What the terminal asks of a line; it learns whom to ask. */
  readonly context: PromptContext;
  /** What the command line says. */
  readonly settings: ClientSettings;
  /** A command to begin with. */
  readonly first: string | undefined;
  /** Ends everything. */
  readonly signal: AbortSignal;
}

/**
 * Carries out what is typed, until the end.
 *
 * @param options See there.
 * @returns The exit code, if no signal was the reason.
 */
export async function runCommands(
  { console: opened, context, settings, first, signal }: CommandsOptions,
): Promise<number> {
  const preferences = keptPreferences(settings);
  let inRoom = (): boolean => false;
  let onGiven = (): void => {};
  const { console, screen, messages } = chooseLooks(
    opened,
    settings,
    () => preferences.now,
    () => inRoom(),
  );
  // A script looks the same whatever is set.
  const trouble = console.interactive ? await preferences.load() : undefined;
  if (trouble !== undefined) console.status(trouble);
  const loop = new InputLoop(console, () => onGiven());
  const shown = {
    interactive: console.interactive,
    print: (text: string) => console.print(text),
    line: (text: string, back: number) => console.line(text, back),
    status: (text: string) => console.status(text),
    setPrompt: (text: string) => loop.setPrompt(text),
  };
  {
    await using client = makeClient(settings, {
      console: shown,
      answers: new Answers(console, settings.json ? "json" : "prompt"),
      ask: (text) => loop.ask(text),
      connectFirst: first !== undefined || settings.relay === "always",
      screen,
      messages,
      preferences,
      known: knownServers(settings),
    });
    inRoom = () => client.chatting;
    onGiven = () => client.people.active();
    await context.attend(client, loop);
    // All is there now.
    console.working(false);
    await loop.run(client, signal, first);
  }
  if (loop.interrupted) return SIGNAL_CODES.SIGINT;
  // A terminal that nobody reads must not hold up the end.
  if (!console.interactive) await console.flush();
  return console.outputLost || (loop.failed && !console.interactive) ? 1 : 0;
}

function keptPreferences({ configFile, home }: ClientSettings): KeptPreferences {
  return new KeptPreferences(
    configFile === undefined ? undefined : new ConfigFile(expandHome(configFile, home)),
  );
}
