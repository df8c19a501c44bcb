/**
 * A folder that is gone after the test.
 *
 * @module
 */

/** A temporary folder; disposing removes it with all that is in it. */
export class TempFolder implements Disposable {
  /** Where it is. */
  readonly path: string = Deno.makeTempDirSync({ prefix: "crds-test-" });

  /**
   * Names a file in it.
   *
   * @param name The file's name.
   * @returns Its path.
   */
  file(name: string): string {
    return `${this.path}/${name}`;
  }

  /**
   * Reads everything in it.
   *
   * @returns Each file's name with its bytes, by name.
   */
  contents(): [name: string, bytes: Uint8Array][] {
    const names = [...Deno.readDirSync(this.path)].map(({ name }) => name).sort();
    return names.map((name) => [name, Deno.readFileSync(this.file(name))]);
  }

  /** Removes it. */
  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}
