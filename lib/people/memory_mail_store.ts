/**
 * Messages and blocks that last as long as the server.
 *
 * @module
 */

import { Inboxes } from "./inbox.ts";
import type { Block, Mail, MailLimits, MailStore, PutOutcome, StoredMail } from "./mail.ts";

/** A {@linkcode MailStore} in memory. */
export class MemoryMailStore implements MailStore {
  readonly #inboxes: Inboxes;
  /** By account, then by whom. */
  readonly #blocks = new Map<string, Map<string, Block>>();

  /**
   * Makes an empty store.
   *
   * @param limits What it may hold.
   */
  constructor(limits: Partial<MailLimits> = {}) {
    this.#inboxes = new Inboxes(limits);
  }

  /** Keeps a message; see {@linkcode MailStore}. */
  put(account: string, mail: Mail): Promise<PutOutcome> {
    return Promise.resolve(this.#inboxes.put(account, mail));
  }

  /** Tells what became of a message; see {@linkcode MailStore}. */
  seen(sender: string, id: string): Promise<{ readonly delivered: boolean } | undefined> {
    return Promise.resolve(this.#inboxes.seen(sender, id));
  }

  /** Reads the oldest message; see {@linkcode MailStore}. */
  next(account: string): Promise<StoredMail | undefined> {
    return Promise.resolve(this.#inboxes.next(account));
  }

  /** A message was delivered; see {@linkcode MailStore}. */
  taken(account: string, seq: number): Promise<void> {
    return Promise.resolve(this.#inboxes.taken(account, seq));
  }

  /** A message will never be delivered; see {@linkcode MailStore}. */
  dropped(account: string, seq: number): Promise<void> {
    return Promise.resolve(this.#inboxes.dropped(account, seq));
  }

  /** Reads all blocks; see {@linkcode MailStore}. */
  blocks(): Promise<readonly Block[]> {
    return Promise.resolve([...this.#blocks.values()].flatMap((own) => [...own.values()]));
  }

  /** Keeps a block; see {@linkcode MailStore}. */
  block(block: Block): Promise<void> {
    const own = this.#blocks.get(block.account) ?? new Map<string, Block>();
    this.#blocks.set(block.account, own.set(block.who, block));
    return Promise.resolve();
  }

  /** Ends a block; see {@linkcode MailStore}. */
  unblock(account: string, who: string): Promise<void> {
    this.#blocks.get(account)?.delete(who);
    return Promise.resolve();
  }

  /** An account is no more; see {@linkcode MailStore}. */
  forget(account: string): Promise<void> {
    this.#inboxes.forget(account);
    this.#blocks.delete(account);
    return Promise.resolve();
  }
}
