/**
 * The inboxes in memory, without sockets or clocks: order, ids already seen, limits.
 *
 * @module
 */

import {
  DEFAULT_MAIL_LIMITS,
  type Mail,
  type MailLimits,
  type PutOutcome,
  type StoredMail,
} from "./mail.ts";

/** What is full. */
type FullOf = Extract<PutOutcome, { readonly kind: "full" }>["of"];

/** What is remembered of a message. */
interface Seen {
  readonly at: number;
  delivered: boolean;
}

/**
 * All inboxes of a server. Each message is kept once, whatever the sender repeats, and leaves when it
 * was delivered.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const inboxes = new Inboxes();
 * const mail = { sender: "ann", id: "1", from: "Ann", account: true, text: "Hi", at: 0 };
 * assertEquals(inboxes.put("bob", mail), { kind: "stored", seq: 1 });
 * assertEquals(inboxes.put("bob", mail), { kind: "seen", delivered: false });
 * inboxes.taken("bob", 1);
 * assertEquals(inboxes.put("bob", mail), { kind: "seen", delivered: true });
 * assertEquals(inboxes.next("bob"), undefined);
 * ```
 */
export class Inboxes {
  readonly #limits: MailLimits;
  /** By account. */
  readonly #inboxes = new Map<string, Map<number, StoredMail>>();
  /** By sender and id, the oldest first. */
  readonly #seen = new Map<string, Seen>();
  #seq = 0;
  /** Whose each message is and when it came, the oldest first. */
  readonly #all = new Map<number, { readonly account: string; readonly at: number }>();
  /** Those of guests. */
  readonly #guests = new Set<number>();

  /**
   * Begins without any message.
   *
   * @param limits What they may hold.
   */
  constructor(limits: Partial<MailLimits> = {}) {
    this.#limits = { ...DEFAULT_MAIL_LIMITS, ...limits };
  }

  /**
   * Keeps a message; see `MailStore`.
   *
   * @param account Whose inbox.
   * @param mail The message.
   * @returns What became of it.
   */
  put(account: string, mail: Mail): PutOutcome {
    const seen = this.seen(mail.sender, mail.id);
    if (seen !== undefined) return { kind: "seen", ...seen };
    this.#expire(mail.at - this.#limits.keptFor);
    const inbox = this.#inboxes.get(account) ?? new Map<number, StoredMail>();
    const full = this.#full(inbox, mail);
    if (full !== undefined) return { kind: "full", of: full };
    const seq = ++this.#seq;
    inbox.set(seq, { ...mail, seq });
    this.#inboxes.set(account, inbox);
    this.#all.set(seq, { account, at: mail.at });
    if (!mail.account) this.#guests.add(seq);
    this.#seen.set(keyOf(mail.sender, mail.id), { at: mail.at, delivered: false });
    this.#forgetOld(mail.at);
    return { kind: "stored", seq };
  }

  /**
   * Tells what became of a message.
   *
   * @param sender Who sent it.
   * @param id Its id.
   * @returns Whether it was delivered; undefined if it is not known.
   */
  seen(sender: string, id: string): { readonly delivered: boolean } | undefined {
    const seen = this.#seen.get(keyOf(sender, id));
    return seen === undefined ? undefined : { delivered: seen.delivered };
  }

  /**
   * Reads the oldest message of an inbox.
   *
   * @param account Whose.
   * @returns The message; undefined if there is none.
   */
  next(account: string): StoredMail | undefined {
    return this.#inboxes.get(account)?.values().next().value;
  }

  /**
   * A message was delivered.
   *
   * @param account Whose inbox it is in.
   * @param seq Which one.
   */
  taken(account: string, seq: number): void {
    const mail = this.#inboxes.get(account)?.get(seq);
    if (mail === undefined) return;
    this.dropped(account, seq);
    const seen = this.#seen.get(keyOf(mail.sender, mail.id));
    if (seen !== undefined) seen.delivered = true;
  }

  /**
   * A message will never be delivered.
   *
   * @param account Whose inbox it is in.
   * @param seq Which one.
   */
  dropped(account: string, seq: number): void {
    const inbox = this.#inboxes.get(account);
    if (inbox === undefined || !inbox.delete(seq)) return;
    if (inbox.size === 0) this.#inboxes.delete(account);
    this.#all.delete(seq);
    this.#guests.delete(seq);
  }

  /**
   * An account is no more.
   *
   * @param account Which one.
   */
  forget(account: string): void {
    for (const seq of this.#inboxes.get(account)?.keys() ?? []) this.dropped(account, seq);
  }

  #full(inbox: ReadonlyMap<number, StoredMail>, mail: Mail): FullOf | undefined {
    const { perInbox, perSender, total, totalOfGuests } = this.#limits;
    if (inbox.size >= perInbox) return "inbox";
    const same =
      [...inbox.values()].filter(({ sender, account }) =>
        mail.account ? sender === mail.sender : !account
      ).length;
    if (same >= perSender) return mail.account ? "sender" : "guests";
    if (!mail.account && this.#guests.size >= totalOfGuests) return "server";
    return this.#all.size >= total ? "server" : undefined;
  }

  /** The oldest stand first here, too. */
  #expire(before: number): void {
    for (const [seq, { account, at }] of this.#all) {
      if (at > before) return;
      this.dropped(account, seq);
    }
  }

  /** The oldest stand first: it stops at the first that is to stay. */
  #forgetOld(now: number): void {
    const { seen: most, seenFor } = this.#limits;
    for (const [key, { at }] of this.#seen) {
      if (this.#seen.size <= most && at > now - seenFor) return;
      this.#seen.delete(key);
    }
  }
}

/** An id has no white space. */
function keyOf(sender: string, id: string): string {
  return `${id} ${sender}`;
}
