/**
 * TLS over a TCP connection that is open, on either side.
 *
 * By `node:tls` and not by `Deno.startTls` and `Deno.listenTls`: those trust all public authorities
 * besides the certificate that is given; they keep the connection of a handshake that was given up
 * until the other side closes it; and the server's side waits with small writes (Nagle), 40 ms each.
 *
 * @module
 */

import { X509Certificate } from "node:crypto";
import tls from "node:tls";
import { reasonOf } from "../errors.ts";
import type { TlsIdentity } from "./certificate.ts";
import { HandshakeError } from "./handshake_error.ts";
import { SecureSocket } from "./secure_socket.ts";
import { ReadGate, streamOf } from "./tcp_stream.ts";
import type { TrustAnchor } from "./trust_anchor.ts";

/** How long a handshake may take, in milliseconds: two ways there and back, and some work. */
export const HANDSHAKE_TIMEOUT = 5_000;

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
 * Begins TLS as a client.
 *
 * @param connection The connection; closed if this fails.
 * @param anchor What is trusted, and nothing else.
 * @param options How to wait.
 * @returns The secure connection.
 * @throws {HandshakeError} If the server is another one, or does not speak TLS.
 */
export async function beginTls(
  connection: Deno.TcpConn,
  { name, certificate }: TrustAnchor,
  options: HandshakeOptions = {},
): Promise<SecureSocket> {
  try {
    new X509Certificate(certificate);
  } catch (error) {
    connection.close();
    // Handed on, it would be left out of what is trusted, with a line on standard error.
    throw new HandshakeError("untrusted", "its certificate cannot be understood", error);
  }
  // The names of hosts are sent to the server; addresses are not (RFC 6066, section 3).
  const host = /^[\d.]+$|:/.test(name) ? { host: name } : { host: name, servername: name };
  const gate = new ReadGate();
  const settings = { socket: streamOf(connection, gate), ca: [certificate], allowHalfOpen: true };
  const socket = tls.connect({ ...host, ...settings });
  await handshake(socket, options);
  return new SecureSocket(socket, connection, gate, true);
}

/**
 * Prepares a certificate and its key, once for all connections.
 *
 * @param identity Both, in PEM. That they are whole and belong together is not checked.
 * @returns What {@linkcode acceptTls} needs.
 */
export function secureContextOf({ certificate, key }: TlsIdentity): tls.SecureContext {
  return tls.createSecureContext({ cert: certificate, key });
}

/**
 * Begins TLS as a server. The handshake is made while the connection is read; what is no TLS makes
 * reading fail.
 *
 * @param connection The connection; it belongs to the returned one.
 * @param secureContext What proves who one is.
 * @returns The secure connection.
 */
export function acceptTls(
  connection: Deno.TcpConn,
  secureContext: tls.SecureContext,
): SecureSocket {
  const settings = { isServer: true, secureContext, allowHalfOpen: true };
  const gate = new ReadGate();
  const socket = new tls.TLSSocket(streamOf(connection, gate), settings);
  return new SecureSocket(socket, connection, gate, false);
}

async function handshake(
  socket: tls.TLSSocket,
  { timeout = HANDSHAKE_TIMEOUT, signal }: HandshakeOptions,
): Promise<void> {
  const outcome = Promise.withResolvers<void>();
  const fail = (error: Error): void => outcome.reject(asHandshakeError(error));
  const close = (): void => fail(new Error("the other side closed the connection"));
  const abort = (): void => outcome.reject(signal?.reason);
  const late = (): void =>
    outcome.reject(new HandshakeError("silent", "there was no answer in time"));
  const timer = setTimeout(late, timeout);
  // Nothing is to be read before the handshake is done; but that there is nothing more has to be noticed.
  const look = (): void => {
    if (socket.readableLength === 0) socket.read(0);
  };
  socket.on("readable", look);
  socket.on("end", close);
  socket.on("secureConnect", outcome.resolve);
  // Stays: an error that nobody hears would end the program.
  socket.on("error", fail);
  socket.on("close", close);
  signal?.addEventListener("abort", abort);
  if (signal?.aborted) abort();
  try {
    await outcome.promise;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    socket.off("secureConnect", outcome.resolve);
    socket.off("readable", look);
    socket.off("end", close);
    socket.off("close", close);
    signal?.removeEventListener("abort", abort);
  }
}

/** What OpenSSL calls a certificate that does not do, and Node.js one for another name. */
const UNTRUSTED = /^(CERT_|UNABLE_|SELF_SIGNED|DEPTH_ZERO|INVALID_|PATH_|ERR_TLS_CERT)/;

function asHandshakeError(error: Error & { readonly code?: unknown }): HandshakeError {
  if (!UNTRUSTED.test(String(error.code ?? ""))) {
    return new HandshakeError("broken", reasonOf(error), error);
  }
  // Which of both, the system does not tell.
  return new HandshakeError("untrusted", "it shows another certificate, or an expired one", error);
}
