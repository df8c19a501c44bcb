/**
 * A line of somebody else that was taken, and is to be shown.
 *
 * @module
 */

import type { ShownLine } from "./shown_lines.ts";

/** A line to show. */
export interface Accepted {
  /** Its datagram. */
  readonly bytes: Uint8Array;
  /** Its number; 0 if none is known yet. */
  readonly seq: number;
  /** When it was said, in milliseconds. */
  readonly saidAt: number;
  /** True if a repair brought it. */
  readonly recovered: boolean;
  /** Called with its place in the order of lines, to learn its number later. */
  readonly placed?: (entry: ShownLine) => void;
}
