/**
 * The lines of one sender as this member has them: plain datagrams matched with the numbers that
 * reports give them, what is missing, and what is kept for others.
 *
 * @module
 */

import type { Report } from "../framing/control_messages.ts";
import { hashDatagram, type Hex64 } from "../framing/datagram_hash.ts";
import type { Accepted } from "./accepted_line.ts";
import { Arrivals } from "./arrivals.ts";
import { startOf } from "./first_contact.ts";
import type { Holdings } from "./holdings.ts";
import { type LooseLine, LooseLines } from "./loose_lines.ts";
import type { MissingLines } from "./missing_lines.ts";
import { MAX_LINES_PER_SENDER, NumberedLines } from "./numbered_lines.ts";
import { timeOf } from "./sender_log.ts";
import type { ShownTicket } from "./shown_lines.ts";
import { type UnreadReport, UnreadReports } from "./unread_reports.ts";
import { claimed, REORDER_GRACE_MS, type Wanted } from "./wanted.ts";

/** All lines of one sender. */
export class SenderLines {
  /** What was heard and has no number. */
  readonly loose: LooseLines;
  /** How many lines came by themselves, and how many by repair. */
  readonly counts: { direct: number; recovered: number } = { direct: 0, recovered: 0 };
  readonly #holdings: Holdings;
  readonly #joinedAt: number;
  readonly #lines: NumberedLines;
  readonly #arrivals = new Arrivals();
  readonly #unread = new UnreadReports();
  #known = false;
  /** When the last of the lines came that a report gave a number, in milliseconds. */
  #numberedAt = -Infinity;
  #numbered: { entry: ShownTicket; seq: number }[] = [];

  /**
   * Starts with nothing.
   *
   * @param holdings Where datagrams are kept.
   * @param joinedAt When this member joined, in milliseconds: what was said before is not wanted.
   */
  constructor(holdings: Holdings, joinedAt: number) {
    this.#holdings = holdings;
    this.#joinedAt = joinedAt;
    this.loose = new LooseLines(holdings);
    this.#lines = new NumberedLines(holdings);
  }

  /** What is missing, by number. */
  get missing(): MissingLines {
    return this.#lines.missing;
  }

  /** True once numbers are known, from the sender or from others. */
  get known(): boolean {
    return this.#known;
  }

  /** The highest number known of, 0 for none. */
  get highest(): number {
    return this.#lines.highest;
  }

  /**
   * Takes a plain datagram.
   *
   * @param bytes The datagram.
   * @param now The time in milliseconds.
   * @param doubtMs How soon behind an equal one it may be a copy that the network made.
   * @param saidAt When it was said, in milliseconds, if a repair brought it.
   * @returns The line to show; nothing if it waits for a report that says whether it is new.
   */
  heard(
    bytes: Uint8Array,
    now: number,
    doubtMs: number,
    saidAt: number = now,
  ): Accepted | undefined {
    const hash = hashDatagram(bytes);
    const seq = this.missing.at(hash);
    if (saidAt === now) this.#arrivals.came(now);
    if (seq !== undefined) {
      const line = this.#lines.get(seq)!;
      this.#arrivals.numbered(seq);
      this.#fill(seq, hash, bytes, line.saidAt, now);
      this.counts.direct++;
      return { bytes, seq, saidAt: line.saidAt, recovered: false };
    }
    const kept = this.#holdings.keep(bytes);
    if (this.loose.isRepeat(hash, now, doubtMs)) {
      this.loose.hold(hash, kept, now);
      return undefined;
    }
    this.#unread.came(hash);
    this.loose.accepted(hash, now);
    const loose = this.loose.add(hash, kept, saidAt);
    this.counts.direct++;
    return { bytes, seq: 0, saidAt, recovered: false, loose };
  }

  /** When {@linkcode due} is to be called next, in milliseconds. */
  get nextDeadline(): number {
    return this.#unread.nextAt(this.#arrivals.at);
  }

