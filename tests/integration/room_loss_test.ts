/**
 * Rooms on networks that lose datagrams: real clients on hosts of their own, real loss.
 */

import { assertEquals } from "@std/assert";
import { clientOn, Lan, NO_LAN, serverOn } from "../helpers/lan.ts";
import type { Program } from "../helpers/processes.ts";

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

for (const percent of [20, 40]) {
  lanTest(
    `six hosts that lose ${percent} % of all datagrams lose no line and show none twice`,
    async () => {
      using lan = new Lan(6);
      await using server = await serverOn(lan.hosts[0]!);
      const where = `${lan.hosts[0]!.address}:${server.port}`;
      await using stack = new AsyncDisposableStack();
      const clients = lan.hosts.map((host, i) =>
        stack.use(clientOn(host, where, ["--name", `m${i}`, "--iface", "lan0"]))
      );
      await clients[0]!.write("connect\nmakeroom lab\n");
      await clients[0]!.waitFor(/Created room/, "stderr");
      for (const client of clients) {
        await client.write("chat lab\n");
        await client.waitFor(/leaves\.\n/, "stderr");
      }
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
