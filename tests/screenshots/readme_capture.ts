/**
 * The place of the README that shows what a terminal showed. Pure.
 *
 * @module
 */

const BEGIN = "<!-- written by deno task screenshots -->";
const END = "<!-- end of what it wrote -->";

/**
 * Puts what was captured into the README.
 *
 * @param readme Its text.
 * @param rows What the terminal showed.
 * @returns The new text.
 * @throws {Error} If it has no such place.
 */
export function withCapture(readme: string, rows: readonly string[]): string {
  const [before, place, ...more] = readme.split(BEGIN);
  const [, after] = place?.split(END) ?? [];
  if (after === undefined || more.length > 0) {
    throw new Error(`Cannot find "${BEGIN}" and "${END}" once in README.md.`);
  }
  return `${before}${BEGIN}\n\n\`\`\`console\n${rows.join("\n")}\n\`\`\`\n\n${END}${after}`;
}
