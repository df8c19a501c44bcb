/**
 * Everybody whose lines were heard or heard of: members, former members and simple clients.
 *
 * @module
 */

import type { Hex64 } from "../framing/datagram_hash.ts";
import type { SocketAddress } from "../net/datagram.ts";
import type { Holdings } from "./holdings.ts";
import { COPY_DOUBT_MS } from "./loose_lines.ts";
import { keyOf } from "./member_table.ts";
import { SenderLines } from "./sender_lines.ts";

/** Most senders with an id that are remembered: the members, and some who left. */
export const MAX_SENDERS = 1200;

/** Most sources without an id. */
export const MAX_STRANGERS = 256;

/** A source that did not report for so long speaks no control: reports follow a line within 3 s. */
export const STRANGER_MS = 3500;

/** How soon behind an equal line of a stranger another may be a copy, in milliseconds. */
const STRANGER_DOUBT_MS = 500;

/** A socket that a member used for a moment is remembered so long for it, in milliseconds. */
const STRAY_MS = 60_000;

/** What is remembered of a simple client's lines: it might yet report. */
const STRANGER_LINES = 64;

/** A sender. */
export interface Sender {
  /** Its lines. */
  readonly lines: SenderLines;
  /** Its id; none for a simple client. */
  id: Hex64 | undefined;
  /** Its data socket; none if it is only heard of. */
  source: SocketAddress | undefined;
  /** The key under which it is found by that socket, empty if it is not. */
  key: string;
  /** The name it gave last. */
  name: string | undefined;
  /** When it was first heard, in milliseconds. */
  readonly since: number;
  /** When it was last heard or heard of, in milliseconds. */
  heardAt: number;
  /** When to ask for what is missing, in milliseconds; infinite for not at all. */
  nackAt: number;
  /** Lines it sent itself that were not what it had reported. */
  lies: number;
}

/** The senders by source and by id. */
export class Senders {
  #holdings: Holdings;
  #joinedAt: number;
  #bySource = new Map<string, Sender>();
  #byId = new Map<Hex64, Sender>();
  #strangers = new Map<string, Sender>();
  /** Whose line came last: the next one is likely to come from there, too. */
  #last: Sender | undefined;

  /**
   * Starts with nobody.
   *
   * @param holdings Where datagrams are kept.
   * @param joinedAt When this member joined, in milliseconds.
   */
  constructor(holdings: Holdings, joinedAt: number) {
    this.#holdings = holdings;
    this.#joinedAt = joinedAt;
  }

  /** How many there are with an id. */
  get size(): number {
    return this.#byId.size;
  }

  /** How many there are without. */
  get strangers(): number {
    return this.#strangers.size;
  }

  /**
   * Lists those with an id.
   *
   * @returns The senders.
   */
  identified(): IterableIterator<Sender> {
    return this.#byId.values();
  }

  /**
   * Finds who speaks from a socket.
   *
   * @param source The address and port.
   * @returns The sender, if it was heard before.
   */
  at(source: SocketAddress): Sender | undefined {
    return this.#bySource.get(keyOf(source));
  }

  /**
   * Finds a sender.
   *
   * @param id Its id.
   * @returns The sender, if it is known.
   */
  of(id: Hex64): Sender | undefined {
    return this.#byId.get(id);
  }

  /**
   * Takes note that a socket speaks.
   *
   * @param source The address and port.
   * @param now The time in milliseconds.
   * @returns Its sender, perhaps a new one.
   */
  heard(source: SocketAddress, now: number): Sender {
    const last = this.#last;
    const sender = last !== undefined && this.#isAt(last, source)
      ? last
      : this.#bySource.get(keyOf(source)) ?? this.#stranger(source, now);
    this.#last = sender;
    sender.heardAt = now;
    if (sender.id === undefined && now - sender.since > STRANGER_MS) {
      sender.lines.loose.trim(STRANGER_LINES);
    }
    return sender;
  }

