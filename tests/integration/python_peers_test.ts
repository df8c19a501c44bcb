/**
 * Our clients with other people's programs: Python with nothing but `socket`.
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { LAB_ONLY } from "../../lib/client/server_link.ts";
import { type Program, startProgram, startServer, startTask } from "../helpers/processes.ts";
import { PEERS, pythonTest } from "../helpers/python.ts";
import { someRoom } from "../helpers/some_room.ts";

function startPeer(script: string, ...args: string[]): Program {
  return startProgram({ command: "python3", args: [PEERS + script, ...args] });
}

async function enterRoom(port: number, name: string): Promise<Program> {
  const server = `127.0.0.1:${port}`;
  const args = ["--iface", "127.0.0.1", "--server", server, "--name", name];
  const client = startTask("client", args);
  await client.write("chat lab\n");
  await client.next(/\/leave leaves\.\n/, "stderr");
  return client;
}

pythonTest("a plain Python script is a member of a room with two of our clients", async () => {
  await using server = await startServer();
  const { address, port } = someRoom();
  await using maker = startTask("client", ["--server", `127.0.0.1:${server.port}`]);
  await maker.write(`connect\nmakeroom lab ${address} ${port}\nquit\n`);
  assertEquals((await maker.status).code, 0);
  await using mel = await enterRoom(server.port, "Mel");
  await using bob = await enterRoom(server.port, "Bob");
  await using kim = startPeer("room_member.py", address, `${port}`, "김");
  await kim.next(/^ready\n/);

  await kim.write("안녕하세요, café ☕ 👋\n");
  for (const client of [mel, bob]) await client.next(/^김: 안녕하세요, café ☕ 👋\n/);
  await mel.write("Good morning! สวัสดี\n");
  await bob.next(/Mel: Good morning! สวัสดี\n/);
  await kim.next(/^Mel: Good morning! สวัสดี\n/);
  await bob.write("¡Hola!\n");
  await mel.next(/^Bob: ¡Hola!\n/);
  await kim.next(/^Bob: ¡Hola!\n/);
  // Nobody sees a line of their own, and nothing but lines arrives at a simple client.
  await Promise.all([mel, bob, kim].map((each) => each.closeStdin()));
  const codes = await Promise.all([mel, bob, kim].map(async (each) => (await each.status).code));
  assertEquals(codes, [0, 0, 0]);
  assertEquals(mel.stdout, "김: 안녕하세요, café ☕ 👋\nBob: ¡Hola!\n");
  assertEquals(bob.stdout, "김: 안녕하세요, café ☕ 👋\nMel: Good morning! สวัสดี\n");
  assertEquals(kim.stdout, "ready\nMel: Good morning! สวัสดี\nBob: ¡Hola!\n");
  assertEquals(kim.stderr, "");
});

pythonTest("our client works with somebody else's minimal lab server", async () => {
  await using server = startPeer("lab_server.py");
  const [, port] = await server.next(/listening on (\d+)\n/);
  const where = `127.0.0.1:${port}`;
  const room = someRoom();
  await using client = startTask("client", ["--iface", "127.0.0.1", "--server", where]);
  await client.write(
    `connect\ngetdir\nmakeroom café ${room.address} ${room.port}\ngetdir\n` +
      // Taken name; and a taken pair, which that server would not refuse.
      `makeroom café 239.9.9.9 9\nmakeroom two ${room.address} ${room.port}\n` +
      "name Mel\nchat café\nhello\n/leave\nbye\nchat café\nalone\n/leave\nchat nowhere\n/leave\n" +
      "connect\ndeleteroom café\ndeleteroom café\ngetdir\nwho\nmakeroom tea about Tea\nquit\n",
  );
  assertEquals((await client.status).code, 1);
  const width = room.address.length;
  const header = `NAME  ${"ADDRESS".padEnd(width)}  PORT\n`;
  assertEquals(client.stdout, `${header}café  ${room.address}  ${room.port}\n`);
  const entered = `Room "café": ${room.endpoint}, over lo (127.0.0.1; given with --iface).\n` +
    'You are "Mel". Ctrl-] or /leave leaves.\nLeft room "café".\n';
  assertEquals(
    client.stderr,
    `Connected to the CRDS at ${where}.\n${LAB_ONLY}\nThere are no rooms. "makeroom" makes one.\n` +
      `Created room "café" (${room.endpoint}).\n` +
      `Cannot create room "café": the name is taken (${room.endpoint}); choose another.\n` +
      `Cannot create room "two": ${room.endpoint} belongs to room "café"; ` +
      "choose another address or port.\n" +
      `You are "Mel" now.\n${entered}Closed the connection to the CRDS at ${where}.\n${entered}` +
      'Cannot enter room "nowhere": there is no room of that name. "getdir" lists them, "makeroom" makes one.\n' +
      `Connected to the CRDS at ${where}.\n${LAB_ONLY}\nDeleted room "café" (${room.endpoint}).\n` +
      'Cannot delete room "café": there is no room of that name; "getdir" lists them.\n' +
      'There are no rooms. "makeroom" makes one.\n' +
      `Cannot list the people: the CRDS at ${where} speaks the lab protocol only, which knows nobody.\n` +
      'Cannot create room "tea": the server speaks the lab protocol only, which has no topics; ' +
      'leave "about" out.\n',
  );
  await server.waitFor(/\nchat café\nchat nowhere\n/);
  // It saw the first byte of our own protocol, and nothing of the rest, once per connection, and once
  // for the room that it does not know: another server might have it sealed.
  assertEquals(server.stdout.split("unknown opcode 123\n").length - 1, 3);
  assertStringIncludes(server.stdout, `makeroom café ${room.address} ${room.port}\n`);
  assertStringIncludes(server.stdout, "deleteroom café\n");
  assertEquals(server.stderr, "");
});
