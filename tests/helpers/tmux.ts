/**
 * Real terminals: a tmux of the test's own, whose windows are typed into and looked at.
 *
 * @module
 */

import { ownHome } from "./own_home.ts";
import { type Program, ROOT, startProgram } from "./processes.ts";
import { TempFolder } from "./temp_folder.ts";

/** A screen that does not come for this long (milliseconds) never will; no test waits that long. */
const PATIENCE = 30_000;

/** Whether this machine has `tmux`. */
export const HAS_TMUX: boolean = hasTmux();

function hasTmux(): boolean {
  if (Deno.build.os === "windows") return false;
  try {
    return new Deno.Command("tmux", { args: ["-V"] }).outputSync().success;
  } catch {
    return false;
  }
}

/**
 * Registers a test that needs `tmux`; where there is none, it is skipped aloud.
 *
 * @param name The test's name.
 * @param fn The test.
 */
export function tmuxTest(name: string, fn: () => Promise<void>): void {
  if (!HAS_TMUX) console.warn(`SKIPPED "${name}": this machine has no tmux.`);
  Deno.test({ name, ignore: !HAS_TMUX, fn });
}

/** A tmux server with one session; everything in it is ended when it is disposed. */
export class Tmux implements AsyncDisposable {
  readonly #folder = new TempFolder();
  /** Tells of everything that any window prints. */
  readonly #observer: Program;

