/**
 * Timers of one length that fire at once, so that no test waits for a time-out.
 *
 * @module
 */

/**
 * Makes `setTimeout` calls of one length, or of some lengths, due at once.
 *
 * @param length The milliseconds that are not waited for, or which those are.
 * @param when `soon`: at the next turn of the event loop; `now`: before the call returns.
 * @returns Puts `setTimeout` back when disposed.
 */
export function hurryTimers(
  length: number | ((ms: number) => boolean),
  when: "soon" | "now" = "soon",
): Disposable {
  const original = globalThis.setTimeout;
  const due = typeof length === "number" ? (ms: number) => ms === length : length;
  const hurried = (callback: () => void, ms?: number): unknown => {
    if (!due(ms ?? 0)) return original(callback, ms);
    if (when === "soon") return original(callback, 0);
    callback();
    return original(() => {}, 0);
  };
  globalThis.setTimeout = hurried as unknown as typeof setTimeout;
  return {
    [Symbol.dispose](): void {
      globalThis.setTimeout = original;
    },
  };
}
