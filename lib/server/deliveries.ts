/**
 * Inboxes being emptied: one message of an account at a time, in order.
 *
 * @module
 */

import { reasonOf } from "../errors.ts";
import type { Mail, MailStore } from "../people/mail.ts";
import { asParams, type Mailbox } from "./mailbox.ts";

/** What {@linkcode Deliveries} work with. */
export interface DeliveriesOptions {
  /** Where the messages are. */
  readonly store: Pick<MailStore, "next" | "taken" | "dropped">;
  /** Finds the mailbox of the session that is logged in to an account, if it takes messages. */
  readonly boxOf: (account: string) => Mailbox | undefined;
  /** Whether an account still wants a message: it may have blocked the sender meanwhile. */
  readonly isWanted: (account: string, mail: Mail) => boolean;
  /** Tells the operator of a mishap. */
  readonly problem: (what: string) => void;
}

/** What is under way for one account. */
interface Delivery {
  /** Whether something came that the present round may have missed. */
  again: boolean;
  /** Who waits for which message. */
  readonly waiting: Map<number, (delivered: boolean) => void>;
  /** Resolves at the end. */
  done: Promise<void> | undefined;
}

/**
 * Empties inboxes. Two sessions of an account that follow each other never get the same message at
 * the same time: the next one begins when the one before has answered or is gone.
 */
export class Deliveries implements AsyncDisposable {
  readonly #options: DeliveriesOptions;
  readonly #byAccount = new Map<string, Delivery>();

  /**
   * Begins with none.
   *
   * @param options What they work with.
   */
  constructor(options: DeliveriesOptions) {
    this.#options = options;
  }

  /**
   * Delivers what is in an inbox, until it is empty or nobody takes it.
   *
   * @param account The account.
   */
  start(account: string): void {
    const delivery = this.#of(account);
    delivery.again = true;
    delivery.done ??= this.#run(account, delivery);
  }

  /**
   * Waits for one message; `start()` must follow.
   *
   * @param account The account.
   * @param seq Which message of its inbox.
   * @returns Whether it was acknowledged before the delivery ended.
   */
  delivered(account: string, seq: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#of(account).waiting.set(seq, resolve);
    return promise;
  }

  /** Waits for the deliveries under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(Array.from(this.#byAccount.values(), ({ done }) => done));
  }

  #of(account: string): Delivery {
    const found = this.#byAccount.get(account);
    if (found !== undefined) return found;
    const delivery: Delivery = { again: false, waiting: new Map(), done: undefined };
    this.#byAccount.set(account, delivery);
    return delivery;
  }

  async #run(account: string, delivery: Delivery): Promise<void> {
    try {
      while (delivery.again) {
        delivery.again = false;
        while (await this.#deliverOne(account, delivery));
      }
    } catch (error) {
      // Nothing is lost: it is tried again at the next login, or with the next message.
      this.#options.problem(`Cannot deliver the inbox of "${account}": ${reasonOf(error)}`);
    }
    this.#byAccount.delete(account);
    for (const settle of delivery.waiting.values()) settle(false);
  }

  /** Says whether there may be more. */
  async #deliverOne(account: string, { waiting }: Delivery): Promise<boolean> {
    const { store, boxOf } = this.#options;
    if (boxOf(account) === undefined) return false;
    const mail = await store.next(account);
    // Whoever was on may be gone meanwhile.
    const box = boxOf(account);
    if (mail === undefined || box === undefined) return false;
    if (!this.#options.isWanted(account, mail)) {
      await store.dropped(account, mail.seq);
      return true;
    }
    const isFor = (): boolean => boxOf(account) === box;
    const outcome = await box.take(asParams(mail, "private"), isFor);
    // It is tried again if there is another session.
    if (outcome === "missed") return true;
    if (outcome === "refused") {
      // Asked for ever, it would keep all that stand behind it from being delivered.
      await store.dropped(account, mail.seq);
      this.#options.problem(
        "Cannot deliver a message: the recipient's client cannot understand it. It was dropped.",
      );
      return true;
    }
    waiting.get(mail.seq)?.(true);
    waiting.delete(mail.seq);
    await store.taken(account, mail.seq);
    return true;
  }
}
