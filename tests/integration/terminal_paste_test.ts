/**
 * Pasting into real clients in real terminals.
 */

import { assert, assertEquals } from "@std/assert";
import { openRoom } from "../helpers/chat_windows.ts";
import { Tmux, tmuxTest } from "../helpers/tmux.ts";

/** Lines of the long paste. */
const LINES = 2000;

const QUESTION = `Paste of ${LINES} lines: Enter says them, Esc drops them`;

tmuxTest(
  "client in a terminal says what is pasted into a room, and does nothing of it",
  async () => {
    await using tmux = await Tmux.start();
    const [mel, bob] = await openRoom(tmux, "Mel", "Bob");
    assert(mel !== undefined && bob !== undefined);
    await mel.paste("one\n/leave\ndeleteroom lobby\nquit\n/name Eve\nlast");
    await mel.untilLast("Paste of 6 lines: Enter says them, Esc drops them");
    await mel.press("Enter");
    const rows = await bob.untilRow("Mel: last");
    assertEquals(rows.filter((row) => row.startsWith("Mel: ")), [
      "Mel: one",
      "Mel: /leave",
      "Mel: deleteroom lobby",
      "Mel: quit",
      "Mel: /name Eve",
      "Mel: last",
    ]);
    const own = await mel.untilRow("Mel: last");
    assertEquals(own.filter((row) => row.startsWith("Mel: ")).length, 6);
    assertEquals(own.at(-1), "[lobby] Mel>");
  },
);

/** Lines of the paste of 2,000, in the order in which a window shows them. */
function numbersIn(rows: readonly string[]): { number: number; isLate: boolean }[] {
  return rows.map((row) => /^(\(late\) )?Mel: line (\d+)$/.exec(row)).filter((match) =>
    match !== null
  )
    .map(([, late, number]) => ({ number: Number(number), isLate: late !== undefined }));
}

tmuxTest(
  "client in a terminal says 2,000 pasted lines as one message, shown in order",
  async () => {
    await using tmux = await Tmux.start();
    const [mel, bob] = await openRoom(tmux, "Mel", "Bob");
    assert(mel !== undefined && bob !== undefined);
    await mel.untilRow(/^¤ (Bob joined|Here: Bob)/);
    const text = Array.from({ length: LINES }, (_, i) => `line ${i + 1}`).join("\n");
    await mel.paste(text);
    await mel.untilLast(QUESTION);
    // A message that comes meanwhile leaves the question alone.
    await bob.enter("Good morning");
    await mel.untilRow("Bob: Good morning");
    await mel.untilLast(QUESTION);
    await mel.press("Escape");
    await mel.untilLast("[lobby] Mel>");
    await mel.paste(text);
    await mel.untilLast(QUESTION);
    await mel.press("Enter");
    for (const window of [mel, bob]) {
      const all = (rows: string[]): boolean =>
        new Set(numbersIn(rows).map(({ number }) => number)).size === LINES;
      const rows = await window.until(all, "all lines", () => window.all());
      const shown = numbersIn(rows);
      assertEquals(shown.length, LINES, "none twice");
      // On a busy machine some are lost on the way, and come too late to be put where they belong.
      const inPlace = shown.filter(({ isLate }) => !isLate).map(({ number }) => number);
      assertEquals(inPlace, inPlace.toSorted((a, b) => a - b));
      await window.untilLast(/^\[lobby\] (Mel|Bob)>$/);
    }
  },
);
