/**
 * `deno task screenshots`: types the eight steps into real terminals, and writes what they show: pictures
 * on dark and light to `docs/`, the text into the README. It needs `tmux`, and port 50001.
 *
 * @module
 */

import { Tmux } from "../helpers/tmux.ts";
import { playEightSteps, SIZE } from "./eight_steps.ts";
import { withCapture } from "./readme_capture.ts";
import { parseRows } from "./styled_text.ts";
import { DARK, drawRows, LIGHT } from "./svg.ts";

const DOCS = new URL("../../docs/", import.meta.url);
const README = new URL("../../README.md", import.meta.url);

const TITLE =
  "A terminal: Mel connects, makes a room, chats with Bob and Ann, and deletes the room.";

async function main(): Promise<void> {
  await using tmux = await Tmux.start(SIZE.columns, SIZE.rows);
  const mel = await playEightSteps(tmux, "50001");
  const rows = parseRows(await mel.styled());
  for (const [name, theme] of [["dark", DARK], ["light", LIGHT]] as const) {
    await Deno.writeTextFile(new URL(`chat-${name}.svg`, DOCS), drawRows(rows, TITLE, theme));
  }
  const readme = withCapture(await Deno.readTextFile(README), await mel.rows());
  await Deno.writeTextFile(README, readme);
  console.log("docs/chat-dark.svg, docs/chat-light.svg and README.md show the eight steps.");
}

if (import.meta.main) await main();
