/**
 * A small text file that is read and replaced as a whole.
 *
 * @module
 */

import { replacePrivateFile } from "../private_files.ts";
/** A text file, wherever it is. */
export interface TextFile {
  /** What it is called. */
  readonly path: string;
  /**
   * Reads it.
   *
   * @returns Its text; undefined if there is none.
   * @throws {Error} If it cannot be read.
   */
  read(): Promise<string | undefined>;
  /**
   * Replaces it: whoever reads it finds the old text or the new one.
   *
   * @param text The new text.
   * @throws {Error} If it cannot be written; then it is as it was.
   */
  replace(text: string): Promise<void>;
}

/** Bytes of settings that are read: a file that is longer is none of ours. */
export const MAX_CONFIG_BYTES = 64 * 1024;

/** A file of the disk, readable by its owner only. */
export class ConfigFile implements TextFile {
  /** See {@linkcode TextFile.path}. */
  readonly path: string;

  /**
   * Names it; nothing is touched.
   *
   * @param path Where it is. Its folder is made when it is written.
   */
  constructor(path: string) {
    this.path = path;
  }

  /**
   * Reads it, see {@linkcode TextFile.read}.
   *
   * @returns Its text, undefined if there is none.
   * @throws {Error} If it is no file, longer than {@linkcode MAX_CONFIG_BYTES}, no UTF-8, or cannot be
   * read.
   */
  async read(): Promise<string | undefined> {
    const info = await Deno.stat(this.path).catch((error) => {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    });
    if (info === undefined) return undefined;
    // To open a pipe would wait for somebody to write.
    if (!info.isFile) throw new Error("it is no plain file");
    if (info.size > MAX_CONFIG_BYTES) {
      throw new Error(`it is longer than ${MAX_CONFIG_BYTES / 1024} KiB`);
    }
    const bytes = await Deno.readFile(this.path);
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      throw new Error("it is no UTF-8");
    }
  }

  /**
   * Replaces it, see {@linkcode TextFile.replace}.
   *
   * @param text The new text.
   * @throws {Error} If it cannot be written.
   */
  async replace(text: string): Promise<void> {
    // A link to the file stays a link.
    const path = await Deno.realPath(this.path).catch(() => this.path);
    const folder = path.replace(/[/\\]?[^/\\]*$/, "") || (/^[/\\]/.test(path) ? "/" : ".");
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    await replacePrivateFile(path, text);
  }
}
