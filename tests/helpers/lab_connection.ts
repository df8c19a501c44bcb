/**
 * A raw TCP connection to a lab server: bytes out, bytes in, always at 127.0.0.1.
 *
 * @module
 */

import { bytes, GETDIR } from "./bytes.ts";

/** A raw connection; closed when disposed. */
export class RawConnection implements Disposable {
  readonly #conn: Deno.TcpConn;
  #rest = new Uint8Array(0);
  #closed = false;

  private constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  /**
   * Connects.
   *
   * @param port The server's port.
   * @returns The connection; dispose it.
   */
  static async open(port: number): Promise<RawConnection> {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    conn.setNoDelay();
    return new RawConnection(conn);
  }

  /** Our end, as `address:port`: what the server calls the peer. */
  get peer(): string {
    const { hostname, port } = this.#conn.localAddr;
    return `${hostname}:${port}`;
  }

  /**
   * Sends all of some bytes.
   *
   * @param data The bytes.
   */
  async send(data: Uint8Array): Promise<void> {
    for (let sent = 0; sent < data.length;) sent += await this.#conn.write(data.subarray(sent));
  }

  /** Ends our side only. */
  async end(): Promise<void> {
    await this.#conn.closeWrite();
  }

  /**
   * Reads exactly so many bytes.
   *
   * @param count How many.
   * @returns The bytes; fewer only if the server closed.
   */
  async read(count: number): Promise<Uint8Array<ArrayBuffer>> {
    const parts: Uint8Array[] = [this.#rest];
    let size = this.#rest.length;
    const buffer = new Uint8Array(64 * 1024);
    while (size < count) {
      const got = await this.#conn.read(buffer);
      if (got === null) break;
      parts.push(buffer.slice(0, got));
      size += got;
    }
    const all = bytes(...parts);
    this.#rest = all.slice(count);
    return all.slice(0, count);
  }

  /**
   * Reads what is there, or waits for it.
   *
   * @returns Some bytes; undefined if the server closed.
   */
  async readSome(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const rest = this.#rest;
    this.#rest = new Uint8Array(0);
    if (rest.length > 0) return rest;
    const buffer = new Uint8Array(64 * 1024);
    const got = await this.#conn.read(buffer);
    return got === null ? undefined : buffer.subarray(0, got);
  }

  /**
   * Reads until the server closes.
   *
   * @returns The bytes.
   */
  async readToEnd(): Promise<Uint8Array<ArrayBuffer>> {
    return await this.read(Infinity);
  }

  /**
   * Waits until the server has closed, with or without a reset, and throws away what comes.
   *
   * @returns Resolves then.
   */
  async untilClosed(): Promise<void> {
    try {
      await this.readToEnd();
    } catch (error) {
      if (!isDisconnect(error)) throw error;
    }
  }

  /**
   * Asks for the directory.
   *
   * @returns The listing's text.
   */
  async getdir(): Promise<string> {
    await this.send(GETDIR);
    const header = await this.read(8);
    if (header.length < 8) throw new Error("the server closed instead of answering");
    const size = Number(new DataView(header.buffer).getBigUint64(0));
    const body = await this.read(size);
    if (body.length < size) throw new Error("the server closed in the middle of its answer");
    return new TextDecoder().decode(body);
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#conn.close();
  }
}

/**
 * Says whether an error means that the other side is gone.
 *
 * @param error What was thrown.
 * @returns True for a reset or a broken pipe.
 */
export function isDisconnect(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe;
}

/**
 * Asks for the directory over a connection of its own.
 *
 * @param port The server's port.
 * @returns The listing's text.
 */
export async function getdirOnce(port: number): Promise<string> {
  using conn = await RawConnection.open(port);
  return await conn.getdir();
}
