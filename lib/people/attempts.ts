/**
 * Who may try a password now. Pure: names, addresses and times in, answers out.
 *
 * @module
 */

/** Wrong passwords in a row that lock. */
export const MAX_WRONG = 3;

/** The longest lock, in milliseconds: whoever really forgot a password is not locked out for a day. */
export const MAX_LOCK = 3_600_000;

/** How long a mistake is remembered at least, in milliseconds. */
const MEMORY = MAX_LOCK;

/** Names, and addresses, that are remembered with mistakes: more than a LAN has, some 2 MB. */
export const MAX_REMEMBERED = 10_000;

/** What is remembered of one name or one address. */
interface Mistakes {
  /** Where the wrong passwords since the last lock came from (of a name), or what for (of an address). */
  readonly wrong: string[];
  /** How often it was locked. */
  locks: number;
  /** Until when it is locked, in milliseconds since 1970. */
  until: number;
  /** When all of it is forgotten, in milliseconds since 1970. */
  forget: number;
}

/**
 * Says what counts as one address: in IPv6 one host has a whole /64 to itself, and may come from any
 * address in it. Only of link-local ones (fe80::/10) the /64 is that of all.
 *
 * @param address An IP address, with or without a zone.
 * @returns The address, or the first half of it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(sourceOf("10.0.0.5"), "10.0.0.5");
 * assertEquals(sourceOf("2001:db8::1:2:3:4"), "2001:db8:0:0::/64");
 * assertEquals(sourceOf("fe80::1%eth0"), "fe80::1%eth0");
 * ```
 */
export function sourceOf(address: string): string {
  if (!address.includes(":")) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped !== null) return mapped[1]!;
  if (/^fe[89ab]/i.test(address)) return address;
  const [head = "", tail] = address.replace(/%.*$/, "").split("::");
  const groups = (text: string) => text === "" ? [] : text.split(":");
  const [first, last] = [groups(head), groups(tail ?? "")];
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - first.length - last.length);
  const all = [...first, ...Array<string>(zeros).fill("0"), ...last];
  return `${all.slice(0, 4).map((group) => parseInt(group, 16).toString(16)).join(":")}::/64`;
}

/** What comes of a wrong password. */
export interface Consequence {
  /** How many more tries there are before a lock. */
  readonly left: number;
  /** How long it is locked now, in seconds; 0 if it is not. */
  readonly seconds: number;
}

/**
 * Mistakes with passwords, per name and per address: the third in a row locks, each further time
 * for twice as long. A name that does not exist is treated as one that does. What is remembered is
 * bounded: the oldest that is not locked is forgotten first, so nobody ends a lock with many others.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const attempts = new Attempts({ lock: 10_000 });
 * assertEquals(attempts.failed("mel", "10.0.0.5", 0), { left: 2, seconds: 0 });
 * assertEquals(attempts.failed("mel", "10.0.0.6", 0), { left: 1, seconds: 0 });
 * assertEquals(attempts.failed("mel", "10.0.0.7", 0), { left: 0, seconds: 10 });
 * assertEquals(attempts.lockedFor("mel", "10.0.0.8", 4_000), 6);
 * assertEquals(attempts.lockedFor("bob", "10.0.0.8", 4_000), 0);
 * ```
 */
export class Attempts {
  readonly #lock: number;
  readonly #names = new Map<string, Mistakes>();
  readonly #addresses = new Map<string, Mistakes>();

  /**
   * Begins without any.
   *
   * @param options `lock` is how long the first lock lasts, in milliseconds.
   */
  constructor({ lock }: { readonly lock: number }) {
    this.#lock = lock;
  }

  /** How many names and addresses are remembered, at most twice {@linkcode MAX_REMEMBERED}. */
  get remembered(): number {
    return this.#names.size + this.#addresses.size;
  }

  /**
   * Says whether one may try.
   *
   * @param name The name as `foldName()` has it.
   * @param address Where the attempt comes from.
   * @param now The time in milliseconds since 1970.
   * @returns How long name or address are locked, in seconds; 0 if neither is.
   */
  lockedFor(name: string, address: string, now: number): number {
    const found = [this.#names.get(name), this.#addresses.get(sourceOf(address))];
    const ends = found.map((mistakes) => mistakes?.until ?? 0);
    return Math.max(0, Math.ceil((Math.max(...ends) - now) / 1000));
  }

  /**
   * A password was wrong.
   *
   * @param name The name.
   * @param address Where it came from.
   * @param now The time in milliseconds since 1970.
   * @returns What comes of it.
   */
  failed(name: string, address: string, now: number): Consequence {
    const source = sourceOf(address);
    const left = Math.min(
      this.#note(this.#names, name, source, now),
      this.#note(this.#addresses, source, name, now),
    );
    return { left, seconds: this.lockedFor(name, address, now) };
  }

  /**
   * A password was right: the name is as new. So is the address as far as this name goes - but not
   * with others' names, or whoever has an account could guess on between two logins of their own.
   *
   * @param name The name.
   * @param address Where it came from.
   */
  succeeded(name: string, address: string): void {
    this.#names.delete(name);
    const source = sourceOf(address);
    const own = this.#addresses.get(source);
    if (own === undefined) return;
    const others = own.wrong.filter((wrong) => wrong !== name);
    own.wrong.splice(0, own.wrong.length, ...others);
    if (others.length === 0 && own.locks === 0) this.#addresses.delete(source);
  }

  /** Notes one mistake; tells how many are left. */
  #note(all: Map<string, Mistakes>, key: string, about: string, now: number): number {
    const known = all.get(key);
    const own = known !== undefined && known.forget > now
      ? known
      : { wrong: [], locks: 0, until: 0, forget: 0 };
    own.wrong.push(about);
    const left = MAX_WRONG - own.wrong.length;
    if (left <= 0) {
      own.wrong.length = 0;
      own.until = now + Math.min(MAX_LOCK, this.#lock * 2 ** own.locks++);
    }
    own.forget = Math.max(own.until, now) + MEMORY;
    // Set anew, it is the youngest. Room is made before: the new one itself is never forgotten.
    all.delete(key);
    if (all.size >= MAX_REMEMBERED) all.delete(leastOf(all, now));
    all.set(key, own);
    return Math.max(0, left);
  }
}

/** The oldest that is not locked; the oldest of all if everything is. */
function leastOf(all: ReadonlyMap<string, Mistakes>, now: number): string {
  for (const [key, { until }] of all) if (until <= now) return key;
  const [oldest] = all.keys();
  return oldest!;
}
