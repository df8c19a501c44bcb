/**
 * Who comes over TLS while somebody of the same address is connected in clear: clients ask in clear
 * whether there is TLS, and go over to it.
 *
 * @module
 */

/** What is known of an address while somebody from there is connected in clear. */
interface Host {
  /** How many wait to know. */
  watchers: number;
  /** How many connections over TLS came from there meanwhile. */
  arrivals: number;
}

/**
 * Counts connections over TLS by address, for those addresses that somebody asks about.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const arrivals = new SecureArrivals();
 * using watch = arrivals.watch("10.0.0.1");
 * arrivals.arrived("10.0.0.2");
 * assertEquals(watch.seen, false);
 * arrivals.arrived("10.0.0.1");
 * assertEquals(watch.seen, true);
 * ```
 */
export class SecureArrivals {
  readonly #hosts = new Map<string, Host>();

  /** How many addresses are looked at. */
  get watched(): number {
    return this.#hosts.size;
  }

  /**
   * Begins to look at an address.
   *
   * @param host The address.
   * @returns Whether somebody came from there over TLS since; dispose it once.
   */
  watch(host: string): { readonly seen: boolean } & Disposable {
    const known = this.#hosts.get(host) ?? { watchers: 0, arrivals: 0 };
    this.#hosts.set(host, known);
    known.watchers++;
    const before = known.arrivals;
    return {
      get seen(): boolean {
        return known.arrivals > before;
      },
      [Symbol.dispose]: () => {
        if (--known.watchers === 0) this.#hosts.delete(host);
      },
    };
  }

  /**
   * Somebody came over TLS.
   *
   * @param host From which address.
   */
  arrived(host: string): void {
    const known = this.#hosts.get(host);
    if (known !== undefined) known.arrivals++;
  }
}
