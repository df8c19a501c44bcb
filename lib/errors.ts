/**
 * The error that a person reads.
 *
 * @module
 */

/**
 * A mistake or a mishap that is told in one sentence and never with a stack trace:
 * `Cannot <do what> "<thing>": <why>`, then what to do about it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const error = new UserError('Cannot join room "lab": there is no such room. See "getdir".');
 * assertEquals(error.message.startsWith("Cannot"), true);
 * ```
 */
export class UserError extends Error {
  /** The class's name, as errors have it. */
  override readonly name: string = "UserError";
}

/** Words on the command line that the program does not understand: exit code 2. */
export class UsageError extends UserError {
  /** The class's name, as errors have it. */
  override readonly name = "UsageError";
}

/**
 * Says why something failed, in a few words without a stack trace.
 *
 * @param error Anything that was thrown.
 * @returns The reason, fit to stand after `Cannot ...: `.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(reasonOf(new Deno.errors.ConnectionRefused("os error 111")), "nobody listens there");
 * assertEquals(reasonOf(new Error("it broke")), "it broke");
 * ```
 */
export function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.ConnectionRefused) return "nobody listens there";
  if (error instanceof Deno.errors.ConnectionReset) return "the other side reset the connection";
  if (error instanceof Deno.errors.ConnectionAborted) return "the connection was aborted";
  if (error instanceof Deno.errors.BrokenPipe) return "the other side closed the connection";
  if (error instanceof Deno.errors.TimedOut) return "there was no answer in time";
  if (error instanceof Deno.errors.AddrInUse) return "the address is in use";
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return "this machine does not have that address";
  }
  if (error instanceof Deno.errors.NotCapable) return "the program was not given the permission";
  if (error instanceof Deno.errors.PermissionDenied) return "the system does not permit it";
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return "there was no answer in time";
  }
  if (!(error instanceof Error)) return String(error);
  const text = error.message.replace(/ ?\(os error \d+\)/, "");
  if (/failed to lookup address|no such host|name or service/i.test(text)) {
    return "there is no host of that name";
  }
  if (/network is unreachable|no route to host/i.test(text)) {
    return "there is no way to that network";
  }
  return text === "" ? error.name : text;
}
