/**
 * Passwords stand nowhere: not on the screen, in no log, no argument, no history, no file.
 */

import { assert, assertEquals } from "@std/assert";
import { homeIn } from "../helpers/own_home.ts";
import { startServer, taskArgs } from "../helpers/processes.ts";
import { TempFolder } from "../helpers/temp_folder.ts";
import { Tmux, tmuxTest, type TmuxWindow } from "../helpers/tmux.ts";

/** What must not be found; each is typed at least once. */
const SECRETS = ["correct-horse-1", "battery-staple-2", "wrong-donkey-3", "imported-mule-4"];

/** Types an answer to a question for a secret. */
async function answer(window: TmuxWindow, question: string, secret: string): Promise<void> {
  await window.untilLast(question);
  await window.enter(secret);
}

/** Everything that is in a folder, as text in which bytes are letters. */
async function textIn(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) { for (const [file, text] of await textIn(path)) found.set(file, text); }
    if (isFile) found.set(path, new TextDecoder("latin1").decode(await Deno.readFile(path)));
  }
  return found;
}

/** The command lines of all processes that can be seen. */
async function commandLines(): Promise<string> {
  const { stdout } = await new Deno.Command("ps", { args: ["-eo", "args", "-ww"] }).output();
  return new TextDecoder().decode(stdout);
}

tmuxTest(
  "passwords stand in no log, argv, history, settings or database, and on no screen",
  async () => {
    const [first, second, wrong, imported] = SECRETS as [string, string, string, string];
    using folder = new TempFolder();
    using names = new TempFolder();
    const data = ["--data", folder.file("crds.db")];
    await Deno.writeTextFile(names.file("names.txt"), `Ann ${imported}\n`);
    const admin = await new Deno.Command(Deno.execPath(), {
      args: [...taskArgs("server"), "import", names.file("names.txt"), ...data],
    }).output();
    const told = new TextDecoder();
    const adminText = told.decode(admin.stdout) + told.decode(admin.stderr);
    assert(admin.success, adminText);

    await using server = await startServer([...data, "--tls-port", "0"]);
    await using tmux = await Tmux.start();
    const where = `127.0.0.1:${server.port}`;
    const home = Object.entries(homeIn(folder.path)).map(([name, value]) => `${name}=${value}`);
    const client = ["--server", where, "--iface", "127.0.0.1", "--name", "guest"];
    const mel = await tmux.open("env", ...home, Deno.execPath(), ...taskArgs("client"), ...client);
    await mel.untilLast("crds>");
    await mel.enter("connect");
    await mel.untilLast(`crds@${where}>`);
    await mel.enter("register Mel");
    await answer(mel, "Password:", first);
    await answer(mel, "Password again:", first);
    await mel.untilLast(`Mel@${where}>`);
    assertEquals(SECRETS.filter((secret) => server.program.stdout.includes(secret)), []);
    await mel.enter("passwd");
    await answer(mel, "Present password:", first);
    await answer(mel, "New password:", second);
    await answer(mel, "New password again:", second);
    await mel.untilRow("The password is changed.");
    await mel.enter("logout");
    await mel.untilLast(`crds@${where}>`);
    await mel.enter("login Mel");
    await answer(mel, "Password:", wrong);
    await mel.untilRow(/Cannot log in as "Mel"/);
    await mel.enter(`login Mel ${wrong}`);
    await mel.untilRow(/only the name stands there/);
    await mel.enter("login Mel");
    await answer(mel, "Password:", second);
    await mel.untilLast(`Mel@${where}>`);
    await mel.enter("set times off");
    await mel.untilRow("times is off.");
    const rows = (await mel.rows()).join("\n");
    const running = await commandLines();
    assert(running.includes(where), "the client's own command line is among them");
    // What is kept when everything has ended, and what is in the log of the database while it runs.
    const whileOn = await textIn(folder.path);
    await mel.enter("quit");
    await server.program.stop();
    const files = new Map([...whileOn, ...await textIn(folder.path)]);
    const paths = [...files.keys()];
    for (const kept of ["crds-people.db", "crds-people.db-wal", "client_history", "client.json"]) {
      assert(paths.some((path) => path.includes(kept)), `${kept} is among ${paths}`);
    }
    const places = new Map([
      ...files,
      ["the command lines", running],
      ["the server's log", server.program.stdout + server.program.stderr],
      ["what import said", adminText],
    ]);
    for (const [place, text] of places) {
      for (const secret of SECRETS) assert(!text.includes(secret), `${secret} is in ${place}`);
    }
    // What was typed as a command by mistake stands where it was typed, and nowhere else.
    for (const secret of [first, second, imported]) assert(!rows.includes(secret), rows);
  },
);
