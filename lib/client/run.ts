/**
 * The client put together: at a prompt, or for one command of a shell.
 *
 * @module
 */

import { chooseInterface, listInterfaces } from "../net/interfaces.ts";
import { SIGNAL_CODES, untilSignal } from "../signals.ts";
import { VERSION } from "../version.ts";
import { Answers } from "./answers.ts";
import { Client } from "./client.ts";
import { runLine } from "./commands.ts";
import { ConfigFile } from "./config_file.ts";
import { expandHome } from "./config_folder.ts";
import { discoverOn } from "./discovery.ts";
import { InputLoop } from "./input_loop.ts";
import { type KnownServers, RememberedServers } from "./known_servers.ts";
import { KnownServersFile } from "./known_servers_file.ts";
import { KeptPreferences } from "./kept_preferences.ts";
import { chooseLooks } from "./looks.ts";
import type { MessageScreen } from "./people/message_screen.ts";
import type { RoomScreen } from "./room_screen.ts";
import { openHistory, PromptContext } from "./prompt_context.ts";
import type { Ask } from "./secrets.ts";
import { ServerFinder } from "./server_finder.ts";
import { asUsage, type ClientSettings, FALLBACK_SERVER } from "./settings.ts";
import { type Console, openConsole, openPipe, ShellInput } from "./terminal/mod.ts";

/** Commands that look for servers, or for what is wrong with one, themselves. */
const NEEDS_NO_SERVER: readonly string[] = ["servers", "doctor", "forget"];

/** The only command of a shell that changes a file, and hears from nobody. */
const CHANGES_FILES = "forget";

/** Who makes a room, or deletes it again, or says something, is worth a name. */
const NEEDS_NAME: readonly string[] = ["makeroom", "deleteroom", "msg", "broadcast"];

/** A line of a shell: it stays where it was typed, and nothing is said in rooms. */
const TYPED = { show() {}, say: () => Promise.resolve() };

/**
 * Runs the prompt, or reads commands from a pipe, until the end.
 *
 * @param settings What the command line says.
 * @param first A command to begin with.
 * @returns The exit code.
 */
export async function runPrompt(settings: ClientSettings, first?: string): Promise<number> {
  checkInterface(settings);
  const ended = new AbortController();
  let code: number | undefined;
  await using context = new PromptContext(openHistory);
  await using opened = openConsole({
    context,
    onSignal(name) {
      code = SIGNAL_CODES[name];
      ended.abort();
    },
  });
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
  const loop = new InputLoop(console, () => onGiven());
  const answers = new Answers(console, settings.json ? "json" : "prompt");
  const shown = {
    interactive: console.interactive,
    print: (text: string) => console.print(text),
    line: (text: string, back: number) => console.line(text, back),
    status: (text: string) => console.status(text),
    setPrompt: (text: string) => loop.setPrompt(text),
  };
  {
    const connectFirst = first !== undefined || settings.relay === "always";
    const ask = (text: string): Promise<string | undefined> => loop.ask(text);
    await using client = makeClient(settings, shown, answers, ask, {
      connectFirst,
      screen,
      messages,
      preferences,
      known: knownServers(settings),
    });
    inRoom = () => client.chatting;
    onGiven = () => client.people.active();
    context.attend(client, loop);
    if (console.interactive) {
      console.status(`crds-client ${VERSION} - "help" lists the commands, "quit" ends it.`);
    }
    if (trouble !== undefined) console.status(trouble);
    await loop.run(client, ended.signal, first);
  }
  if (code !== undefined) return code;
  if (loop.interrupted) return SIGNAL_CODES.SIGINT;
  // A terminal that nobody reads must not hold up the end.
  if (!console.interactive) await console.flush();
  return console.outputLost || (loop.failed && !console.interactive) ? 1 : 0;
}

/**
 * Prints a text to standard output.
 *
 * @param text The text.
 * @returns The exit code.
 */
export async function runPrint(text: string): Promise<number> {
  await giveFilesBack();
  await using console = openPipe();
  console.print(text.trimEnd());
  await console.flush();
  return console.outputLost ? 1 : 0;
}

/**
 * Connects, carries out one command and ends. Its answer goes to standard output, what else there is
 * to say to standard error.
 *
 * @param line The command, as it was typed.
 * @param settings What the command line says.
 * @param command What the command is called.
 * @returns The exit code.
 * @throws {UserError} If it fails.
 */
export async function runOnce(
  line: string,
  settings: ClientSettings,
  command: string,
): Promise<number> {
  let known = knownServers(settings);
  if (command !== CHANGES_FILES) {
    // What is known is used, and nothing is added: so it is read while it can be.
    known = await known.snapshot();
    await giveFilesBack();
  }
  checkInterface(settings);
  await using console = openPipe();
  const answers = new Answers(console, settings.json ? "json" : "command");
  // That it connected is no news to whoever asked for something else.
  const quiet = { interactive: false, line() {}, print() {}, status() {}, setPrompt() {} };
  const nobody = (): Promise<undefined> => Promise.resolve(undefined);
  const ended = new AbortController();
  const interrupted = untilSignal(["SIGINT", "SIGTERM"]).then((name) => {
    ended.abort();
    return SIGNAL_CODES[name] ?? 1;
  });
  const done = async (): Promise<number> => {
    await using client = makeClient(settings, quiet, answers, nobody, {
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

function keptPreferences({ configFile, home }: ClientSettings): KeptPreferences {
  return new KeptPreferences(
    configFile === undefined ? undefined : new ConfigFile(expandHome(configFile, home)),
  );
}

/** Without a place for a file, servers are known as long as the client runs. */
function knownServers({ knownServersFile, home }: ClientSettings): KnownServers {
  if (knownServersFile === undefined) return new RememberedServers();
  return new KnownServersFile(expandHome(knownServersFile, home));
}

/** An interface that is not there is a mistake of the command line, needed or not. */
function checkInterface({ wanted }: ClientSettings): void {
  if (wanted === undefined) return;
  const { iface, from } = wanted;
  asUsage(() => chooseInterface({ wanted: iface, wantedFrom: from, list: listInterfaces() }));
}

function makeClient(
  settings: ClientSettings,
  shown: Pick<Console, "interactive" | "line" | "print" | "status" | "setPrompt">,
  answers: Answers,
  ask: (question: string) => Promise<string | undefined>,
  { told = shown, ...rest }: {
    told?: Pick<Console, "status">;
    nameless?: boolean;
    watch?: boolean;
    connectFirst?: boolean;
    screen?: RoomScreen;
    messages?: MessageScreen;
    preferences?: KeptPreferences;
    known?: KnownServers;
  } = {},
): Client {
  const { server, wanted, name, ttl, relay, home } = settings;
  const finder = new ServerFinder({
    given: server,
    fallback: FALLBACK_SERVER,
    discover: (all, signal) => discoverOn(wanted, all, signal),
    tell: (sentence) => told.status(sentence),
    ask,
  });
  return new Client({
    console: shown,
    answers,
    finder,
    wanted,
    name,
    ...rest,
    ttl,
    relay,
    home,
    interfaces: listInterfaces,
  });
}
