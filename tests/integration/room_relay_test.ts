/**
 * Rooms where multicast does not get through: real clients on hosts of their own.
 */

import { assertEquals, assertMatch } from "@std/assert";
import { clientOn, Lan, NO_LAN, serverOn } from "../helpers/lan.ts";
import type { Program } from "../helpers/processes.ts";

function lanTest(name: string, fn: () => Promise<void>): void {
  if (NO_LAN !== undefined) console.warn(`SKIPPED "${name}": ${NO_LAN}.`);
  Deno.test({ name, ignore: NO_LAN !== undefined, fn });
}

/** Starts a client that is connected and in the room. */
async function enter(client: Program): Promise<void> {
  await client.write("connect\nchat lab\n");
  await client.waitFor(/leaves\.\n/, "stderr");
}

lanTest(
  "a host without multicast is in the room through the server, and directly again",
  async () => {
    using lan = new Lan(3);
    const [first, second, third] = [lan.host(0), lan.host(1), lan.host(2)] as const;
    await using server = await serverOn(first);
    const where = `${first.address}:${server.port}`;
    await using ann = clientOn(second, where, ["--name", "Ann", "--iface", "lan0"]);
    await using bob = clientOn(third, where, ["--name", "Bob", "--iface", "lan0"]);
    await ann.write("connect\nmakeroom lab\n");
    await ann.waitFor(/Created room/, "stderr");
    await ann.write("chat lab\n");
    await ann.waitFor(/leaves\.\n/, "stderr");

    third.blockMulticast();
    const before = Date.now();
    await enter(bob);
    await bob.waitFor(/You are in the room through the CRDS: multicast does not get/, "stderr");
    console.log(`relayed after ${Date.now() - before} ms`);
    await bob.write("from Bob\n");
    await ann.waitFor(/Bob: from Bob\n/);
    await ann.write("from Ann\n");
    await bob.waitFor(/Ann: from Ann\n/);
    assertMatch(server.program.stdout, /Relay opened/);

    // What is lost on the way to the relay's group is repaired there too.
    second.lose(20);
    const lines = Array.from({ length: 100 }, (_, n) => `line ${n}\n`).join("");
    await Promise.all([ann.write(lines), bob.write(lines)]);
    await ann.waitFor(/^(?:[^\n]*\n){101}/);
    await bob.waitFor(/^(?:[^\n]*\n){101}/);
    second.heal();

    third.heal();
    await bob.waitFor(/You are in the room directly: multicast gets through again\.\n/, "stderr");
    await bob.write("direct again\n");
    await ann.waitFor(/Bob: direct again\n/);
    await ann.write("welcome back\n");
    await bob.waitFor(/Ann: welcome back\n/);

    // And while one is in the room.
    const cut = Date.now();
    third.blockMulticast();
    await bob.next(/through the CRDS/, "stderr");
    await bob.next(/through the CRDS/, "stderr");
    console.log(`relayed ${Date.now() - cut} ms after the block`);
    await ann.write("still there?\n");
    await bob.waitFor(/Ann: still there\?\n/);
    await bob.write("yes\n");
    await ann.waitFor(/Bob: yes\n/);

    for (const client of [ann, bob]) {
      await client.closeStdin();
      assertEquals((await client.status).code, 0);
    }
    for (const client of [ann, bob]) {
      const shown = client.stdout.split("\n").slice(0, -1);
      assertEquals(shown.filter((text, i) => shown.indexOf(text) !== i), [], "lines twice");
      assertEquals(shown.length, 103);
    }
  },
);

lanTest("a member that asks for it is relayed, and a server may refuse", async () => {
  using lan = new Lan(2);
  const [first, second] = [lan.host(0), lan.host(1)] as const;
  await using server = await serverOn(first, ["--max-relays", "1"]);
  const where = `${first.address}:${server.port}`;
  const flags = ["--iface", "lan0", "--relay"];
  await using ann = clientOn(second, where, ["--name", "Ann", ...flags]);
  await using bob = clientOn(second, where, ["--name", "Bob", ...flags]);
  await ann.write("connect\nmakeroom lab\nchat lab\n");
  await ann.waitFor(/You are in the room through the CRDS: it was asked for/, "stderr");
  await bob.write("chat lab\n");
  await bob.waitFor(/there is no relay\. Cannot/, "stderr");
  await bob.write("hello\n");
  await ann.waitFor(/Bob: hello\n/);
});

lanTest("a room is back when the network is, and nothing said meanwhile is missed", async () => {
  using lan = new Lan(2);
  const [first, second] = [lan.host(0), lan.host(1)] as const;
  await using server = await serverOn(first);
  const where = `${first.address}:${server.port}`;
  await using ann = clientOn(first, where, ["--name", "Ann", "--iface", "lan0"]);
  await using bob = clientOn(second, where, ["--name", "Bob", "--iface", "lan0"]);
  await ann.write("connect\nmakeroom lab\nchat lab\n");
  await ann.waitFor(/leaves\.\n/, "stderr");
  await enter(bob);
  await bob.write("hello\n");
  await ann.waitFor(/Bob: hello\n/);
  await ann.write("before\n");
  await bob.waitFor(/Ann: before\n/);
  second.setCard("down");
  await bob.waitFor(/The network "lan0" is gone/, "stderr");
  await ann.write("meanwhile\n");
  second.setCard("up");
  await bob.waitFor(/The room is back, over lan0/, "stderr");
  await bob.waitFor(/Ann: meanwhile\n/);
  await bob.write("here again\n");
  await ann.waitFor(/Bob: here again\n/);
});
