/**
 * The peers in `tests/peers/`: what other people write with nothing but `socket`.
 *
 * @module
 */

import { ROOT } from "./processes.ts";

/** Where the scripts are. */
export const PEERS: string = `${ROOT}tests/peers/`;

/** Whether this machine has `python3`. */
export const HAS_PYTHON: boolean = hasPython();

function hasPython(): boolean {
  try {
    const { success } = new Deno.Command("python3", { args: ["--version"] }).outputSync();
    return success;
  } catch {
    return false;
  }
}

/**
 * Registers a test that needs `python3`; where there is none, it is skipped aloud.
 *
 * @param name The test's name.
 * @param fn The test.
 */
export function pythonTest(name: string, fn: () => Promise<void>): void {
  if (!HAS_PYTHON) console.warn(`SKIPPED "${name}": this machine has no python3.`);
  Deno.test({ name, ignore: !HAS_PYTHON, fn });
}
