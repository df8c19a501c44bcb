/**
 * From the bytes a terminal sends to what was pressed, typed or pasted. Pure: no clock, no I/O.
 *
 * @module
 */

import {
  ALT_KEYS,
  CONTROL_KEYS,
  type KeyName,
  LETTER_KEYS,
  MODIFIED_KEYS,
  NUMBER_KEYS,
} from "./key_names.ts";
import { PasteCollector } from "./paste_collector.ts";

export type { KeyName } from "./key_names.ts";
export { MAX_PASTE_LENGTH } from "./paste_collector.ts";

/** What was done at the keyboard. */
export type KeyEvent =
  | {
    /** Text was typed; neighbouring events may be joined. */
    kind: "text";
    /** The text; it holds no control characters of C0. */
    text: string;
  }
  | {
    /** A key was pressed. */
    kind: "key";
    /** Which one. */
    name: KeyName;
  }
  | {
    /** Text was pasted between the marks of bracketed paste (xterm, `CSI ? 2004 h`). */
    kind: "paste";
    /** The text with every line end turned into `\n`. */
    text: string;
    /** True if it was longer than `MAX_PASTE_LENGTH` and is incomplete. */
    cut: boolean;
    /** True if the terminal did not mark it, and it may go on where the one before ended. */
    burst?: true;
  };

/** What the parser is in the middle of: nothing, a key sequence, or a paste. */
export type KeyState = "ground" | "sequence" | "paste";

/** Characters of one control sequence: real ones stay below 20, so more is noise. */
const MAX_SEQUENCE_LENGTH = 64;

/**
 * Parses what a terminal in raw mode sends. Bytes may be cut anywhere, inside a character or a
 * sequence too. Unknown sequences and control characters without a meaning are dropped.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const parser = new KeyParser();
 * assertEquals(parser.push(new TextEncoder().encode("hi\x1b[")), [{ kind: "text", text: "hi" }]);
 * assertEquals(parser.state, "sequence");
 * assertEquals(parser.push(new TextEncoder().encode("D")), [{ kind: "key", name: "left" }]);
 * ```
 */
export class KeyParser {
  /** Invalid UTF-8 becomes U+FFFD; a byte order mark is a character like any other. */
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #mode: "ground" | "escape" | "csi" | "ss3" | "console" | "string" | "paste" = "ground";
  #sequence = "";
  #afterReturn = false;
  #stringEscape = false;
  readonly #paste = new PasteCollector();
  #text = "";
  #events: KeyEvent[] = [];

  /**
   * What the parser waits for the rest of. The driver calls {@linkcode flush} when nothing came
   * for a while and this is not `ground`.
   */
  get state(): KeyState {
    if (this.#mode === "ground") return "ground";
    return this.#mode === "paste" ? "paste" : "sequence";
  }

  /**
   * Takes the next bytes.
   *
   * @param bytes Any number of bytes, as they were read.
   * @returns What they complete, in order.
   */
  push(bytes: Uint8Array): KeyEvent[] {
    let text = this.#decoder.decode(bytes, { stream: true });
    while (text !== "") {
      if (this.#mode === "paste") {
        text = this.#pasted(text);
      } else {
        const char = String.fromCodePoint(text.codePointAt(0)!);
        text = this.#mode === "ground" ? this.#typed(text, char) : this.#continue(text, char);
      }
    }
    return this.#take();
  }

  /**
   * Says that nothing more came: a lone ESC is the Escape key, a broken sequence is dropped, a
   * paste without an end mark ends.
   *
   * @returns What was pending.
   */
  flush(): KeyEvent[] {
    if (this.#mode === "escape") this.#key("escape");
    if (this.#mode === "paste") this.#endPaste();
    this.#mode = "ground";
    return this.#take();
  }

  #take(): KeyEvent[] {
    this.#endText();
    const events = this.#events;
    this.#events = [];
    return events;
  }

  #endText(): void {
    if (this.#text !== "") this.#events.push({ kind: "text", text: this.#text });
    this.#text = "";
  }

  #key(name: KeyName | undefined): void {
    if (name === undefined) return;
    this.#endText();
    this.#events.push({ kind: "key", name });
  }

  #typed(text: string, char: string): string {
    // deno-lint-ignore no-control-regex -- Control characters are what is looked for.
    const run = text.search(/[\x00-\x1f\x7f]/);
    if (run !== 0) {
      this.#afterReturn = false;
      this.#text += run === -1 ? text : text.slice(0, run);
      return run === -1 ? "" : text.slice(run);
    }
    // A pasted or Windows line end: CR LF is one Enter.
    if (char === "\x1b") this.#mode = "escape";
    else if (char !== "\n" || !this.#afterReturn) this.#key(CONTROL_KEYS[char]);
    this.#afterReturn = char === "\r";
    return text.slice(1);
  }

  #continue(text: string, char: string): string {
    const rest = text.slice(char.length);
    if (this.#mode === "string") {
      // A late answer of the terminal (OSC, DCS, APC, PM, SOS) goes on until BEL or ESC \.
      if (char === "\x07" || (this.#stringEscape && char === "\\")) this.#mode = "ground";
      this.#stringEscape = char === "\x1b";
      return rest;
    }
    if (this.#mode === "escape") return this.#escaped(rest, char);
    if (char === "\x1b") {
      this.#mode = "escape";
      return rest;
    }
    if (char < " " || char > "~") {
      // The sequence was broken off: what comes now counts for itself.
      this.#mode = "ground";
      return text;
    }
    if (this.#mode === "ss3" || this.#mode === "console") {
      if (this.#mode === "ss3") this.#key(LETTER_KEYS[char]);
      this.#mode = "ground";
    } else if (char === "[" && this.#sequence === "") {
      this.#mode = "console";
    } else if (char >= "@") {
      this.#mode = "ground";
      this.#control(char);
    } else {
      this.#sequence += char;
      if (this.#sequence.length > MAX_SEQUENCE_LENGTH) this.#mode = "ground";
    }
    return rest;
  }

  #escaped(rest: string, char: string): string {
    this.#mode = "ground";
    if (char === "[") {
      this.#mode = "csi";
      this.#sequence = "";
    } else if (char === "O") {
      this.#mode = "ss3";
    } else if (char === "\x1b") {
      this.#key("escape");
      this.#mode = "escape";
    } else if ("]P_^X".includes(char)) {
      this.#mode = "string";
      this.#stringEscape = false;
    } else if (char in ALT_KEYS) {
      this.#key(ALT_KEYS[char]);
    } else if (char < " ") {
      return char + rest;
    }
    return rest;
  }

  #control(final: string): void {
    const [first = "", modifier = "1"] = this.#sequence.split(";");
    if (final === "~" && first === "200") {
      this.#endText();
      this.#mode = "paste";
      return;
    }
    const name = final === "~" ? NUMBER_KEYS[first] : LETTER_KEYS[final];
    // xterm: 1 + (1 Shift, 2 Alt, 4 Ctrl).
    const modified = name !== undefined && ((Number(modifier) - 1) & 6) !== 0;
    this.#key(modified ? MODIFIED_KEYS[name] ?? name : name);
  }

  #pasted(text: string): string {
    const rest = this.#paste.push(text);
    if (rest === undefined) return "";
    this.#endPaste();
    return rest;
  }

  #endPaste(): void {
    this.#events.push({ kind: "paste", ...this.#paste.end() });
    this.#mode = "ground";
  }
}