  /**
   * Takes the sender's own report. It may wait for lines that are not read yet: see
   * {@linkcode nextDeadline}.
   *
   * @param report The report.
   * @param now The time in milliseconds.
   * @param heardSince When the sender was first heard, in milliseconds.
   * @returns Lines that waited for it and are to be shown.
   */
  reported(report: Report, now: number, heardSince: number): Accepted[] {
    const mayCome = this.#known && this.#isUnread(report, now);
    if (!this.#known) this.#begin(report, now, heardSince);
    this.#unread.add(report, now);
    return this.#read(mayCome ? this.#unread.surplus() : this.#unread.all());
  }

  /**
   * Takes reports that waited for lines, if these came, or none came for a moment.
   *
   * @param now The time in milliseconds.
   * @returns Lines that waited for them and are to be shown.
   */
  due(now: number): Accepted[] {
    return this.#read(this.#unread.due(now, this.#arrivals.at));
  }

  /**
   * Takes all reports that wait.
   *
   * @returns Lines that waited for them and are to be shown.
   */
  readAll(): Accepted[] {
    return this.#read(this.#unread.all());
  }

  /** Says whether a report names new lines the last of which is likely to come yet. */
  #isUnread({ highest, lines }: Report, now: number): boolean {
    const last = lines.at(-1);
    if (last === undefined || highest <= this.#lines.highest) return false;
    return now - this.#arrivals.at < REORDER_GRACE_MS && !this.loose.has(last.hash);
  }

  #read(reports: readonly UnreadReport[]): Accepted[] {
    const accepted: Accepted[] = [];
    for (const { report, at } of reports) this.#number(report, at, accepted);
    return accepted;
  }

