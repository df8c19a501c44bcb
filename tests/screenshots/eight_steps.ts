/**
 * The eight steps of the demonstration, typed in real terminals.
 *
 * @module
 */

import { taskArgs } from "../helpers/processes.ts";
import { openServer } from "../helpers/chat_windows.ts";
import type { Tmux, TmuxWindow } from "../helpers/tmux.ts";

/** Where the room is: so that the picture is the same each time. */
const ROOM = { address: "239.255.93.14", port: "24417" };

/** What a client says when it has a connection. */
const CONNECTED = /^Connected to the CRDS/;

/** Columns and rows that all of it fits in. */
export const SIZE = { columns: 84, rows: 60 };

/**
 * Types the steps.
 *
 * @param tmux Where.
 * @param wanted The port that the server listens on; 0 for any.
 * @returns The window of Mel, as it is after them.
 * @throws {Error} If something that should be shown is not.
 */
export async function playEightSteps(tmux: Tmux, wanted: string): Promise<TmuxWindow> {
  // 1. The server starts.
  const { where } = await openServer(tmux, wanted);
  const enter = async (name: string): Promise<TmuxWindow> => {
    const flags = ["--iface", "127.0.0.1", "--server", where, "--name", name, "--color", "always"];
    const client = await tmux.open(Deno.execPath(), ...taskArgs("client"), ...flags);
    await client.untilLast("crds>");
    return client;
  };
  const mel = await enter("Guest");
  const atServer = `crds@${where}>`;
  // 2. A client connects to it.
  await type(mel, "connect", atServer, CONNECTED);
  // 3. It makes a room, and the directory shows it.
  await type(
    mel,
    `makeroom lobby ${ROOM.address} ${ROOM.port} about Tea and cake`,
    atServer,
    /^Created/,
  );
  await type(mel, "getdir", atServer, /^lobby /);
  // 4. It says bye.
  await type(mel, "bye", "crds>", /^Closed/);
  // 5. People choose their names.
  await type(mel, "name Mel", "crds>", /^You are "Mel"/);
  const [bob, ann] = [await enter("Bob"), await enter("Ann")];
  // 6. They enter the room and talk.
  await type(mel, "chat lobby", "[lobby] Mel>", /¤ You are/);
  await mel.untilRow(/¤ Nobody else is here yet\.$/);
  for (const [other, name] of [[bob, "Bob"], [ann, "Ann"]] as const) {
    await type(other, "chat lobby", `[lobby] ${name}>`, /¤ You are/);
    await mel.untilRow(new RegExp(`¤ ${name} joined\\.$`));
  }
  await say(mel, "Good morning!", [bob, ann]);
  await say(bob, "¡Hola, Mel! 你好 👋", [mel, ann]);
  await say(ann, "สวัสดี! Is there any cake left?", [mel, bob]);
  await say(mel, "/me puts the kettle on", [bob, ann]);
  await ann.press("C-]");
  await mel.untilRow(/¤ Ann left\.$/);
  await mel.press("C-]");
  await mel.untilLast("crds>");
  // 7. The room is deleted.
  await type(mel, "connect", atServer, CONNECTED);
  await type(mel, "deleteroom lobby", atServer, /^Deleted/);
  await type(mel, "getdir", atServer, /^There are no rooms/);
  // 8. Several clients are connected at the same time.
  for (const other of [bob, ann]) {
    if (other === bob) await bob.press("C-]");
    await other.untilLast("crds>");
    await type(other, "connect", atServer, CONNECTED);
  }
  await type(mel, "who", atServer, /^Ann +127/);
  return mel;
}

/** Types a line, and waits for what it leads to. */
async function type(
  window: TmuxWindow,
  line: string,
  prompt: string,
  answer: RegExp,
): Promise<void> {
  // The prompt is there again before the answer is, if that takes a moment.
  const before = (await window.rows()).length;
  await window.enter(line);
  await window.until(
    (rows) => rows.at(-1) === prompt && rows.slice(before).some((row) => answer.test(row)),
    `the answer to "${line}"`,
  );
}

/** Says something, and waits until the others have read it. */
async function say(window: TmuxWindow, text: string, others: TmuxWindow[]): Promise<void> {
  await window.enter(text);
  const shown = text.replace(/^\/me /, "");
  const read = (row: string): boolean => /^\d\d:\d\d /.test(row) && row.includes(shown);
  for (const each of [window, ...others]) await each.until((rows) => rows.some(read), text);
}
