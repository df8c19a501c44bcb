/**
 * Looking now and then whether the interface is still there, and whether the machine slept.
 *
 * @module
 */

/** How often it is looked, in milliseconds. */
const LOOK_EVERY_MS = 2000;

/** A gap in the wall clock between two looks that means the machine slept, in milliseconds. */
const SLEPT_MS = 15_000;

/** What {@linkcode InterfaceLook} needs. */
export interface InterfaceLookOptions {
  /** When it begins, in milliseconds. */
  readonly now: number;
  /** The wall clock in milliseconds: it goes on while the machine sleeps. */
  readonly wallClock: () => number;
  /** Lists the addresses of this machine now. */
  readonly addresses: () => readonly string[];
}

/** The looks, without timers. */
export class InterfaceLook {
  readonly #options: InterfaceLookOptions;
  #nextAt: number;
  #lookedAt: number;

  /**
   * Begins.
   *
   * @param options When, and where to look.
   */
  constructor(options: InterfaceLookOptions) {
    this.#options = options;
    this.#nextAt = options.now + LOOK_EVERY_MS;
    this.#lookedAt = options.wallClock();
  }

  /** When {@linkcode due} is to be called next, in milliseconds. */
  get nextDeadline(): number {
    return this.#nextAt;
  }

  /**
   * Looks, if it is time.
   *
   * @param now The time in milliseconds.
   * @param address The address of the interface in use.
   * @returns What was found; nothing if it was not time to look.
   */
  due(now: number, address: string): "there" | "gone" | "slept" | undefined {
    if (now < this.#nextAt) return undefined;
    this.#nextAt = now + LOOK_EVERY_MS;
    const { wallClock, addresses } = this.#options;
    const wall = wallClock();
    const slept = wall - this.#lookedAt > SLEPT_MS;
    this.#lookedAt = wall;
    try {
      if (!addresses().includes(address)) return "gone";
    } catch {
      // Without the permission to list them it is believed to be there.
    }
    return slept ? "slept" : "there";
  }
}
