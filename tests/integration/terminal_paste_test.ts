/**
 * Pasting into real clients in real terminals.
 */

import { assert, assertEquals } from "@std/assert";
import { openRoom } from "../helpers/chat_windows.ts";
import { Tmux, tmuxTest } from "../helpers/tmux.ts";

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

tmuxTest("client in a terminal says 1,000 pasted lines as one message", async () => {
  await using tmux = await Tmux.start();
  const [mel, bob] = await openRoom(tmux, "Mel", "Bob");
  assert(mel !== undefined && bob !== undefined);
  await mel.untilRow(/^¤ (Bob joined|Here: Bob)/);
  const text = Array.from({ length: 1000 }, (_, i) => `line ${i + 1}`).join("\n");
  await mel.paste(text);
  await mel.untilLast("Paste of 1000 lines: Enter says them, Esc drops them");
  // A message that comes meanwhile leaves the question alone.
  await bob.enter("Good morning");
  await mel.untilRow("Bob: Good morning");
  await mel.untilLast("Paste of 1000 lines: Enter says them, Esc drops them");
  await mel.press("Escape");
  await mel.untilLast("[lobby] Mel>");
  await mel.paste(text);
  await mel.untilLast("Paste of 1000 lines: Enter says them, Esc drops them");
  await mel.press("Enter");
  // On a busy machine some are lost on the way; those come late.
  const wanted = new Set(text.split("\n").map((line) => `Mel: ${line}`));
  const all = (rows: string[]): boolean =>
    wanted.isSubsetOf(new Set(rows.map((row) => row.replace(/^\(late\) /, ""))));
  await bob.until(all, "all lines", () => bob.all());
  await mel.untilLast("[lobby] Mel>");
});
