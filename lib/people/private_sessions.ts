/**
 * The private sessions of one client: asked for, asking, open. Knows no socket and no clock: it takes what
 * happens and returns what is to be done.
 *
 * @module
 */

import { foldName } from "./names.ts";
import { type Agreement, type PrivateState, PrivateStates } from "./private_states.ts";
import type {
  PrivateEffect,
  PrivateEnd,
  PrivateFault,
  PrivateMove,
  PrivateNews,
  PrivatePartner,
} from "./private_news.ts";

/**
 * Milliseconds after a question is gone in which an answer must say whom it is for: somebody who was about
 * to answer it would answer another one.
 */
export const CAREFUL_MS = 5_000;

/**
 * All private sessions of a client, at most one with each person.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const sessions = new PrivateSessions();
 * sessions.asked({ id: "7", partner: { name: "Ann", account: true } });
 * sessions.answer(true, undefined, 0);
 * sessions.arrived("7", { name: "Ann", account: true });
 * assertEquals(sessions.open.map(({ partner }) => partner.name), ["Ann"]);
 * ```
 */
export class PrivateSessions {
  readonly #states = new PrivateStates();
  /** When a question was gone before it was answered. */
  #goneAt = -Infinity;

  /** The open sessions, in the order they were agreed. */
  get open(): readonly Omit<Agreement, "waits">[] {
    return this.#states.all("open");
  }

  /** Those who wait for an answer, the one that asked first before the others. */
  get questions(): readonly PrivatePartner[] {
    return this.#states.all("asked").map(({ partner }) => partner);
  }

  /** All whose names `stop()` takes. */
  get partners(): readonly PrivatePartner[] {
    const first = (state: PrivateState) => this.#states.with(state.partner.name) === state;
    return this.#states.list().filter(first).map(({ partner }) => partner);
  }

