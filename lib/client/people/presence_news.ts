/**
 * Who logs on and off, as few sentences: many at once are one.
 *
 * @module
 */

import { foldName } from "../../people/names.ts";
import { sanitise } from "../../text.ts";
import { ShapeError } from "../server_shapes.ts";
import { enumerate } from "../words.ts";
import { accountTurn } from "./account_shapes.ts";

/** Those who log on or off within this time, in milliseconds, are told of in one sentence. */
export const COLLECT_MS = 400;

/** Names told in one sentence; the others are counted. */
const MAX_NAMES = 5;

/** What {@linkcode PresenceNews} work with. */
export interface PresenceNewsOptions {
  /** Tells the user a sentence. */
  readonly tell: (sentence: string) => void;
  /** Whether the user wants to know now. */
  readonly isWanted: () => boolean;
  /** The name that is the user's own. */
  readonly self: () => string;
  /** Called with each name that is told of, also if that is not wanted. */
  readonly onName?: (name: string) => void;
  /** Calls a function later; returns what calls it off. */
  readonly schedule: (fn: () => void, ms: number) => () => void;
}

/** Collects who logs on and off for a moment: who comes back at once is nobody's business. */
export class PresenceNews implements Disposable {
  readonly #options: PresenceNewsOptions;
  /** By the folded name: who it is, and which way. */
  readonly #turns = new Map<string, { name: string; kind: "on" | "off" }>();
  #cancel: (() => void) | undefined;

  /**
   * Begins with nobody.
   *
   * @param options What they work with.
   */
  constructor(options: PresenceNewsOptions) {
    this.#options = options;
  }

  /**
   * Takes a `people.changed` notification.
   *
   * @param params What the server sent; what cannot be understood is none.
   */
  changed(params: unknown): void {
    const turn = understood(params);
    if (turn === undefined) return;
    this.#options.onName?.(turn.name);
    if (!this.#options.isWanted()) return;
    const key = foldName(turn.name);
    if (key === foldName(this.#options.self())) return;
    const before = this.#turns.get(key);
    if (before !== undefined && before.kind !== turn.kind) this.#turns.delete(key);
    else this.#turns.set(key, turn);
    this.#cancel ??= this.#options.schedule(() => this.#flush(), COLLECT_MS);
  }

  /** Tells no more. */
  [Symbol.dispose](): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#turns.clear();
  }

  #flush(): void {
    this.#cancel = undefined;
    const turns = [...this.#turns.values()];
    this.#turns.clear();
    if (!this.#options.isWanted()) return;
    for (const kind of ["on", "off"] as const) {
      const names = turns.filter((turn) => turn.kind === kind).map(({ name }) => sanitise(name));
      if (names.length > 0) this.#options.tell(`${enumerate(names, MAX_NAMES)} logged ${kind}.`);
    }
  }
}

function understood(params: unknown): ReturnType<typeof accountTurn> {
  try {
    return accountTurn(params);
  } catch (error) {
    if (error instanceof ShapeError) return undefined;
    throw error;
  }
}
