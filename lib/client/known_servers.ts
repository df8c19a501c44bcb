/**
 * The servers that the user trusts: what the client asks of whoever keeps them.
 *
 * @module
 */

import type { KnownServer } from "../net/known_servers.ts";

/** The servers that are trusted, by `knownAs()`. */
export interface KnownServers {
  /**
   * Looks one up.
   *
   * @param where Which.
   * @returns What is known of it; undefined if nothing is.
   * @throws {UserError} If what is kept cannot be read: then nobody can say whom to trust.
   */
  find(where: string): Promise<KnownServer | undefined>;
  /**
   * Keeps one, in place of what was known of it.
   *
   * @param where Which.
   * @param server What to know of it.
   * @returns Whether it is kept for next time.
   * @throws {UserError} If it should be kept and cannot be.
   */
  keep(where: string, server: KnownServer): Promise<boolean>;
  /**
   * Forgets one.
   *
   * @param where Which.
   * @returns Whether it was known.
   * @throws {UserError} If what is kept cannot be changed.
   */
  forget(where: string): Promise<boolean>;
  /**
   * Reads what is known now, for a program that will not be allowed to later.
   *
   * @returns The same servers, of which no change is kept.
   * @throws {UserError} If what is kept cannot be read.
   */
  snapshot(): Promise<KnownServers>;
}

/** Servers that are known as long as this is. */
export class RememberedServers implements KnownServers {
  readonly #find: (where: string) => Promise<KnownServer | undefined>;
  readonly #changed = new Map<string, KnownServer | undefined>();

  /**
   * Remembers what was known before, if anything was.
   *
   * @param find Looks that up.
   */
  constructor(find: KnownServers["find"] = () => Promise.resolve(undefined)) {
    this.#find = find;
  }

  /** Looks one up; see {@linkcode KnownServers}. */
  async find(where: string): Promise<KnownServer | undefined> {
    return this.#changed.has(where) ? this.#changed.get(where) : await this.#find(where);
  }

  /** Keeps one for now; see {@linkcode KnownServers}. */
  keep(where: string, server: KnownServer): Promise<boolean> {
    this.#changed.set(where, server);
    return Promise.resolve(false);
  }

  /** Forgets one for now; see {@linkcode KnownServers}. */
  async forget(where: string): Promise<boolean> {
    const wasKnown = await this.find(where) !== undefined;
    this.#changed.set(where, undefined);
    return wasKnown;
  }

  /** These are nowhere else; see {@linkcode KnownServers}. */
  snapshot(): Promise<KnownServers> {
    return Promise.resolve(this);
  }
}
