/**
 * What becomes of a typed line on the screen: it stays as it was typed, or what was said stands there.
 *
 * @module
 */

import type { Client } from "./client.ts";
import type { Console, InputEvent } from "./terminal/console.ts";

/** What a {@linkcode TypedLine} works with. */
export interface TypedLineOptions {
  /** Says it. */
  readonly client: Pick<Client, "say">;
  /** Shows it, or takes it back. */
  readonly console: Pick<Console, "print" | "giveBack">;
}

/** One line, or a paste, on its way from the keyboard to the room. */
export class TypedLine {
  readonly #options: TypedLineOptions;
  readonly #text: string;
  /** Whether it stays on the screen by itself: then nothing stands in its place. */
  readonly #stays: boolean;
  #echo: string | undefined;

  /**
   * Takes a line that was given.
   *
   * @param event The line, or the paste.
   * @param options What it works with.
   */
  constructor(event: InputEvent & { kind: "line" | "pasted" }, options: TypedLineOptions) {
    this.#options = options;
    this.#text = event.text;
    this.#echo = event.kind === "line" ? event.echo : undefined;
    this.#stays = event.kind === "line" && event.echo === undefined;
  }

  /** Shows it as it was typed, unless that was done, or something was said instead. */
  show(): void {
    if (this.#echo === undefined) return;
    this.#options.console.print(this.#echo);
    this.#echo = undefined;
  }

  /**
   * Says something, which is shown in place of the line.
   *
   * @param text What.
   * @throws {UserError} If it cannot be said; then the line is at the prompt again.
   */
  async say(text: string): Promise<void> {
    const { client, console } = this.#options;
    this.#echo = undefined;
    try {
      await client.say(text, this.#stays);
    } catch (error) {
      if (!this.#stays) console.giveBack(this.#text);
      throw error;
    }
  }
}
