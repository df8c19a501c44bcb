/**
 * The order of what was shown, to say where a line belongs that comes late.
 *
 * @module
 */

/** How many lines back a place can be told: as far as a paste of 5,000 lines reaches. */
export const MAX_PLACE = 8192;

/** What a room with few lines takes. */
const FIRST_LINES = 64;

/** Finds a line that was shown; 0 for none. */
export type ShownTicket = number;

/** Where a line belongs: so many lines back, 0 being the end, or "late" if that is too far: show it at the end. */
export type Place = number | "late";

/**
 * The last lines shown, in the order in which they belong: whose each is (the same object for all lines
 * of one sender), its number (0 while it is not known), and when it was said, as far as that is known.
 * In lists of numbers, since there are thousands, and objects that stay cost the garbage collector.
 */
export class ShownLines {
  #senders: object[] = [];
  #seqs = new Uint32Array(FIRST_LINES);
  #times = new Float64Array(FIRST_LINES);
  #tickets = new Float64Array(FIRST_LINES);
  #length = 0;
  #last: ShownTicket = 0;
  #given: ShownTicket = 0;

  /** How to find the line that was added last; 0 if it was late. */
  get last(): ShownTicket {
    return this.#last;
  }

  /**
   * Puts a line where it belongs: behind what its sender said before, before what it said after,
   * and among the lines of others by time.
   *
   * @param sender Whose it is.
   * @param seq Its number; 0 while it is not known.
   * @param at When it was said, in milliseconds.
   * @returns How many lines back that is; a late line goes to the end.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   *
   * const shown = new ShownLines();
   * const mel = {};
   * shown.add(mel, 1, 10);
   * shown.add(mel, 3, 30);
   * assertEquals(shown.add(mel, 2, 40), 1);
   * ```
   */
  add(sender: object, seq: number, at: number): Place {
    const end = this.#length;
    const lastAt = end === 0 ? -Infinity : this.#times[end - 1]!;
    // Nearly every line belongs at the end.
    const index = seq !== 0 || lastAt > at ? this.#indexOf(sender, seq, at) : end;
    const isLate = end - index >= MAX_PLACE;
    this.#last = isLate ? 0 : ++this.#given;
    // Late lines are shown at the end, and must not confuse the order of those that are not.
    if (isLate) this.#insert(end, sender, 0, lastAt, 0);
    else this.#insert(index, sender, seq, at, this.#last);
    // Cut in blocks: moving thousands of lines for each new one is slow.
    if (this.#length === MAX_PLACE * 2) this.#remove(0, MAX_PLACE);
    return isLate ? "late" : end - index;
  }

  /**
   * Gives a line its number, and moves it if it stands wrong among the numbered ones.
   *
   * @param ticket What {@linkcode last} was when it was added, without a number.
   * @param seq Its number.
   * @returns From where to where it moved, in lines back before it is taken out and then behind it;
   * nothing if it stays, or is too far back.
   */
  number(ticket: ShownTicket, seq: number): { from: number; to: number } | undefined {
    const index = ticket === 0 ? -1 : this.#find(ticket);
    if (index === -1) return undefined;
    this.#seqs[index] = seq;
    const sender = this.#senders[index]!;
    const stop = Math.max(0, this.#length - MAX_PLACE);
    const isOrdered = this.#isOrdered(sender, seq, index, 1, this.#length) &&
      this.#isOrdered(sender, seq, index, -1, stop - 1);
    if (isOrdered || index < stop) return undefined;
    const at = this.#times[index]!;
    this.#remove(index, 1);
    const to = this.#indexOf(sender, seq, at);
    this.#insert(to, sender, seq, at, ticket);
    return { from: this.#length - 1 - index, to: this.#length - 1 - to };
  }

  #find(ticket: ShownTicket): number {
    for (let i = this.#length - 1; i >= 0; i--) if (this.#tickets[i] === ticket) return i;
    return -1;
  }

  /** Says whether the nearest numbered line of the same sender, in one direction, agrees. */
  #isOrdered(sender: object, seq: number, index: number, step: 1 | -1, stop: number): boolean {
    for (let i = index + step; i !== stop && i >= 0; i += step) {
      const other = this.#seqs[i]!;
      if (this.#senders[i] !== sender || other === 0) continue;
      return (other - seq) * step > 0;
    }
    return true;
  }

  #indexOf(sender: object, seq: number, at: number): number {
    const end = this.#length;
    const stop = Math.max(0, end - MAX_PLACE);
    let byTime = -1;
    let before = end;
    let behind = stop;
    for (let i = end - 1; i >= stop; i--) {
      const other = this.#seqs[i]!;
      if (byTime === -1 && this.#times[i]! <= at) byTime = i + 1;
      if (seq === 0 || this.#senders[i] !== sender || other === 0) continue;
      if (other > seq) before = i;
      else if (behind === stop) behind = i + 1;
      // Numbers of one sender ascend here, so the first lower one ends the search.
      if (other < seq && byTime !== -1) break;
    }
    if (byTime === -1) byTime = stop;
    return Math.min(before, Math.max(behind, byTime));
  }

  #insert(index: number, sender: object, seq: number, at: number, ticket: ShownTicket): void {
    if (this.#length === this.#seqs.length) this.#widen();
    if (index === this.#length) this.#senders.push(sender);
    else {
      this.#senders.splice(index, 0, sender);
      for (const list of [this.#seqs, this.#times, this.#tickets]) {
        list.copyWithin(index + 1, index, this.#length);
      }
    }
    this.#seqs[index] = seq;
    this.#times[index] = at;
    this.#tickets[index] = ticket;
    this.#length++;
  }

  #remove(index: number, count: number): void {
    this.#senders.splice(index, count);
    for (const list of [this.#seqs, this.#times, this.#tickets]) {
      list.copyWithin(index, index + count, this.#length);
    }
    this.#length -= count;
  }

  #widen(): void {
    const wider = <List extends Uint32Array | Float64Array>(list: List, twice: List): List => {
      twice.set(list);
      return twice;
    };
    const length = this.#length * 2;
    this.#seqs = wider(this.#seqs, new Uint32Array(length));
    this.#times = wider(this.#times, new Float64Array(length));
    this.#tickets = wider(this.#tickets, new Float64Array(length));
  }
}
