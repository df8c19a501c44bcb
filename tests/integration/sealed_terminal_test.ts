/**
 * Passphrases in real terminals: nobody sees what is typed, and nothing keeps it.
 */

import { assert, assertEquals } from "@std/assert";
import { openClient, openServer } from "../helpers/chat_windows.ts";
import { ownHome } from "../helpers/own_home.ts";
import { taskArgs } from "../helpers/processes.ts";
import { Tmux, tmuxTest, type TmuxWindow } from "../helpers/tmux.ts";

const PASSPHRASE = "seven dancing lemurs";

/** All that a window ever showed. */
async function shown(window: TmuxWindow): Promise<string> {
  return (await window.all()).join("\n");
}

for (const term of [undefined, "dumb"]) {
  const kind = term === undefined ? "a terminal" : "a terminal that can do nothing";
  tmuxTest(`a passphrase typed in ${kind} is neither shown nor kept`, async () => {
    await using tmux = await Tmux.start();
    const { where } = await openServer(tmux);
    const mel = await openClient(tmux, where, term, undefined, "--name", "Mel");
    await mel.enter("connect");
    await mel.untilLast(`crds@${where}>`);
    await mel.enter("makeroom vault --sealed");
    await mel.untilLast("Passphrase:");
    await mel.enter(PASSPHRASE);
    await mel.untilLast("Passphrase again:");
    await mel.type(`${PASSPHRASE}?`);
    await mel.press("BSpace");
    await mel.press("Enter");
    await mel.untilRow(/^Created room "vault" /);
    await mel.untilLast(`crds@${where}>`);

    // Called off, and wrong.
    await mel.enter("chat vault");
    await mel.untilLast("Passphrase:");
    await mel.type("seven");
    await mel.press("C-c");
    await mel.untilRow(/^Interrupted\.$/);
    await mel.untilLast(`crds@${where}>`);
    await mel.enter("chat vault");
    await mel.untilLast("Passphrase:");
    await mel.enter("six dancing lemurs");
    await mel.untilRow(/^Cannot enter room "vault": that is not its passphrase\./);
    await mel.untilLast(`crds@${where}>`);

    await mel.enter("chat vault");
    await mel.untilLast("Passphrase:");
    await mel.enter(PASSPHRASE);
    await mel.untilLast("[vault] Mel>");
    await mel.enter("Anybody here?");
    await mel.until(
      (rows) => rows.some((row) => row.endsWith("Anybody here?")) && rows.at(-1) === "[vault] Mel>",
      "the prompt behind what was said",
    );
    await mel.enter("/quit");
    await mel.untilRow(/^ended with 0: echo icanon icrnl isig opost$/);
    assert(!/lemurs|seven/.test(await shown(mel)), await shown(mel));
    const kept = await historyOf();
    assert(!/lemurs|seven/.test(kept), kept);
    if (term === undefined) assert(kept.includes("makeroom vault --sealed"), kept);
  });
}

/** Every file in the home of the tests' clients, as one text. */
async function historyOf(folder = ownHome().HOME!): Promise<string> {
  let text = "";
  for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) text += await historyOf(path);
    else if (isFile) text += await Deno.readTextFile(path).catch(() => "");
  }
  return text;
}

tmuxTest(
  "a command of a shell asks for the passphrase in the terminal, and gives it back",
  async () => {
    await using tmux = await Tmux.start();
    const { where } = await openServer(tmux);
    const command = [Deno.execPath(), ...taskArgs("client"), "--server", where];
    const script =
      `out=$("$@"); code=$?; echo "code $code: $out"; stty -a | grep -wo -- "-\\?echo"; ` +
      "exec cat";
    const run = (...args: string[]): Promise<TmuxWindow> =>
      tmux.open("sh", "-c", script, "sh", ...command, ...args);
    const make = await run("makeroom", "vault", "239.255.7.7", "20107", "--sealed");
    await make.untilLast("Passphrase:");
    await make.enter(PASSPHRASE);
    await make.untilLast("Passphrase again:");
    await make.enter(PASSPHRASE);
    await make.untilRow('code 0: Created room "vault" (239.255.7.7:20107).');
    await make.untilLast("echo");
    assert(!/lemurs/.test(await shown(make)), await shown(make));

    const off = await run("makeroom", "other", "--sealed");
    await off.untilLast("Passphrase:");
    await off.type(PASSPHRASE);
    await off.press("C-c");
    const rows = await off.untilLast("echo");
    assertEquals(rows.slice(0, -1), [
      "Passphrase:",
      'Cannot create room "other": no passphrase was given.',
      "code 1:",
    ]);
  },
);
