/**
 * What the server and a storage thread say to each other. One message is under way at a time, and
 * each gets one answer.
 *
 * @module
 */

/**
 * What can be asked of a file, by name: what is given with it and what it answers. Declare it with
 * `type`, not with `interface`. Everything in it must survive `structuredClone()`.
 */
export type RequestMap = Record<string, { params: unknown; value: unknown }>;

/** One request. */
export interface StorageRequest {
  /** Its name, see {@linkcode RequestMap}. */
  readonly kind: string;
  /** What was given with it. */
  readonly params: unknown;
}

/** The end of one request: a value, or why there is none, to stand after `Cannot ...: `. */
export type StorageAnswer = { readonly value: unknown } | { readonly failure: string };

/** The end of a batch of requests. */
export interface StorageOutcome {
  /** One answer for each request, in their order. */
  readonly answers: readonly StorageAnswer[];
  /** What has changed, for those who watch, in order; it is on the disk. */
  readonly changes: readonly unknown[];
}

/** What the server says; `options` are those of the kind of file. */
export type StorageMessage =
  | { readonly kind: "open"; readonly path: string; readonly options: unknown }
  | { readonly kind: "apply"; readonly requests: readonly StorageRequest[] }
  | { readonly kind: "close" };

/** What the storage thread answers: to `open` and `close` only whether it failed, as a sentence. */
export type StorageReply =
  | { readonly kind: "done"; readonly failure?: string }
  | { readonly kind: "applied"; readonly outcome: StorageOutcome };
