/**
 * The settings in use, and the file that keeps them.
 *
 * @module
 */

import { reasonOf, UserError } from "../errors.ts";
import { sanitise } from "../text.ts";
import type { TextFile } from "./config_file.ts";
import {
  DEFAULT_PREFERENCES,
  formatChange,
  formatPreferences,
  parseChange,
  type Preferences,
  type ReadPreferences,
  readPreferences,
  writePreferences,
} from "./preferences.ts";

/** Settings that last. */
export class KeptPreferences {
  readonly #file: TextFile | undefined;
  #now: Preferences = DEFAULT_PREFERENCES;
  #loading: Promise<string | undefined> | undefined;

  /**
   * Begins with the defaults.
   *
   * @param file Where they are kept; without one, they are for this session.
   */
  constructor(file?: TextFile) {
    this.#file = file;
  }

  /** The settings now. */
  get now(): Preferences {
    return this.#now;
  }

  /**
   * Reads the file, once.
   *
   * @returns What is to be told if it is damaged or cannot be read: then the defaults hold, and it is
   * never written.
   */
  load(): Promise<string | undefined> {
    return this.#loading ??= this.#load();
  }

  /**
   * Shows the settings.
   *
   * @returns A table, and where they are kept.
   */
  async list(): Promise<string> {
    await this.load();
    const where = this.#file === undefined
      ? "They are for this session: no place to keep them is known (--config FILE names one)."
      : `Kept in ${sanitise(this.#file.path)}.`;
    return `${formatPreferences(this.#now)}\n${where}`;
  }

  /**
   * Changes a setting, from now on.
   *
   * @param name Which.
   * @param word What it is to be.
   * @returns What came of it.
   * @throws {UserError} If there is no such setting or it cannot be that; or if it holds for this
   * session only since it cannot be kept.
   */
  async set(name: string, word: string): Promise<string> {
    const change = parseChange(name, word);
    await this.load();
    this.#now = { ...this.#now, ...change };
    const what = formatChange(change);
    if (this.#file === undefined) return `${what}, for this session.`;
    try {
      // What another client wrote meanwhile is kept.
      const { kept } = await this.#read(this.#file);
      await this.#file.replace(writePreferences(kept, change));
    } catch (error) {
      throw new UserError(
        `Cannot keep the settings in "${sanitise(this.#file.path)}": ${
          sanitise(reasonOf(error))
        }. ${what} for this session only; the file is as it was.`,
      );
    }
    return `${what}.`;
  }

  async #load(): Promise<string | undefined> {
    if (this.#file === undefined) return undefined;
    try {
      this.#now = (await this.#read(this.#file)).preferences;
      return undefined;
    } catch (error) {
      return `Cannot use the settings in "${sanitise(this.#file.path)}": ${
        sanitise(reasonOf(error))
      }. The defaults hold; correct the file or remove it.`;
    }
  }

  async #read(file: TextFile): Promise<ReadPreferences> {
    return readPreferences(await file.read() ?? "");
  }
}
