/**
 * Waiting, but not for ever.
 *
 * @module
 */

/**
 * Waits for a promise.
 *
 * @param promise The promise.
 * @param timeout How long, in milliseconds.
 * @param signal Gives up.
 * @returns What it resolves with; undefined if that takes longer.
 */
export async function within<T>(
  promise: Promise<T>,
  timeout: number,
  signal?: AbortSignal,
): Promise<T | undefined> {
  const patience = Promise.withResolvers<undefined>();
  const end = (): void => patience.resolve(undefined);
  const timer = setTimeout(end, timeout);
  signal?.addEventListener("abort", end);
  try {
    return await Promise.race([promise, patience.promise]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", end);
  }
}