  /** Gives lines the numbers that a report says; misses those that did not come. */
  #number(report: Report, now: number, accepted: Accepted[]): void {
    const before = report.highest - report.lines.length;
    this.#lines.makeRoom(report.highest);
    this.#lines.raise(before, now);
    report.lines.forEach(({ age, hash }, i) => {
      const seq = before + 1 + i;
      // Nearly every line came before its number did.
      if (seq === this.#lines.highest + 1) {
        const loose = this.#takeLoose(seq, hash, now);
        if (loose !== undefined) {
          this.#lines.append(loose.hash, loose.kept, loose.at);
          const found = this.#accept(loose, seq);
          if (found !== undefined) accepted.push(found);
          return;
        }
        this.#lines.raise(seq, now);
      }
      if (!this.#lines.verify(seq, hash, timeOf(age, now), now)) return;
      const loose = this.#takeLoose(seq, hash, now);
      const found = loose && this.#match(loose, seq);
      if (found !== undefined) accepted.push(found);
      else if (loose === undefined && this.missing.get(seq) !== undefined) {
        this.missing.awaitHash(seq, hash);
      }
    });
    this.missing.claimedFrom(report.oldest, now);
    // Every number up to here has its hash: what fits none was a copy.
    if (this.loose.size > 0 && this.missing.unhashed === 0) {
      this.loose.settle(this.#numberedAt, now);
    }
  }

  /**
   * Takes a line that a repair brought.
   *
   * @param seq Its number.
   * @param bytes Its datagram.
   * @param saidAt When it was said, in milliseconds.
   * @param now The time in milliseconds.
   * @returns The line to show, nothing if it is there or not wanted, "bad" if it is not that line.
   */
  repaired(
    seq: number,
    bytes: Uint8Array,
    saidAt: number,
    now: number,
  ): Accepted | "bad" | undefined {
    if (!this.#known || !this.#lines.concerns(seq)) return undefined;
    const line = this.#lines.get(seq);
    if (line?.kept !== undefined) return undefined;
    const hash = hashDatagram(bytes);
    if (line?.hash !== undefined && line.hash !== hash) return "bad";
    if (seq <= this.#lines.uncertain && saidAt < this.#joinedAt) {
      this.#lines.forget(seq);
      return undefined;
    }
    this.#lines.raise(seq, now);
    const loose = this.#takeLoose(seq, hash, now);
    if (loose !== undefined) return this.#match(loose, seq);
    this.#fill(seq, hash, bytes, saidAt, now);
    this.counts.recovered++;
    return { bytes, seq, saidAt, recovered: true };
  }

  /**
   * Takes what another member says to have.
   *
   * @param highest The highest number it knows.
   * @param has Bit i says that it has `highest - i`.
   * @param saidAt When the highest was said, in milliseconds.
   * @param now The time in milliseconds.
   */
  hearsay(highest: number, has: number, saidAt: number, now: number): void {
    if (!this.#known) {
      if (saidAt < this.#joinedAt || highest === 0) return;
      this.#known = true;
      this.#lines.begin(highest - MAX_LINES_PER_SENDER, highest - 1);
    }
    // Hearsay never makes one want more than what is kept of a sender.
    if (highest > this.#lines.highest + MAX_LINES_PER_SENDER) return;
    if (saidAt >= this.#joinedAt) this.#lines.raise(highest, now);
    for (const [seq, wanted] of this.missing.entries()) {
      const back = highest - seq;
      if (back >= 32 || (back >= 0 && (has >>> back & 1) === 1)) claimed(wanted, now);
    }
  }

  /**
   * Finds what can be sent to others.
   *
   * @param seq The number.
   * @returns The line if it is kept.
   */
  kept(seq: number): { bytes: Uint8Array; saidAt: number } | undefined {
    const line = this.#lines.get(seq);
    const bytes = line?.kept === undefined ? undefined : this.#holdings.get(line.kept);
    return bytes === undefined ? undefined : { bytes, saidAt: line!.saidAt };
  }

  /**
   * Says whether a line can be sent to others.
   *
   * @param seq The number.
   * @returns True if it is kept.
   */
  keeps(seq: number): boolean {
    const kept = this.#lines.get(seq)?.kept;
    return kept !== undefined && this.#holdings.has(kept);
  }

  /**
   * Finds a line by what it is.
   *
   * @param hash The hash of its datagram.
   * @returns When it was said, and the datagram if it is kept; nothing if it never came.
   */
  byHash(hash: Hex64): { saidAt: number; bytes: Uint8Array | undefined } | undefined {
    const loose = this.loose.find(hash);
    if (loose !== undefined) return { saidAt: loose.at, bytes: this.#holdings.get(loose.kept) };
    const line = this.#lines.byHash(hash);
    return line && { saidAt: line.saidAt, bytes: this.#holdings.get(line.kept!) };
  }

  /**
   * Tells what is here, as a report has it.
   *
   * @returns The highest number, the bits below it and when it was said; nothing if none is known.
   */
  summary(): { highest: number; has: number; saidAt: number } | undefined {
    return this.#lines.summary();
  }

  /**
   * Lists what may be asked for.
   *
   * @returns Numbers and states.
   */
  *askable(): Generator<[number, Wanted]> {
    for (const entry of this.missing.askable(this.#lines.uncertain)) {
      const [seq, wanted] = entry;
      if (wanted.asked === 0) {
        wanted.notBefore = Math.max(wanted.notBefore, this.#arrivals.overdueAt(seq));
      }
      yield entry;
    }
  }

  /**
   * Gives up what nobody can have any more.
   *
   * @param now The time in milliseconds.
   * @returns How many lines were lost since this was asked last.
   */
  takeLost(now: number): number {
    return this.#lines.takeLost(now);
  }

  /**
   * Tells which lines that were shown have got their numbers.
   *
   * @returns The lines since this was asked last.
   */
  takeNumbered(): { readonly entry: ShownTicket; readonly seq: number }[] {
    return this.#numbered.splice(0);
  }

  /**
   * Takes out what waits for a report that will not come.
   *
   * @returns The datagrams, the first first; shown from now on.
   */
  release(): { readonly bytes: Uint8Array; readonly loose: LooseLine }[] {
    return this.loose.release().flatMap((loose) => {
      const bytes = this.#holdings.get(loose.kept);
      return bytes === undefined ? [] : [{ bytes, loose }];
    });
  }

  /** Forgets everything. */
  clear(): void {
    this.#lines.clear();
    this.loose.trim(0);
  }

  /** Starts counting at the first line said since this member joined. */
  #begin(report: Report, now: number, heardSince: number): void {
    const { base, uncertain } = startOf(report, now, this.#joinedAt, heardSince);
    this.#known = true;
    this.#lines.begin(Math.max(base, report.highest - MAX_LINES_PER_SENDER), uncertain);
  }

  /** Has the line of a number that was heard without one; tells what is to be shown. */
  #match(loose: LooseLine, seq: number): Accepted | undefined {
    this.#lines.fill(seq, loose.hash, loose.kept, loose.at);
    return this.#accept(loose, seq);
  }

  /** Gives a number to a datagram that was heard without one. */
  #takeLoose(seq: number, hash: Hex64, now: number): LooseLine | undefined {
    const loose = this.loose.take(hash);
    if (loose === undefined) return undefined;
    this.#arrivals.numbered(seq);
    this.#numberedAt = Math.max(this.#numberedAt, loose.at);
    if (loose.entry !== undefined) this.#numbered.push({ entry: loose.entry, seq });
    // What was shown counts from when it came.
    if (!loose.shown) this.loose.accepted(hash, now);
    return loose;
  }

  /** What waited unshown is shown now. */
  #accept({ shown, kept, at }: LooseLine, seq: number): Accepted | undefined {
    const bytes = shown ? undefined : this.#holdings.get(kept);
    if (bytes === undefined) return undefined;
    this.counts.direct++;
    return { bytes, seq, saidAt: at, recovered: false };
  }

  #fill(seq: number, hash: Hex64, bytes: Uint8Array, saidAt: number, now: number): void {
    this.#lines.fill(seq, hash, this.#holdings.keep(bytes), saidAt);
    this.loose.accepted(hash, now);
  }
}
