/**
 * Somebody on the way between two programs at 127.0.0.1, who passes all on and keeps a copy.
 *
 * @module
 */

/** A tap: connect to its port instead of the real one. */
export class WireTap implements AsyncDisposable {
  readonly #listener: Deno.TcpListener;
  readonly #target: number;
  readonly #parts: Uint8Array[] = [];
  readonly #passing = new Set<Promise<void>>();
  readonly #sockets = new Set<Deno.TcpConn>();
  readonly #accepting: Promise<void>;

  /**
   * Starts to listen.
   *
   * @param target The port that it leads to.
   */
  constructor(target: number) {
    this.#target = target;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#accepting = this.#accept();
  }

  /** The port to connect to. */
  get port(): number {
    return this.#listener.addr.port;
  }

  /** How many bytes passed, both ways. */
  get size(): number {
    return this.#parts.reduce((sum, { length }) => sum + length, 0);
  }

  /**
   * Says whether a text passed in the clear: as it is, in base64, or in hex.
   *
   * @param text The text.
   * @returns True if it did.
   */
  saw(text: string): boolean {
    const bytes = new TextEncoder().encode(text);
    const raw = latin1(this.#parts);
    const plain = latin1([bytes]);
    // Where it begins within three bytes, base64 looks different: the middle is the same.
    const coded = [0, 1, 2].map((shift) => btoa("\0".repeat(shift) + plain).slice(4, -4));
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return [plain, ...coded, hex].some((form) => form !== "" && raw.includes(form));
  }

  /** Ends it, and all that passes through it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#accepting;
    for (const socket of this.#sockets) close(socket);
    await Promise.all(this.#passing);
  }

  async #accept(): Promise<void> {
    for (;;) {
      const near = await this.#listener.accept().catch(() => undefined);
      if (near === undefined) return;
      const far = await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
      for (const [from, to] of [[near, far], [far, near]] as const) {
        this.#sockets.add(from);
        const passing = this.#pass(from, to).finally(() => this.#passing.delete(passing));
        this.#passing.add(passing);
      }
    }
  }

  async #pass(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
    const buffer = new Uint8Array(64 * 1024);
    try {
      for (let count = await from.read(buffer); count !== null; count = await from.read(buffer)) {
        const part = buffer.slice(0, count);
        this.#parts.push(part);
        for (let sent = 0; sent < count;) sent += await to.write(part.subarray(sent));
      }
    } catch {
      // One side broke off: so does the other.
    }
    for (const socket of [from, to]) close(socket);
  }
}

/** Each byte as the character of that number. */
function latin1(parts: readonly Uint8Array[]): string {
  return parts.map((part) => Array.from(part, (byte) => String.fromCharCode(byte)).join("")).join(
    "",
  );
}

function close(socket: Deno.TcpConn): void {
  try {
    socket.close();
  } catch {
    // It is closed already.
  }
}
