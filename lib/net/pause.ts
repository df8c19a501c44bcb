/**
 * Waiting that can be cut short.
 *
 * @module
 */

/**
 * Waits.
 *
 * @param ms How long, in milliseconds; Infinity for until the signal.
 * @param signal Ends the wait at once.
 * @returns True if the whole time passed, false if the signal came first.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await pause(1, new AbortController().signal), true);
 * assertEquals(await pause(Infinity, AbortSignal.abort()), false);
 * ```
 */
export function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    const end = (whole: boolean) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      resolve(whole);
    };
    const onAbort = () => end(false);
    const timer = ms === Infinity ? undefined : setTimeout(() => end(true), ms);
    signal.addEventListener("abort", onAbort);
  });
}
