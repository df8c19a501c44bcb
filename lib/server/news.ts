/**
 * What happens, told to all sessions that watch: each notification is written once.
 *
 * @module
 */

import type { Directory } from "../directory/directory.ts";
import type { DirectoryChange } from "../directory/store.ts";
import type { BlockChange, Blocks } from "../people/blocks.ts";
import { changeBetween } from "../people/person.ts";
import type { Presence, PresenceChange, Session } from "../people/presence.ts";
import { formatNotification } from "../rpc/message.ts";
import type { Records } from "./records.ts";
import type { Sight } from "./sight.ts";

/** Takes a line without `\n`; must not throw. */
export type Post = (line: string) => void;

/** Says what one watcher is told of a change; undefined for nothing. */
type See<Change> = (change: Change) => Change | undefined;

/** One kind of notification: followed while somebody watches. */
class Broadcast<Change> {
  readonly #follow: (tell: (change: Change) => void) => Disposable;
  readonly #format: (change: Change) => string;
  readonly #watchers = new Map<Post, See<Change> | undefined>();
  #source: Disposable | undefined;

  constructor(
    follow: (tell: (change: Change) => void) => Disposable,
    format: (change: Change) => string,
  ) {
    this.#follow = follow;
    this.#format = format;
  }

  watch(post: Post, see?: See<Change>): Disposable {
    this.#watchers.set(post, see);
    this.#source ??= this.#follow((change) => this.#tell(change));
    return { [Symbol.dispose]: () => this.#leave(post) };
  }

  #tell(change: Change): void {
    const line = this.#format(change);
    for (const [post, see] of this.#watchers) {
      const seen = see === undefined ? change : see(change);
      if (seen !== undefined) post(seen === change ? line : this.#format(seen));
    }
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
  /** Who blocks whom. */
  readonly blocks: Blocks;
  /** Who sees whom. */
  readonly sight: Sight;
  /** How rooms and people are told. */
  readonly records: Records;
}

/**
 * The notifications of one server. However many watch, a change is made into a line once; only those
 * who may not know all of it get one of their own.
 */
export class News {
  readonly #options: NewsOptions;
  readonly #rooms: Broadcast<DirectoryChange>;
  readonly #people: Broadcast<PresenceChange>;
  /** Those who watch people. */
  readonly #viewers = new Map<Session, Post>();

  /**
   * Makes it for one server.
   *
   * @param options What it tells of.
   */
  constructor(options: NewsOptions) {
    this.#options = options;
    const { directory, presence, blocks, records } = options;
    this.#rooms = new Broadcast(
      (tell) => directory.watch(tell),
      (change) => formatNotification("rooms.changed", records.roomChange(change)),
    );
    this.#people = new Broadcast(
      (tell) => presence.watch(tell),
      (change) => this.#formatPerson(change),
    );
    blocks.watch((change) => this.#blocked(change));
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
   * @param viewer Who watches, and is told nothing of those who block it.
   * @returns Stops them when disposed.
   */
  watchPeople(post: Post, viewer: Session): Disposable {
    const { sight } = this.#options;
    this.#viewers.set(viewer, post);
    const watching = this.#people.watch(post, (change) => sight.changeFor(viewer, change));
    return {
      [Symbol.dispose]: () => {
        this.#viewers.delete(viewer);
        watching[Symbol.dispose]();
      },
    };
  }

  /** Who is blocked is told that the other left; and that they came, when it ends. */
  #blocked({ kind, account, who }: BlockChange): void {
    const found = this.#options.sight.between(account, who);
    if (found === undefined) return;
    const { viewer, person } = found;
    const change = kind === "began"
      ? changeBetween(person, undefined)
      : changeBetween(undefined, person);
    if (change !== undefined) this.#viewers.get(viewer)?.(this.#formatPerson(change));
  }

  #formatPerson(change: PresenceChange): string {
    return formatNotification("people.changed", this.#options.records.personChange(change));
  }
}
