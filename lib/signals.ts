/**
 * Waiting for the operator to say stop.
 *
 * @module
 */

/** Exit codes of a program that a signal ended: 128 and the signal's number. */
export const SIGNAL_CODES:
  & Readonly<Partial<Record<Deno.Signal, number>>>
  & { readonly SIGINT: number } = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** What Windows knows; to listen for another one there is an error. */
const ON_WINDOWS: readonly Deno.Signal[] = ["SIGINT", "SIGBREAK", "SIGHUP"];

/**
 * Waits for one of some signals. A second one after it ends the process as it would have at once,
 * because the listeners are gone by then.
 *
 * @param names The signals to wait for; those that the system does not know are left out.
 * @param os The operating system, as `Deno.build.os` has it.
 * @returns The signal that came.
 */
export function untilSignal(
  names: readonly Deno.Signal[],
  os: typeof Deno.build.os = Deno.build.os,
): Promise<Deno.Signal> {
  const { promise, resolve } = Promise.withResolvers<Deno.Signal>();
  const known = os === "windows" ? names.filter((name) => ON_WINDOWS.includes(name)) : names;
  const handlers = known.map((name) => ({
    name,
    handler(): void {
      for (const entry of handlers) Deno.removeSignalListener(entry.name, entry.handler);
      resolve(name);
    },
  }));
  for (const { name, handler } of handlers) Deno.addSignalListener(name, handler);
  return promise;
}