  /** Not in /tmp/tmux-*, where tmux leaves its sockets behind. */
  get #socket(): string {
    return this.#folder.file("tmux");
  }

  private constructor(width: number, height: number) {
    const size = ["-x", `${width}`, "-y", `${height}`];
    const idle = ["cat"];
    this.#observer = startProgram({
      command: "tmux",
      // In control mode, tmux prints a line for each piece of output of each window.
      args: ["-S", this.#socket, "-f", "/dev/null", "-u", "-C", "new-session", ...size, ...idle],
      env: {
        LANG: "C.UTF-8",
        LC_ALL: "C.UTF-8",
        TERM: "xterm-256color",
        ...ownHome(),
      },
    });
  }

  /**
   * Starts tmux.
   *
   * @param width Columns of its windows.
   * @param height Rows of its windows.
   * @returns The running tmux; dispose it.
   */
  static async start(width = 100, height = 30): Promise<Tmux> {
    const tmux = new Tmux(width, height);
    await tmux.#observer.waitFor(/%session-changed/);
    await tmux.run("set-option", "-g", "default-size", `${width}x${height}`);
    await tmux.run("set-option", "-g", "history-limit", "5000");
    return tmux;
  }

  /**
   * Opens a window.
   *
   * @param command The program that runs in it, and its arguments.
   * @returns The window.
   */
  async open(...command: string[]): Promise<TmuxWindow> {
    const format = ["-P", "-F", "#{pane_id}"];
    const id = await this.run("new-window", "-d", "-c", ROOT, ...format, "--", ...command);
    return new TmuxWindow(this, id.trim());
  }

  /**
   * Gives tmux a command.
   *
   * @param args The command.
   * @returns What it printed.
   */
  async run(...args: string[]): Promise<string> {
    const { success, stdout, stderr } = await new Deno.Command("tmux", {
      args: ["-S", this.#socket, "-u", ...args],
    }).output();
    if (!success) throw new Error(`tmux ${args[0]}: ${new TextDecoder().decode(stderr)}`);
    return new TextDecoder().decode(stdout);
  }

  /**
   * Puts a text of any length into the clipboard.
   *
   * @param text The text.
   */
  async copy(text: string): Promise<void> {
    const file = this.#folder.file("clipboard");
    await Deno.writeTextFile(file, text);
    await this.run("load-buffer", file);
  }

  /**
   * Waits until some window printed something since the last call; not to be called concurrently.
   *
   * @returns Resolves then; at once if it did in the meantime.
   */
  async changed(): Promise<void> {
    await this.#observer.next(/[^]*%(?:output|window|unlinked-window|exit).*\n/);
  }

  /** Ends tmux and everything in it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.run("kill-server").catch(() => {});
    await this.#observer[Symbol.asyncDispose]();
    this.#folder[Symbol.dispose]();
  }
}

/** A window of a {@linkcode Tmux}. */
export class TmuxWindow {
  readonly #tmux: Tmux;
  readonly #id: string;

  /**
   * Makes a handle; see {@linkcode Tmux.open}.
   *
   * @param tmux Where the window is.
   * @param id What tmux calls it.
   */
  constructor(tmux: Tmux, id: string) {
    this.#tmux = tmux;
    this.#id = id;
  }

  /**
   * Types text.
   *
   * @param text What the keyboard sends, without a line end.
   */
  async type(text: string): Promise<void> {
    await this.#tmux.run("send-keys", "-t", this.#id, "-l", "--", text);
  }

  /**
   * Presses keys.
   *
   * @param keys What tmux calls them: `Enter`, `C-]`, `Up`.
   */
  async press(...keys: string[]): Promise<void> {
    await this.#tmux.run("send-keys", "-t", this.#id, ...keys);
  }

  /**
   * Pastes text, between the marks of bracketed paste if the program in the window asked for them.
   *
   * @param text What is in the clipboard.
   */
  async paste(text: string): Promise<void> {
    await this.#tmux.copy(text);
    await this.#tmux.run("paste-buffer", "-p", "-r", "-t", this.#id);
  }

  /**
   * Types a line and presses Enter.
   *
   * @param line The line.
   */
  async enter(line: string): Promise<void> {
    await this.type(line);
    await this.press("Enter");
  }

  /**
   * Looks at the screen.
   *
   * @returns Its rows down to the last one with something in it, without spaces at their ends.
   */
  async rows(): Promise<string[]> {
    const screen = await this.#tmux.run("capture-pane", "-p", "-t", this.#id);
    return screen.trimEnd().split("\n").map((row) => row.trimEnd());
  }

  /**
   * Looks at all that was printed.
   *
   * @returns The lines, with those that have scrolled away, and rows that were broken joined.
   */
  async all(): Promise<string[]> {
    const args = ["capture-pane", "-p", "-J", "-S", "-", "-t", this.#id];
    const lines = await this.#tmux.run(...args);
    return lines.trimEnd().split("\n").map((line) => line.trimEnd());
  }

  /**
   * Looks at the screen with its colours.
   *
   * @returns Its rows down to the last one with something in it, with codes of SGR, joined by `\n`.
   */
  async styled(): Promise<string> {
    const screen = await this.#tmux.run("capture-pane", "-p", "-e", "-t", this.#id);
    return screen.trimEnd();
  }

  /**
   * Waits until the last row is a text, or looks like a pattern.
   *
   * @param wanted The whole row, without spaces at its end, or a pattern.
   * @returns All rows.
   * @throws {Error} If it does not come: with what is on the screen instead.
   */
  untilLast(wanted: string | RegExp): Promise<string[]> {
    const fits = (row = "") => typeof wanted === "string" ? row === wanted : wanted.test(row);
    return this.until((rows) => fits(rows.at(-1)), `the last row ${wanted}`);
  }

  /**
   * Waits until some row is a text, or looks like a pattern.
   *
   * @param wanted The whole row, without spaces at its end, or a pattern.
   * @returns All rows.
   * @throws {Error} If it does not come: with what is on the screen instead.
   */
  untilRow(wanted: string | RegExp): Promise<string[]> {
    const fits = (row: string) => typeof wanted === "string" ? row === wanted : wanted.test(row);
    return this.until((rows) => rows.some(fits), `the row ${wanted}`);
  }

  /**
   * Waits until the screen is as it should be.
   *
   * @param found Looks at its rows.
   * @param what What it looks for, for the error.
   * @param look What it looks at: the screen, or {@linkcode TmuxWindow.all}.
   * @returns All rows.
   * @throws {Error} If it does not come: with what is on the screen instead.
   */
  async until(
    found: (rows: string[]) => boolean,
    what: string,
    look: () => Promise<string[]> = () => this.rows(),
  ): Promise<string[]> {
    const deadline = performance.now() + PATIENCE;
    for (;;) {
      const rows = await look();
      if (found(rows)) return rows;
      if (performance.now() > deadline) {
        throw new Error(`${what} did not come:\n${rows.join("\n")}`);
      }
      await this.#tmux.changed().catch((cause) => {
        throw new Error(`${what} did not come:\n${rows.join("\n")}`, { cause });
      });
    }
  }
}