  /**
   * The user wants a session. If the other one has asked for it, that is a yes.
   *
   * @param name With whom.
   * @returns What to do.
   */
  start(name: string): PrivateMove {
    const question = this.#states.questionOf(name);
    if (question !== undefined) return { effects: this.#accept(question) };
    const state = this.#states.with(name);
    if (state?.kind === "asking") return { fault: "asking-already" };
    if (state !== undefined) return { fault: "open-already" };
    if (this.#states.isFull) return { fault: "too-many" };
    const partner = { name };
    this.#states.set({ kind: "asking", partner });
    return { effects: [{ kind: "ask", to: name }, tell({ kind: "asking", partner })] };
  }

  /**
   * The server answered: the other one wants to, too.
   *
   * @param to The name that was asked for.
   * @param agreed Which session, who the other is, and whether they come by themselves.
   * @returns What to do; the caller connects if they do not come.
   */
  askAnswered(to: string, { id, partner, waits }: Agreement): PrivateEffect[] {
    const state = this.#states.with(to);
    // They asked at the same moment, and their coming was expected before the answer was here.
    if (state?.kind === "agreed" && state.id === id && waits) return [];
    if (state?.kind === "open" && state.id === id) return [];
    // Not wanted any more.
    if (state?.kind !== "asking") return [{ kind: "hang-up", id }];
    this.#states.delete(state);
    this.#states.set({ kind: "agreed", partner, id, waits });
    return waits ? [{ kind: "wait", id }] : [];
  }

  /**
   * The server answered: there will be none.
   *
   * @param to The name that was asked for.
   * @returns Whether that is news.
   */
  askRefused(to: string): boolean {
    const state = this.#states.with(to);
    if (state?.kind !== "asking") return false;
    this.#states.delete(state);
    return true;
  }

  /**
   * Somebody wants a session.
   *
   * @param question Who, and which session it would be.
   * @returns What to do.
   */
  asked({ id, partner }: Omit<Agreement, "waits">): PrivateEffect[] {
    const before = this.#states.with(partner.name);
    if (before?.kind === "asking") {
      // Both ask: that is a yes. They asked first, so they come.
      this.#states.set({ kind: "agreed", partner, id, waits: true });
      return [{ kind: "answer", id, accept: true }, { kind: "wait", id }];
    }
    const effects: PrivateEffect[] = [];
    const question = this.#states.questionOf(partner.name);
    if (question !== undefined) effects.push({ kind: "answer", id: question.id, accept: false });
    // Anybody may have the name of a guest by now: that session goes on until this one is accepted.
    const isSame = before?.kind !== "open" || (before.partner.account && partner.account);
    if (isSame && before !== undefined && before.kind !== "asked") {
      effects.push(...this.#end(before, "anew"));
    }
    if (question === undefined && this.#states.isFullForQuestions) {
      return [...effects, { kind: "answer", id, accept: false }];
    }
    this.#states.set({ kind: "asked", partner, id });
    const questions = this.#states.all("asked").length;
    return [...effects, tell({ kind: "asked", partner, questions })];
  }

  /**
   * The user answers a question.
   *
   * @param accept Yes or no.
   * @param name Whose; undefined for the only one.
   * @param now The time in milliseconds.
   * @returns What to do.
   */
  answer(accept: boolean, name: string | undefined, now: number): PrivateMove {
    const questions = this.#states.all("asked");
    if (name === undefined && questions.length > 1) return { fault: "several" };
    const state = name === undefined
      ? questions[0]
      : questions.find(({ partner }) => foldName(partner.name) === foldName(name));
    if (state === undefined) return { fault: "none" };
    if (name === undefined && now - this.#goneAt < CAREFUL_MS) return { fault: "just-gone" };
    return { effects: accept ? this.#accept(state) : this.#decline(state) };
  }

  /**
   * Nobody waits for an answer any more.
   *
   * @param id Which session it would have been.
   * @param now The time in milliseconds.
   * @returns What to do.
   */
  withdrawn(id: string, now: number): PrivateEffect[] {
    const state = this.#states.byId(id);
    // A yes may have been on its way already.
    if (state?.kind !== "asked" && !(state?.kind === "agreed" && state.waits)) return [];
    this.#states.delete(state);
    this.#goneAt = now;
    const { partner } = state;
    return [{ kind: "answer", id, accept: false }, tell({ kind: "withdrawn", partner })];
  }

  /**
   * The other one has connected.
   *
   * @param id Which session they say it is.
   * @param partner Who they are.
   * @returns What to do; undefined if nobody waits for them.
   */
  arrived(id: string, partner: PrivatePartner): PrivateEffect[] | undefined {
    const state = this.#states.byId(id);
    if (state?.kind !== "agreed" || !state.waits) return undefined;
    if (foldName(state.partner.name) !== foldName(partner.name)) return undefined;
    return this.#opened({ ...state, partner });
  }

  /**
   * One has connected to the other.
   *
   * @param id Which session.
   * @returns What to do; undefined if it is not wanted any more.
   */
  connected(id: string): PrivateEffect[] | undefined {
    const state = this.#states.byId(id);
    return state?.kind === "agreed" && !state.waits ? this.#opened(state) : undefined;
  }

  /**
   * The other one did not come in time, or cannot be reached.
   *
   * @param id Which session.
   * @param why Whether they thought better of it.
   * @returns What to do.
   */
  late(id: string, why: "unreachable" | "stopped-there" = "unreachable"): PrivateEffect[] {
    const state = this.#states.byId(id);
    return state?.kind === "agreed" ? this.#end(state, why) : [];
  }

  /**
   * The connection has ended.
   *
   * @param id Which session.
   * @param why Who ended it.
   * @returns What to do.
   */
  over(id: string, why: "stopped-there" | "lost"): PrivateEffect[] {
    const state = this.#states.byId(id);
    return state?.kind === "open" ? this.#end(state, why) : [];
  }

  /**
   * Looks an open session up.
   *
   * @param name With whom.
   * @returns The session, or why there is none.
   */
  sessionWith(name: string): Omit<Agreement, "waits"> | { readonly fault: PrivateFault } {
    const state = this.#states.with(name);
    if (state === undefined) return { fault: "none" };
    return state.kind === "open" ? state : { fault: "not-open" };
  }

  /**
   * The user wants no session with somebody: an open one ends, a question is declined or taken back.
   *
   * @param name With whom.
   * @returns What to do.
   */
  stop(name: string): PrivateMove {
    const question = this.#states.questionOf(name);
    const effects = question === undefined ? [] : this.#decline(question);
    const state = this.#states.with(name);
    if (state !== undefined && state.kind !== "asked") effects.push(...this.#end(state, "stopped"));
    return effects.length === 0 ? { fault: "none" } : { effects };
  }

  /**
   * Ends everything.
   *
   * @returns What to do.
   */
  logOff(): PrivateEffect[] {
    return this.#states.list().flatMap((state) => {
      if (state.kind !== "asked") return this.#end(state, "logged-off");
      this.#states.delete(state);
      return [{ kind: "answer", id: state.id, accept: false } as const];
    });
  }

  #accept(state: PrivateState & { kind: "asked" }): PrivateEffect[] {
    const { partner, id } = state;
    this.#states.delete(state);
    const before = this.#states.with(partner.name);
    const effects = before?.kind === "open" ? this.#end(before, "replaced") : [];
    this.#states.set({ kind: "agreed", partner, id, waits: true });
    return [...effects, { kind: "answer", id, accept: true }, { kind: "wait", id }];
  }

  #decline(state: PrivateState & { kind: "asked" }): PrivateEffect[] {
    this.#states.delete(state);
    const { partner, id } = state;
    return [{ kind: "answer", id, accept: false }, tell({ kind: "declined", partner })];
  }

  #opened({ partner, id }: PrivateState & { kind: "agreed" }): PrivateEffect[] {
    this.#states.set({ kind: "open", partner, id });
    return [tell({ kind: "opened", partner })];
  }

  #end(state: Exclude<PrivateState, { kind: "asked" }>, why: PrivateEnd): PrivateEffect[] {
    this.#states.delete(state);
    const { partner } = state;
    if (state.kind === "asking") {
      const withdraw = { kind: "withdraw", to: partner.name } as const;
      return why === "logged-off" ? [withdraw] : [withdraw, tell({ kind: "unasked", partner })];
    }
    return [{ kind: "hang-up", id: state.id }, tell({ kind: "ended", partner, why })];
  }
}

function tell(news: PrivateNews): PrivateEffect {
  return { kind: "tell", news };
}
