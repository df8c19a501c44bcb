/**
 * How the client gets to servers: in TLS where that is wanted, and with what is loaded for it.
 *
 * @module
 */

import type { Endpoint } from "../net/endpoint.ts";
import type { ConnectOptions } from "./connector.ts";
import type { KnownServers } from "./known_servers.ts";
import type { RoomDirectory } from "./room_directory.ts";
import type { SecureConnector } from "./secure_connector.ts";

/** What a {@linkcode Dialer} works with. */
export interface DialerOptions {
  /** The servers that are trusted; without it, nobody is asked for TLS. */
  readonly known?: KnownServers | undefined;
  /** Tells the user something. */
  readonly tell: (sentence: string) => void;
}

/** Connects. The protocols are loaded by whoever does first: the prompt is there sooner. */
export class Dialer {
  readonly #options: DialerOptions;
  #secure: Promise<SecureConnector> | undefined;

  /**
   * Makes a dialer.
   *
   * @param options What it works with.
   */
  constructor(options: DialerOptions) {
    this.#options = options;
  }

  /**
   * Connects to a server; see `SecureConnector.connect()`.
   *
   * @param endpoint Where it is.
   * @param options What the client says of itself.
   * @param signal Gives up.
   * @returns The directory.
   * @throws {UserError} If it cannot be reached, is not to be trusted, or refuses.
   */
  async connect(
    endpoint: Endpoint,
    options: ConnectOptions,
    signal?: AbortSignal,
  ): Promise<RoomDirectory> {
    const secure = await this.#loaded();
    if (secure !== undefined) return await secure.connect(endpoint, options, signal);
    const { connectDirectory } = await import("./connector.ts");
    return await connectDirectory(endpoint, options, signal);
  }

  /**
   * Says whether a server is trusted.
   *
   * @param endpoint Where it is.
   * @returns Whether it is.
   * @throws {UserError} If what is kept cannot be read.
   */
  async knows(endpoint: Endpoint): Promise<boolean> {
    return await (await this.#loaded())?.knows(endpoint) ?? false;
  }

  /**
   * Forgets a server: the next time, it is taken for a new one.
   *
   * @param endpoint Where it is.
   * @returns Whether it was known.
   * @throws {UserError} If what is kept cannot be changed.
   */
  async forget(endpoint: Endpoint): Promise<boolean> {
    return await (await this.#loaded())?.forget(endpoint) ?? false;
  }

  async #loaded(): Promise<SecureConnector | undefined> {
    const { known, tell } = this.#options;
    if (known === undefined) return undefined;
    this.#secure ??= import("./secure_connector.ts").then(({ SecureConnector }) =>
      new SecureConnector({ known, tell })
    );
    return await this.#secure;
  }
}
