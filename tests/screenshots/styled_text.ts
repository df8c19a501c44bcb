/**
 * What a terminal shows, with its colours: `tmux capture-pane -e` taken apart. Pure.
 * Control functions: ECMA-48 (SGR), 256 colours as in xterm.
 *
 * @module
 */

/** How a piece of a row looks. */
export interface Look {
  /** Brighter or thicker. */
  readonly bold?: boolean;
  /** Fainter. */
  readonly dim?: boolean;
  /** Text and background swapped. */
  readonly inverse?: boolean;
  /** Index of the palette of 256; undefined for the terminal's own colour. */
  readonly color?: number | undefined;
}

/** A piece of a row that looks the same. */
export interface Piece extends Look {
  /** Its text. */
  readonly text: string;
}

// deno-lint-ignore no-control-regex
const CODE = /\x1b\[([\d;]*)m/;

/**
 * Takes rows apart.
 *
 * @param captured Rows with the codes of SGR that the client uses, joined by `\n`.
 * @returns The pieces of each row.
 * @throws {Error} If there is another code: the picture would not show it.
 */
export function parseRows(captured: string): Piece[][] {
  let look: Look = {};
  return captured.split("\n").map((row) => {
    const pieces: Piece[] = [];
    // Text stands at even places, codes at odd ones.
    for (const [index, part] of row.split(CODE).entries()) {
      if (index % 2 === 1) look = applied(look, part);
      else if (part.includes("\x1b")) throw new Error(`Cannot draw ${JSON.stringify(part)}`);
      else if (part !== "") pieces.push({ text: part, ...look });
    }
    return pieces;
  });
}

function applied(before: Look, code: string): Look {
  const words = code.split(";").map(Number);
  let look = before;
  while (words.length > 0) {
    const word = words.shift();
    if (word === 0) look = {};
    else if (word === 1) look = { ...look, bold: true };
    else if (word === 2) look = { ...look, dim: true };
    else if (word === 7) look = { ...look, inverse: true };
    else if (word === 22) look = { ...look, bold: false, dim: false };
    else if (word === 27) look = { ...look, inverse: false };
    else if (word === 38 && words.shift() === 5) look = { ...look, color: words.shift() ?? 0 };
    else if (word === 39) look = { ...look, color: undefined };
    // tmux sets the background to its own, which it is already.
    else if (word !== 49) throw new Error(`Cannot draw the code ${code}`);
  }
  return look;
}
