/**
 * What every key does to the line being typed. Pure: keys in, effects out.
 *
 * @module
 */

import type { InputEvent } from "./console.ts";
import { History } from "./history.ts";
import type { KeyEvent, KeyName } from "./keys.ts";
import { LineBuffer, MAX_LINE_LENGTH } from "./line_buffer.ts";
import { removeUnsafe } from "../../text.ts";

/** What the driver has to do after a key. */
export type EditorEffect =
  | {
    /** The line was finished: show it in full and deliver it. */
    kind: "submit";
    /** The line. */
    text: string;
    /** Which paste finished it, counted from 1; undefined if Enter did. */
    paste?: number;
  }
  | {
    /** Deliver an event that is no line. */
    kind: "input";
    /** The event. */
    event: InputEvent;
  }
  | {
    /** Ring the bell: something was refused. */
    kind: "bell";
  }
  | {
    /** Clear the screen. */
    kind: "clear";
  };

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
 * The line editor: a line buffer, its history, and the meaning of the keys.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const editor = new Editor();
 * editor.handle({ kind: "text", text: "getdir" });
 * assertEquals(editor.handle({ kind: "key", name: "enter" }), [{ kind: "submit", text: "getdir" }]);
 * ```
 */
export class Editor {
  readonly #line = new LineBuffer();
  readonly #history = new History();
  #pastes = 0;

  /** What stands before the cursor. */
  get left(): string {
    return this.#line.left;
  }

  /** What stands from the cursor on. */
  get right(): string {
    return this.#line.right;
  }

  /**
   * Does what a key does.
   *
   * @param event The key, text or paste.
   * @returns What the driver has to do besides drawing the line anew.
   */
  handle(event: KeyEvent): EditorEffect[] {
    switch (event.kind) {
      case "text":
        return this.#insert(typeable(event.text));
      case "paste":
        return this.#paste(event.text, event.cut);
      case "key":
        return this.#key(event.name);
    }
  }

  #insert(text: string): EditorEffect[] {
    return this.#line.insert(text) ? [] : [{ kind: "bell" }];
  }

  /** Each pasted line becomes a line, the last one stays to be edited; all of it or nothing. */
  #paste(text: string, cut: boolean): EditorEffect[] {
    const lines = text.split("\n").map(typeable);
    const room = MAX_LINE_LENGTH - this.#line.text.length;
    if (cut || lines.some((line, index) => line.length > (index === 0 ? room : MAX_LINE_LENGTH))) {
      return [{ kind: "bell" }];
    }
    const effects: EditorEffect[] = [];
    this.#pastes++;
    for (const [index, line] of lines.entries()) {
      if (index > 0) effects.push({ ...this.#submit(), paste: this.#pastes });
      this.#line.insert(line);
    }
    return effects;
  }

  #submit(): EditorEffect & { kind: "submit" } {
    const text = this.#line.text;
    this.#history.add(text);
    this.#line.set("");
    return { kind: "submit", text };
  }

  #key(name: KeyName): EditorEffect[] {
    const line = this.#line;
    switch (name) {
      case "enter":
        return [this.#submit()];
      case "tab":
        return this.#insert(" ");
      case "ctrl-]":
        // A half-typed message has no place behind another prompt; Up brings it back.
        this.#submit();
        return [{ kind: "input", event: { kind: "leave" } }];
      case "ctrl-c":
        if (line.text === "") return [{ kind: "input", event: { kind: "interrupt" } }];
        line.set("");
        return [];
      case "ctrl-d":
        if (line.text === "") return [{ kind: "input", event: { kind: "end" } }];
        line.deleteRight();
        return [];
      case "clear-screen":
        return [{ kind: "clear" }];
      case "yank":
        return line.yank() ? [] : [{ kind: "bell" }];
      case "up":
        return this.#show(this.#history.up(line.text));
      case "down":
        return this.#show(this.#history.down());
      default:
        EDITS[name](line);
        return [];
    }
  }

  #show(line: string | undefined): EditorEffect[] {
    if (line === undefined) return [{ kind: "bell" }];
    this.#line.set(line);
    return [];
  }
}

/** The keys that only move or delete. */
const EDITS: Readonly<
  Record<
    Exclude<
      KeyName,
      "enter" | "tab" | "ctrl-]" | "ctrl-c" | "ctrl-d" | "clear-screen" | "yank" | "up" | "down"
    >,
    (line: LineBuffer) => void
  >
> = {
  "escape": () => {},
  "backspace": (line) => line.deleteLeft(),
  "delete": (line) => line.deleteRight(),
  "left": (line) => line.moveLeft(),
  "right": (line) => line.moveRight(),
  "home": (line) => line.moveHome(),
  "end": (line) => line.moveEnd(),
  "word-left": (line) => line.moveWordLeft(),
  "word-right": (line) => line.moveWordRight(),
  "delete-word-left": (line) => line.killWordLeft(),
  "delete-word-right": (line) => line.killWordRight(),
  "kill-word": (line) => line.killWord(),
  "kill-left": (line) => line.killLeft(),
  "kill-right": (line) => line.killRight(),
};
