/**
 * Rooms on networks that lose datagrams: real clients on hosts of their own, real loss.
 */

import { assert, assertEquals } from "@std/assert";
import { clientOn, Lan, NO_LAN, serverOn } from "../helpers/lan.ts";
import type { Program } from "../helpers/processes.ts";
import { HAS_PYTHON, PEERS } from "../helpers/python.ts";

const LINES = 200;

function lanTest(name: string, fn: () => Promise<void>): void {
  if (NO_LAN !== undefined) console.warn(`SKIPPED "${name}": ${NO_LAN}.`);
  Deno.test({ name, ignore: NO_LAN !== undefined, fn });
}

/** Waits until a client has shown so many lines, and returns them. */
async function linesOf(client: Program, count: number): Promise<string[]> {
  await client.waitFor(new RegExp(`^(?:[^\\n]*\\n){${count}}`));
  return client.stdout.split("\n").slice(0, -1);
}

/** A room on a LAN with a client on each host but the ones left out. */
class LanRoom implements AsyncDisposable {
  readonly lan: Lan;
  readonly clients: Program[] = [];
  readonly stack = new AsyncDisposableStack();
  room = { address: "", port: 0 };

  constructor(hosts: number) {
    this.lan = this.stack.use(new Lan(hosts));
  }

  /** Starts the server on the first host and clients in the room on so many hosts. */
  async enter(clients: number): Promise<void> {
    const [first] = this.lan.hosts;
    const server = this.stack.use(await serverOn(first!));
    for (const [i, host] of this.lan.hosts.slice(0, clients).entries()) {
      const args = ["--name", `m${i}`, "--iface", "lan0"];
      this.clients.push(
        this.stack.use(clientOn(host, `${first!.address}:${server.port}`, args)),
      );
    }
    await this.clients[0]!.write("connect\nmakeroom lab\n");
    const made = await this.clients[0]!.waitFor(/Created room "lab" \(([\d.]+):(\d+)\)/, "stderr");
    this.room = { address: made[1]!, port: Number(made[2]) };
    for (const client of this.clients) {
      await client.write("chat lab\n");
      await client.waitFor(/leaves\.\n/, "stderr");
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stack[Symbol.asyncDispose]();
  }
}

for (const percent of [20, 40]) {
  lanTest(
    `six hosts that lose ${percent} % of all datagrams lose no line and show none twice`,
    async () => {
      await using room = new LanRoom(6);
      await room.enter(6);
      const { lan, clients } = room;
      for (const host of lan.hosts) host.lose(percent);
      await Promise.all(
        clients.map((client) =>
          client.write(Array.from({ length: LINES }, (_, n) => `line ${n}\n`).join(""))
        ),
      );
      const others = (clients.length - 1) * LINES;
      const shown = await Promise.all(clients.map((client) => linesOf(client, others)));
      const raw = lan.hosts.map((host) => host.counts());
      for (const host of lan.hosts) host.heal();
      for (const client of clients) await client.closeStdin();
      for (const client of clients) assertEquals((await client.status).code, 0, client.stderr);
      const wanted = (me: number): string[] =>
        clients.flatMap((_, i) =>
          i === me ? [] : Array.from({ length: LINES }, (_, n) => `m${i}: line ${n}`)
        );
      shown.forEach((lines, me) => {
        assertEquals(lines.length, others, `client ${me} shows lines twice`);
        assertEquals(lines.toSorted(), wanted(me).toSorted());
      });
      const [dropped, passed] = [sum(raw, "dropped"), sum(raw, "passed")];
      console.log(
        `${percent} %: ${dropped} of ${dropped + passed} datagrams lost on the wire ` +
          `(${(100 * dropped / (dropped + passed)).toFixed(1)} %), 0 of ${
            clients.length * others
          } lines lost`,
      );
    },
  );
}

function sum(
  raw: readonly { dropped: number; passed: number }[],
  key: "dropped" | "passed",
): number {
  return raw.reduce((total, counts) => total + counts[key], 0);
}

lanTest("a simple client in a room with loss sees clean lines, and nothing else", async () => {
  if (!HAS_PYTHON) return console.warn('SKIPPED "simple client": this machine has no python3.');
  await using room = new LanRoom(3);
  await room.enter(2);
  const { lan, clients } = room;
  const [one, two] = clients as [Program, Program];
  const { address, port } = room.room;
  const plain = lan.hosts[2]!;
  await using simple = plain.run({
    command: "python3",
    args: [`${PEERS}room_member.py`, address, String(port), "Ann", plain.address],
  });
  await simple.waitFor(/ready\n/);
  await simple.write("สวัสดี\n");
  for (const client of clients) await client.waitFor(/^Ann: สวัสดี\n/);
  for (const host of lan.hosts.slice(0, 2)) host.lose(20);
  const lines = Array.from({ length: 50 }, (_, n) => `line ${n}\n`).join("");
  await Promise.all([one.write(lines), two.write(lines)]);
  await simple.write("hello\n".repeat(20));
  for (let n = 0; n < 50; n++) {
    await one.next(/m1: line \d+\n/);
    await two.next(/m0: line \d+\n/);
  }
  await simple.waitFor(/^(?:[^\n]*\n){101}/);
  // Reports, nacks and repairs went by meanwhile; what is on the room's port is chat.
  for (const client of clients) await client.closeStdin();
  for (const client of clients) await client.status;
  const shown = simple.stdout.split("\n").slice(1, -1);
  assertEquals(shown.filter((text) => !/^m[01]: line \d+$/.test(text)), []);
  assertEquals([shown.length, new Set(shown).size], [100, 100]);
});

lanTest("a line whose sender was killed is repaired by another member", async () => {
  await using room = new LanRoom(4);
  await room.enter(4);
  const { lan, clients } = room;
  const [sender, , witness, loser] = clients as [Program, Program, Program, Program];
  // Lines of somebody who never reported are a simple client's: nobody repairs those.
  const watcher = lan.hosts[3]!;
  const program = new URL("../helpers/control_program.ts", import.meta.url).pathname;
  const flags = ["--no-prompt", "--allow-net", "--allow-sys=networkInterfaces"];
  await using control = watcher.run({
    args: ["run", ...flags, program, room.room.address, watcher.address],
  });
  await control.waitFor(/ready\n/);
  await sender.write("first\n");
  await control.waitFor(/report 10\.78\.0\.1\n/);
  for (const other of clients.slice(1)) await other.waitFor(/m0: first\n/);
  lan.hosts[3]!.lose(100);
  await sender.write("last words\n");
  await witness.waitFor(/m0: last words\n/);
  await sender.stop("SIGKILL");
  assert(!loser.stdout.includes("last words"));
  lan.hosts[3]!.heal();
  await loser.waitFor(/m0: last words\n/);
  assertEquals(loser.stdout, "m0: first\nm0: last words\n");
});
