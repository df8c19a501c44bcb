/**
 * Changes of the way into a room, one after the other.
 *
 * @module
 */

/** What {@linkcode PathChanges} works with. */
export interface PathChangesOptions {
  /** Told of what a change throws. */
  readonly onProblem: (error: unknown) => void;
  /** Called when a change is over. */
  readonly onDone: () => void;
}

/** A queue of changes. */
export class PathChanges {
  readonly #options: PathChangesOptions;
  #last: Promise<void> | undefined;
  #current: AbortController | undefined;
  #closed = false;

  /**
   * Starts with nothing to change.
   *
   * @param options Who is called.
   */
  constructor(options: PathChangesOptions) {
    this.#options = options;
  }

  /** Whether one is under way. */
  get busy(): boolean {
    return this.#last !== undefined;
  }

  /** Whether no further one begins. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Makes a change behind those that wait.
   *
   * @param work The change; what it throws is told, and its signal is aborted by {@linkcode close}.
   */
  add(work: (signal: AbortSignal) => Promise<void>): void {
    const before = this.#last ?? Promise.resolve();
    const change: Promise<void> = before.then(async () => {
      try {
        this.#current = new AbortController();
        if (!this.#closed) await work(this.#current.signal);
      } catch (error) {
        this.#options.onProblem(error);
      } finally {
        this.#current = undefined;
        if (this.#last === change) this.#last = undefined;
        this.#options.onDone();
      }
    });
    this.#last = change;
  }

  /**
   * Makes a change that will be proposed again: not while another one is under way, which may take
   * its time, since they would pile up.
   *
   * @param work As for {@linkcode add}.
   */
  propose(work: (signal: AbortSignal) => Promise<void>): void {
    if (!this.busy) this.add(work);
  }

  /** Waits until nothing changes. */
  async settled(): Promise<void> {
    while (this.#last !== undefined) await this.#last;
  }

  /** Ends it: what waits is dropped; {@linkcode settled} tells when the last one is over. */
  close(): void {
    this.#closed = true;
    this.#current?.abort();
  }
}
