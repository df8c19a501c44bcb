/**
 * Private messages that wait for somebody: what they are, and where they are kept.
 *
 * @module
 */

/** A message that the server took. */
export interface Mail {
  /** The folded name of the sender, see `foldName`. With `id`, no other message has it. */
  readonly sender: string;
  /** What the sender named it. */
  readonly id: string;
  /** The sender's name, as it is shown. */
  readonly from: string;
  /** Whether the sender was logged in: then nobody else can have had the name. */
  readonly account: boolean;
  /** What it says. */
  readonly text: string;
  /** When the server took it, in milliseconds since 1970. */
  readonly at: number;
}

/** A message in an inbox. */
export interface StoredMail extends Mail {
  /** Where it stands: greater than that of any message before it, in any inbox. */
  readonly seq: number;
}

/** What became of a message that was to be kept. */
export type PutOutcome =
  /** It is kept. */
  | { readonly kind: "stored"; readonly seq: number }
  /** The same sender gave one of the same id before; nothing has changed. */
  | { readonly kind: "seen"; readonly delivered: boolean }
  /** There is no place: in this inbox, for this sender or for guests in it, or anywhere. */
  | { readonly kind: "full"; readonly of: "inbox" | "sender" | "guests" | "server" }
  /** The account was deleted meanwhile; a store that knows no accounts cannot tell. */
  | { readonly kind: "no-account" };

/** Somebody whom an account does not want to hear. */
export interface Block {
  /** The account that does not want to, by its folded name. */
  readonly account: string;
  /** Who, by the folded name. */
  readonly who: string;
  /** The name as it was given. */
  readonly name: string;
}

/** What an inbox, and all of them together, may hold. */
export interface MailLimits {
  /** Messages in one inbox. */
  readonly perInbox: number;
  /** Messages of one sender in one inbox; all guests together are one. */
  readonly perSender: number;
  /** Messages in all inboxes. */
  readonly total: number;
  /** Messages of guests in all inboxes. */
  readonly totalOfGuests: number;
  /** For how many milliseconds a message waits. */
  readonly keptFor: number;
  /** Ids of messages that are remembered when the message is no more. */
  readonly seen: number;
  /** For how many milliseconds. */
  readonly seenFor: number;
}

/** The limits when nothing else is said. */
export const DEFAULT_MAIL_LIMITS: MailLimits = {
  // More than anybody reads after a holiday.
  perInbox: 500,
  // One sender cannot keep the others out; a guest could under another name each time.
  perSender: 200,
  // 200 MB at worst, if each is as long as it may be.
  total: 100_000,
  // They cost nothing to make: what they fill must leave room for who has an account.
  totalOfGuests: 50_000,
  // Who stays away longer asks anew; an account that nobody uses does not take up room for ever.
  keptFor: 30 * 24 * 3600 * 1000,
  // 20 MB; who sends a message again does so within seconds.
  seen: 200_000,
  // A laptop that slept over a weekend sends again what it lost the answer to.
  seenFor: 7 * 24 * 3600 * 1000,
};

/** Blocks of one account: a list that fits a line, and more people than anybody quarrels with. */
export const MAX_BLOCKS = 200;

/** Blocks of all accounts: 20 MB, which are in memory. */
export const MAX_ALL_BLOCKS = 100_000;

/**
 * Keeps messages and blocks. What a method resolved to survives the end of the program, if the
 * store is a durable one. Methods reject with a `UserError` if the store cannot do it: then nothing
 * has changed.
 */
export interface MailStore {
  /**
   * Keeps a message, unless the sender gave one of that id before.
   *
   * @param account Whose inbox, by the folded name of the account.
   * @param mail The message.
   * @returns What became of it.
   */
  put(account: string, mail: Mail): Promise<PutOutcome>;
  /**
   * Tells what became of a message.
   *
   * @param sender The folded name of the sender.
   * @param id The message's id.
   * @returns Whether it was delivered; undefined if no such message is known.
   */
  seen(sender: string, id: string): Promise<{ readonly delivered: boolean } | undefined>;
  /**
   * Reads the oldest message of an inbox.
   *
   * @param account Whose inbox.
   * @returns The message; undefined if there is none.
   */
  next(account: string): Promise<StoredMail | undefined>;
  /**
   * A message was delivered: it leaves the inbox, its id is remembered.
   *
   * @param account Whose inbox.
   * @param seq Which message; one that is not there is no fault.
   */
  taken(account: string, seq: number): Promise<void>;
  /**
   * A message will never be delivered: it leaves the inbox, and its id is remembered as that of one
   * that was not.
   *
   * @param account Whose inbox.
   * @param seq Which message; one that is not there is no fault.
   */
  dropped(account: string, seq: number): Promise<void>;
  /**
   * Reads all blocks, at the start.
   *
   * @returns The blocks, in the order they were made.
   */
  blocks(): Promise<readonly Block[]>;
  /**
   * Keeps a block; one for the same two is replaced.
   *
   * @param block The block.
   */
  block(block: Block): Promise<void>;
  /**
   * Ends a block.
   *
   * @param account Whose.
   * @param who Of whom.
   */
  unblock(account: string, who: string): Promise<void>;
  /**
   * An account is no more: so are its inbox and its blocks.
   *
   * @param account Which one.
   */
  forget(account: string): Promise<void>;
}
