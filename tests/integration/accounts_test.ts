/**
 * Accounts, with real servers and real clients over TLS.
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Program, type ServerProgram, startServer, startTask } from "../helpers/processes.ts";
import { TempFolder } from "../helpers/temp_folder.ts";

const PASSWORD = "correct horse";

/** A server with accounts. */
function serve(...flags: string[]): Promise<ServerProgram> {
  return startServer(["--tls-port", "0", ...flags]);
}

/** A client that is connected, fed by a script. */
async function connected(port: number, name: string, folder: TempFolder): Promise<Program> {
  const env = {
    CRDS_IFACE: "127.0.0.1",
    ...Object.fromEntries(
      ["HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"].map((each) => [each, folder.file(name)]),
    ),
  };
  const client = startTask("client", ["--server", `127.0.0.1:${port}`, "--name", name], env);
  await client.write("connect\n");
  await client.next(/^Connected to the CRDS/m, "stderr");
  return client;
}

/** Gives a client lines and waits for what it says then. */
async function says(client: Program, lines: string[], pattern: RegExp): Promise<void> {
  await client.write(lines.map((line) => `${line}\n`).join(""));
  await client.next(pattern, "stderr");
}

Deno.test("an account: registered, changed, left and deleted; its name is nobody else's meanwhile", async () => {
  using folder = new TempFolder();
  await using server = await serve();
  await using mel = await connected(server.port, "mel", folder);
  await using bob = await connected(server.port, "bob", folder);
  const said = (lines: string[], pattern: RegExp) => says(mel, lines, pattern);
  await said(["register Mel", "short", "short"], /with this password: it has 5 characters, and at/);
  await said(["register Mel", PASSWORD, "correct hearse"], /the two are not the same\. Try again/);
  await said(["register Mel", "", ""], /no password was given/);
  await said(["register bob", PASSWORD, PASSWORD], /somebody is here under that name/);
  await said(["logout"], /you are not logged in/);
  await said(
    ["register Mel", PASSWORD, PASSWORD],
    /The name "Mel" is yours now, and you are logged in/,
  );
  await said(["name Eve"], /you are logged in as "Mel"\. Log out first/);
  await mel.write("who\n");
  await mel.next(/^NAME +ADDRESS +SINCE +IDLE +ACCOUNT\nMel .* yes\nbob /m);

  await says(bob, ["name Mel"], /it belongs to an account\. Log in to have it, or take "Mel2"/);
  await says(bob, ["register MEL", PASSWORD, PASSWORD], /the name belongs to an account/);
  await bob.write("since 1h\n");
  await bob.next(/^NAME +LAST\nMel +on now\n/m);
  await says(bob, ["since yesterday"], /Use a number with s, m, h or d/);

  await said(
    ["passwd", "wrong horse", PASSWORD, PASSWORD],
    /the password is another one\. 2 more tries/,
  );
  const next = "battery staple";
  await said(["passwd", PASSWORD, next, next], /The password is changed/);
  await said(["logout"], /You are logged out\. You are "mel2?" now, a guest/);
  await said(["login mel", PASSWORD], /there is no such account, or the password is another one/);
  await said(["login mel", next], /You are logged in as "Mel"/);
  await said(["unregister", next], /The account "Mel" is no more/);
  await said(["login mel", next], /there is no such account, or the password is another one/);
  await says(bob, ["name MEL"], /somebody has it|You are "MEL" now/);
});

Deno.test("who comes back as a guest is told that the name is their own account's", async () => {
  using folder = new TempFolder();
  await using server = await serve();
  await using mel = await connected(server.port, "mel", folder);
  await says(mel, ["register Mel", PASSWORD, PASSWORD], /yours now/);
  await says(
    mel,
    ["bye", "connect"],
    /^"Mel" is the name of your account there: "login Mel" gets it back\. You are "Mel2" now, a guest\.\nConnected/m,
  );
  await says(mel, ["login Mel", PASSWORD], /You are logged in as "Mel"/);
  // For anybody else it is taken.
  await using other = await connected(server.port, "other", folder);
  await says(
    other,
    ["bye", "name Mel", "connect"],
    /^The name "Mel" is taken there: you are "Mel2" now/m,
  );
});

