/**
 * Telling apart those who speak under one name, or under names that look the same.
 *
 * @module
 */

import type { SocketAddress } from "../net/datagram.ts";
import { areLookAlikes, hasMixedScripts, skeletonOf } from "../people/look_alikes.ts";
import { foldName } from "../people/names.ts";
import type { RoomLine, RoomMember } from "../room/room_event.ts";

/** How old the list of names may be, in milliseconds: in a large room making it takes a while. */
const MAX_AGE_MS = 250;

/** The end of a name: the colon, or a character that looks like one. */
const NAME =
  /^[^:\uff1a\ufe55\ufe13\u2236\ua789\u02d0]+(?=[:\uff1a\ufe55\ufe13\u2236\ua789\u02d0])/;

/** The end of a folded name that looks as if it had been marked. */
const LOOKS_MARKED = /\(\s*\d+(\.\d+){3}\s*(:\s*\d+\s*)?\)$/;

/** Names whose keys are remembered: to find out what a name looks like takes a while. */
const MAX_KEYS = 1024;

/** What is found out of a name. */
interface NameKeys {
  /** What names have in common that are one, and that look the same. */
  readonly keys: readonly string[];
  /** Whether it is marked in any case. */
  readonly isOdd: boolean;
}

/** Somebody with a name. */
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
  /** Where each name is used, by all of its keys. */
  #places = new Map<string, SocketAddress[]>();
  readonly #keys = new Map<string, NameKeys>();
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
   * Marks the name of a line, see {@linkcode NameMarks.markOf}.
   *
   * @param line The line.
   * @returns The text to show.
   */
  mark({ text, source }: Pick<RoomLine, "text" | "source">): string {
    const [name] = NAME.exec(text) ?? [];
    const mark = name === undefined ? undefined : this.markOf(name, source);
    return name === undefined || mark === undefined
      ? text
      : `${name} (${mark})${text.slice(name.length)}`;
  }

  /**
   * Finds the mark of a name: its host (and port, if that does not tell), if somebody else in the room
   * has the same name or one that looks the same, if the name mixes scripts that look alike, or if it
   * pretends to be marked.
   *
   * @param name The name of who says something.
   * @param source Where that came from.
   * @returns The mark; nothing if none is needed.
   */
  markOf(name: string, source: SocketAddress): string | undefined {
    const { keys, isOdd } = this.#keysOf(name);
    const index = this.#index();
    const others = keys.flatMap((key) => index.get(key) ?? [])
      .filter((place) => !isSame(place, source));
    if (others.length === 0 && !isOdd) return undefined;
    const isNear = others.some(({ address }) => address === source.address);
    return isNear ? `${source.address}:${source.port}` : source.address;
  }

  #index(): ReadonlyMap<string, readonly SocketAddress[]> {
    const { members, own, now } = this.#options;
    if (now() - this.#madeAt < MAX_AGE_MS) return this.#places;
    this.#madeAt = now();
    this.#places = new Map();
    for (const { name, source } of [own(), ...members().filter(({ via }) => via !== "simple")]) {
      for (const key of this.#keysOf(name).keys) {
        const places = this.#places.get(key);
        if (places === undefined) this.#places.set(key, [source]);
        else places.push(source);
      }
    }
    return this.#places;
  }

  #keysOf(name: string): NameKeys {
    const known = this.#keys.get(name);
    if (known !== undefined) return known;
    if (this.#keys.size >= MAX_KEYS) this.#keys.clear();
    const folded = foldName(name);
    const keys = {
      // Two kinds: what is one name need not look the same, as `I` and `i`.
      keys: [`is ${folded}`, `like ${skeletonOf(name)}`],
      isOdd: LOOKS_MARKED.test(folded) || hasMixedScripts(name),
    };
    this.#keys.set(name, keys);
    return keys;
  }
}

/**
 * Finds somebody present whose name a new one is taken for, although it is another.
 *
 * @param name The new name.
 * @param present The names of those present, one's own too.
 * @returns The name that it looks like.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(lookAlikeOf("Me1", ["Bob", "Mel"]), "Mel");
 * assertEquals(lookAlikeOf("mel", ["Bob", "Mel"]), undefined);
 * ```
 */
export function lookAlikeOf(name: string, present: readonly string[]): string | undefined {
  return present.find((other) => areLookAlikes(name, other));
}

function isSame(one: SocketAddress, other: SocketAddress): boolean {
  return one.port === other.port && one.address === other.address;
}
