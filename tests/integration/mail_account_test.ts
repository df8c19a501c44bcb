/**
 * Private messages and blocks of people with accounts: real clients, the real server, restarts of both.
 */

import { assert, assertEquals } from "@std/assert";
import { type Program, type ServerProgram, startServer, startTask } from "../helpers/processes.ts";
import { PASSWORD } from "../helpers/secure_session.ts";
import { someRoom } from "../helpers/some_room.ts";
import { TempFolder } from "../helpers/temp_folder.ts";

/** Starts a client in a pipe that is connected. */
async function startClient({ port }: ServerProgram, name: string): Promise<Program> {
  const where = `127.0.0.1:${port}`;
  const flags = ["--iface", "127.0.0.1", "--server", where, "--name", name];
  const client = startTask("client", flags);
  await client.write("connect\n");
  await client.next(/Connected to the CRDS at .*\n/, "stderr");
  return client;
}

/** Starts a client of somebody who gets an account, or has one. */
async function enter(server: ServerProgram, name: string, isNew: boolean): Promise<Program> {
  const client = await startClient(server, "guest");
  const password = isNew ? `${PASSWORD}\n${PASSWORD}\n` : `${PASSWORD}\n`;
  await client.write(`${isNew ? "register" : "login"} "${name}"\n${password}`);
  await client.next(/you are logged in\.\n|You are logged in as .*\n/, "stderr");
  return client;
}

async function quit(client: Program): Promise<void> {
  await client.write("quit\n");
  await client.status;
}

Deno.test({
  name:
    "messages wait over restarts of both clients and kill -9 of the server, and come once, in order",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    using folder = new TempFolder();
    const flags = ["--data", folder.file("crds.db")];
    const first = await startServer([...flags, "--tls-port", "0"]);
    let server = first;
    const again = async (): Promise<void> => {
      await server.program.stop("SIGKILL");
      // On its ports, so that the clients find it.
      const tls = /TLS on port (\d+)/.exec(first.program.stdout)![1]!;
      server = await startServer([...flags, "--port", String(first.port), "--tls-port", tls]);
    };
    try {
      const ann = await enter(server, "Ann Lee", true);
      await quit(ann);
      await using mel = await enter(server, "Mel", true);
      await mel.write('msg "Ann Lee" one\n');
      await mel.next(/Stored: Ann Lee gets it at the next login\.\n/, "stderr");
      await again();
      await mel.next(/Connected to the CRDS at .* again\.\n/, "stderr");
      await mel.write('msg "ann  LEE" two\n');
      await mel.next(/Stored: ann {2}LEE gets it at the next login\.\n/, "stderr");
      await using back = await enter(server, "ann lee", false);
      await back.next(/^Mel \(private\): one\nMel \(private\): two\n/);
      await mel.write("msg Ann Lee three\n");
      await mel.next(/Delivered to Ann Lee\.\n/, "stderr");
      await again();
      for (const each of [mel, back]) await each.next(/again\.\n/, "stderr");
      await mel.write("msg Ann Lee four\n");
      await mel.next(/(Delivered to|Stored:) Ann Lee/, "stderr");
      await back.next(/four\n/);
      assertEquals(
        back.stdout,
        "Mel (private): one\nMel (private): two\nMel (private): three\n" +
          "Mel (private): four\n",
      );
    } finally {
      await server[Symbol.asyncDispose]();
    }
  },
});

Deno.test("block: no messages, no broadcasts, no presence, no lines in rooms; unblock: all of it again", async () => {
  await using server = await startServer(["--tls-port", "0"]);
  await using ann = await enter(server, "Ann", true);
  await using bob = await startClient(server, "Bob");
  const { address, port } = someRoom();
  await ann.write(`makeroom lobby ${address} ${port}\nblock BOB\nblocked\n`);
  await ann.next(/You block BOB: "unblock BOB" ends it\.\n/, "stderr");
  await ann.next(/^BOB\n/);
  await bob.write("msg Ann Hi\nbroadcast Hi all\nwho\n");
  await bob.next(
    /Cannot send a message to "Ann": they do not want messages from you\.\n/,
    "stderr",
  );
  await bob.next(/Delivered to 0 people; 1 did not get it\.\n/, "stderr");
  const [list] = await bob.next(/^NAME[^]*\nBob .*\n/);
  assert(!list.includes("Ann"), list);
  await ann.write("who\nmsg Bob Hi\n");
  const [all] = await ann.next(/^NAME[^]*\nBob .*\n/);
  assert(all.includes("Ann"), all);
  await ann.next(/Cannot send a message to "Bob": you block them/, "stderr");
  for (const each of [ann, bob]) {
    await each.write("chat lobby\n");
    await each.next(/\/leave leaves\.\n/, "stderr");
  }
  await using mel = await startClient(server, "Mel");
  await mel.write("chat lobby\n");
  await mel.next(/\/leave leaves\.\n/, "stderr");
  await bob.write("you cannot hear this\n");
  await mel.next(/^Bob: you cannot hear this\n/);
  await mel.write("Mel speaks\n");
  await ann.next(/^Mel: Mel speaks\n/);
  assert(!ann.stdout.includes("you cannot hear this"), ann.stdout);
  await ann.write("/unblock bob\n");
  await ann.next(/You do not block BOB any more\.\n/, "stderr");
  await bob.write("and now?\n/msg Ann Hi\n");
  await ann.next(/Bob: and now\?\n/);
  await ann.next(/Bob \(private, guest\): Hi\n/);
  await bob.write("/leave\nwho\n");
  await bob.next(/\nAnn .*\n/);
});

Deno.test("blocks hold after a login with another client, and end with the logout", async () => {
  await using server = await startServer(["--tls-port", "0"]);
  const first = await enter(server, "Ann", true);
  await first.write("block Bob\n");
  await first.next(/You block Bob/, "stderr");
  await quit(first);
  await using ann = await enter(server, "Ann", false);
  await using bob = await startClient(server, "Bob");
  await using mel = await startClient(server, "Mel");
  const { address, port } = someRoom();
  await ann.write(`makeroom lobby ${address} ${port}\nchat lobby\n`);
  await ann.next(/\/leave leaves\.\n/, "stderr");
  for (const each of [bob, mel]) {
    await each.write("chat lobby\n");
    await each.next(/\/leave leaves\.\n/, "stderr");
  }
  await bob.write("hidden\n");
  await mel.next(/^Bob: hidden\n/);
  await mel.write("shown\n");
  await ann.next(/^Mel: shown\n/);
  await ann.write("/leave\nlogout\nchat lobby\n");
  await ann.next(/\/leave leaves\.\n/, "stderr");
  await bob.write("heard\n");
  await ann.next(/Bob: heard\n/);
  assert(!ann.stdout.includes("hidden"), ann.stdout);
});
