/**
 * Somebody in between: hands on what is said, and keeps a copy.
 *
 * @module
 */

/**
 * A tap on a port of 127.0.0.1: whoever speaks to the same port of another address of this machine is
 * heard. So a client that is told a port by the server goes through a tap there, too.
 */
export class Tap implements AsyncDisposable {
  readonly #listener: Deno.TcpListener;
  readonly #sockets = new Set<Deno.TcpConn>();
  readonly #working: Promise<void>[] = [];
  readonly #heard: Uint8Array[] = [];
  /** How many connections came. */
  connections = 0;

  /**
   * Starts to listen.
   *
   * @param hostname The other address.
   * @param port The port, here and there.
   */
  constructor(hostname: string, port: number) {
    this.#listener = Deno.listen({ hostname, port });
    this.#working.push(this.#accept(port));
  }

  /** All that was said, in both directions; bytes that are no text are still there, one by one. */
  get heard(): string {
    return this.#heard.map((part) => new TextDecoder("latin1").decode(part)).join("");
  }

  /** Cuts all connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const socket of this.#sockets) close(socket);
    await Promise.all(this.#working);
  }

  async #accept(port: number): Promise<void> {
    for (;;) {
      const client = await this.#listener.accept().catch(() => undefined);
      if (client === undefined) return;
      this.connections++;
      this.#working.push(this.#join(client, port));
    }
  }

  async #join(client: Deno.TcpConn, port: number): Promise<void> {
    this.#sockets.add(client);
    try {
      const server = await Deno.connect({ hostname: "127.0.0.1", port });
      this.#sockets.add(server);
      await Promise.all([this.#pump(client, server), this.#pump(server, client)]);
    } catch {
      close(client);
    }
  }

  async #pump(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
    const buffer = new Uint8Array(16 * 1024);
    try {
      for (let count; (count = await from.read(buffer)) !== null;) {
        const part = buffer.slice(0, count);
        this.#heard.push(part);
        for (let sent = 0; sent < count;) sent += await to.write(part.subarray(sent));
      }
      await to.closeWrite();
    } catch {
      close(from);
      close(to);
    }
  }
}

function close(socket: Deno.TcpConn): void {
  try {
    socket.close();
  } catch {
    // It was closed before.
  }
}
