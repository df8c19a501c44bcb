/**
 * Writing files that are the user's alone, such that nobody ever reads half of one.
 *
 * @module
 */

/** Nobody else is to read or write them (ignored on Windows). */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/**
 * Replaces a file, or makes it: whoever reads it meanwhile, and after a power cut, has the old text or the
 * new one.
 *
 * @param path The file; its folder must be there.
 * @param text All of its text.
 * @throws {Error} What `Deno.open`, `Deno.rename` and others throw; the old file is as it was then.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * await replacePrivateFile(`${folder}/kept`, "one\n");
 * await appendToPrivateFile(`${folder}/kept`, "two\n");
 * assertEquals(await Deno.readTextFile(`${folder}/kept`), "one\ntwo\n");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function replacePrivateFile(path: string, text: string): Promise<void> {
  const fresh = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    {
      using file = await Deno.open(fresh, { write: true, createNew: true, mode: FILE_MODE });
      let rest: Uint8Array = new TextEncoder().encode(text);
      while (rest.length > 0) rest = rest.subarray(await file.write(rest));
      // Else a power cut may leave the new name with nothing behind it.
      await file.sync();
    }
    await Deno.rename(fresh, path);
  } catch (error) {
    await Deno.remove(fresh).catch(() => {});
    throw error;
  }
}

/**
 * Adds to the end of a file in one write, so that the lines of two programs do not mix; makes the file
 * and its folder if need be.
 *
 * @param path The file.
 * @param text What to add.
 * @throws {Error} What `Deno.writeTextFile` and `Deno.mkdir` throw.
 */
export async function appendToPrivateFile(path: string, text: string): Promise<void> {
  const options = { append: true, mode: FILE_MODE };
  try {
    await Deno.writeTextFile(path, text, options);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    await Deno.mkdir(path.replace(/[/\\][^/\\]*$/, ""), { recursive: true, mode: FOLDER_MODE });
    await Deno.writeTextFile(path, text, options);
  }
}
