/**
 * A picture of a terminal as SVG: text in the reader's own monospaced font, nothing from elsewhere. Pure.
 *
 * @module
 */

import { cellsOf } from "../../lib/client/terminal/cells.ts";
import type { Piece } from "./styled_text.ts";

/** The colours of a terminal, as `#rrggbb`. */
export interface Theme {
  /** Behind the text. */
  readonly background: string;
  /** Of text without a colour of its own. */
  readonly text: string;
  /** Of text that matters less. */
  readonly dim: string;
}

/** A terminal with light text. */
export const DARK: Theme = { background: "#1c1c1c", text: "#dadada", dim: "#8a8a8a" };

/** A terminal with dark text. */
export const LIGHT: Theme = { background: "#ffffff", text: "#262626", dim: "#7a7a7a" };

/** Pixels of a cell, and around all of them. */
const CELL = { width: 8.4, height: 18 };
const MARGIN = 14;
const FONT_SIZE = 14;

/** Pixels from the top of a cell to the line that letters stand on. */
const BASELINE = 13.5;

/**
 * Draws rows.
 *
 * @param rows What stands in them.
 * @param title What the picture shows, for those who cannot see it.
 * @param theme The colours.
 * @returns The SVG.
 */
export function drawRows(rows: readonly (readonly Piece[])[], title: string, theme: Theme): string {
  const columns = Math.max(...rows.map((row) => cellsOf(row.map(({ text }) => text).join(""))));
  const width = Math.ceil(columns * CELL.width + 2 * MARGIN);
  const height = rows.length * CELL.height + 2 * MARGIN;
  const fonts = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}"` +
    ` height="${height}" role="img" font-family="${fonts}" font-size="${FONT_SIZE}">\n` +
    `<title>${escaped(title)}</title>\n` +
    `<rect width="100%" height="100%" rx="8" fill="${theme.background}"/>\n` +
    rows.map((row, index) => drawRow(row, index, theme)).join("") +
    "</svg>\n";
}

function drawRow(row: readonly Piece[], index: number, theme: Theme): string {
  const top = MARGIN + index * CELL.height;
  let column = 0;
  let svg = "";
  for (const piece of row) {
    const cells = cellsOf(piece.text);
    const x = rounded(MARGIN + column * CELL.width);
    const width = rounded(cells * CELL.width);
    column += cells;
    const color = colorOf(piece, theme);
    if (piece.inverse) {
      svg +=
        `<rect x="${x}" y="${top}" width="${width}" height="${CELL.height}" fill="${color}"/>\n`;
    }
    if (piece.text.trim() === "") continue;
    const fill = piece.inverse ? theme.background : color;
    const weight = piece.bold ? ' font-weight="bold"' : "";
    svg += `<text x="${x}" y="${rounded(top + BASELINE)}" textLength="${width}" fill="${fill}"` +
      `${weight} xml:space="preserve">${escaped(piece.text)}</text>\n`;
  }
  return svg;
}

function colorOf({ color, dim }: Piece, theme: Theme): string {
  if (color !== undefined) return paletteColor(color);
  return dim ? theme.dim : theme.text;
}

/**
 * Looks a colour up in the palette of 256.
 *
 * @param index 16-255: the cube of 6 x 6 x 6, then greys. The first 16 are the theme's to choose.
 * @returns The colour as `#rrggbb`.
 */
export function paletteColor(index: number): string {
  if (index < 16 || index > 255) throw new RangeError(`Cannot draw colour ${index}`);
  const level = (step: number): number => step === 0 ? 0 : 55 + 40 * step;
  const cube = index - 16;
  const parts = index < 232
    ? [level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)]
    : [0, 0, 0].fill(8 + 10 * (index - 232));
  return "#" + parts.map((part) => part.toString(16).padStart(2, "0")).join("");
}

function rounded(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
