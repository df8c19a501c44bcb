/**
 * One line that is being typed, and where the cursor stands in it. Pure.
 *
 * @module
 */

import { removeUnsafe } from "../../text.ts";

/**
 * UTF-16 units of one typed line: a dozen datagrams of 1200 bytes, more than anybody types, and
 * short enough to be drawn anew at every key.
 */
export const MAX_LINE_LENGTH = 16 * 1024;

let segmenter: Intl.Segmenter | undefined;

/** Loading the segmentation tables costs start-up time, so they are loaded by the first edit. */
function graphemes(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return segmenter.segment(text);
}

const WORD = /[\p{L}\p{N}\p{M}_]/u;
const NOT_SPACE = /\S/u;

/**
 * Makes text that was typed or pasted fit for a line.
 *
 * @param text The text.
 * @returns The text with a tab turned into a space and without what could do something to a terminal.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(typeable("a\tb\x9b1m"), "a b1m");
 * ```
 */
export function typeable(text: string): string {
  return removeUnsafe(text.replaceAll("\t", " "));
}

/**
 * A line buffer that moves and deletes by what people see as one character (a grapheme cluster,
 * Unicode TR 29): a flag, a family or a letter with its accents is one step.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const line = new LineBuffer();
 * line.insert("Hi 👩‍👩‍👧");
 * line.deleteLeft();
 * assertEquals([line.left, line.right], ["Hi ", ""]);
 * ```
 */
export class LineBuffer {
  #text = "";
  #cursor = 0;
  #killed = "";

  /** The whole line. */
  get text(): string {
    return this.#text;
  }

  /** What stands before the cursor. */
  get left(): string {
    return this.#text.slice(0, this.#cursor);
  }

  /** What stands from the cursor on. */
  get right(): string {
    return this.#text.slice(this.#cursor);
  }

  /**
   * Replaces the line.
   *
   * @param text The new line.
   * @param cursor How many UTF-16 units stand before the cursor; all of them if not given.
   */
  set(text: string, cursor: number = text.length): void {
    this.#text = text;
    this.#cursor = cursor;
  }

  /**
   * Inserts text at the cursor.
   *
   * @param text The text, without control characters.
   * @returns False if the line would become longer than {@linkcode MAX_LINE_LENGTH}; then nothing
   *   was inserted.
   */
  insert(text: string): boolean {
    if (this.#text.length + text.length > MAX_LINE_LENGTH) return false;
    this.#text = this.left + text + this.right;
    this.#cursor += text.length;
    return true;
  }

  /** Moves one grapheme to the left. */
  moveLeft(): void {
    this.#cursor = this.#before(this.#cursor);
  }

  /** Moves one grapheme to the right. */
  moveRight(): void {
    this.#cursor = this.#after(this.#cursor);
  }

  /** Moves to the start of the line. */
  moveHome(): void {
    this.#cursor = 0;
  }

  /** Moves to the end of the line. */
  moveEnd(): void {
    this.#cursor = this.#text.length;
  }

  /** Moves to the start of this word or of the one before. */
  moveWordLeft(): void {
    this.#cursor = this.#wordStart(WORD);
  }

  /** Moves to the end of this word or of the next. */
  moveWordRight(): void {
    this.#cursor = this.#wordEnd();
  }

  /** Deletes the grapheme before the cursor (Backspace). */
  deleteLeft(): void {
    this.#remove(this.#before(this.#cursor), this.#cursor);
  }

  /** Deletes the grapheme at the cursor (Delete). */
  deleteRight(): void {
    this.#remove(this.#cursor, this.#after(this.#cursor));
  }

  /** Deletes from the start of the line to the cursor, for {@linkcode yank}. */
  killLeft(): void {
    this.#kill(0, this.#cursor);
  }

  /** Deletes from the cursor to the end of the line, for {@linkcode yank}. */
  killRight(): void {
    this.#kill(this.#cursor, this.#text.length);
  }

  /** Deletes back to the space before the cursor, for {@linkcode yank} (Ctrl-W). */
  killWord(): void {
    this.#kill(this.#wordStart(NOT_SPACE), this.#cursor);
  }

  /** Deletes back to the start of the word, for {@linkcode yank} (Alt-Backspace). */
  killWordLeft(): void {
    this.#kill(this.#wordStart(WORD), this.#cursor);
  }

  /** Deletes on to the end of the word, for {@linkcode yank} (Alt-D). */
  killWordRight(): void {
    this.#kill(this.#cursor, this.#wordEnd());
  }

  /**
   * Inserts what was killed last.
   *
   * @returns False if it does not fit.
   */
  yank(): boolean {
    return this.insert(this.#killed);
  }

  #before(index: number): number {
    return graphemes(this.#text).containing(index - 1)?.index ?? 0;
  }

  #after(index: number): number {
    const found = graphemes(this.#text).containing(index);
    return found === undefined ? this.#text.length : found.index + found.segment.length;
  }

  #wordStart(word: RegExp): number {
    const all = graphemes(this.#text);
    let index = this.#cursor;
    let inside = false;
    while (index > 0) {
      const found = all.containing(index - 1)!;
      const isWord = word.test(found.segment);
      if (inside && !isWord) break;
      inside ||= isWord;
      index = found.index;
    }
    return index;
  }

  #wordEnd(): number {
    const all = graphemes(this.#text);
    let index = this.#cursor;
    let inside = false;
    while (index < this.#text.length) {
      const found = all.containing(index)!;
      const isWord = WORD.test(found.segment);
      if (inside && !isWord) break;
      inside ||= isWord;
      index = found.index + found.segment.length;
    }
    return index;
  }

  #kill(from: number, to: number): void {
    if (from === to) return;
    this.#killed = this.#text.slice(from, to);
    this.#remove(from, to);
  }

  #remove(from: number, to: number): void {
    this.#text = this.#text.slice(0, from) + this.#text.slice(to);
    this.#cursor = from;
  }
}
