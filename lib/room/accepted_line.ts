/**
 * A line of somebody else that was taken, and is to be shown.
 *
 * @module
 */

import type { LooseLine } from "./loose_lines.ts";

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
  /** Without a number: what is to learn where it was shown, to be moved when it gets one. */
  readonly loose?: Pick<LooseLine, "entry">;
}
