/**
 * Senders whose names look like those of others: what comes through the server has no address that
 * could tell them apart, as lines in rooms have.
 *
 * @module
 */

import { hasMixedScripts, skeletonOf } from "../../people/look_alikes.ts";
import { foldName } from "../../people/names.ts";
import type { PrivateNews } from "../../people/private_news.ts";
import { sanitise } from "../../text.ts";
import type { MessageScreen, ShownMessage } from "./message_screen.ts";

/** Names that are remembered, all that are heard of in a day; then it begins anew. */
export const MAX_HEARD = 4_096;

/**
 * Finds the names that look like others that one has heard of.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const marks = new SenderMarks(() => ["Mel"]);
 * assertEquals(["Ann", "MEL", "Me1"].map((name) => marks.of(name)), [
 *   undefined,
 *   undefined,
 *   "looks like Mel",
 * ]);
 * ```
 */
export class SenderMarks {
  readonly #known: () => Iterable<string>;
  readonly #heard = new Set<string>();
  /** By what they look like, and by folded name. */
  readonly #looks = new Map<string, Map<string, string>>();

  /**
   * Has heard of nobody.
   *
   * @param known The names that one knows now: one's own, those of who is in the room, ...
   */
  constructor(known: () => Iterable<string>) {
    this.#known = known;
  }

  /**
   * Remembers names.
   *
   * @param names The names, as they are written.
   */
  hear(names: Iterable<string>): void {
    for (const name of names) {
      if (this.#heard.has(name)) continue;
      if (this.#heard.size >= MAX_HEARD) {
        this.#heard.clear();
        this.#looks.clear();
      }
      this.#heard.add(name);
      const look = skeletonOf(name);
      const alike = this.#looks.get(look) ?? new Map<string, string>();
      this.#looks.set(look, alike);
      const key = foldName(name);
      if (!alike.has(key)) alike.set(key, name);
    }
  }

  /**
   * Finds the mark of a name, and remembers the name.
   *
   * @param name The name of who says or wants something.
   * @returns What stands behind it, safe to show; undefined if nobody takes it for another.
   */
  of(name: string): string | undefined {
    this.hear([...this.#known(), name]);
    const key = foldName(name);
    for (const [other, written] of this.#looks.get(skeletonOf(name)) ?? []) {
      if (other !== key) return `looks like ${sanitise(written)}`;
    }
    return hasMixedScripts(name) ? "letters of several scripts" : undefined;
  }
}

/** Shows messages with the marks of their senders. */
export class MarkedMessages implements MessageScreen {
  readonly #screen: MessageScreen;
  readonly #marks: Pick<SenderMarks, "of">;

  /**
   * Makes it.
   *
   * @param screen What shows them.
   * @param marks What finds the marks.
   */
  constructor(screen: MessageScreen, marks: Pick<SenderMarks, "of">) {
    this.#screen = screen;
    this.#marks = marks;
  }

  /**
   * Shows what somebody said.
   *
   * @param message The message, as it came.
   */
  message(message: ShownMessage): void {
    this.#screen.message({ ...message, mark: this.#marks.of(message.from) });
  }

  /**
   * Tells what becomes of a private session.
   *
   * @param news What.
   * @param text The same in a sentence, which has its marks.
   */
  session(news: PrivateNews, text: string): void {
    this.#screen.session(news, text);
  }

  /**
   * Tells about messages.
   *
   * @param text One sentence, which has its marks.
   */
  status(text: string): void {
    this.#screen.status(text);
  }
}
