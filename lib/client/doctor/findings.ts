/**
 * What an examination says, and how it looks.
 *
 * @module
 */

import { sanitise } from "../../text.ts";

/** How a step came out: well; not well, but the chat works; not well; not to be found out. */
export type Mark = "ok" | "warn" | "bad" | "skip";

/** What came of one step. */
export interface Finding {
  /** How it came out. */
  readonly mark: Mark;
  /** What was looked at, a few words. */
  readonly title: string;
  /** What was seen, in half a line. */
  readonly detail: string;
  /** What to do about it, in a sentence or two. */
  readonly advice?: string;
}

/** What it all comes to. */
export interface Verdict {
  /** Whether something is wrong. */
  readonly mark: "ok" | "bad";
  /** The likely cause, or that there is nothing; one sentence without its full stop. */
  readonly cause: string;
  /** What to do. */
  readonly advice?: string;
}

const SIGNS: Readonly<Record<Mark, string>> = { ok: "✓", warn: "!", bad: "✗", skip: "-" };

/**
 * Writes a finding.
 *
 * @param finding The finding; text of others in it is sanitised here.
 * @returns One line, or two with advice.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const finding = { mark: "bad", title: "Send", detail: "no", advice: "Try." } as const;
 * assertEquals(formatFinding(finding), "✗ Send: no\n  Try.");
 * ```
 */
export function formatFinding(finding: Finding): string {
  const { mark, title, detail, advice } = finding;
  const line = `${SIGNS[mark]} ${title}: ${sanitise(detail)}`;
  return advice === undefined ? line : `${line}\n  ${sanitise(advice)}`;
}

/**
 * Writes the verdict: the last line.
 *
 * @param verdict The verdict.
 * @returns One line, or two with advice.
 */
export function formatVerdict(verdict: Verdict): string {
  const { mark, cause, advice } = verdict;
  const begin = mark === "bad" ? "Likely cause: " : "";
  const line = `${begin}${sanitise(cause)}.`;
  return advice === undefined ? line : `${line}\n${sanitise(advice)}`;
}
