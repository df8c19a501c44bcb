/**
 * Why a directory refused.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import type { Room } from "./room.ts";

/** What programs test: one word per reason (DESIGN section 5). */
export type DirectoryErrorCode =
  | "BAD_NAME"
  | "BAD_ADDRESS"
  | "BAD_PORT"
  | "BAD_TOPIC"
  | "BAD_SEAL"
  | "ROOM_EXISTS"
  | "ADDRESS_IN_USE"
  | "NO_SUCH_ROOM"
  | "NOT_OWNER"
  | "DIRECTORY_FULL";

/** A request that breaks the directory's rules. It changed nothing. */
export class DirectoryError extends UserError {
  /** The class's name, as errors have it. */
  override readonly name = "DirectoryError";

  /**
   * Makes the error with its sentence.
   *
   * @param code The reason, for programs.
   * @param action What was tried, for people: `create room "lobby"`.
   * @param why The reason and what to do about it, for people, without a full stop at the end.
   * @param by The room that stands in the way, if one does.
   */
  constructor(
    readonly code: DirectoryErrorCode,
    action: string,
    readonly why: string,
    readonly by?: Room,
  ) {
    super(`Cannot ${action}: ${why}.`);
  }
}
