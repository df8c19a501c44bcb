/**
 * The session protocol's methods about accounts, and about who was on.
 *
 * @module
 */

import type { Method } from "../rpc/method.ts";

/** What `hello` tells if accounts can be had in this session. */
export const ACCOUNTS_FEATURE = "accounts";

/** What a login answers. */
export interface LoginResult {
  /** The account's name: what the session is called from now on. */
  readonly name: string;
  /** With it the same client logs in again without the password, within 24 hours. */
  readonly token: string;
}

/** What ends a login answers. */
export interface LogoutResult {
  /** What the session is called from now on. */
  readonly name: string;
}

/** Somebody who was on. */
export interface RecentPerson {
  /** The account's name. */
  readonly name: string;
  /** When it was on last, in milliseconds since 1970; now, if it is on. */
  readonly last: number;
  /** There if it is on now. */
  readonly on?: true;
}

/** Parameters of `people.since`. */
export interface SinceParams {
  /** How far back, in seconds. */
  readonly seconds: number;
  /** `next` of the page before. */
  readonly after?: number;
}

/** What `people.since` answers. */
export interface SinceResult {
  /** Who was on, those who are on first, then by when they left, the last first. */
  readonly people: readonly RecentPerson[];
  /** Since when the server knows, in milliseconds since 1970. */
  readonly from: number;
  /** If there are more: what to ask for them with, as `after`. */
  readonly next?: number;
}

/** What the `account.ended` notification carries. */
export interface EndedLoginParams extends LogoutResult {
  /** Why the session has an account no longer. */
  readonly why: "elsewhere" | "idle";
}

/** What the `account.idle` notification carries. */
export interface IdleParams {
  /** How long there is to do something, in whole seconds. */
  readonly seconds: number;
}

/** The methods, and what they take and answer, as types. */
export type AccountMethodMap = {
  /** Makes an account and logs in. */
  "account.register": {
    params: { readonly name: string; readonly password: string };
    result: LoginResult;
  };
  /** Logs in. */
  "account.login": {
    params: { readonly name: string; readonly password: string };
    result: LoginResult;
  };
  /** Logs in again. */
  "account.resume": { params: { readonly token: string }; result: LoginResult };
  /** Logs out. */
  "account.logout": { params: Record<never, never>; result: LogoutResult };
  /** Changes the password. */
  "account.passwd": {
    params: { readonly password: string; readonly next: string };
    result: LoginResult;
  };
  /** Deletes the account. */
  "account.unregister": { params: { readonly password: string }; result: LogoutResult };
  /** Tells who was on. */
  "people.since": { params: SinceParams; result: SinceResult };
};

