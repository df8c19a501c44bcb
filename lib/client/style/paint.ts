/**
 * Colour for a terminal, or none. Pure.
 *
 * `@std/fmt/colors` has one switch for the whole process and reads `NO_COLOR` by itself; here a
 * setting may change while the program runs, so whoever paints is handed what paints.
 * Control functions: ECMA-48 (SGR), 256 colours as in xterm.
 *
 * @module
 */

/** What makes text stand out. Text must not be painted twice: the end of one would end the other. */
export interface Paint {
  /** What matters less. */
  dim(text: string): string;
  /** What matters more. */
  bold(text: string): string;
  /** What must catch the eye: readable on every background, since it swaps both colours. */
  strong(text: string): string;
  /** A colour of the palette of 256, see `NAME_COLORS`. */
  color(text: string, index: number): string;
}

/** Leaves text as it is. */
export const PLAIN: Paint = {
  dim: (text) => text,
  bold: (text) => text,
  strong: (text) => text,
  color: (text) => text,
};

/** Paints. */
export const COLORED: Paint = {
  dim: (text) => `\x1b[2m${text}\x1b[22m`,
  bold: (text) => `\x1b[1m${text}\x1b[22m`,
  strong: (text) => `\x1b[1;7m${text}\x1b[22;27m`,
  color: (text, index) => `\x1b[38;5;${index}m${text}\x1b[39m`,
};
