/**
 * The commands of earlier sessions, in a file of the user's own.
 *
 * @module
 */

import { appendToPrivateFile, replacePrivateFile } from "../private_files.ts";
import { MAX_HISTORY } from "./terminal/history.ts";
import type { HistoryStore } from "./terminal/line_context.ts";

/** Bytes of the file that are read: far more than its lines have, and nothing to wait for. */
const MAX_FILE_BYTES = 1024 * 1024;

/** UTF-16 units of a line that is kept: a command is short, and what is pasted is no command. */
const MAX_KEPT_LENGTH = 1000;

/**
 * Says whether a line may be written down. It is asked when the line was given, and may answer later.
 *
 * @param line The line.
 * @returns True if it may be.
 */
export type Keeps = (line: string) => boolean | Promise<boolean>;

/**
 * A {@linkcode HistoryStore} in a file, one line each, oldest first. Several clients may share it: each
 * adds its lines at the end. Where the file cannot be read or written (no permission, a full disk),
 * there is no history of earlier sessions, and nobody is told: nothing that was asked for fails.
 */
export class HistoryFile implements HistoryStore, AsyncDisposable {
  readonly #path: string;
  readonly #keeps: Keeps;
  #last = "";
  /** One write after the other, so that the order is kept. */
  #writing: Promise<void> = Promise.resolve();

  /**
   * Touches nothing yet.
   *
   * @param path The file; it and its folder are made when the first line is kept.
   * @param keeps Says whether a line may be written down.
   */
  constructor(path: string, keeps: Keeps) {
    this.#path = path;
    this.#keeps = keeps;
  }

  /**
   * Reads the newest lines, and shortens a file that has become long.
   *
   * @returns The lines, oldest first; none if they cannot be read.
   */
  async load(): Promise<readonly string[]> {
    if (!isGranted("read", this.#path)) return [];
    try {
      const { text, isWhole } = await readEnd(this.#path);
      const all = text.split("\n").slice(isWhole ? 0 : 1).filter((line) => line !== "");
      const lines = all.slice(-MAX_HISTORY);
      this.#last = lines.at(-1) ?? "";
      if (!isWhole || all.length > 2 * MAX_HISTORY) await this.#shorten(lines);
      return lines;
    } catch {
      return [];
    }
  }

  /**
   * Writes a line down, if it may be and is not the one before.
   *
   * @param line The line.
   */
  add(line: string): void {
    const kept = line.trim();
    if (kept.length > MAX_KEPT_LENGTH) return;
    // Where nobody can say whether it is kept, it is not; later lines still wait for earlier ones.
    const keeps = Promise.resolve(this.#keeps(kept)).catch(() => false);
    this.#writing = Promise.all([keeps, this.#writing]).then(async ([keeps]) => {
      if (!keeps || kept === this.#last) return;
      this.#last = kept;
      await this.#append(`${kept}\n`);
    }).catch(() => {});
  }

  /** Waits until all lines are written. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing;
  }

  async #append(text: string): Promise<void> {
    if (!isGranted("write", this.#path)) return;
    await appendToPrivateFile(this.#path, text);
  }

  /** A reader sees the old file or the new one; a line added by another client meanwhile is lost. */
  async #shorten(lines: readonly string[]): Promise<void> {
    if (!isGranted("write", this.#path)) return;
    await replacePrivateFile(this.#path, lines.join("\n") + "\n");
  }
}

async function readEnd(path: string): Promise<{ text: string; isWhole: boolean }> {
  using file = await Deno.open(path);
  const { size } = await file.stat();
  const from = Math.max(0, size - MAX_FILE_BYTES);
  await file.seek(from, Deno.SeekMode.Start);
  return { text: await new Response(file.readable).text(), isWhole: from === 0 };
}

/** Asking for a permission would be a question to the user; a history is not worth one. */
function isGranted(name: "read" | "write", path: string): boolean {
  return Deno.permissions.querySync({ name, path }).state === "granted";
}