  /**
   * Takes note whose a socket is.
   *
   * @param id The id.
   * @param source Its address and port; none if it is only heard of.
   * @param now The time in milliseconds.
   * @param isMember Says who must not be forgotten to make room.
   * @returns The sender; nothing if there is no room for another.
   */
  identify(
    id: Hex64,
    source: SocketAddress | undefined,
    now: number,
    isMember: (id: Hex64) => boolean,
  ): Sender | undefined {
    let sender = this.#byId.get(id);
    if (sender !== undefined) sender.heardAt = now;
    if (sender !== undefined && this.#isAt(sender, source)) return sender;
    const key = source === undefined ? "" : keyOf(source);
    const speaker = this.#bySource.get(key);
    if (sender === undefined) {
      if (this.#byId.size >= MAX_SENDERS && !this.#evict(isMember)) return undefined;
      // Heard before it reported: the same sender. A socket that had another owner starts anew.
      sender = speaker !== undefined && speaker.id === undefined ? speaker : this.#create(now);
      sender.id = id;
      this.#byId.set(id, sender);
    }
    sender.heardAt = now;
    if (source === undefined) return sender;
    if (speaker !== sender) {
      // What came from this socket and has no number is the new owner's, or nobody's.
      if (speaker !== undefined) sender.lines.loose.adopt(speaker.lines.loose);
      if (this.#bySource.get(sender.key) === sender) this.#bySource.delete(sender.key);
    }
    this.#strangers.delete(key);
    this.#bySource.set(key, sender);
    sender.source = source;
    sender.key = key;
    return sender;
  }

  /**
   * Looks whether a line that was repaired was shown already, as somebody's who is not known: a
   * member that has a new socket, and another one again before it could report from the first.
   *
   * @param hash The hash of its datagram.
   * @param now The time in milliseconds.
   * @returns True if it was; the next equal line is another.
   */
  takeStray(hash: Hex64, now: number): boolean {
    for (const { since, lines } of this.#strangers.values()) {
      if (now - since < STRAY_MS && lines.loose.discard(hash)) return true;
    }
    return false;
  }

  /** Says whether nothing is new: so it is with nearly every report. */
  #isAt(sender: Sender, source: SocketAddress | undefined): boolean {
    if (source === undefined) return true;
    return sender.source?.port === source.port && sender.source.address === source.address &&
      this.#bySource.get(sender.key) === sender;
  }

  #stranger(source: SocketAddress, now: number): Sender {
    const sender = this.#create(now);
    sender.source = source;
    sender.key = keyOf(source);
    this.#bySource.set(sender.key, sender);
    this.#strangers.set(sender.key, sender);
    if (this.#strangers.size > MAX_STRANGERS) this.#evictStranger();
    return sender;
  }

  #create(now: number): Sender {
    return {
      lines: new SenderLines(this.#holdings, this.#joinedAt),
      id: undefined,
      source: undefined,
      key: "",
      name: undefined,
      since: now,
      heardAt: now,
      nackAt: Infinity,
      lies: 0,
    };
  }

  #evictStranger(): void {
    const [key] = this.#strangers.keys();
    this.#strangers.get(key!)!.lines.loose.trim(0);
    this.#strangers.delete(key!);
    this.#bySource.delete(key!);
  }

  /** Forgets the one longest unheard who is no member. */
  #evict(isMember: (id: Hex64) => boolean): boolean {
    let oldest: Sender | undefined;
    for (const [id, sender] of this.#byId) {
      if (isMember(id) || (oldest !== undefined && oldest.heardAt <= sender.heardAt)) continue;
      oldest = sender;
    }
    if (oldest === undefined) return false;
    oldest.lines.clear();
    oldest.nackAt = Infinity;
    this.#byId.delete(oldest.id!);
    if (this.#bySource.get(oldest.key) === oldest) this.#bySource.delete(oldest.key);
    return true;
  }
}

/**
 * Says how soon behind an equal line another may be a copy that the network made.
 *
 * @param sender The sender.
 * @param now The time in milliseconds.
 * @returns Milliseconds; 0 for a simple client, since no report will ever tell.
 */
export function doubtOf(sender: Sender, now: number): number {
  if (sender.id !== undefined) return COPY_DOUBT_MS;
  return now - sender.since < STRANGER_MS ? STRANGER_DOUBT_MS : 0;
}
