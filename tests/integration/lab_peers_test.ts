/**
 * Other people's lab client against our server: a Python script with nothing but `socket`.
 */

import { assertEquals } from "@std/assert";
import { startProgram, startServer } from "../helpers/processes.ts";
import { PEERS, pythonTest } from "../helpers/python.ts";

async function labClient(port: number, ...words: string[]): Promise<string> {
  await using program = startProgram({
    command: "python3",
    args: [`${PEERS}lab_client.py`, `${port}`, ...words],
  });
  const { success } = await program.status;
  assertEquals([success, program.stderr], [true, ""]);
  return program.stdout;
}

pythonTest("server answers a plain Python client", async () => {
  await using server = await startServer();
  const { port } = server;
  assertEquals(await labClient(port, "getdir"), "listing of 0 bytes:\n");
  assertEquals(
    await labClient(
      port,
      ...["makeroom", "lab", "239.1.2.3", "50100", "makeroom", "café-☕", "239.1.2.4", "50101"],
      ...["makeroom", "lab", "239.9.9.9", "9", "getdir", "chat", "café-☕"],
    ),
    "made lab\nmade café-☕\nmade lab\n" +
      "listing of 48 bytes:\nlab: 239.1.2.3:50100\ncafé-☕: 239.1.2.4:50101\n" +
      "room café-☕ is at 239.1.2.4 port 50101\nthen closed\n",
  );
  assertEquals(
    await labClient(port, "deleteroom", "lab", "getdir", "chat", "lab"),
    "deleted lab\nlisting of 27 bytes:\ncafé-☕: 239.1.2.4:50101\nno room lab\nthen closed\n",
  );
});

pythonTest(
  "lab_server.py, the peer that our client is tested with, answers lab_client.py",
  async () => {
    await using server = startProgram({ command: "python3", args: [`${PEERS}lab_server.py`] });
    const [, port] = await server.waitFor(/listening on (\d+)\n/);
    assertEquals(
      await labClient(Number(port), "makeroom", "é", "239.1.2.3", "1", "getdir", "chat", "é"),
      "made é\nlisting of 16 bytes:\né: 239.1.2.3:1\nroom é is at 239.1.2.3 port 1\nthen closed\n",
    );
    assertEquals(await labClient(Number(port), "chat", "x"), "no room x\nthen closed\n");
    await server.waitFor(/makeroom é 239\.1\.2\.3 1\ngetdir\nchat é\nchat x\n/);
  },
);

pythonTest(
  "room_member.py, the peer in our rooms, exchanges lines with another on loopback",
  async () => {
    const args = (
      name: string,
    ): string[] => [`${PEERS}room_member.py`, "239.255.77.1", "23777", name];
    await using mel = startProgram({ command: "python3", args: args("Mel") });
    await using kim = startProgram({ command: "python3", args: args("Kim") });
    await Promise.all([mel.waitFor(/^ready\n/), kim.waitFor(/^ready\n/)]);
    await mel.write("Good morning, café ☕!\n");
    await kim.waitFor(/^Mel: Good morning, café ☕!\n/m);
    await kim.write("สวัสดี\n");
    await mel.waitFor(/^Kim: สวัสดี\n/m);
    await Promise.all([mel.closeStdin(), kim.closeStdin()]);
    assertEquals([(await mel.status).code, (await kim.status).code], [0, 0]);
    assertEquals(mel.stdout, "ready\nKim: สวัสดี\n");
  },
);
