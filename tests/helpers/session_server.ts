/**
 * The real directory server in this process, at 127.0.0.1, with a directory in memory.
 *
 * @module
 */

import { Directory } from "../../lib/directory/directory.ts";
import { MemoryStore } from "../../lib/directory/memory_store.ts";
import type { Endpoint } from "../../lib/net/endpoint.ts";
import { DirectoryServer } from "../../lib/server/directory_server.ts";
import { RecordingLog } from "./fakes.ts";

/** A closed listener is freed a few turns of the event loop later; nobody waits longer than 5 s. */
const MAX_TRIES = 250;

/** A server that can be stopped and started again on its port, with the same rooms. */
export class SessionServer implements AsyncDisposable {
  /** The rooms; changes made here are told to those who watch. */
  readonly directory: Directory;
  /** What the server reported. */
  readonly log: RecordingLog = new RecordingLog();
  #server: DirectoryServer;

  private constructor(directory: Directory) {
    this.directory = directory;
    this.#server = this.#listen(0);
  }

  /**
   * Starts a server on a free port.
   *
   * @returns The server; dispose it.
   */
  static async start(): Promise<SessionServer> {
    return new SessionServer(await Directory.open(new MemoryStore({ revision: 1_000 })));
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

  /** Listens again where it listened, as soon as the system has freed the port. */
  async startAgain(): Promise<void> {
    const { port } = this.#server;
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
    const { directory, log } = this;
    return new DirectoryServer({ host: "127.0.0.1", port, directory, log });
  }
}
