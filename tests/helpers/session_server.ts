/**
 * The real directory server in this process, at 127.0.0.1, with a directory in memory.
 *
 * @module
 */

import { Directory } from "../../lib/directory/directory.ts";
import { MemoryStore } from "../../lib/directory/memory_store.ts";
import type { Endpoint } from "../../lib/net/endpoint.ts";
import { DirectoryServer } from "../../lib/server/directory_server.ts";
import type { Limits } from "../../lib/server/limits.ts";
import type { ServerTls } from "../../lib/server/server_tls.ts";
import { RecordingLog } from "./fakes.ts";

/** A closed listener is freed a few turns of the event loop later; nobody waits longer than 5 s. */
const MAX_TRIES = 250;

/** A server that can be stopped and started again on its port, with the same rooms. */
export class SessionServer implements AsyncDisposable {
  /** The rooms; changes made here are told to those who watch. */
  readonly directory: Directory;
  /** What the server reported. */
  readonly log: RecordingLog = new RecordingLog();
  /** What it shows in TLS from its next start on; undefined for no TLS. */
  tls: ServerTls | undefined;
  readonly #limits: Partial<Limits>;
  #server: DirectoryServer;
  #tlsPort: number | undefined;

  private constructor(
    directory: Directory,
    { tls, limits = {} }: { tls?: ServerTls | undefined; limits?: Partial<Limits> },
  ) {
    this.directory = directory;
    this.tls = tls;
    this.#limits = limits;
    this.#server = this.#listen(0);
  }

  /**
   * Starts a server on a free port.
   *
   * @param options What it shows in TLS, if it has it; and limits that differ from the defaults.
   * @returns The server; dispose it.
   */
  static async start(
    options: { tls?: ServerTls | undefined; limits?: Partial<Limits> } = {},
  ): Promise<SessionServer> {
    return new SessionServer(await Directory.open(new MemoryStore({ revision: 1_000 })), options);
  }

  /** The TCP port for TLS; 0 if there is none. */
  get tlsPort(): number {
    return this.#server.tlsPort ?? 0;
  }

  /** Where it is. */
  get endpoint(): Endpoint {
    return { host: "127.0.0.1", port: this.#server.port };
  }

  /** Where it is, as text. */
  get where(): string {
    return `127.0.0.1:${this.#server.port}`;
  }

  /** Ends every connection and stops listening. */
  async stop(): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }

  /**
   * Listens again where it listened, as soon as the system has freed the port.
   *
   * @param tlsPort The port for TLS, if it is to be another one; 0 for any.
   */
  async startAgain(tlsPort?: number): Promise<void> {
    const { port } = this.#server;
    if (tlsPort !== undefined) this.#tlsPort = tlsPort;
    for (let left = MAX_TRIES;; left--) {
      try {
        this.#server = this.#listen(port);
        return;
      } catch (error) {
        if (left === 0) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  /** Stops it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    this.directory[Symbol.dispose]();
  }

  #listen(port: number): DirectoryServer {
    const { directory, log, tls } = this;
    const secure = tls && { ...tls, port: this.#tlsPort ?? 0 };
    const server = new DirectoryServer({
      host: "127.0.0.1",
      port,
      directory,
      log,
      tls: secure,
      limits: this.#limits,
    });
    this.#tlsPort = server.tlsPort ?? this.#tlsPort;
    return server;
  }
}
