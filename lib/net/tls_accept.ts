/**
 * TLS over a connection that somebody else has opened, such that it can be closed at any time.
 *
 * Not `Deno.listenTls`: a connection of it that is closed before its handshake is complete stays open until
 * the other side closes it (Deno 2.9.6: it goes on to wait for the handshake). So whoever sends half a
 * handshake holds a file descriptor for ever, and a few thousand of them hold all.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import type { TlsIdentity } from "./certificate.ts";
import type { SecureTransport } from "./tls.ts";

/** Bytes read at once: as many as a TLS record has. */
const READ_BYTES = 16 * 1024;

/**
 * Prepares a certificate and its key, once for all connections.
 *
 * @param identity Both, in PEM.
 * @returns What {@linkcode acceptTls} needs. That they are whole and belong together is not checked.
 */
export function secureContextOf({ certificate, key }: TlsIdentity): SecureContext {
  return createSecureContext({ cert: certificate, key });
}

/**
 * Begins TLS as a server. The handshake is made while the connection is read; what is no TLS makes
 * reading fail.
 *
 * @param socket The connection; it belongs to the returned one.
 * @param context What proves who one is.
 * @returns The secure connection. Its `close()` closes the other one at once, whatever is under way.
 */
export function acceptTls(socket: Deno.TcpConn, context: SecureContext): SecureTransport {
  return new AcceptedTls(socket, context);
}

class AcceptedTls implements SecureTransport {
  readonly #stream: Duplex;
  readonly #secure: TLSSocket;
  /** What was read and not yet handed out. */
  #left = new Uint8Array();
  #state: "open" | "ended" | "closed" = "open";
  #failure: unknown;
  #wake = Promise.withResolvers<void>();

  constructor(socket: Deno.TcpConn, secureContext: SecureContext) {
    this.#stream = streamOf(socket);
    // Any stream will do; the types know only one kind.
    const inner = this.#stream as unknown as Socket;
    this.#secure = new TLSSocket(inner, { isServer: true, secureContext });
    this.#stream.on("error", (error) => this.#fail(error));
    this.#secure.on("error", (error) => this.#fail(error));
    this.#secure.on("readable", () => this.#ring());
    this.#secure.on("end", () => this.#end());
    this.#secure.on("close", () => this.#end());
    this.#stream.on("close", () => this.#end());
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    for (;;) {
      if (this.#left.length > 0) return this.#take(buffer);
      const chunk: Uint8Array | null = this.#secure.read();
      if (chunk !== null) this.#left = new Uint8Array(chunk);
      else if (this.#failure !== undefined) throw this.#failure;
      else if (this.#state !== "open") return null;
      else await this.#wake.promise;
    }
  }

  async write(bytes: Uint8Array): Promise<number> {
    if (this.#state === "closed") throw new Deno.errors.BrokenPipe("the connection is closed");
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    // The bytes are the caller's again when this resolves; the stream may still have them then.
    this.#secure.write(Buffer.from(bytes), (error) => error ? reject(error) : resolve());
    await promise;
    return bytes.length;
  }

  async closeWrite(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#secure.end(() => resolve());
    await promise;
  }

  close(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#secure.destroy();
    this.#stream.destroy();
    this.#ring();
  }

  #take(buffer: Uint8Array): number {
    const count = Math.min(buffer.length, this.#left.length);
    buffer.set(this.#left.subarray(0, count));
    this.#left = this.#left.subarray(count);
    return count;
  }

  #fail(error: unknown): void {
    if (this.#state === "open") this.#failure ??= error;
    this.#end();
  }

  #end(): void {
    if (this.#state === "open") this.#state = "ended";
    this.#ring();
  }

  #ring(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }
}

/** The connection as a stream that reads when it is asked to. */
function streamOf(socket: Deno.TcpConn): Duplex {
  const buffer = new Uint8Array(READ_BYTES);
  return new Duplex({
    read(): void {
      socket.read(buffer).then(
        (count) => this.push(count === null ? null : Buffer.from(buffer.slice(0, count))),
        (error) => this.destroy(error),
      );
    },
    write(chunk: Uint8Array, _encoding, done): void {
      writeAll(socket, chunk).then(() => done(), done);
    },
    final(done): void {
      socket.closeWrite().then(() => done(), () => done());
    },
    destroy(_error, done): void {
      try {
        socket.close();
      } catch {
        // It is closed already.
      }
      done(null);
    },
  });
}

async function writeAll(socket: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await socket.write(bytes.subarray(sent));
}
