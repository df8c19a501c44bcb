/**
 * What a console asks about the line that is being typed: the client knows the answers.
 *
 * @module
 */

import type { Completions } from "./completer.ts";

/**
 * What a line is for: a command of the main prompt, something said in a room (or a command behind a
 * slash), or the answer to a question.
 */
export type LineUse = "command" | "room" | "answer";

/** Where lines of earlier sessions are kept. It never fails: a history is a courtesy. */
export interface HistoryStore {
  /**
   * Reads the lines.
   *
   * @returns The lines, oldest first; none if they cannot be read.
   */
  load(): Promise<readonly string[]>;
  /**
   * Takes a line that was finished; which lines are kept is the store's to decide.
   *
   * @param line The line.
   */
  add(line: string): void;
}

/** What a console asks. */
export interface LineContext {
  /** What the line is for, now. */
  readonly use: LineUse;
  /** Where earlier lines are; without it, there are none. */
  readonly store?: HistoryStore;
  /**
   * Says what could stand at the cursor.
   *
   * @param left What stands before the cursor.
   * @returns What could; a promise if somebody has to be asked. It must not reject.
   */
  complete(left: string): Completions | Promise<Completions>;
}

/** The context of a line of which nothing is known. */
export const NO_CONTEXT: LineContext = {
  use: "command",
  complete: (left) => ({ from: left.length, candidates: [] }),
};
