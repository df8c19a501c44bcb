/**
 * Telling people about the way into a room: that nothing gets through once, and when it is over.
 *
 * @module
 */

import type { PathNews } from "./room_server.ts";

/** Hands on the news. */
export class PathTeller {
  readonly #onNews: (news: PathNews) => void;
  #isBlocked = false;
  #closed = false;

  /**
   * Makes a teller.
   *
   * @param onNews Who is told.
   */
  constructor(onNews: (news: PathNews) => void) {
    this.#onNews = onNews;
  }

  /**
   * Tells of another way, or of none: what was said of blocks before is over.
   *
   * @param news The news.
   */
  tell(news: PathNews): void {
    this.#isBlocked = false;
    this.#hand(news);
  }

  /**
   * Tells that nothing gets through and nobody relays, unless that is known.
   *
   * @param why Why nobody relays.
   */
  blocked(why: string): void {
    if (this.#isBlocked) return;
    this.#isBlocked = true;
    this.#hand({ kind: "blocked", why });
  }

  /** Tells that multicast gets through, if the opposite was told. */
  proved(): void {
    if (this.#isBlocked) this.tell({ kind: "direct", why: "multicast gets through again" });
  }

  /** Is told that the conditions changed: a block would be news again. */
  renew(): void {
    this.#isBlocked = false;
  }

  /** Tells nothing any more: a change may end after the room was left. */
  close(): void {
    this.#closed = true;
  }

  #hand(news: PathNews): void {
    if (!this.#closed) this.#onNews(news);
  }
}
