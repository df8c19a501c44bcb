/**
 * A real terminal emulator without a window: what was written becomes rows and a cursor.
 *
 * @module
 */

import xterm from "@xterm/headless";

/** The screen of `@xterm/headless`. */
export class Screen implements Disposable {
  readonly #terminal: InstanceType<typeof xterm.Terminal>;

  /** Makes an empty screen with its scrollback. */
  constructor(columns: number, rows: number) {
    this.#terminal = new xterm.Terminal({
      cols: columns,
      rows,
      scrollback: 5000,
      allowProposedApi: true,
    });
  }

  /** Column of the cursor, from 0. */
  get cursor(): number {
    return this.#terminal.buffer.active.cursorX;
  }

  /** The row the cursor stands in. */
  get row(): string {
    const buffer = this.#terminal.buffer.active;
    return buffer.getLine(buffer.baseY + buffer.cursorY)!.translateToString(true);
  }

  /** Whether lines break at the margin. */
  get autowrap(): boolean {
    return this.#terminal.modes.wraparoundMode;
  }

  /** Whether pasted text is marked. */
  get pasteMarks(): boolean {
    return this.#terminal.modes.bracketedPasteMode;
  }

  /** Shows what a program wrote. */
  show(written: string): Promise<void> {
    return new Promise((resolve) => this.#terminal.write(written, resolve));
  }

  /** Changes the size of the window. */
  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
  }

  /** All lines up to the cursor, scrollback included, wrapped rows joined. */
  lines(): string[] {
    const buffer = this.#terminal.buffer.active;
    const lines: string[] = [];
    for (let index = 0; index <= buffer.baseY + buffer.cursorY; index++) {
      const line = buffer.getLine(index)!;
      if (line.isWrapped) lines.push(lines.pop() + line.translateToString(true));
      else lines.push(line.translateToString(true));
    }
    return lines;
  }

  [Symbol.dispose](): void {
    this.#terminal.dispose();
  }
}
