/**
 * Where a client is with each person whom it has, or may have, a private session with.
 *
 * @module
 */

import { foldName } from "./names.ts";
import type { PrivatePartner } from "./private_news.ts";

/** What both sides want. */
export interface Agreement {
  /** Which session. */
  readonly id: string;
  /** The other one. */
  readonly partner: PrivatePartner;
  /** Whether they connect, and not this client. */
  readonly waits: boolean;
}

/** Where one is with somebody. */
export type PrivateState =
  /** One waits for an answer. */
  | { readonly kind: "asking"; readonly partner: PrivatePartner }
  /** They wait for an answer. */
  | { readonly kind: "asked"; readonly partner: PrivatePartner; readonly id: string }
  /** Both want it, and one of them connects. */
  | {
    readonly kind: "agreed";
    readonly partner: PrivatePartner;
    readonly id: string;
    readonly waits: boolean;
  }
  /** It is open. */
  | { readonly kind: "open"; readonly partner: PrivatePartner; readonly id: string };

/** At most one state for each person. */
export class PrivateStates {
  /** By folded name. */
  readonly #states = new Map<string, PrivateState>();

  /** How many there are. */
  get size(): number {
    return this.#states.size;
  }

  /**
   * Looks somebody up.
   *
   * @param name The name, in any spelling.
   * @returns Where one is with them, if anywhere.
   */
  with(name: string): PrivateState | undefined {
    return this.#states.get(foldName(name));
  }

  /**
   * Looks a session up.
   *
   * @param id Which.
   * @returns Where one is with it, if anywhere.
   */
  byId(id: string): PrivateState | undefined {
    return this.list().find((state) => state.kind !== "asking" && state.id === id);
  }

  /**
   * Lists all states.
   *
   * @returns The oldest first.
   */
  list(): PrivateState[] {
    return [...this.#states.values()];
  }

  /**
   * Lists the states of one kind.
   *
   * @param kind Which.
   * @returns The oldest first.
   */
  all<Kind extends PrivateState["kind"]>(kind: Kind): (PrivateState & { kind: Kind })[] {
    return this.list().filter((state): state is PrivateState & { kind: Kind } =>
      state.kind === kind
    );
  }

  /**
   * One is elsewhere with somebody.
   *
   * @param state Where.
   */
  set(state: PrivateState): void {
    this.#states.set(foldName(state.partner.name), state);
  }

  /**
   * One is nowhere with somebody.
   *
   * @param state Where one was.
   */
  delete(state: PrivateState): void {
    this.#states.delete(foldName(state.partner.name));
  }
}
