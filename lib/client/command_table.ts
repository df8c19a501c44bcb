/**
 * Commands as data: one table drives parsing, help and suggestions.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import { sanitise } from "../text.ts";
import type { Command, Expected, Invocation } from "./command.ts";
import {
  formatCommand,
  formatList,
  formatOverview,
  groupsOf,
  type HelpRow,
} from "./command_help.ts";
import { nearest } from "./nearest.ts";

export type { Command, Expected, Invocation, Parameter } from "./command.ts";

/** The word behind `help` for the long one. */
const ALL = "all";

/** How a {@linkcode CommandTable} is used. */
export interface CommandTableOptions {
  /**
   * What stands before each command: nothing, or `/`.
   *
   * @default {""}
   */
  readonly prefix?: string;
  /**
   * What lists the commands, for the error when there is no such command.
   *
   * @default The command `help`, with the prefix.
   */
  readonly help?: string;
  /**
   * What else can be typed, and what it does: rows below the commands in the long help.
   *
   * @default None.
   */
  readonly notes?: readonly HelpRow[];
  /**
   * The same in a row below the short help.
   *
   * @default None.
   */
  readonly hint?: string;
}

/** The commands of one prompt. */
export class CommandTable<Context> {
  /** What stands before each command. */
  readonly prefix: string;
  readonly #commands: readonly Command<Context>[];
  readonly #help: string;
  readonly #notes: readonly HelpRow[];
  readonly #hint: string | undefined;

  /**
   * Makes a table.
   *
   * @param commands The commands, in the order of the help.
   * @param options See there.
   */
  constructor(commands: readonly Command<Context>[], options: CommandTableOptions = {}) {
    this.#commands = commands;
    this.prefix = options.prefix ?? "";
    this.#help = options.help ?? `${this.prefix}help`;
    this.#notes = options.notes ?? [];
    this.#hint = options.hint;
  }

  /**
   * Understands a line.
   *
   * @param line What was typed, with the prefix.
   * @returns The command, its words and what is missing; undefined if the line is empty.
   * @throws {UserError} If there is no such command, or there are too many words.
   *
   * @example
   * ```ts
   * import { assertEquals, assertThrows } from "@std/assert";
   *
   * const table = new CommandTable([
   *   { name: "chat", parameters: [{ name: "room" }], summary: "enters a room", run() {} },
   * ]);
   * assertEquals(table.parse(" chat  lobby ")?.words, ["lobby"]);
   * assertThrows(() => table.parse("chta lobby"), Error, 'Did you mean "chat"?');
   * ```
   */
  parse(line: string): Invocation<Context> | undefined {
    const text = line.trim();
    if (text === "") return undefined;
    const [, word = "", after = ""] = /^(\S+)\s*(.*)$/s.exec(text) ?? [];
    const command = this.find(word);
    const words: string[] = [];
    let left = after;
    for (const parameter of command.parameters) {
      if (left === "") break;
      const [, next = "", more = ""] = parameter.rest
        ? [, left]
        : /^(\S+)\s*(.*)$/s.exec(left) ?? [];
      words.push(next);
      left = more;
    }
    if (left !== "") {
      throw new UserError(
        `Cannot ${word}: "${sanitise(left)}" is too much. Usage: ${this.usage(command)}`,
      );
    }
    const missing = command.parameters.slice(words.length).filter(({ optional }) => !optional);
    return { command, words, missing };
  }

  /** What can be typed, prefix included. */
  get names(): readonly string[] {
    return this.#commands.map(({ name }) => this.prefix + name);
  }

  /** What can be typed instead of some of them. */
  get aliases(): readonly string[] {
    return this.#commands.flatMap(({ aliases = [] }) => aliases.map((word) => this.prefix + word));
  }

  /**
   * Says which command a line begins with, however it is called there.
   *
   * @param line What was typed, with the prefix.
   * @returns The command's name, without the prefix; undefined if it is none.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   *
   * const table = new CommandTable([
   *   { name: "quit", aliases: ["dereg"], parameters: [], summary: "ends", run() {} },
   * ], { prefix: "/" });
   * assertEquals(["/quit", "/DEREG now", "dereg"].map((line) => table.nameOf(line)), [
   *   "quit",
   *   "quit",
   *   undefined,
   * ]);
   * ```
   */
  nameOf(line: string): string | undefined {
    const [word = ""] = line.trim().split(/\s/, 1);
    return word.startsWith(this.prefix)
      ? this.#called(word.slice(this.prefix.length))?.name
      : undefined;
  }

