/**
 * Who comes and goes, as few quiet sentences: many at once are one.
 *
 * @module
 */

import type { RoomEvent } from "../room/room_event.ts";

/** Those who come or go within this time, in milliseconds, are told of in one sentence. */
export const COLLECT_MS = 400;

/** Names told in one sentence; the others are counted. */
const MAX_NAMES = 5;

/** What {@linkcode RoomNotices} works with. */
export interface RoomNoticesOptions {
  /** Tells the user a sentence. */
  readonly tell: (sentence: string) => void;
  /** Calls a function later; returns what calls it off. */
  readonly schedule: (fn: () => void, ms: number) => () => void;
}

/** Collects comings and goings for a moment. Dispose it when the room is left. */
export class RoomNotices implements Disposable {
  readonly #options: RoomNoticesOptions;
  #joined: string[] = [];
  #left: { name: string; silent: boolean }[] = [];
  #isFirst = true;
  #cancel: (() => void) | undefined;

  /**
   * Makes it: those who come first were there before.
   *
   * @param options What it works with.
   */
  constructor(options: RoomNoticesOptions) {
    this.#options = options;
    // Members answer a newcomer's report within a second.
    this.#cancel = options.schedule(() => this.#flush(), 1000 + COLLECT_MS);
  }

  /**
   * Takes note of a coming or going.
   *
   * @param event What happened.
   */
  add(event: Extract<RoomEvent, { kind: "joined" | "left" | "renamed" }>): void {
    if (event.kind === "renamed") {
      return this.#options.tell(`${event.before} is ${event.name} now.`);
    }
    if (event.kind === "joined") this.#joined.push(event.name);
    else if (!this.#cameJustNow(event.name)) {
      this.#left.push({ name: event.name, silent: event.why === "silent" });
    }
    this.#cancel ??= this.#options.schedule(() => this.#flush(), COLLECT_MS);
  }

  /** Tells nothing any more. */
  [Symbol.dispose](): void {
    this.#cancel?.();
  }

  /** Who came and went at once is nobody's business. */
  #cameJustNow(name: string): boolean {
    const index = this.#joined.indexOf(name);
    if (index === -1) return false;
    this.#joined.splice(index, 1);
    return true;
  }

  #flush(): void {
    this.#cancel = undefined;
    const { tell } = this.#options;
    const [joined, left] = [this.#joined.splice(0), this.#left.splice(0)];
    if (this.#isFirst) {
      tell(joined.length === 0 ? "Nobody else is here yet." : `Here: ${enumerate(joined)}.`);
    } else if (joined.length > 0) tell(`${enumerate(joined)} joined.`);
    this.#isFirst = false;
    const gone = left.filter(({ silent }) => silent).map(({ name }) => name);
    const said = left.filter(({ silent }) => !silent).map(({ name }) => name);
    if (said.length > 0) tell(`${enumerate(said)} left.`);
    if (gone.length > 0) {
      tell(`${enumerate(gone)} ${gone.length === 1 ? "is" : "are"} not heard any more.`);
    }
  }
}

function enumerate(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES);
  const more = names.length - shown.length;
  const last = more > 0 ? `${more} more` : shown.pop()!;
  return shown.length === 0 ? last : `${shown.join(", ")} and ${last}`;
}
