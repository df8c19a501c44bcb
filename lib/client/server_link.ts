/**
 * The client's link to its server: opened, lost, got back.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import { type Endpoint, formatEndpoint } from "../net/endpoint.ts";
import { sanitise } from "../text.ts";
import { untilItWorks } from "./reconnect.ts";
import type { RoomDirectory } from "./room_directory.ts";
import { UntrustedServer } from "./untrusted_server.ts";
import { within } from "./within.ts";

/** How long a command waits for a server that was lost, in milliseconds: then it fails. */
export const PATIENCE = 10_000;

/** What a lab server cannot do; said once on connecting to one. */
export const LAB_ONLY: string =
  'It speaks the lab protocol only: no "who", no topics, no names held, ' +
  "no word of changes, and no reasons where it refuses.";

/** What a {@linkcode ServerLink} works with. */
export interface ServerLinkOptions {
  /** Connects to a server; `again` if it is one with sessions, which is to be got back. */
  readonly connect: (
    endpoint: Endpoint,
    again: boolean,
    signal?: AbortSignal,
  ) => Promise<RoomDirectory>;
  /** Tells the user something. */
  readonly tell: (sentence: string) => void;
  /** Tells the user that the connection is lost. */
  readonly tellLost: (sentence: string) => void;
  /** Called when a connection stands, also one that was got back, and when it is gone. */
  readonly onChange: () => void;
}

type State =
  | { readonly kind: "none" }
  | { readonly kind: "open"; readonly endpoint: Endpoint; readonly directory: RoomDirectory }
  | {
    readonly kind: "lost";
    readonly endpoint: Endpoint;
    readonly giveUp: AbortController;
    /** Resolves when the trying ends, with the directory if it was got back. */
    readonly trying: Promise<RoomDirectory | undefined>;
  };

/** At most one connection. One to a server with sessions is got back when it is lost. */
export class ServerLink implements AsyncDisposable {
  readonly #options: ServerLinkOptions;
  #state: State = { kind: "none" };
  /** Resolves when the connection that is being opened stands, or does not. */
  #opening: Promise<unknown> = Promise.resolve();

  /**
   * Makes a link without a connection.
   *
   * @param options What it works with.
   */
  constructor(options: ServerLinkOptions) {
    this.#options = options;
  }

  /** The directory, if there is a connection now. */
  get directory(): RoomDirectory | undefined {
    return this.#state.kind === "open" ? this.#state.directory : undefined;
  }

  /** Whether there is a connection, or one that is being got back. */
  get wanted(): boolean {
    return this.#state.kind !== "none";
  }

  /**
   * Opens a connection; one that is open is closed when the new one stands.
   *
   * @param endpoint Where.
   * @param signal Gives up.
   * @returns The directory.
   */
  async open(endpoint: Endpoint, signal?: AbortSignal): Promise<RoomDirectory> {
    const connecting = this.#options.connect(endpoint, false, signal);
    this.#opening = connecting.catch(() => {});
    const directory = await connecting;
    const replaced = await this.close();
    if (replaced !== undefined) {
      this.#options.tell(`Closed the connection to the CRDS at ${replaced}.`);
    }
    await this.#opened(endpoint, directory);
    return directory;
  }

  /**
   * Closes the connection, or ends the trying.
   *
   * @returns The server it was to, as `host:port`; undefined if there was none.
   */
  async close(): Promise<string | undefined> {
    const state = this.#state;
    if (state.kind === "none") return undefined;
    this.#state = { kind: "none" };
    if (state.kind === "open") await state.directory[Symbol.asyncDispose]();
    else {
      state.giveUp.abort();
      await (await state.trying)?.[Symbol.asyncDispose]();
    }
    this.#options.onChange();
    return formatEndpoint(state.endpoint);
  }

  /**
   * Gets the directory for a command; waits for one that is being got back.
   *
   * @param action What the command wants, for the error: `list the rooms`.
   * @param signal Gives up.
   * @returns The directory.
   * @throws {UserError} If there is no connection, or it does not come back in {@linkcode PATIENCE}.
   */
  async use(action: string, signal: AbortSignal): Promise<RoomDirectory> {
    const state = this.#state;
    if (state.kind === "open") return state.directory;
    if (state.kind === "none") {
      throw new UserError(`Cannot ${action}: there is no connection. "connect" opens one.`);
    }
    const where = formatEndpoint(state.endpoint);
    this.#options.tell(`Waiting for the CRDS at ${where}...`);
    const directory = await within(state.trying, PATIENCE, signal);
    signal.throwIfAborted();
    if (directory !== undefined) return directory;
    throw new UserError(
      `Cannot ${action}: the CRDS at ${where} is not back. Trying goes on; "bye" ends it.`,
    );
  }

  /** Closes the connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #opened(endpoint: Endpoint, directory: RoomDirectory): Promise<void> {
    const before = this.#state;
    this.#state = { kind: "open", endpoint, directory };
    try {
      this.#options.onChange();
    } catch (error) {
      // A connection that cannot be used is none.
      this.#state = before;
      await directory[Symbol.asyncDispose]();
      throw error;
    }
    directory.closed.then(async (why) => {
      // A server ends the session that is replaced by ours to the same server: that is no loss.
      await this.#opening;
      this.#lost(directory, why);
    });
  }

  #lost(directory: RoomDirectory, why: string): void {
    const state = this.#state;
    // Closed by ourselves, that is no news.
    if (state.kind !== "open" || state.directory !== directory) return;
    const { endpoint } = state;
    const gone = `The connection to the CRDS at ${directory.where} is gone: ${sanitise(why)}.`;
    if (directory.people === undefined) {
      this.#state = { kind: "none" };
      this.#options.tellLost(`${gone} "connect" opens a new one.`);
    } else {
      const giveUp = new AbortController();
      this.#state = { kind: "lost", endpoint, giveUp, trying: this.#getBack(endpoint, giveUp) };
      this.#options.tellLost(`${gone} Trying to get it back.`);
    }
    this.#options.onChange();
  }

  async #getBack(
    endpoint: Endpoint,
    giveUp: AbortController,
  ): Promise<RoomDirectory | undefined> {
    const { signal } = giveUp;
    let told: string | undefined;
    return await untilItWorks(async () => {
      try {
        const directory = await this.#options.connect(endpoint, true, signal);
        if (signal.aborted) return directory;
        await this.#opened(endpoint, directory);
        this.#options.tell(`Connected to the CRDS at ${directory.where} again.`);
        return directory;
      } catch (error) {
        // The right one may come back: somebody else may have had its port for a moment.
        if (error instanceof UntrustedServer && error.message !== told && !signal.aborted) {
          told = error.message;
          this.#options.tellLost(`${told} Meanwhile it is tried again.`);
        }
        throw error;
      }
    }, signal);
  }
}
