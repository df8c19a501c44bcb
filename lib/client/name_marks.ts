/**
 * Telling apart those who speak under one name.
 *
 * @module
 */

import type { SocketAddress } from "../net/datagram.ts";
import { foldName } from "../people/names.ts";
import type { RoomLine, RoomMember } from "../room/room_event.ts";

/** How old the list of names may be, in milliseconds: in a large room making it takes a while. */
const MAX_AGE_MS = 250;

/** The end of a name: the colon, or a character that looks like one. */
const NAME =
  /^[^:\uff1a\ufe55\ufe13\u2236\ua789\u02d0]+(?=[:\uff1a\ufe55\ufe13\u2236\ua789\u02d0])/;

/** The end of a folded name that looks as if it had been marked. */
const LOOKS_MARKED = /\(\s*\d+(\.\d+){3}\s*(:\s*\d+\s*)?\)$/;

/** Somebody with a name, as `RoomLink.members()` lists them. */
export type Named = Pick<RoomMember, "source" | "name" | "via">;

/** What {@linkcode NameMarks} works with. */
export interface NameMarksOptions {
  /** Lists the others in the room. */
  readonly members: () => readonly Named[];
  /** The name one speaks under, and where it comes from. */
  readonly own: () => Pick<RoomMember, "source" | "name">;
  /** The time in milliseconds. */
  readonly now: () => number;
}

/**
 * Marks names with hosts.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const own = { name: "mel", source: { address: "10.0.0.1", port: 5 } };
 * const marks = new NameMarks({ members: () => [], own: () => own, now: () => 0 });
 * const source = { address: "10.0.0.7", port: 5 };
 * assertEquals(marks.mark({ text: "Bob: hi", source }), "Bob: hi");
 * assertEquals(marks.mark({ text: "Mel: hi", source }), "Mel (10.0.0.7): hi");
 * ```
 */
export class NameMarks {
  readonly #options: NameMarksOptions;
  /** Where each name is used, by the folded name. */
  #places = new Map<string, SocketAddress[]>();
  #madeAt = -Infinity;

  /**
   * Marks nothing yet.
   *
   * @param options Who is there.
   */
  constructor(options: NameMarksOptions) {
    this.#options = options;
  }

  /** Somebody came, went or is called otherwise. */
  changed(): void {
    this.#madeAt = -Infinity;
  }

  /**
   * Marks the name of a line with its host (and port, if that does not tell), if somebody else in
   * the room has the same name or one that looks the same, or if the name pretends to be marked.
   *
   * @param line The line.
   * @returns The text to show.
   */
  mark({ text, source }: Pick<RoomLine, "text" | "source">): string {
    const [name] = NAME.exec(text) ?? [];
    if (name === undefined) return text;
    const folded = foldName(name);
    const others = (this.#index().get(folded) ?? []).filter((place) => !isSame(place, source));
    if (others.length === 0 && !LOOKS_MARKED.test(folded)) return text;
    const isNear = others.some(({ address }) => address === source.address);
    const where = isNear ? `${source.address}:${source.port}` : source.address;
    return `${name} (${where})${text.slice(name.length)}`;
  }

  #index(): ReadonlyMap<string, readonly SocketAddress[]> {
    const { members, own, now } = this.#options;
    if (now() - this.#madeAt < MAX_AGE_MS) return this.#places;
    this.#madeAt = now();
    this.#places = new Map();
    for (const { name, source } of [own(), ...members().filter(({ via }) => via !== "simple")]) {
      const folded = foldName(name);
      const places = this.#places.get(folded);
      if (places === undefined) this.#places.set(folded, [source]);
      else places.push(source);
    }
    return this.#places;
  }
}

function isSame(one: SocketAddress, other: SocketAddress): boolean {
  return one.port === other.port && one.address === other.address;
}
