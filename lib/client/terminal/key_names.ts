/**
 * What the keys are called, and which bytes mean which key. Pure data.
 *
 * @module
 */

/** The keys that do something, by what they do; several sequences may mean one key. */
export type KeyName =
  | "enter"
  | "tab"
  | "shift-tab"
  | "escape"
  | "backspace"
  | "delete"
  | "left"
  | "right"
  | "up"
  | "down"
  | "home"
  | "end"
  | "word-left"
  | "word-right"
  | "delete-word-left"
  | "delete-word-right"
  | "kill-word"
  | "kill-left"
  | "kill-right"
  | "yank"
  | "clear-screen"
  | "search"
  | "cancel"
  | "suspend"
  | "ctrl-c"
  | "ctrl-d"
  | "ctrl-]";

/** Control characters. */
export const CONTROL_KEYS: Readonly<Record<string, KeyName>> = {
  "\x01": "home",
  "\x02": "left",
  "\x03": "ctrl-c",
  "\x04": "ctrl-d",
  "\x05": "end",
  "\x06": "right",
  "\x07": "cancel",
  "\x08": "backspace",
  "\t": "tab",
  "\n": "enter",
  "\x0b": "kill-right",
  "\x0c": "clear-screen",
  "\r": "enter",
  "\x0e": "down",
  "\x10": "up",
  "\x12": "search",
  "\x15": "kill-left",
  "\x17": "kill-word",
  "\x19": "yank",
  "\x1a": "suspend",
  "\x1d": "ctrl-]",
  "\x7f": "backspace",
};

/** After ESC: what Alt (or Meta) does with a key. */
export const ALT_KEYS: Readonly<Record<string, KeyName>> = {
  b: "word-left",
  f: "word-right",
  d: "delete-word-right",
  "\x7f": "delete-word-left",
  "\x08": "delete-word-left",
};

/** The last letter of `CSI ... letter` and `SS3 letter` (xterm, rxvt, Linux console). */
export const LETTER_KEYS: Readonly<Record<string, KeyName>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  H: "home",
  F: "end",
  Z: "shift-tab",
};

/** The number of `CSI number ~` (VT220, rxvt). */
export const NUMBER_KEYS: Readonly<Record<string, KeyName>> = {
  "1": "home",
  "3": "delete",
  "4": "end",
  "7": "home",
  "8": "end",
};

/** What Ctrl or Alt makes of a key. */
export const MODIFIED_KEYS: { readonly [name in KeyName]?: KeyName } = {
  left: "word-left",
  right: "word-right",
  delete: "delete-word-right",
};
