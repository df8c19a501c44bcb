/**
 * What the server and its storage thread say to each other. One message is under way at a time, and
 * each gets one answer.
 *
 * @module
 */

import type { Room } from "./room.ts";
import type { CreateOutcome, DirectoryChange, DirectorySnapshot } from "./store.ts";

/** How a file is to be opened. */
export interface StorageOptions {
  /** Where the file is. */
  readonly path: string;
  /** How many rooms it holds at most. */
  readonly maxRooms: number;
  /** How large the file may grow, in SQLite's pages of 4 KiB; undefined for as large as the disk. */
  readonly maxPages: number | undefined;
}

/** One call of a store's method. */
export type StorageRequest =
  | { readonly kind: "create"; readonly room: Room }
  | {
    readonly kind: "delete";
    readonly name: string;
    readonly owners?: readonly string[] | undefined;
  }
  | { readonly kind: "snapshot" }
  | { readonly kind: "changes"; readonly since: number };

/** What a store's methods resolve to. */
export type StorageValue =
  | CreateOutcome
  | Room
  | DirectorySnapshot
  | readonly DirectoryChange[]
  | undefined;

/** The end of one call: a value, or why there is none, to stand after `Cannot ...: `. */
export type StorageAnswer = { readonly value: StorageValue } | { readonly failure: string };

/** The end of a batch of calls. */
export interface StorageOutcome {
  /** One answer for each request, in their order. */
  readonly answers: readonly StorageAnswer[];
  /** What has changed, in order; it is on the disk. */
  readonly changes: readonly DirectoryChange[];
}

/** What the server says. */
export type StorageMessage =
  | { readonly kind: "open"; readonly options: StorageOptions }
  | { readonly kind: "apply"; readonly requests: readonly StorageRequest[] }
  | { readonly kind: "close" };

/** What the storage thread answers: to `open` and `close` only whether it failed, as a sentence. */
export type StorageReply =
  | { readonly kind: "done"; readonly failure?: string }
  | { readonly kind: "applied"; readonly outcome: StorageOutcome };
