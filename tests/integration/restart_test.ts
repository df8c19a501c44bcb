/**
 * The server restarts under connected clients: real processes, one port, one file of rooms.
 */

import { assertEquals, assertMatch } from "@std/assert";
import { ownHost } from "../helpers/own_host.ts";
import { type Program, type ServerProgram, startServer, startTask } from "../helpers/processes.ts";
import { TempFolder } from "../helpers/temp_folder.ts";

const LOOPBACK = { CRDS_IFACE: "127.0.0.1" };

function startClient(where: string, name: string): Program {
  return startTask("client", ["--server", where, "--name", name], LOOPBACK);
}

/** Starts the server on the rooms of a folder; on a given port, if it is a restart. */
async function serve(folder: TempFolder, host: string, port = 0): Promise<ServerProgram> {
  const where = ["--host", host, "--port", `${port}`];
  return await startServer(["--data", folder.file("crds.db"), ...where]);
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

// Windows has no signals that a program can answer.
const signals = Deno.build.os === "windows"
  ? ["SIGKILL"] as const
  : ["SIGTERM", "SIGKILL"] as const;

for (const signal of signals) {
  Deno.test(`clients come back by themselves when the server restarts (${signal})`, async () => {
    using folder = new TempFolder();
    const host = ownHost();
    await using server = await serve(folder, host);
    const { port } = server;
    const where = `${host}:${port}`;
    await using mel = startClient(where, "Mel");
    await mel.write("connect\nmakeroom lobby about Tea\n");
    await mel.next(/Created room "lobby"/, "stderr");
    await using bob = startClient(where, "Bob");
    await bob.write("connect\nchat lobby\n");
    // Kim is in the room too, and connected to no server.
    await using kim = startClient(where, "Kim");
    await kim.write("chat lobby\n");
    for (const each of [bob, kim]) await each.next(/\/leave leaves\.\n/, "stderr");
    await bob.write("before\n");
    await kim.next(/^Bob: before\n/);

    await server.program.stop(signal);
    await mel.next(/is gone: .*\. Trying to get it back\.\n/, "stderr");
    await bob.next(/is gone: .*\. Trying to get it back\. The room goes on\.\n/, "stderr");
    await bob.write("still there?\n");
    await kim.next(/^Bob: still there\?\n/);
    await kim.write("of course\n");
    await bob.next(/^Kim: of course\n/);
    // What is asked for while the server is down waits for it.
    await mel.write("getdir\n");
    await mel.next(/Waiting for the CRDS at .*\.\.\.\n/, "stderr");

    await using again = await serve(folder, host, port);
    await mel.next(new RegExp(`^Connected to the CRDS at ${where} again\\.\n`), "stderr");
    await mel.next(/^NAME .*\nlobby .* Tea\n/);
    await bob.next(/Connected to the CRDS at .* again\.\n/, "stderr");
    // Bob tells the new server where he is; then everything is as it was.
    await again.program.waitFor(/people\.move room=lobby: done/);
    await mel.write("who\nmakeroom second\n");
    await mel.next(/Created room "second"/, "stderr");
    await bob.write("after\n");
    await kim.next(/^Bob: after\n/);
    for (const each of [mel, bob, kim]) await each.closeStdin();
    const ends = await Promise.all([mel.status, bob.status, kim.status]);
    assertEquals(ends.map(({ code }) => code), [0, 0, 0]);
    assertMatch(mel.stdout, /\nMel +127\.0\.0\.1 +\d+s +\d+s *\n/);
    assertMatch(mel.stdout, /\nBob +127\.0\.0\.1 +\d+s +\d+s +lobby\n/);
    for (const each of [mel, bob]) {
      assertEquals(count(each.stderr, "is gone"), 1, each.stderr);
      assertEquals(count(each.stderr, " again."), 1, each.stderr);
      assertEquals(count(each.stderr, "is taken"), 0, each.stderr);
    }
    assertEquals(kim.stdout, "Bob: before\nBob: still there?\nBob: after\n");
    assertEquals(count(kim.stderr, "gone"), 0);
  });
}

Deno.test({
  name: "client comes back under another name when somebody took its own meanwhile",
  // Windows cannot stop a process and let it go on.
  ignore: Deno.build.os === "windows",
  fn: comeBackRenamed,
});

async function comeBackRenamed(): Promise<void> {
  using folder = new TempFolder();
  const host = ownHost();
  await using server = await serve(folder, host);
  const { port } = server;
  const where = `${host}:${port}`;
  await using mel = startClient(where, "Mel");
  await mel.write("connect\n");
  await mel.next(/Connected/, "stderr");
  // A stopped process cannot try to come back.
  mel.signal("SIGSTOP");
  await server.program.stop("SIGKILL");
  await using _again = await serve(folder, host, port);
  await using thief = startClient(where, "Mel");
  await thief.write("connect\n");
  await thief.next(/Connected/, "stderr");
  assertEquals(count(thief.stderr, "is taken"), 0);
  mel.signal("SIGCONT");
  await mel.next(
    /The name "Mel" is taken there: you are "Mel2" now\.\nConnected to .* again\.\n/,
    "stderr",
  );
  await mel.write("who\n");
  await mel.next(/\nMel .*\nMel2 /);
}