Deno.test("three wrong passwords lock the name and the address for a time", async () => {
  using folder = new TempFolder();
  await using server = await serve("--lock-seconds", "1");
  await using mel = await connected(server.port, "mel", folder);
  await says(mel, ["register Mel", PASSWORD, PASSWORD, "logout"], /You are logged out/);
  await using bob = await connected(server.port, "bob", folder);
  for (const next of ["2 more tries", "1 more try", "Try again in 1 s"]) {
    await says(bob, ["login Mel", "wrong horse"], new RegExp(`another one\\. ${next}`));
  }
  // Now or a moment later: what counts is that it is over by itself.
  for (let isIn = false; !isIn;) {
    await bob.write(`login Mel\n${PASSWORD}\n`);
    const match = await bob.next(/You are (logged) in|too many wrong passwords/, "stderr");
    isIn = match[1] !== undefined;
  }
  await server.program.waitFor(/account\.login name=Mel: refused/);
});

/** Names that are one with "Ｍél 2", that look odd, or that are none. */
const NAMES: [typed: string, answer: RegExp][] = [
  ['"DJ Пётр"', /The name "DJ Пётр" is yours now/],
  ["👩‍👩‍👧‍👦", /The name "👩‍👩‍👧‍👦" is yours now|Cannot use the name/],
  ["O'Brien;DROP-TABLE", /The name "O'Brien;DROP-TABLE" is yours now/],
  ["Mel", /The name "Mel" is yours now/],
  ["ＭＥＬ", /belongs to an account/],
  ["M\u00adel", /belongs to an account|Cannot/],
  ["a:b", /Cannot use the name/],
  ["x\u202ey", /Cannot use the name/],
  ["anonymous@10.0.0.1", /Cannot use the name/],
  ["x".repeat(33), /Cannot use the name/],
];

Deno.test("names with odd characters are one name in all spellings, or none", async () => {
  using folder = new TempFolder();
  await using server = await serve();
  await using client = await connected(server.port, "guest", folder);
  for (const [typed, answer] of NAMES) {
    await client.write(`register ${typed}\n${PASSWORD}\n${PASSWORD}\n`);
    const match = await client.next(answer, "stderr");
    if (!match[0].includes("yours")) continue;
    await says(client, ["logout"], /You are logged out/);
    await says(client, [`login ${typed}`, PASSWORD], /You are logged in as/);
    await says(client, ["logout"], /You are logged out/);
  }
});

Deno.test("a login elsewhere takes over; with --single-session it is refused", async () => {
  for (const flags of [[], ["--single-session"]]) {
    using folder = new TempFolder();
    await using server = await serve(...flags);
    await using mel = await connected(server.port, "mel", folder);
    await says(mel, ["register Mel", PASSWORD, PASSWORD], /yours now/);
    await using bob = await connected(server.port, "bob", folder);
    if (flags.length === 0) {
      await says(bob, ["login Mel", PASSWORD], /You are logged in as "Mel"/);
      await mel.next(/"Mel" has logged in elsewhere.* You are "mel2?" now, a guest/, "stderr");
    } else {
      await says(
        bob,
        ["login Mel", PASSWORD],
        /logged in elsewhere, and this server lets that one stay/,
      );
      await says(mel, ["quit"], /$/);
      await mel.status;
      await says(bob, ["login Mel", PASSWORD], /You are logged in as "Mel"/);
    }
  }
});

Deno.test("who does nothing for long is warned, logged off, and does not come back by itself", async () => {
  using folder = new TempFolder();
  await using server = await serve("--idle-timeout", "2");
  await using mel = await connected(server.port, "mel", folder);
  await says(mel, ["register Mel", PASSWORD, PASSWORD], /yours now/);
  await mel.next(
    /done nothing for long: in 1 s you are logged off\. Any command prevents it/,
    "stderr",
  );
  await mel.next(
    /You did nothing for long, so you were logged off\. You are "mel2?" now/,
    "stderr",
  );
  await mel.write("who\n");
  const [row] = await mel.next(/^mel.*\n/m);
  assert(!row.includes("yes"), row);
  await says(mel, ["login Mel", PASSWORD], /You are logged in/);
});

