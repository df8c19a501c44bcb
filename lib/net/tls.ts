/**
 * TLS over a connection that is open, towards a server of which one certificate is known.
 *
 * @module
 */

import { reasonOf } from "../errors.ts";
import type { TrustAnchor } from "./trust_anchor.ts";

/** How long a handshake may take, in milliseconds: two ways there and back, and some work. */
export const HANDSHAKE_TIMEOUT = 5_000;

/** What went wrong with a handshake. */
export type HandshakeFault =
  /** Another certificate than the one that is trusted, or one that is not good now. */
  | "untrusted"
  /** It is no TLS, or the connection broke. */
  | "broken"
  /** There was no answer in time. */
  | "silent";

/** A handshake that did not succeed. */
export class HandshakeError extends Error {
  /** The class's name, as errors have it. */
  override readonly name = "HandshakeError";
  /** What went wrong. */
  readonly fault: HandshakeFault;

  /**
   * Makes the error.
   *
   * @param fault What went wrong.
   * @param why The same in a few words.
   * @param cause What the system said.
   */
  constructor(fault: HandshakeFault, why: string, cause?: unknown) {
    super(why, { cause });
    this.fault = fault;
  }
}

/** A connection without its addresses, as those read and write who do not care what is below it. */
export interface SecureTransport {
  /** Reads some bytes; null at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Writes some bytes; returns how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Ends our side only, once all was written. */
  closeWrite(): Promise<void>;
  /** Ends both sides at once; what is being read or written then fails. */
  close(): void;
}

/** How a handshake is waited for. */
export interface HandshakeOptions {
  /**
   * How long, in milliseconds.
   *
   * @default {HANDSHAKE_TIMEOUT}
   */
  readonly timeout?: number;
  /** Gives up. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Begins TLS as a client. Deno trusts the public authorities besides; for a name that they give no
 * certificates for, only the anchor counts.
 *
 * @param socket The connection; it is used up, also if this fails.
 * @param anchor What is trusted.
 * @param options How to wait.
 * @returns The secure connection.
 * @throws {HandshakeError} If the server is another one, or does not speak TLS.
 */
export async function beginTls(
  socket: Deno.TcpConn,
  { name, certificate }: TrustAnchor,
  { timeout = HANDSHAKE_TIMEOUT, signal }: HandshakeOptions = {},
): Promise<Deno.TlsConn> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), timeout);
  const either = AbortSignal.any([late.signal, ...(signal === undefined ? [] : [signal])]);
  let secure: Deno.TlsConn | undefined;
  const giveUp = (): void => closeQuietly(secure ?? socket);
  either.addEventListener("abort", giveUp);
  try {
    either.throwIfAborted();
    secure = await Deno.startTls(socket, { hostname: name, caCerts: [certificate] });
    either.throwIfAborted();
    await secure.handshake();
    either.throwIfAborted();
    return secure;
  } catch (error) {
    giveUp();
    signal?.throwIfAborted();
    if (late.signal.aborted) {
      throw new HandshakeError("silent", "there was no answer in time", error);
    }
    throw asHandshakeError(error);
  } finally {
    clearTimeout(timer);
    either.removeEventListener("abort", giveUp);
  }
}

/** What the system calls a certificate that does not do. */
const UNTRUSTED = /invalid peer certificate: *(.*)/i;

function asHandshakeError(error: unknown): HandshakeError {
  const text = error instanceof Error ? error.message : String(error);
  const [, flaw] = UNTRUSTED.exec(text) ?? [];
  if (flaw === undefined) return new HandshakeError("broken", reasonOf(error), error);
  const why = /expired/i.test(flaw)
    ? "its certificate has expired"
    : /not ?valid ?yet/i.test(flaw)
    ? "its certificate is not good yet; look at the clocks of both machines"
    : "it shows another certificate";
  return new HandshakeError("untrusted", why, error);
}

/**
 * Makes a TLS connection end as one without TLS does: one that breaks off without a goodbye, as when a
 * program is killed, is at its end, and it may be closed twice.
 *
 * @param socket The connection.
 * @returns The same connection, with that difference.
 */
export function asTransport(socket: Deno.TlsConn): SecureTransport {
  return {
    async read(buffer: Uint8Array): Promise<number | null> {
      try {
        return await socket.read(buffer);
      } catch (error) {
        if (error instanceof Deno.errors.UnexpectedEof) return null;
        throw error;
      }
    },
    write: (bytes) => socket.write(bytes),
    closeWrite: () => socket.closeWrite(),
    close: () => closeQuietly(socket),
  };
}

function closeQuietly(socket: Deno.Conn): void {
  try {
    socket.close();
  } catch {
    // It is closed, or was used up by what failed.
  }
}
