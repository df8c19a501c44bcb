/**
 * A line of which nothing is ever shown. Pure: keys in, effects out.
 *
 * @module
 */

import { EDITS } from "./edit_keys.ts";
import type { EditorEffect } from "./editor_effect.ts";
import type { KeyEvent } from "./keys.ts";
import { LineBuffer, typeable } from "./line_buffer.ts";

const BELL: readonly EditorEffect[] = [{ kind: "bell" }];

/**
 * Takes the answer to a question for a secret. It has no history, no search and no completion, and
 * what is deleted in it cannot be put back anywhere else.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const line = new SecretLine();
 * line.handle({ kind: "text", text: "hush!" });
 * line.handle({ kind: "key", name: "backspace" });
 * assertEquals(line.handle({ kind: "key", name: "enter" }), [
 *   { kind: "submit", text: "hush", secret: true },
 * ]);
 * ```
 */
export class SecretLine {
  #line = new LineBuffer();

  /**
   * Does what a key does. A paste is taken without its line end, and never finishes the line.
   *
   * @param event The key, text or paste.
   * @returns What the driver has to do.
   */
  handle(event: KeyEvent): readonly EditorEffect[] {
    if (event.kind === "text") return this.#insert(event.text);
    if (event.kind === "paste") {
      const text = event.text.replace(/\n+$/, "");
      return event.cut || text.includes("\n") ? BELL : this.#insert(text);
    }
    switch (event.name) {
      case "enter":
        return [{ kind: "submit", text: this.#take(), secret: true }];
      case "ctrl-c":
        this.#take();
        return [{ kind: "input", event: { kind: "interrupt" } }];
      case "ctrl-]":
        this.#take();
        return [{ kind: "input", event: { kind: "leave" } }];
      case "ctrl-d":
        if (this.#line.text === "") return [{ kind: "input", event: { kind: "end" } }];
        this.#line.deleteRight();
        return [];
      case "clear-screen":
        return [{ kind: "clear" }];
      case "suspend":
        return [{ kind: "suspend" }];
      case "yank":
        return this.#line.yank() ? [] : BELL;
      case "tab":
      case "shift-tab":
      case "up":
      case "down":
      case "search":
        return BELL;
      default:
        EDITS[event.name](this.#line);
        return [];
    }
  }

  #insert(text: string): readonly EditorEffect[] {
    return this.#line.insert(typeable(text)) ? [] : BELL;
  }

  #take(): string {
    const { text } = this.#line;
    this.#line = new LineBuffer();
    return text;
  }
}