Deno.test("who is logged in stays so over a server that is killed and started again", async () => {
  using folder = new TempFolder();
  const data = ["--data", folder.file("crds.db")];
  await using server = await serve(...data);
  const { port, program } = server;
  const [, tls] = await program.waitFor(/TLS on port (\d+)/);
  await using mel = await connected(port, "mel", folder);
  await says(mel, ["register Mel", PASSWORD, PASSWORD], /yours now/);
  await program.stop("SIGKILL");
  await mel.next(/Trying to get it back/, "stderr");
  await using again = await startServer([...data, "--port", `${port}`, "--tls-port", tls!]);
  await mel.next(/^Connected to the CRDS at .* again/m, "stderr");
  await mel.write("who\n");
  await mel.next(/^Mel .* yes\n/m);
  await again.program.waitFor(/account\.resume: as Mel/);
  assertStringIncludes(again.program.stdout, "(1 account)");
});

Deno.test("a server without the account says so, and the client is a guest there", async () => {
  using folder = new TempFolder();
  await using server = await serve("--data", folder.file("crds.db"));
  const { port, program } = server;
  const [, tls] = await program.waitFor(/TLS on port (\d+)/);
  await using mel = await connected(port, "guest", folder);
  await says(mel, ["register Mel", PASSWORD, PASSWORD], /yours now/);
  await program.stop();
  for (const end of ["", "-wal"]) {
    await Deno.remove(folder.file(`crds-people.db${end}`)).catch(() => {});
  }
  const flags = ["--data", folder.file("crds.db"), "--port", `${port}`, "--tls-port", tls!];
  await using _again = await startServer(flags);
  await mel.next(
    /Cannot log in again: the last login has ended\. .* You are "guest" now, a guest\. "login Mel" logs in/,
    "stderr",
  );
  await mel.write("who\n");
  await mel.next(/^guest .*\n/m);
});

Deno.test("without TLS no password leaves the client", async () => {
  using folder = new TempFolder();
  await using server = await startServer();
  await using mel = await connected(server.port, "mel", folder);
  for (const lines of [["register Mel", PASSWORD, PASSWORD], ["login Mel", PASSWORD]]) {
    await says(mel, lines, /is reached without encryption: passwords stay here/);
  }
});

/** Runs the server's program to its end. */
async function admin(...args: string[]): Promise<{ code: number; text: string; errors: string }> {
  await using program = startTask("server", args);
  const { code } = await program.status;
  return { code, text: program.stdout, errors: program.stderr };
}

Deno.test("crds-server import makes accounts, users lists them; not while the server runs", async () => {
  using folder = new TempFolder();
  const data = ["--data", folder.file("crds.db")];
  const names = folder.file("names.txt");
  await Deno.writeTextFile(
    names,
    `# staff\nMel ${PASSWORD}\nDJ Пётр\tbattery staple\nBob secret\n`,
  );
  const bad = await admin("import", names, ...data);
  assertEquals([bad.code, bad.text], [1, ""]);
  assertStringIncludes(
    bad.errors,
    "Line 4: the password has 6 characters, and at least 8 are needed.",
  );
  assert(!bad.errors.includes("secret"));
  assertStringIncludes((await admin("users", ...data)).text, "There are no accounts in");

  await Deno.writeTextFile(names, `Mel ${PASSWORD}\nDJ Пётр\tbattery staple\n`);
  const good = await admin("import", names, ...data);
  assertEquals(good.code, 0);
  assertStringIncludes(good.text, "Imported 2 accounts, skipped 0.");
  const again = await admin("import", names, ...data);
  assertStringIncludes(again.text, "Imported 0 accounts, skipped 2.");
  assertStringIncludes(
    again.errors,
    'Line 1: "Mel" has an account already, and keeps its password.',
  );

  await using server = await serve(...data);
  await using client = await connected(server.port, "guest", folder);
  await says(client, ['login "dj пётр"', "battery staple"], /You are logged in as "DJ Пётр"/);
  for (const command of [["users"], ["import", names]]) {
    const { code, errors } = await admin(...command, ...data);
    assertEquals(code, 1);
    assertStringIncludes(errors, "another server is using it. Stop that one first");
  }
  await server.program.stop();
  const { text } = await admin("users", "--json", ...data);
  const rows = text.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(rows.map(({ name, lastLogin }) => [name, lastLogin === null]), [["Mel", true], [
    "DJ Пётр",
    false,
  ]]);
  assert(!text.includes("scrypt"));
});
