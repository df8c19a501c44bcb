/**
 * The bytes that answer getdir, made once per change of the directory.
 *
 * @module
 */

import type { Directory } from "../directory/directory.ts";
import type { Room } from "../directory/room.ts";
import { SEALED_MARK } from "../directory/rules.ts";
import { encodeListing } from "../framing/lab_reply.ts";
import { formatListing, type ListedRoom } from "../framing/listing.ts";

/**
 * Answers to getdir, ready to send: the encoded listing, several times in a row, so that a run of
 * pipelined requests is answered with one piece of memory that all connections share.
 */
export class ListingReplies {
  readonly #directory: Directory;
  readonly #maxBytes: number;
  #revision = -1;
  #one = new Uint8Array(0);
  #many = new Uint8Array(0);
  #copies = 0;

  /**
   * Makes the replies of a directory.
   *
   * @param directory Whose rooms to list.
   * @param maxBytes How long a run of replies may get; one reply may be longer.
   */
  constructor(directory: Directory, maxBytes: number) {
    this.#directory = directory;
    this.#maxBytes = maxBytes;
  }

  /** How many replies one piece holds at most: at least one. */
  get maxTimes(): number {
    this.#refresh();
    return Math.max(1, Math.floor(this.#maxBytes / this.#one.length));
  }

  /**
   * Answers some requests.
   *
   * @param times How many, from 1 to {@linkcode maxTimes}.
   * @returns Their replies. Shared: must not be changed.
   */
  take(times: number): Uint8Array {
    this.#refresh();
    if (times === 1) return this.#one;
    if (times > this.#copies) this.#grow(times);
    return this.#many.subarray(0, times * this.#one.length);
  }

  #refresh(): void {
    if (this.#revision === this.#directory.revision) return;
    this.#revision = this.#directory.revision;
    const listing = formatListing(marked(this.#directory.rooms()));
    this.#one = encodeListing(listing) as Uint8Array<ArrayBuffer>;
    this.#many = this.#one;
    this.#copies = 1;
  }

  /** Makes room for twice what was asked: a directory that changes often copies little. */
  #grow(times: number): void {
    this.#copies = Math.min(this.maxTimes, times * 2);
    this.#many = new Uint8Array(this.#copies * this.#one.length);
    for (let at = 0; at < this.#many.length; at += this.#one.length) this.#many.set(this.#one, at);
  }
}

/** Sealed rooms are no rooms for who speaks the lab protocol, and are marked. */
function* marked(rooms: Iterable<Room>): Iterable<ListedRoom> {
  for (const room of rooms) {
    yield room.sealed === undefined ? room : { ...room, name: room.name + SEALED_MARK };
  }
}