const name = {
  type: "string",
  doc: "the account's name, in any spelling that is the same name",
} as const;
const password = { type: "string", secret: true, doc: "the password" } as const;
const LOGIN = "`name`, as the session is called from now on, and a `token` for `account.resume`";
const TOKEN = "3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/** The methods about accounts, for the check of parameters and for the document. */
export const ACCOUNT_METHODS: Readonly<Record<keyof AccountMethodMap, Method>> = {
  "account.register": {
    name: "account.register",
    doc: "Makes an account: nobody else can have its name. The session is logged in to it.",
    params: {
      name: { type: "string", doc: "its name, as for `people.rename`" },
      password: {
        type: "string",
        secret: true,
        doc: "its password: 8-256 characters, not the name",
      },
    },
    result: LOGIN,
    errors: [
      ...["NOT_SECURE", "NAME_TAKEN", "BAD_NAME", "BAD_PASSWORD", "LOGGED_IN"],
      ...["TOO_MANY_ACCOUNTS", "BUSY", "STORE_FAILED"],
    ],
    example: {
      params: { name: "Mel", password: "correct horse" },
      result: { name: "Mel", token: TOKEN },
    },
  },
  "account.login": {
    name: "account.login",
    doc: "Logs in. Whoever was logged in to the account elsewhere is told and becomes a guest " +
      "(`account.ended`). Passwords are checked one after another: the answer may take a minute.",
    params: { name, password },
    result: LOGIN,
    errors: [
      ...["NOT_SECURE", "WRONG_PASSWORD", "LOCKED", "LOGGED_IN", "ELSEWHERE", "BUSY"],
      "STORE_FAILED",
    ],
    example: {
      params: { name: "Mel", password: "correct horse" },
      result: { name: "Mel", token: TOKEN },
    },
  },
  "account.resume": {
    name: "account.resume",
    doc:
      "Logs in again, after the connection was lost or the server started anew. A token ends 24 " +
      "hours after its session, with a logout, with another password, and when the account is " +
      "taken over elsewhere.",
    params: { token: { type: "string", secret: true, doc: "what the login answered" } },
    result: LOGIN,
    errors: ["NOT_SECURE", "BAD_TOKEN", "LOGGED_IN", "ELSEWHERE", "STORE_FAILED"],
    example: { params: { token: TOKEN }, result: { name: "Mel", token: TOKEN } },
  },
  "account.logout": {
    name: "account.logout",
    doc: "Logs out; the session goes on as a guest, with the name from before the login or a " +
      "similar one. The token ends.",
    params: {},
    result: "the `name` from now on",
    errors: ["NOT_SECURE", "NOT_LOGGED_IN", "STORE_FAILED"],
    example: { params: {}, result: { name: "Mel2" } },
  },
  "account.passwd": {
    name: "account.passwd",
    doc: "Changes the password. All tokens end; there is a new one for this session.",
    params: { password, next: { type: "string", secret: true, doc: "the new password" } },
    result: "as `account.login`",
    errors: [
      ...["NOT_SECURE", "NOT_LOGGED_IN", "WRONG_PASSWORD", "LOCKED", "BAD_PASSWORD", "BUSY"],
      "STORE_FAILED",
    ],
    example: {
      params: { password: "correct horse", next: "battery staple" },
      result: { name: "Mel", token: TOKEN },
    },
  },
  "account.unregister": {
    name: "account.unregister",
    doc: "Deletes the account and all that belongs to it. The session goes on as a guest.",
    params: { password },
    result: "the `name` from now on",
    errors: ["NOT_SECURE", "NOT_LOGGED_IN", "WRONG_PASSWORD", "LOCKED", "BUSY", "STORE_FAILED"],
    example: { params: { password: "correct horse" }, result: { name: "Mel" } },
  },
  "people.since": {
    name: "people.since",
    doc:
      "Tells who was on with an account in the time until now: of the last 1,000, as far as the " +
      "server remembers. Page by page, those who are on first, then the last who left first.",
    params: {
      seconds: { type: "integer", doc: "how far back" },
      after: { type: "integer", optional: true, dull: true, doc: "`next` of the page before" },
    },
    result:
      "`people`: `name`, `last` (when on last, ms since 1970), `on` (`true` if now); `from` " +
      "(since when the server remembers); `next` if there are more",
    errors: ["NOT_SECURE"],
    example: {
      params: { seconds: 900 },
      result: {
        people: [{ name: "Mel", last: 1793240000000, on: true }],
        from: 1793230000000,
      },
    },
  },
};

/** The notifications about accounts that a server sends. */
export const ACCOUNT_NOTIFICATIONS: Readonly<Record<"account.ended" | "account.idle", Method>> = {
  "account.ended": {
    name: "account.ended",
    doc:
      "The session is a guest's from now on, and its token has ended: do not log in again unless " +
      "the user says so.",
    params: {
      why: {
        type: "string",
        doc:
          "`elsewhere`: the same account logged in elsewhere; `idle`: nothing was done for too " +
          "long (`--idle-timeout`)",
      },
      name: { type: "string", doc: "what the session is called from now on" },
    },
    example: { params: { why: "idle", name: "Mel2" } },
  },
  "account.idle": {
    name: "account.idle",
    doc: "Nothing was done in this session for long: it is logged off unless something is.",
    params: { seconds: { type: "integer", doc: "how long there is" } },
    example: { params: { seconds: 60 } },
  },
};

/** What the words of errors mean that only these methods answer. */
export const ACCOUNT_ERROR_WORDS: Readonly<Record<string, string>> = {
  BAD_PASSWORD: "the password is too short, too long, or the name",
  BAD_TOKEN: "the token has ended, or never was one",
  ELSEWHERE: "the account is logged in elsewhere, and that one goes first (`--single-session`)",
  LOCKED:
    "there were too many wrong passwords, for this name or from this address; `seconds` to wait",
  LOGGED_IN: "the session is logged in: log out first",
  NOT_LOGGED_IN: "the session is that of a guest",
  TOO_MANY_ACCOUNTS: "the server has as many accounts as it may (`--max-accounts`)",
  WRONG_PASSWORD: "there is no such account, or it has another password; `left` tries, then " +
    "`seconds` to wait",
};
