/**
 * The tables of inboxes and blocks, and what can be asked of them.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { prepareAll, type Row } from "../store/statements.ts";
import type { Tables } from "../store/store_file.ts";
import { type Block, DEFAULT_MAIL_LIMITS, type Mail, type MailLimits } from "./mail.ts";
import type { PutOutcome, StoredMail } from "./mail.ts";

/** What can be asked about messages and blocks; see `MailStore`. */
export type MailRequests = {
  /** Keeps a message. */
  "mail.put": { params: { readonly account: string; readonly mail: Mail }; value: PutOutcome };
  /** Tells what became of one. */
  "mail.seen": {
    params: { readonly sender: string; readonly id: string };
    value: { readonly delivered: boolean } | undefined;
  };
  /** Reads the oldest of an inbox. */
  "mail.next": { params: string; value: StoredMail | undefined };
  /** One was delivered. */
  "mail.taken": { params: { readonly account: string; readonly seq: number }; value: void };
  /** One will never be delivered. */
  "mail.dropped": { params: { readonly account: string; readonly seq: number }; value: void };
  /** Reads all blocks. */
  "blocks.load": { params: null; value: readonly Block[] };
  /** Keeps a block. */
  "blocks.add": { params: Block; value: void };
  /** Ends a block. */
  "blocks.remove": { params: { readonly account: string; readonly who: string }; value: void };
};

/** What is full. */
type FullOf = Extract<PutOutcome, { readonly kind: "full" }>["of"];

/** Every statement. */
const STATEMENTS = {
  seen: "SELECT delivered FROM mail_seen WHERE sender = :sender AND id = :id",
  account: "SELECT 1 FROM account WHERE key = ?",
  inInbox: "SELECT count(*) AS count FROM mail WHERE account = ?",
  ofSender: "SELECT count(*) AS count FROM mail WHERE account = :account AND sender = :sender",
  ofGuests: "SELECT count(*) AS count FROM mail WHERE account = ? AND is_account = 0",
  allGuests: "SELECT count(*) AS count FROM mail WHERE is_account = 0",
  total: "SELECT count(*) AS count FROM mail",
  // A few of the oldest each time: more than come in.
  expire: `DELETE FROM mail WHERE at <= ? AND seq IN (SELECT seq FROM mail ORDER BY seq LIMIT 10)`,
  put: `INSERT INTO mail (account, sender, id, shown, is_account, text, at)
    VALUES (:account, :sender, :id, :from, :is_account, :text, :at)`,
  see: "INSERT OR REPLACE INTO mail_seen (sender, id, at) VALUES (:sender, :id, :at)",
  // A few of the oldest each time: more than come in.
  forgetOld: `DELETE FROM mail_seen WHERE rowid IN
    (SELECT rowid FROM mail_seen WHERE at <= ? ORDER BY rowid LIMIT 10)`,
  forgetMore: `DELETE FROM mail_seen WHERE rowid IN (SELECT rowid FROM mail_seen ORDER BY rowid
    LIMIT max(0, (SELECT count(*) FROM mail_seen) - ?))`,
  next: `SELECT seq, sender, id, shown, is_account, text, at FROM mail
    WHERE account = ? ORDER BY seq LIMIT 1`,
  delivered: `UPDATE mail_seen SET delivered = 1 WHERE (sender, id) IN
    (SELECT sender, id FROM mail WHERE account = :account AND seq = :seq)`,
  taken: "DELETE FROM mail WHERE account = :account AND seq = :seq",
  blocks: "SELECT account, who, name FROM block ORDER BY rowid",
  // The account may have been deleted meanwhile.
  block: `INSERT INTO block (account, who, name) SELECT key, :who, :name FROM account
    WHERE key = :account ON CONFLICT (account, who) DO UPDATE SET name = excluded.name`,
  unblock: "DELETE FROM block WHERE account = :account AND who = :who",
} as const;

/** Inboxes and blocks in a people file. */
export class MailTables implements Tables<MailRequests> {
  readonly #sql: Record<keyof typeof STATEMENTS, StatementSync>;
  readonly #limits: MailLimits;
  /** What changes something. */
  readonly writes: Tables<MailRequests>["writes"];
  /** What only reads. */
  readonly reads: Tables<MailRequests>["reads"];

  /**
   * Prepares the statements.
   *
   * @param db The open file.
   * @param limits What it may hold.
   */
  constructor(db: DatabaseSync, limits: Partial<MailLimits> = {}) {
    const sql = this.#sql = prepareAll(db, STATEMENTS);
    this.#limits = { ...DEFAULT_MAIL_LIMITS, ...limits };
    this.reads = {
      "mail.seen": ({ sender, id }) => this.#seen(sender, id),
      "mail.next": (account) => {
        const row = sql.next.get(account);
        return row === undefined ? undefined : mailOf(row as Row);
      },
      "blocks.load": () => sql.blocks.all().map((row) => ({ ...row }) as unknown as Block),
    };
    this.writes = {
      "mail.put": ({ account, mail }) => ({ value: this.#put(account, mail) }),
      "mail.taken": (which) => {
        sql.delivered.run(which);
        sql.taken.run(which);
        return { value: undefined };
      },
      "mail.dropped": (which) => {
        sql.taken.run(which);
        return { value: undefined };
      },
      "blocks.add": ({ account, who, name }) => {
        sql.block.run({ account, who, name });
        return { value: undefined };
      },
      "blocks.remove": (which) => {
        sql.unblock.run(which);
        return { value: undefined };
      },
    };
  }

  #put(account: string, { account: isAccount, ...mail }: Mail): PutOutcome {
    const sql = this.#sql;
    const { sender, id, at } = mail;
    const seen = this.#seen(sender, id);
    if (seen !== undefined) return { kind: "seen", ...seen };
    if (sql.account.get(account) === undefined) return { kind: "no-account" };
    const { seen: most, seenFor, keptFor } = this.#limits;
    sql.expire.run(at - keptFor);
    const full = this.#full(account, sender, isAccount);
    if (full !== undefined) return { kind: "full", of: full };
    const { lastInsertRowid } = sql.put.run({ account, ...mail, is_account: isAccount ? 1 : 0 });
    sql.see.run({ sender, id, at });
    sql.forgetOld.run(at - seenFor);
    sql.forgetMore.run(most);
    return { kind: "stored", seq: Number(lastInsertRowid) };
  }

  #full(account: string, sender: string, isAccount: boolean): FullOf | undefined {
    const sql = this.#sql;
    const { perInbox, perSender, total, totalOfGuests } = this.#limits;
    if (count(sql.inInbox.get(account)) >= perInbox) return "inbox";
    if (isAccount) {
      if (count(sql.ofSender.get({ account, sender })) >= perSender) return "sender";
    } else {
      if (count(sql.ofGuests.get(account)) >= perSender) return "guests";
      if (count(sql.allGuests.get()) >= totalOfGuests) return "server";
    }
    return count(sql.total.get()) >= total ? "server" : undefined;
  }

  #seen(sender: string, id: string): { readonly delivered: boolean } | undefined {
    const row = this.#sql.seen.get({ sender, id });
    return row === undefined ? undefined : { delivered: row.delivered === 1 };
  }
}

function count(row: Row | undefined): number {
  return Number(row?.count);
}

function mailOf({ shown, is_account, ...rest }: Row): StoredMail {
  return { ...rest, from: shown, account: is_account === 1 } as unknown as StoredMail;
}
