/**
 * A command line with words: one command of a shell, or a text about them.
 *
 * @module
 */

import { SIGNAL_CODES, untilSignal } from "../signals.ts";
import { VERSION } from "../version.ts";
import { Answers } from "./answers.ts";
import { CLIENT_FLAGS } from "./settings.ts";
import { type ClientCommand, parseClientArgs, SHELL_COMPLETIONS } from "./command_line.ts";
import { runLine } from "./commands.ts";
import { completionScript } from "./completions.ts";
import { knownServers, makeClient } from "./make_client.ts";
import { checkInterface, runPrompt } from "./run.ts";
import type { Ask } from "./secrets.ts";
import { openPipe } from "./terminal/open_pipe.ts";
import { ShellInput } from "./terminal/shell_input.ts";

/** Commands that look for servers, or for what is wrong with one, themselves. */
const NEEDS_NO_SERVER: readonly string[] = ["servers", "doctor", "forget"];

/** The only command of a shell that changes a file, and hears from nobody. */
const CHANGES_FILES = "forget";

/** Who makes a room, or deletes it again, or says something, is worth a name. */
const NEEDS_NAME: readonly string[] = ["makeroom", "deleteroom", "msg", "broadcast"];

/** A line of a shell: it stays where it was typed, and nothing is said in rooms. */
const TYPED = { show() {}, say: () => Promise.resolve() };

/**
 * Does what the command line asks for.
 *
 * @param args The words after the program's name.
 * @param env Looks an environment variable up.
 * @returns The exit code.
 * @throws {UserError} If the command line is wrong, or what it asks for fails.
 */
export async function runCommandLine(
  args: readonly string[],
  env: (name: string) => string | undefined,
): Promise<number> {
  const command = parseClientArgs(args, env);
  switch (command.kind) {
    case "help":
      return await print(command.text);
    case "version":
      return await print(`crds-client ${VERSION}`);
    case "completions":
      return await print(completionScript(command.shell, SHELL_COMPLETIONS, CLIENT_FLAGS));
    case "command":
      return await runOnce(command);
    case "run":
      return await runPrompt(command.settings, command.first);
  }
}

async function print(text: string): Promise<number> {
  await giveFilesBack();
  await using console = openPipe();
  console.print(text.trimEnd());
  await console.flush();
  return console.outputLost ? 1 : 0;
}

/**
 * Connects, carries out one command and ends. Its answer goes to standard output, what else there is
 * to say to standard error.
 */
async function runOnce(
  { line, settings, command }: ClientCommand & { kind: "command" },
): Promise<number> {
  let known = knownServers(settings);
  if (command !== CHANGES_FILES) {
    // What is known is used, and nothing is added: so it is read while it can be.
    known = await known.snapshot();
    await giveFilesBack();
  }
  checkInterface(settings);
  await using console = openPipe();
  // That it connected is no news to whoever asked for something else.
  const quiet = { interactive: false, line() {}, print() {}, status() {}, setPrompt() {} };
  const ended = new AbortController();
  const interrupted = untilSignal(["SIGINT", "SIGTERM"]).then((name) => {
    ended.abort();
    return SIGNAL_CODES[name] ?? 1;
  });
  const done = async (): Promise<number> => {
    await using client = makeClient(settings, {
      console: quiet,
      answers: new Answers(console, settings.json ? "json" : "command"),
      ask: () => Promise.resolve(undefined),
      told: console,
      known,
      nameless: !NEEDS_NAME.includes(command),
      watch: false,
    });
    if (!NEEDS_NO_SERVER.includes(command)) await client.connect(undefined, ended.signal);
    const input = new ShellInput();
    const ask: Ask = async (question, { secret } = {}) =>
      secret ? await input.askSecret(question) : undefined;
    await runLine(line, { client, console, ask, quit() {}, typed: TYPED }, ended.signal);
    await console.flush();
    return console.outputLost || client.doctor.unwell ? 1 : 0;
  };
  return await Promise.race([done(), interrupted]);
}

/**
 * Settings and logs are files that a person names, so the program may use any; what carries out one
 * command uses none, and gives that permission back before it hears from anybody.
 */
async function giveFilesBack(): Promise<void> {
  await Deno.permissions.revoke({ name: "read" });
  await Deno.permissions.revoke({ name: "write" });
}
