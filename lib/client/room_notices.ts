/**
 * Who comes and goes, as few quiet sentences: many at once are one.
 *
 * @module
 */

import type { RoomEvent } from "../room/room_event.ts";
import { enumerate } from "./words.ts";

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
  #isOver = false;

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
      const index = this.#joined.indexOf(event.before);
      if (index === -1) this.#options.tell(`${event.before} is ${event.name} now.`);
      // Nobody knows it by its old name yet.
      else this.#joined[index] = event.name;
      return;
    }
    const { name } = event;
    if (event.kind === "joined") {
      // Who went and came back at once, as when a program is started anew, is nobody's business...
      if (!takeOut(this.#left, (one) => one.name === name)) this.#joined.push(name);
      // ...nor is who came and went.
    } else if (!takeOut(this.#joined, (one) => one === name)) {
      this.#left.push({ name, silent: event.why === "silent" });
    }
    if (!this.#isOver) this.#cancel ??= this.#options.schedule(() => this.#flush(), COLLECT_MS);
  }

  /** Tells nothing any more. */
  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#cancel?.();
  }

  #flush(): void {
    this.#cancel = undefined;
    const { tell } = this.#options;
    const [joined, left] = [this.#joined.splice(0), this.#left.splice(0)];
    if (this.#isFirst) {
      tell(
        joined.length === 0 ? "Nobody else is here yet." : `Here: ${enumerate(joined, MAX_NAMES)}.`,
      );
    } else if (joined.length > 0) tell(`${enumerate(joined, MAX_NAMES)} joined.`);
    this.#isFirst = false;
    const gone = left.filter(({ silent }) => silent).map(({ name }) => name);
    const said = left.filter(({ silent }) => !silent).map(({ name }) => name);
    if (said.length > 0) tell(`${enumerate(said, MAX_NAMES)} left.`);
    if (gone.length > 0) {
      tell(`${enumerate(gone, MAX_NAMES)} ${gone.length === 1 ? "is" : "are"} not heard any more.`);
    }
  }
}

/** Takes the first that fits out of a list, if there is one. */
function takeOut<T>(list: T[], fits: (one: T) => boolean): boolean {
  const index = list.findIndex(fits);
  if (index !== -1) list.splice(index, 1);
  return index !== -1;
}