  /**
   * Says whether a line is meant as a command, though something else was asked for.
   *
   * @param line What was typed.
   * @returns True if nothing is missing in it and nothing too much; with a prefix, that is enough.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   *
   * const table = new CommandTable([
   *   { name: "chat", parameters: [{ name: "room" }], summary: "enters a room", run() {} },
   * ]);
   * assertEquals(["chat lobby", "chat", "lobby"].map((line) => table.isCommand(line)), [
   *   true,
   *   false,
   *   false,
   * ]);
   * ```
   */
  isCommand(line: string): boolean {
    const [first, second] = Array.from(line.trim());
    if (this.prefix !== "") return first === this.prefix && second !== this.prefix;
    if (this.nameOf(line) === undefined) return false;
    try {
      return this.parse(line)?.missing.length === 0;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return false;
    }
  }

  /**
   * Says how many lines behind a line of a script are secrets.
   *
   * @param line The line, with the prefix.
   * @returns As many as its command asks for; 0 if there is no such command.
   */
  secretsOf(line: string): number {
    const name = this.nameOf(line);
    const command = this.#commands.find((command) => command.name === name);
    return command?.secrets?.(line.trim().replace(/^\S+\s*/, "")) ?? 0;
  }

  /**
   * Says what belongs at the end of a line that is not finished.
   *
   * @param left The line so far.
   * @returns Where its last word begins, and what it is.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   *
   * const parameters = [{ name: "room", completes: "room" }] as const;
   * const table = new CommandTable([{ name: "chat", parameters, summary: "enters", run() {} }]);
   * assertEquals(table.expects("ch"), { from: 0, kind: "command" });
   * assertEquals(table.expects("chat lo"), { from: 5, kind: "room" });
   * assertEquals(table.expects("chat lobby x"), { from: 11, kind: undefined });
   * ```
   */
  expects(left: string): Expected {
    const gaps = [...left.trimStart().matchAll(/\s+/g)];
    const offset = left.length - left.trimStart().length;
    const [first] = gaps;
    if (first === undefined) return { from: offset, kind: "command" };
    const word = left.slice(offset, offset + first.index);
    const command = word.startsWith(this.prefix)
      ? this.#called(word.slice(this.prefix.length))
      : undefined;
    let from = 0;
    let kind: Expected["kind"];
    for (const [index, gap] of gaps.entries()) {
      const parameter = command?.parameters[index];
      from = offset + gap.index + gap[0].length;
      kind = parameter?.completes;
      // It takes all that is left.
      if (parameter?.rest) break;
    }
    return { from, kind };
  }

  /**
   * Makes the error for a line that lacks something, where nobody can be asked for it.
   *
   * @param invocation The line.
   * @returns The error.
   */
  incomplete({ command, missing }: Invocation<Context>): UserError {
    const name = missing[0]?.name ?? "";
    return new UserError(
      `Cannot ${this.prefix}${command.name}: the ${name} is missing. Usage: ${this.usage(command)}`,
    );
  }

  /**
   * Finds a command.
   *
   * @param word Its name, with or without the prefix.
   * @returns The command.
   * @throws {UserError} If there is none, with the nearest one.
   */
  find(word: string): Command<Context> {
    const bare = word.startsWith(this.prefix) ? word.slice(this.prefix.length) : word;
    const found = this.#called(bare);
    if (found !== undefined) return found;
    const near = nearest(bare.toLowerCase(), this.#commands.flatMap(wordsFor));
    const hint = near === undefined ? "" : `Did you mean "${this.prefix}${near}"? `;
    throw new UserError(
      `Cannot understand "${sanitise(word)}": there is no such command. ${hint}` +
        `"${this.#help}" lists them.`,
    );
  }

  /**
   * Writes how a command is used.
   *
   * @param command The command.
   * @returns Its name and parameters: `<needed>`, `[optional]`.
   */
  usage(command: Command<Context>): string {
    const parameters = command.parameters.map(({ name, optional, usage }) =>
      " " + (usage ?? (optional ? `[${name}]` : `<${name}>`))
    );
    return this.prefix + command.name + parameters.join("");
  }

  /**
   * Writes the help.
   *
   * @param word A command's name, or `all`; without one, the commands are listed in short: a screen of
   *   24 rows has room for it.
   * @returns The lines, joined by `\n`.
   * @throws {UserError} If there is no such command.
   */
  help(word?: string): string {
    if (word === undefined) {
      const more =
        `"${this.#help} <command>" tells more about one, "${this.#help} ${ALL}" about all.`;
      const below = [...(this.#hint === undefined ? [] : [this.#hint]), more];
      return formatOverview(groupsOf(this.#commands, this.prefix), below);
    }
    if (word === ALL) {
      const rows = this.#commands.map((each) => [this.usage(each), each.summary] as const);
      return formatList([...rows, ...this.#notes]);
    }
    const command = this.find(word);
    return formatCommand(command, { usage: this.usage(command), prefix: this.prefix });
  }

  #called(word: string): Command<Context> | undefined {
    return this.#commands.find((command) => wordsFor(command).includes(word.toLowerCase()));
  }
}

/** What can be typed for a command. */
function wordsFor({ name, aliases = [] }: Command<never>): readonly string[] {
  return [name, ...aliases];
}
