/**
 * A client whose prompt is there, while what stands behind it is loaded only when the test says so.
 *
 * @module
 */

import config from "../../deno.json" with { type: "json" };
import { NO_TIMES } from "./chat_windows.ts";
import { taskArgs } from "./processes.ts";
import { TempFolder } from "./temp_folder.ts";

const HELD = import.meta.resolve("./held_at_prompt.ts");
const REAL = import.meta.resolve("../../lib/client/at_prompt.ts");

/** Holds one client up. */
export class HeldClient implements Disposable {
  readonly #folder = new TempFolder();
  readonly #gate = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  #waiting: Deno.Conn | undefined;

  /** How the client is started: the words of its command line. */
  get command(): string[] {
    const map = this.#folder.file("import_map.json");
    Deno.writeTextFileSync(
      map,
      JSON.stringify({
        imports: { ...config.imports, [REAL]: HELD },
        scopes: { [HELD]: { [REAL]: REAL } },
      }),
    );
    const [run = "", ...flags] = taskArgs("client");
    const where = `127.0.0.1:${(this.#gate.addr as Deno.NetAddr).port}`;
    const args = ["--iface", "127.0.0.1", "--server", where, "--config", NO_TIMES];
    return [Deno.execPath(), run, `--import-map=${map}`, ...flags, ...args];
  }

  /**
   * Waits until the client is loading.
   *
   * @returns Its process id.
   */
  async untilLoading(): Promise<number> {
    this.#waiting = await this.#gate.accept();
    const buffer = new Uint8Array(32);
    const count = await this.#waiting.read(buffer) ?? 0;
    return Number(new TextDecoder().decode(buffer.subarray(0, count)));
  }

  /**
   * Ends the waiting.
   *
   * @param word `fail` makes the loading fail.
   */
  async release(word: "go on" | "fail" = "go on"): Promise<void> {
    await this.#waiting?.write(new TextEncoder().encode(word));
    this.#waiting?.close();
    this.#waiting = undefined;
  }

  /** Stops the holding. */
  [Symbol.dispose](): void {
    this.#waiting?.close();
    this.#gate.close();
    this.#folder[Symbol.dispose]();
  }
}
