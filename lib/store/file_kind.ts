/**
 * What tells one kind of file from another: its marks, its tables, what it is called.
 *
 * @module
 */

/** A kind of SQLite file that this program keeps. */
export interface FileKind {
  /** What it is called in sentences: `directory file`. */
  readonly name: string;
  /** Marks a file as of this kind (`PRAGMA application_id`), 32 bits. */
  readonly applicationId: number;
  /**
   * What turns a file of schema version N into one of version N + 1, at index N. A file is never
   * migrated back, and what stands here is never edited once released: add to the end.
   */
  readonly migrations: readonly string[];
}
