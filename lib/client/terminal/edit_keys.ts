/**
 * The keys that only move or delete. Pure data.
 *
 * @module
 */

import type { KeyName } from "./key_names.ts";
import type { LineBuffer } from "./line_buffer.ts";

/** The keys that do nothing but change the line or the place of the cursor. */
export type EditKey = Exclude<
  KeyName,
  | "enter"
  | "tab"
  | "shift-tab"
  | "ctrl-]"
  | "ctrl-c"
  | "ctrl-d"
  | "clear-screen"
  | "search"
  | "suspend"
  | "yank"
  | "up"
  | "down"
>;

/** What each of them does to a line. */
export const EDITS: Readonly<Record<EditKey, (line: LineBuffer) => void>> = {
  "escape": () => {},
  "cancel": () => {},
  "backspace": (line) => line.deleteLeft(),
  "delete": (line) => line.deleteRight(),
  "left": (line) => line.moveLeft(),
  "right": (line) => line.moveRight(),
  "home": (line) => line.moveHome(),
  "end": (line) => line.moveEnd(),
  "word-left": (line) => line.moveWordLeft(),
  "word-right": (line) => line.moveWordRight(),
  "delete-word-left": (line) => line.killWordLeft(),
  "delete-word-right": (line) => line.killWordRight(),
  "kill-word": (line) => line.killWord(),
  "kill-left": (line) => line.killLeft(),
  "kill-right": (line) => line.killRight(),
};
