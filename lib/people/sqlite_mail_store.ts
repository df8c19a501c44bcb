/**
 * Messages and blocks in a people file.
 *
 * @module
 */

import type { StoreQueue } from "../store/store_queue.ts";
import { sanitise } from "../text.ts";
import type { Block, Mail, MailStore, PutOutcome, StoredMail } from "./mail.ts";
import type { MailRequests } from "./mail_tables.ts";

/** A {@linkcode MailStore} that asks a file. */
export class SqliteMailStore implements MailStore {
  readonly #queue: Pick<StoreQueue<MailRequests>, "ask">;

  /**
   * Makes the store.
   *
   * @param queue The file.
   */
  constructor(queue: Pick<StoreQueue<MailRequests>, "ask">) {
    this.#queue = queue;
  }

  /** Keeps a message; see {@linkcode MailStore}. */
  put(account: string, mail: Mail): Promise<PutOutcome> {
    return this.#queue.ask(`store a message to "${sanitise(account)}"`, "mail.put", {
      account,
      mail,
    });
  }

  /** Tells what became of a message; see {@linkcode MailStore}. */
  seen(sender: string, id: string): Promise<{ readonly delivered: boolean } | undefined> {
    return this.#queue.ask("look a message up", "mail.seen", { sender, id });
  }

  /** Reads the oldest message; see {@linkcode MailStore}. */
  next(account: string): Promise<StoredMail | undefined> {
    return this.#queue.ask(`read the inbox of "${sanitise(account)}"`, "mail.next", account);
  }

  /** A message was delivered; see {@linkcode MailStore}. */
  taken(account: string, seq: number): Promise<void> {
    const action = `take a message out of the inbox of "${sanitise(account)}"`;
    return this.#queue.ask(action, "mail.taken", { account, seq });
  }

  /** A message will never be delivered; see {@linkcode MailStore}. */
  dropped(account: string, seq: number): Promise<void> {
    const action = `drop a message out of the inbox of "${sanitise(account)}"`;
    return this.#queue.ask(action, "mail.dropped", { account, seq });
  }

  /** Reads all blocks; see {@linkcode MailStore}. */
  blocks(): Promise<readonly Block[]> {
    return this.#queue.ask("read the blocks", "blocks.load", null);
  }

  /** Keeps a block; see {@linkcode MailStore}. */
  block(block: Block): Promise<void> {
    return this.#queue.ask(`block "${sanitise(block.name)}"`, "blocks.add", block);
  }

  /** Ends a block; see {@linkcode MailStore}. */
  unblock(account: string, who: string): Promise<void> {
    return this.#queue.ask(`unblock "${sanitise(who)}"`, "blocks.remove", { account, who });
  }

  /** Does nothing: with the account, the file forgets what belongs to it. */
  forget(): Promise<void> {
    return Promise.resolve();
  }
}
