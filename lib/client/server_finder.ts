/**
 * Which server is meant when none is named.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import { type Endpoint, formatEndpoint } from "../net/endpoint.ts";
import { sanitise } from "../text.ts";

/** A server that announces itself on the network. */
export interface NamedServer extends Endpoint {
  /** What it is called there. */
  readonly name: string;
}

/** What a {@linkcode ServerFinder} works with. */
export interface ServerFinderOptions {
  /** The server that was given with a flag or in the environment, if one was. */
  readonly given: Endpoint | undefined;
  /** Where a server is tried when none is given and none is found. */
  readonly fallback: Endpoint;
  /** Looks for servers on the network: for all, or only until soon after the first. */
  readonly discover: (all: boolean, signal?: AbortSignal) => Promise<readonly NamedServer[]>;
  /** Tells the user something. */
  readonly tell: (sentence: string) => void;
  /** Asks the user something; undefined if there is nobody to ask or no answer. */
  readonly ask: (question: string) => Promise<string | undefined>;
}

/** Finds the server: the one that was given, else the one on the network, else the fallback. */
export class ServerFinder {
  readonly #options: ServerFinderOptions;

  /**
   * Makes a finder.
   *
   * @param options What it works with.
   */
  constructor(options: ServerFinderOptions) {
    this.#options = options;
  }

  /**
   * Lists the servers that announce themselves.
   *
   * @param signal Gives up.
   * @returns The servers.
   */
  list(signal?: AbortSignal): Promise<readonly NamedServer[]> {
    return this.#options.discover(true, signal);
  }

  /**
   * Finds the server that is meant.
   *
   * @param signal Gives up.
   * @returns Where it is.
   * @throws {UserError} If there are several and nobody to ask which.
   */
  async find(signal?: AbortSignal): Promise<Endpoint> {
    const { given, fallback, tell } = this.#options;
    if (given !== undefined) return given;
    const servers = await this.#options.discover(false, signal);
    signal?.throwIfAborted();
    const [first] = servers;
    if (first === undefined) {
      tell(
        `No server announces itself here, and neither --server nor $CRDS_SERVER names one; ` +
          `trying ${formatEndpoint(fallback)}.`,
      );
      return fallback;
    }
    if (servers.length > 1) return await this.#choose(servers);
    tell(`Found "${sanitise(first.name)}" at ${formatEndpoint(first)}.`);
    return first;
  }

  async #choose(servers: readonly NamedServer[]): Promise<Endpoint> {
    const { tell, ask } = this.#options;
    const lines = servers.map((server, i) =>
      `  ${i + 1}  ${sanitise(server.name)}  ${formatEndpoint(server)}`
    );
    tell(["Several servers announce themselves:", ...lines].join("\n"));
    const answer = (await ask(`Which one (1-${servers.length})? `))?.trim() ?? "";
    const chosen = /^\d+$/.test(answer) ? servers[Number(answer) - 1] : undefined;
    if (chosen !== undefined) return chosen;
    throw new UserError("Cannot connect: no server was chosen. Name one: connect HOST[:PORT].");
  }
}
