/**
 * Commands as data: one table drives parsing, help and suggestions.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import { sanitise } from "../text.ts";
import { nearest } from "./nearest.ts";

/** One thing that stands after a command. */
export interface Parameter {
  /** What it is called in the help. */
  readonly name: string;
  /** How it is asked for when it is left out and needed. */
  readonly ask?: string;
  /** Whether it may be left out. */
  readonly optional?: boolean;
  /** Whether it takes all that is left of the line, spaces included; only for the last one. */
  readonly rest?: boolean;
  /** Whether it is said to somebody: then it may look like a command when it is asked for. */
  readonly said?: boolean;
  /** How it looks in the help, if not `<name>` or `[name]`. */
  readonly usage?: string;
  /** What Tab finds for it. */
  readonly completes?: "room" | "member" | "person" | "command";
}

/** What belongs where the cursor stands in an unfinished line. */
export interface Expected {
  /** Where the word begins that is being typed. */
  readonly from: number;
  /** What the word is; undefined if that is not known, or is anything. */
  readonly kind: Parameter["completes"];
}

/** One command for a context that carries it out. */
export interface Command<Context> {
  /** What is typed. */
  readonly name: string;
  /** What may be typed instead, by those who come from another system. */
  readonly aliases?: readonly string[];
  /** What stands after it. */
  readonly parameters: readonly Parameter[];
  /** What it does, in half a line. */
  readonly summary: string;
  /** More about it, for `help <command>`. */
  readonly details?: string;
  /**
   * Whether it says something, which then stands in place of the line that was typed.
   *
   * @default {false}
   */
  readonly says?: boolean;
  /**
   * How many secrets it asks for at most, given what was typed behind it: a script gives them on the
   * next lines.
   */
  secrets?(typed: string): number;
  /** Carries it out; the words are as many as the parameters, or fewer where those are optional. */
  run(context: Context, words: readonly string[], signal: AbortSignal): Promise<void> | void;
}

/** A typed line, understood. */
export interface Invocation<Context> {
  /** The command. */
  readonly command: Command<Context>;
  /** What was typed after it. */
  readonly words: readonly string[];
  /** What was left out and is needed. */
  readonly missing: readonly Parameter[];
}

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
   * What else can be typed, and what it does: rows below the commands in the help.
   *
   * @default None.
   */
  readonly notes?: readonly (readonly [typed: string, does: string])[];
}

/** Columns for what is typed, in the help: what is longer has a row of its own. */
const MAX_USAGE = 28;

/** The commands of one prompt. */
export class CommandTable<Context> {
  /** What stands before each command. */
  readonly prefix: string;
  readonly #commands: readonly Command<Context>[];
  readonly #help: string;
  readonly #notes: NonNullable<CommandTableOptions["notes"]>;

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
   * @param word A command's name; without one, all commands are listed.
   * @returns The lines, joined by `\n`.
   * @throws {UserError} If there is no such command.
   */
  help(word?: string): string {
    if (word === undefined) {
      const rows = this.#commands.map((each) => [this.usage(each), each.summary] as const);
      return formatHelp([...rows, ...this.#notes]);
    }
    const command = this.find(word);
    const { summary, details, aliases = [] } = command;
    const also = aliases.map((alias) => this.prefix + alias).join(", ");
    const lines = [summary, details, also === "" ? undefined : `Also: ${also}`];
    const text = lines.filter((line) => line !== undefined).join("\n");
    return `${this.usage(command)}\n  ${text.replaceAll("\n", "\n  ")}`;
  }

  #called(word: string): Command<Context> | undefined {
    return this.#commands.find((command) => wordsFor(command).includes(word.toLowerCase()));
  }
}

/** Aligns what things do, in rows that fit the usual 80 columns. */
function formatHelp(rows: readonly (readonly [typed: string, does: string])[]): string {
  const lengths = rows.map(([typed]) => typed.length).filter((length) => length <= MAX_USAGE);
  const width = Math.max(0, ...lengths);
  return rows.map(([typed, does]) =>
    typed.length > MAX_USAGE
      ? `  ${typed}\n    ${" ".repeat(width)}${does}`
      : `  ${typed.padEnd(width)}  ${does}`
  ).join("\n");
}

/** What can be typed for a command. */
function wordsFor({ name, aliases = [] }: Command<never>): readonly string[] {
  return [name, ...aliases];
}
