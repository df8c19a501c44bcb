/**
 * What every key does to the line being typed. Pure: keys in, effects out.
 *
 * @module
 */

import { Completer, type Completions } from "./completer.ts";
import { EDITS } from "./edit_keys.ts";
import type { EditorEffect, EditorRow } from "./editor_effect.ts";
import { History } from "./history.ts";
import { HistorySearch } from "./history_search.ts";
import type { KeyEvent, KeyName } from "./keys.ts";
import { LineBuffer, MAX_LINE_LENGTH, typeable } from "./line_buffer.ts";
import type { LineUse } from "./line_context.ts";
import { MAX_PASTE_LENGTH } from "./paste_collector.ts";
import { PasteQuestion } from "./paste_question.ts";
import { SecretLine } from "./secret_line.ts";

export type { EditorEffect } from "./editor_effect.ts";

const BELL: readonly EditorEffect[] = [{ kind: "bell" }];

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
  /** The lines given before. */
  readonly history: History = new History();
  readonly #use: () => LineUse;
  readonly #line = new LineBuffer();
  readonly #completer = new Completer();
  #search: HistorySearch | undefined;
  #question: PasteQuestion | undefined;
  #secret: SecretLine | undefined;
  #pastes = 0;

  /**
   * Makes an editor with an empty line.
   *
   * @param use Says what the line is for; it is asked when that matters.
   */
  constructor(use: () => LineUse = () => "command") {
    this.#use = use;
  }

  /** What the prompt row shows. */
  get row(): EditorRow {
    if (this.#question !== undefined) {
      return { prompt: "", left: this.#question.sentence, right: "" };
    }
    if (this.secret) return { left: "", right: "" };
    const draft = { left: this.#line.left, right: this.#line.right };
    if (this.#search === undefined) return draft;
    const { prompt, found, position } = this.#search;
    if (found === "") return { prompt, ...draft };
    return { prompt, left: found.slice(0, position), right: found.slice(position) };
  }

  /** Whether what is typed is a secret. */
  get secret(): boolean {
    return this.#secret !== undefined;
  }

  /**
   * Begins or ends a secret, which takes all keys; the line that was being typed stays as it is.
   *
   * @param on Whether a secret is asked for.
   */
  hide(on: boolean): void {
    if (on === this.secret) return;
    this.#completer.end();
    this.#search = undefined;
    this.#secret = on ? new SecretLine() : undefined;
  }

  /**
   * Does what a key does.
   *
   * @param event The key, text or paste.
   * @returns What the driver has to do besides drawing the row anew.
   */
  handle(event: KeyEvent): readonly EditorEffect[] {
    if (this.#question !== undefined) return this.#answer(this.#question, event);
    if (this.#secret !== undefined) return this.#secret.handle(event);
    if (this.#search !== undefined) return this.#searching(this.#search, event);
    const isTab = event.kind === "key" && (event.name === "tab" || event.name === "shift-tab");
    if (!isTab) this.#completer.end();
    switch (event.kind) {
      case "text":
        return this.#insert(typeable(event.text));
      case "paste":
        return this.#paste(event.text, event.cut);
      case "key":
        return this.#key(event.name);
    }
  }

  /**
   * Takes the answer to the effect `complete`, and shows the first candidate. If something else was
   * typed meanwhile, it does nothing.
   *
   * @param effect The effect.
   * @param completions The answer.
   * @returns What the driver has to do besides drawing the row anew.
   */
  offer(
    { left, step }: EditorEffect & { kind: "complete" },
    completions: Completions,
  ): readonly EditorEffect[] {
    const idle = this.#question === undefined && this.#search === undefined && !this.secret;
    if (!idle || this.#line.left !== left || this.#completer.active) return [];
    const line = { text: this.#line.text, cursor: left.length };
    if (!this.#completer.begin(line, completions)) return BELL;
    return this.#complete(step);
  }

  /**
   * Takes back what was given, if nothing is being typed. Lines are asked about again.
   *
   * @param text A line, or several.
   */
  giveBack(text: string): void {
    const idle = this.#question === undefined && this.#search === undefined;
    if (!idle || this.#line.text !== "") return;
    if (text.includes("\n")) this.#question = new PasteQuestion(text);
    else this.#line.set(text);
  }

  #insert(text: string): readonly EditorEffect[] {
    return this.#line.insert(text) ? [] : BELL;
  }

  /** All of a paste or nothing. Lines for a room are asked about, others are lines like any. */
  #paste(text: string, cut: boolean): readonly EditorEffect[] {
    if (cut) return BELL;
    const lines = text.split("\n").map(typeable);
    if (this.#use() === "room") return this.#pasteToSay(lines);
    const room = MAX_LINE_LENGTH - this.#line.text.length;
    if (lines.some((line, index) => line.length > (index === 0 ? room : MAX_LINE_LENGTH))) {
      return BELL;
    }
    const effects: EditorEffect[] = [];
    this.#pastes++;
    for (const [index, line] of lines.entries()) {
      if (index > 0) effects.push({ ...this.#submit(), paste: this.#pastes });
      this.#line.insert(line);
    }
    return effects;
  }

  #pasteToSay(lines: readonly string[]): readonly EditorEffect[] {
    const { left, right } = this.#line;
    const isCommand = /^\/(?!\/)/.test(left);
    // What stands behind a command goes where the command says: it stays one line.
    if (isCommand || lines.filter((line) => line.trim() !== "").length < 2) {
      return this.#insert(lines.filter((line) => line !== "").join(" "));
    }
    this.#question = new PasteQuestion(left + lines.join("\n") + right);
    return [];
  }

  /** While a paste waits, nothing else is taken: nobody sees what they type. */
  #answer(question: PasteQuestion, event: KeyEvent): readonly EditorEffect[] {
    if (event.kind === "paste") {
      if (event.cut || question.length + event.text.length > MAX_PASTE_LENGTH) return BELL;
      const text = event.text.split("\n").map(typeable).join("\n");
      question.add(event.burst === true ? text : `\n${text}`);
      return [];
    }
    const name = event.kind === "key" ? event.name : undefined;
    switch (name) {
      case "enter": {
        const { lines } = question;
        this.#question = undefined;
        this.#line.set("");
        return [{ kind: "pasted", lines }];
      }
      case "escape":
      case "cancel":
      case "ctrl-c":
        this.#question = undefined;
        return [];
      case "clear-screen":
      case "suspend":
        return this.#key(name);
      default:
        return BELL;
    }
  }

  #searching(search: HistorySearch, event: KeyEvent): readonly EditorEffect[] {
    if (event.kind === "text") return search.type(typeable(event.text)) ? [] : BELL;
    const name = event.kind === "key" ? event.name : undefined;
    switch (name) {
      case "search":
        return search.older() ? [] : BELL;
      case "backspace":
        search.erase();
        return [];
      case "escape":
      case "cancel":
      case "ctrl-c":
        this.#search = undefined;
        return [];
      case "clear-screen":
      case "suspend":
        return this.#key(name);
    }
    // Every other key takes what was found, and does what it does.
    if (search.found !== "") this.#line.set(search.found, search.position);
    this.#search = undefined;
    return name === "tab" ? [] : this.handle(event);
  }

  #submit(): EditorEffect & { kind: "submit" } {
    const text = this.#line.text;
    // An answer may be anything, a secret too.
    if (this.#use() !== "answer") this.history.add(text);
    this.#line.set("");
    return { kind: "submit", text };
  }

  #key(name: KeyName): readonly EditorEffect[] {
    const line = this.#line;
    switch (name) {
      case "enter":
        return [this.#submit()];
      case "tab":
        return this.#complete(1);
      case "shift-tab":
        return this.#complete(-1);
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
      case "suspend":
        return [{ kind: "suspend" }];
      case "search":
        this.#search = new HistorySearch(this.history);
        return [];
      case "yank":
        return line.yank() ? [] : BELL;
      case "up":
        return this.#show(this.history.up(line.text));
      case "down":
        return this.#show(this.history.down());
      default:
        EDITS[name](line);
        return [];
    }
  }

  #complete(step: 1 | -1): readonly EditorEffect[] {
    if (!this.#completer.active) return [{ kind: "complete", left: this.#line.left, step }];
    const line = this.#completer.step(step);
    if (line === undefined || line.text.length > MAX_LINE_LENGTH) return BELL;
    this.#line.set(line.text, line.cursor);
    return [];
  }

  #show(line: string | undefined): readonly EditorEffect[] {
    if (line === undefined) return BELL;
    this.#line.set(line);
    return [];
  }
}
