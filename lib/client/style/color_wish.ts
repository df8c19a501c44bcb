/**
 * Whether a terminal is written to in colour. Pure.
 *
 * @module
 */

/** What people can wish. */
export const COLOR_WISHES = ["auto", "always", "never"] as const;

/** One of {@linkcode COLOR_WISHES}. */
export type ColorWish = typeof COLOR_WISHES[number];

/** What a wish meets. */
export interface ColorCircumstances {
  /** `$NO_COLOR`: anything but the empty string asks for none (https://no-color.org). */
  readonly noColor: string | undefined;
  /** Whether the terminal understands escape codes (`TERM` is not `dumb`). */
  readonly capable: boolean;
}

/**
 * Decides about colour on a terminal. A wish on the command line or in the settings outweighs
 * `NO_COLOR`, as that convention says; nothing outweighs a terminal that would print the codes.
 *
 * @param wish The wish.
 * @param circumstances What it meets.
 * @returns Whether there is colour.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(isColored("auto", { noColor: undefined, capable: true }), true);
 * assertEquals(isColored("auto", { noColor: "1", capable: true }), false);
 * ```
 */
export function isColored(wish: ColorWish, { noColor, capable }: ColorCircumstances): boolean {
  if (!capable || wish === "never") return false;
  return wish === "always" || (noColor ?? "") === "";
}
