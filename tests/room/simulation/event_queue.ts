/**
 * What happens when, in virtual time.
 *
 * @module
 */

/** A binary heap of things to do; those of one time happen in the order they were planned. */
export class EventQueue {
  /** The virtual time in milliseconds. */
  now = 0;
  #heap: { at: number; order: number; run: () => void }[] = [];
  #order = 0;

  /**
   * Plans something.
   *
   * @param at When, in milliseconds.
   * @param run What.
   */
  at(at: number, run: () => void): void {
    const heap = this.#heap;
    const event = { at: Math.max(at, this.now), order: this.#order++, run };
    let i = heap.push(event) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!isBefore(event, heap[parent]!)) break;
      heap[i] = heap[parent]!;
      i = parent;
    }
    heap[i] = event;
  }

  /**
   * Lets time pass.
   *
   * @param until Up to when, in milliseconds.
   */
  run(until: number): void {
    while (this.#heap.length > 0 && this.#heap[0]!.at <= until) {
      const event = this.#pop();
      this.now = event.at;
      event.run();
    }
    this.now = until;
  }

  #pop(): { at: number; run: () => void } {
    const heap = this.#heap;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = last;
    return first;
  }
}

function isBefore(a: { at: number; order: number }, b: { at: number; order: number }): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
