/**
 * A real terminal: a tmux server of its own, on a socket of its own.
 *
 * @module
 */

const decoder = new TextDecoder();

/** ms until what is waited for must have come; far more than a slow machine takes. */
const DEADLINE = 30_000;

/** Whether there is a tmux. */
export function hasTmux(): boolean {
  try {
    return new Deno.Command("tmux", { args: ["-V"] }).outputSync().success;
  } catch {
    return false;
  }
}

/** One pane in a private tmux server. */
export class Tmux implements AsyncDisposable {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Starts a server whose only pane runs a shell command.
   *
   * @param command The command; `$OUT` is a folder that disappears with the server.
   */
  static async start(command: string, columns = 60, rows = 20): Promise<Tmux> {
    const tmux = new Tmux(await Deno.makeTempDir({ prefix: "crds_tmux_" }));
    const size = ["-x", String(columns), "-y", String(rows)];
    const env = ["-e", `OUT=${tmux.#folder}`];
    await tmux.do("-u", "-f", "/dev/null", "new-session", "-d", ...size, ...env, command);
    return tmux;
  }

  /** Runs a tmux command and returns what it prints. */
  async do(...args: string[]): Promise<string> {
    const { success, stdout, stderr } = await new Deno.Command("tmux", {
      args: ["-S", `${this.#folder}/socket`, ...args],
      env: { LC_ALL: "C.UTF-8", TMUX: "" },
    }).output();
    if (!success) throw new Error(`tmux ${args[0]}: ${decoder.decode(stderr)}`);
    return decoder.decode(stdout);
  }

  /** Types text as it is. */
  async type(text: string): Promise<void> {
    await this.do("send-keys", "-l", text);
  }

  /** Presses keys by their tmux names. */
  async press(...keys: string[]): Promise<void> {
    await this.do("send-keys", ...keys);
  }

  /** All lines with the scrollback, wrapped rows joined, without the empty rest. */
  async lines(): Promise<string[]> {
    const text = await this.do("capture-pane", "-p", "-J", "-S", "-");
    return text.trimEnd().split("\n").map((line) => line.trimEnd());
  }

  /** Waits until the screen shows what is expected, and returns its lines. */
  async until(expected: (lines: string[]) => boolean, what: string): Promise<string[]> {
    const start = performance.now();
    while (true) {
      const lines = await this.lines();
      if (expected(lines)) return lines;
      if (performance.now() - start > DEADLINE) {
        throw new Error(`${what} did not come. The screen:\n${lines.join("\n")}`);
      }
    }
  }

  /** Waits until a line is on the screen, as it is. */
  async shows(line: string): Promise<string[]> {
    return await this.until((lines) => lines.includes(line), `"${line}"`);
  }

  /** Reads a file that the command wrote into `$OUT`. */
  async read(name: string): Promise<string> {
    return await Deno.readTextFile(`${this.#folder}/${name}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.do("kill-server").catch(() => {});
    await Deno.remove(this.#folder, { recursive: true });
  }
}
