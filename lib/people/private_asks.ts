/**
 * Who asks whom for a private session, as the server knows it. Pure.
 *
 * @module
 */

/** Questions of one session that wait for an answer: nobody talks to more people who hesitate. */
export const MAX_ASKS = 8;

/** One question. */
export interface PrivateAsk<Who> {
  /** Which session it would be. */
  readonly id: string;
  /** Who asks. */
  readonly from: Who;
  /** Who is asked. */
  readonly to: Who;
  /** Resolves with the answer: `gone` if nobody waits for it any more. */
  readonly decided: Promise<Decision>;
}

/** How a question ends. */
export type Decision = "yes" | "no" | "gone";

interface Entry<Who> extends PrivateAsk<Who> {
  readonly decide: (decision: Decision) => void;
}

/**
 * The questions of one server.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const asks = new PrivateAsks<string>(() => "7");
 * const ask = asks.begin("Mel", "Ann");
 * // Ann asks Mel at the same moment.
 * assertEquals(asks.between("Mel", "Ann")?.id, "7");
 * if (ask !== undefined) asks.end(ask, "yes");
 * assertEquals(await ask?.decided, "yes");
 * ```
 */
export class PrivateAsks<Who> {
  readonly #makeId: () => string;
  readonly #entries = new Map<PrivateAsk<Who>, Entry<Who>>();

  /**
   * Begins without questions.
   *
   * @param makeId Makes an id that nobody can guess.
   */
  constructor(makeId: () => string) {
    this.#makeId = makeId;
  }

  /** How many wait for an answer. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * Somebody asks. A question of theirs to the same person that still waits is ended.
   *
   * @param from Who.
   * @param to Whom.
   * @returns The question; undefined if they ask too many already.
   */
  begin(from: Who, to: Who): PrivateAsk<Who> | undefined {
    const before = this.between(from, to);
    if (before !== undefined) this.end(before, "gone");
    if (Array.from(this.#entries.values()).filter((ask) => ask.from === from).length >= MAX_ASKS) {
      return undefined;
    }
    const { promise: decided, resolve: decide } = Promise.withResolvers<Decision>();
    const ask = { id: this.#makeId(), from, to, decided, decide };
    this.#entries.set(ask, ask);
    return ask;
  }

  /**
   * Looks a question up.
   *
   * @param from Who asked.
   * @param to Who is asked.
   * @returns It, if it waits for an answer.
   */
  between(from: Who, to: Who): PrivateAsk<Who> | undefined {
    for (const ask of this.#entries.values()) {
      if (ask.from === from && ask.to === to) return ask;
    }
    return undefined;
  }

  /**
   * Ends a question; one that is over stays as it was.
   *
   * @param ask Which.
   * @param decision How.
   */
  end(ask: PrivateAsk<Who>, decision: Decision): void {
    this.#entries.get(ask)?.decide(decision);
    this.#entries.delete(ask);
  }

  /**
   * Somebody is gone: nobody waits for their answers, and nobody answers them.
   *
   * @param who Who.
   */
  leave(who: Who): void {
    for (const ask of this.#entries.keys()) {
      if (ask.from === who || ask.to === who) this.end(ask, "gone");
    }
  }
}
