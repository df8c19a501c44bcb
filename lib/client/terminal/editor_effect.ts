/**
 * What the line editor wants of its driver, and what it shows.
 *
 * @module
 */

import type { InputEvent } from "./console.ts";

/** What the driver has to do after a key. */
export type EditorEffect =
  | {
    /** The line was finished: deliver it, and show it in full unless what is said will be shown. */
    kind: "submit";
    /** The line. */
    text: string;
    /** Which paste finished it, counted from 1; undefined if Enter did. */
    paste?: number;
    /** True if nothing of it may be shown or kept. */
    secret?: true;
  }
  | {
    /** A paste of several lines was confirmed: deliver it. */
    kind: "pasted";
    /** The lines. */
    lines: string[];
  }
  | {
    /** Find out what could stand before the cursor, and {@linkcode Editor.offer} it. */
    kind: "complete";
    /** What stands there. */
    left: string;
    /** Which way to go through it. */
    step: 1 | -1;
  }
  | {
    /** Deliver an event that is no line. */
    kind: "input";
    /** The event. */
    event: InputEvent;
  }
  | {
    /** Ring the bell: something was refused. */
    kind: "bell";
  }
  | {
    /** Clear the screen. */
    kind: "clear";
  }
  | {
    /** Give the terminal back until the program is continued. */
    kind: "suspend";
  };

/** What the prompt row shows. */
export interface EditorRow {
  /** What stands in the place of the prompt, if anything does. */
  readonly prompt?: string;
  /** What stands before the cursor. */
  readonly left: string;
  /** What stands from the cursor on. */
  readonly right: string;
}
