/**
 * Which lines may be written to a file. Pure.
 *
 * @module
 */

import { mainTable, roomTable } from "./commands.ts";
import type { LineUse } from "./terminal/line_context.ts";

/**
 * The commands that are kept with what stands after them: nothing of that is said to anybody, or secret.
 * A command that is not here is not kept, and neither is a typing error, which may be half a message.
 */
const KEPT: ReadonlySet<string> = new Set([
  "block",
  "blocked",
  "bye",
  "chat",
  "connect",
  "deleteroom",
  "doctor",
  "forget",
  "getdir",
  "help",
  "history",
  "ignore",
  "inbox",
  "leave",
  "log",
  "logout",
  "makeroom",
  "name",
  "quit",
  "receipts",
  "servers",
  "set",
  "since",
  "topic",
  "unblock",
  "unignore",
  "who",
]);

/**
 * Says whether a line is kept for the next session. What is said in rooms, private messages, answers to
 * questions and passwords never are.
 *
 * @param line The line.
 * @param use What it was for.
 * @returns True if it may be written to a file.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([isKept("chat lobby", "command"), isKept("/who", "room")], [true, true]);
 * assertEquals([isKept("Good morning", "room"), isKept("/msg Bob psst", "room")], [false, false]);
 * ```
 */
export function isKept(line: string, use: LineUse): boolean {
  if (use === "answer") return false;
  const table = use === "room" ? roomTable : mainTable;
  return KEPT.has(table.nameOf(line) ?? "");
}
