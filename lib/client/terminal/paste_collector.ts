/**
 * What comes between the marks of a bracketed paste (xterm). Pure.
 *
 * @module
 */

/** UTF-16 units of one paste: enough for any text that people paste, and a bound on memory. */
export const MAX_PASTE_LENGTH: number = 1024 * 1024;

const PASTE_END = "\x1b[201~";

/**
 * Collects one paste after the other; the text may be cut anywhere, inside the end mark too.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const paste = new PasteCollector();
 * assertEquals(paste.push("one\r\x1b[20"), undefined);
 * assertEquals(paste.push("1~two"), "two");
 * assertEquals(paste.end(), { text: "one\n", cut: false });
 * ```
 */
export class PasteCollector {
  #parts: string[] = [];
  #length = 0;
  /** What may be the beginning of the end mark. */
  #tail = "";

  /**
   * Takes the next text.
   *
   * @param text What came.
   * @returns What came after the end mark; undefined if that did not come yet.
   */
  push(text: string): string | undefined {
    const all = this.#tail + text;
    const end = all.indexOf(PASTE_END);
    if (end !== -1) {
      this.#tail = "";
      this.#keep(all.slice(0, end));
      return all.slice(end + PASTE_END.length);
    }
    const sure = Math.max(0, all.length - (PASTE_END.length - 1));
    this.#keep(all.slice(0, sure));
    this.#tail = all.slice(sure);
    return undefined;
  }

  /**
   * Ends the paste, with or without its end mark.
   *
   * @returns The text, with every line end turned into `\n`, and whether it was too long to be kept.
   */
  end(): { text: string; cut: boolean } {
    this.#keep(this.#tail);
    const text = this.#parts.join("").replace(/\r\n?/g, "\n");
    const cut = this.#length > MAX_PASTE_LENGTH;
    this.#parts = [];
    this.#length = 0;
    this.#tail = "";
    return { text, cut };
  }

  #keep(text: string): void {
    this.#length += text.length;
    if (this.#length <= MAX_PASTE_LENGTH) this.#parts.push(text);
  }
}
