/**
 * What happens, told to all sessions that watch: each notification is written once.
 *
 * @module
 */

import type { Directory } from "../directory/directory.ts";
import type { Presence } from "../people/presence.ts";
import { formatNotification } from "../rpc/message.ts";
import type { Records } from "./records.ts";

/** Takes a line without `\n`; must not throw. */
export type Post = (line: string) => void;

/** One kind of notification: followed while somebody watches. */
class Broadcast {
  readonly #follow: (tell: Post) => Disposable;
  readonly #watchers = new Set<Post>();
  #source: Disposable | undefined;

  constructor(follow: (tell: Post) => Disposable) {
    this.#follow = follow;
  }

  watch(post: Post): Disposable {
    this.#watchers.add(post);
    this.#source ??= this.#follow((line) => {
      for (const watcher of this.#watchers) watcher(line);
    });
    return { [Symbol.dispose]: () => this.#leave(post) };
  }

  #leave(post: Post): void {
    this.#watchers.delete(post);
    if (this.#watchers.size > 0) return;
    this.#source?.[Symbol.dispose]();
    this.#source = undefined;
  }
}

/** What {@linkcode News} tells of. */
export interface NewsOptions {
  /** The rooms. */
  readonly directory: Directory;
  /** Who is here. */
  readonly presence: Presence;
  /** How rooms and people are told. */
  readonly records: Records;
}

/** The notifications of one server. However many watch, a change is made into a line once. */
export class News {
  readonly #rooms: Broadcast;
  readonly #people: Broadcast;

  /**
   * Makes it for one server.
   *
   * @param options What it tells of.
   */
  constructor({ directory, presence, records }: NewsOptions) {
    this.#rooms = new Broadcast((tell) =>
      directory.watch((change) =>
        tell(formatNotification("rooms.changed", records.roomChange(change)))
      )
    );
    this.#people = new Broadcast((tell) =>
      presence.watch((change) =>
        tell(formatNotification("people.changed", records.personChange(change)))
      )
    );
  }

  /**
   * Sends `rooms.changed` from now on, in order.
   *
   * @param post Takes the lines.
   * @returns Stops them when disposed.
   */
  watchRooms(post: Post): Disposable {
    return this.#rooms.watch(post);
  }

  /**
   * Sends `people.changed` from now on, in order.
   *
   * @param post Takes the lines.
   * @returns Stops them when disposed.
   */
  watchPeople(post: Post): Disposable {
    return this.#people.watch(post);
  }
}
