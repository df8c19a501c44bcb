/**
 * What becomes of private sessions: what is to be done, what the user is told, what cannot be.
 *
 * @module
 */

/** Milliseconds for the other side to connect: as long as its ticket is good. */
export const CONNECT_MS = 30_000;

/** Somebody one has, or may have, a private session with. */
export interface PrivatePartner {
  /** Their name, as the server knows it. */
  readonly name: string;
  /** Whether that is the name of an account; undefined while that is not known. */
  readonly account?: boolean | undefined;
}

/** Why a session is over. */
export type PrivateEnd =
  /** One has ended it oneself. */
  | "stopped"
  /** The other has. */
  | "stopped-there"
  /** The connection is gone. */
  | "lost"
  /** The other did not come, or could not be reached. */
  | "unreachable"
  /** The other asks anew: what was open is of no use to them. */
  | "anew"
  /** One has accepted another one. */
  | "replaced"
  /** One has logged off. */
  | "logged-off";

/** What the user is told. */
export type PrivateNews =
  /** One asks somebody. */
  | { readonly kind: "asking"; readonly partner: PrivatePartner }
  /** Somebody asks. */
  | { readonly kind: "asked"; readonly partner: PrivatePartner; readonly questions: number }
  /** They do not ask any more. */
  | { readonly kind: "withdrawn"; readonly partner: PrivatePartner }
  /** One does not want to. */
  | { readonly kind: "declined"; readonly partner: PrivatePartner }
  /** One does not ask any more. */
  | { readonly kind: "unasked"; readonly partner: PrivatePartner }
  /** The session is open. */
  | { readonly kind: "opened"; readonly partner: PrivatePartner }
  /** It is over. */
  | { readonly kind: "ended"; readonly partner: PrivatePartner; readonly why: PrivateEnd };

/** What is to be done. */
export type PrivateEffect =
  /** Ask the server for a session; `askAnswered()` or `askRefused()` follows. */
  | { readonly kind: "ask"; readonly to: string }
  /** Take that back. */
  | { readonly kind: "withdraw"; readonly to: string }
  /** Answer what the server asked. */
  | { readonly kind: "answer"; readonly id: string; readonly accept: boolean }
  /** End the connection of a session, or what becomes one. */
  | { readonly kind: "hang-up"; readonly id: string }
  /** Call `late()` after {@linkcode CONNECT_MS}. */
  | { readonly kind: "wait"; readonly id: string }
  /** Tell the user. */
  | { readonly kind: "tell"; readonly news: PrivateNews };

/** Why something cannot be done. */
export type PrivateFault =
  | "open-already"
  | "asking-already"
  | "too-many"
  | "none"
  | "several"
  | "just-gone"
  | "not-open";

/** What was to be done, or why not. */
export type PrivateMove = { readonly effects: PrivateEffect[] } | { readonly fault: PrivateFault };
