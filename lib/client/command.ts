/**
 * What a command is, as data.
 *
 * @module
 */

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
  /**
   * Under which heading it stands in the short help, and what it does in a few words.
   *
   * @default It is in the long help only.
   */
  readonly brief?: readonly [group: string, does: string];
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
