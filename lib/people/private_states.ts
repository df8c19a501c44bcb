/**
 * Where a client is with each person whom it has, or may have, a private session with.
 *
 * @module
 */

import { foldName } from "./names.ts";
import type { PrivatePartner } from "./private_news.ts";

/** Questions that wait for a person's answer: more of them are declined. */
export const MAX_QUESTIONS = 8;

/** Sessions and questions of all kinds: nobody follows more. */
export const MAX_SESSIONS = 32;

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

/**
 * At most one state for each person; beside an open session with a guest also one question, of whoever
 * has the name now.
 */
export class PrivateStates {
  /** By what `keyOf()` makes of them. */
  readonly #states = new Map<string, PrivateState>();

  /** Whether there is no place for another one. */
  get isFull(): boolean {
    return this.#states.size >= MAX_SESSIONS;
  }

  /** Whether there is no place for another question. */
  get isFullForQuestions(): boolean {
    return this.isFull || this.all("asked").length >= MAX_QUESTIONS;
  }

  /**
   * Looks somebody up.
   *
   * @param name The name, in any spelling.
   * @returns Where one is with them, if anywhere; a question only if there is nothing else.
   */
  with(name: string): PrivateState | undefined {
    return this.#states.get(keyOf(name, false)) ?? this.questionOf(name);
  }

  /**
   * Looks a question up.
   *
   * @param name The name of who asks, in any spelling.
   * @returns The question, if they wait for an answer.
   */
  questionOf(name: string): PrivateState & { kind: "asked" } | undefined {
    const state = this.#states.get(keyOf(name, true));
    return state?.kind === "asked" ? state : undefined;
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
    this.#states.set(keyOf(state.partner.name, state.kind === "asked"), state);
  }

  /**
   * One is nowhere with somebody.
   *
   * @param state Where one was.
   */
  delete(state: PrivateState): void {
    this.#states.delete(keyOf(state.partner.name, state.kind === "asked"));
  }
}

function keyOf(name: string, isQuestion: boolean): string {
  return `${isQuestion ? "asked by" : "with"} ${foldName(name)}`;
}
