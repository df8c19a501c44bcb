/**
 * What was read from JSON and may be anything.
 *
 * @module
 */

/**
 * Says whether a value is an object with fields, and no list.
 *
 * @param value Any value.
 * @returns True if it is one.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([{}, [], null, "a"].map(isRecord), [true, false, false, false]);
 * ```
 */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
