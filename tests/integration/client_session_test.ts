/**
 * Two people at one server with sessions: real clients, real server.
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Program, startServer, startTask } from "../helpers/processes.ts";

function startClient(port: number, login: string): Program {
  const env = { CRDS_IFACE: "127.0.0.1", USER: login };
  return startTask("client", ["--server", `127.0.0.1:${port}`], env);
}

Deno.test("two clients of one login name are told apart, and see each other", async () => {
  await using server = await startServer();
  await using one = startClient(server.port, "mel");
  await one.write("connect\n");
  await one.next(/^Connected to the CRDS at .*\.\n/, "stderr");
  await using two = startClient(server.port, "mel");
  await two.write("connect\n");
  await two.next(/^The name "mel" is taken there: you are "mel2" now\.\nConnected/, "stderr");

  await one.write("makeroom lobby about Tea\nchat lobby\n");
  await one.next(
    /Room "lobby": 239\.255\.\d+\.\d+:2\d{4}, over lo .* It is about: Tea\.\n/,
    "stderr",
  );
  await one.next(/You are "mel"\. Ctrl-\] or \/leave leaves\.\n/, "stderr");
  await two.write("chat lobby\n");
  await two.next(/You are "mel2"\. Ctrl-\] or \/leave leaves\.\n/, "stderr");
  await two.write("hello\n/name Bob\nit is me\n");
  await one.next(/^mel2: hello\nBob: it is me\n/);
  await server.program.waitFor(/people\.move room=lobby: done[^]*people\.move room=lobby: done/);
  await two.write("/leave\nwho\ngetdir\n");
  const [who] = await two.next(/^NAME [^]*\nNAME .*\nlobby .*\n/);
  assertMatch(who, /\nmel +127\.0\.0\.1 +\d+s +\d+s +lobby\nBob +127\.0\.0\.1 +\d+s +\d+s\n/);
  assertMatch(who, /\nNAME +ADDRESS +PORT +MEMBERS +TOPIC\nlobby +\S+ +\d+ +1 +Tea\n$/);

  // A name that somebody holds cannot be taken; one that was given up can.
  await two.write("name MEL\n");
  await two.next(/Cannot use the name "MEL": somebody has it\. "MEL2" is free\.\n/, "stderr");
  await one.write("/leave\nname Ann\n");
  await one.next(/You are "Ann" now\.\n/, "stderr");
  await two.write("name mel\nquit\n");
  await two.next(/You are "mel" now\.\n/, "stderr");
  // Something failed: the name that was taken.
  assertEquals((await two.status).code, 1);
  await one.closeStdin();
  assertEquals((await one.status).code, 0);
  // Secrets are nobody's business.
  assert(!/[0-9a-f]{8}-[0-9a-f]{4}-/.test(server.program.stdout));
});

Deno.test("connect again to the same server is one connection, and no loss", async () => {
  await using server = await startServer();
  await using mel = startClient(server.port, "mel");
  const where = `127.0.0.1:${server.port}`;
  await mel.write("connect\nconnect\nwho\nquit\n");
  assertEquals((await mel.status).code, 0);
  assertEquals(
    mel.stderr,
    `Connected to the CRDS at ${where}.\nClosed the connection to the CRDS at ${where}.\n` +
      `Connected to the CRDS at ${where}.\n`,
  );
  assertMatch(mel.stdout, /^NAME .*\nmel [^\n]*\n$/);
});

Deno.test("client makes rooms that are left to the server to place", async () => {
  await using server = await startServer();
  await using mel = startClient(server.port, "mel");
  await mel.write(
    "connect\nmakeroom a\nmakeroom b 239.1.2.3\nmakeroom c 239.1.2.3 7\ngetdir\nquit\n",
  );
  assertEquals((await mel.status).code, 0);
  const rows = mel.stdout.trimEnd().split("\n").slice(1).map((row) => row.split(/ +/));
  assertEquals(rows.map(([name]) => name), ["a", "b", "c"]);
  assertMatch(rows[0]![1]!, /^239\.255\.\d+\.\d+$/);
  assertEquals([rows[1]![1], rows[2]!.slice(1, 3)], ["239.1.2.3", ["239.1.2.3", "7"]]);
  for (const row of rows.slice(0, 2)) assertMatch(row[2]!, /^2\d{4}$/);
});
