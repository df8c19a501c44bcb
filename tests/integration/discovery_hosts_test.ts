// Discovery between hosts, each a network namespace that the test makes and removes.

import { assertEquals, assertMatch } from "@std/assert";
import { Avahi, MISSING_FOR_AVAHI } from "../helpers/avahi.ts";
import { type NetworkHost, NO_HOSTS, TwoHosts } from "../helpers/network_hosts.ts";
import type { Program } from "../helpers/processes.ts";

const PROGRAMS = new URL("../helpers/", import.meta.url).pathname;

/** What a server needs for it, and what a client. */
const SERVER_FLAGS = ["--no-prompt", "--allow-net", "--allow-sys=networkInterfaces"];
const CLIENT_FLAGS = ["--no-prompt", "--allow-net", "--allow-sys=networkInterfaces"];

function announce(host: NetworkHost, name: string, address: string): Program {
  const program = `${PROGRAMS}announce_program.ts`;
  return host.run({ args: ["run", ...SERVER_FLAGS, program, name, "50001", address] });
}

function discover(host: NetworkHost): Program {
  return host.run({ args: ["run", ...CLIENT_FLAGS, `${PROGRAMS}discover_program.ts`] });
}

/** Looks once, and returns what was found. */
async function look(program: Program): Promise<unknown[]> {
  await program.write("\n");
  const [, found = ""] = await program.next(/((?:\{.*\}\n)*)done\n/);
  assertEquals(program.stderr, "");
  return found.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

function hostsTest(name: string, missing: readonly string[], fn: () => Promise<void>): void {
  const why = NO_HOSTS ?? (missing.length > 0 ? `it needs ${missing.join(", ")}` : undefined);
  if (why !== undefined) console.warn(`SKIPPED "${name}": ${why}.`);
  Deno.test({ name, ignore: why !== undefined, fn });
}

hostsTest(
  "a server on one host is found from another, and is gone after its goodbye",
  [],
  async () => {
    using network = new TwoHosts();
    const [here, there] = network.hosts;
    await using server = announce(here, "Lab 2.1", "0.0.0.0");
    await server.waitFor(/announced "Lab 2\.1"/);
    await using client = discover(there);
    const found = {
      name: "Lab 2.1",
      host: here.address,
      port: 50001,
      txt: { version: "1.2.3", protocol: "1" },
      interface: "lan0",
    };
    assertEquals(await look(client), [found]);
    await using neighbour = discover(here);
    assertEquals(await look(neighbour), [found]);
    await server.closeStdin();
    await server.waitFor(/said goodbye/);
    assertEquals((await server.status).code, 0);
    assertEquals(await look(client), []);
  },
);

hostsTest(
  "a server that listens on loopback only is not announced to the network",
  [],
  async () => {
    using network = new TwoHosts();
    const [here, there] = network.hosts;
    await using server = announce(here, "private", "127.0.0.1");
    await server.waitFor(/announced "private"/);
    // The group's address as the kernel writes it; lan0 must not be in it.
    await using groups = here.run({ command: "cat", args: ["/proc/net/igmp"] });
    await groups.status;
    const members = groups.stdout.split(/^(?=\d)/m).filter((part) => part.includes("FB0000E0"));
    assertEquals(members.map((part) => part.split(/\s+/)[1]), ["lo"]);
    await using client = discover(there);
    assertEquals(await look(client), []);
    await using neighbour = discover(here);
    assertMatch(JSON.stringify(await look(neighbour)), /"host":"127\.0\.0\.1"/);
  },
);

hostsTest("two hosts with the same name agree on two names", [], async () => {
  using network = new TwoHosts();
  const [here, there] = network.hosts;
  await using first = announce(here, "lab", "0.0.0.0");
  await first.waitFor(/announced "lab"/);
  await using second = announce(there, "lab", "0.0.0.0");
  await second.waitFor(/announced "lab \(2\)"/);
});

hostsTest("Avahi and we find each other's servers on one port", MISSING_FOR_AVAHI, async () => {
  const folder = await Deno.makeTempDir({ prefix: "crds-avahi-" });
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => Deno.remove(folder, { recursive: true }));
  using network = new TwoHosts();
  const [here, there] = network.hosts;
  await using avahi = await Avahi.start(there, folder);
  await using server = announce(here, "Lab 2.1 ü", "0.0.0.0");
  await using browser = avahi.run("avahi-browse", ["--resolve", "--parsable", "_crds._tcp"]);
  const [line] = await browser.waitFor(/^=;.*\n/m);
  assertMatch(
    line,
    /;Lab\\0322\\\.1\\032\\195\\188;_crds\._tcp;local;crds-.*\.local;10\.77\.0\.1;50001;/,
  );
  assertMatch(line, /"protocol=1"/);

  await using _other = avahi.run("avahi-publish", ["-s", "theirs", "_crds._tcp", "7", "version=9"]);
  await browser.waitFor(/^=;.*;theirs;.*\n/m);
  for (const host of network.hosts) {
    await using client = discover(host);
    const found = await look(client) as { name: string; host: string; port: number }[];
    assertEquals(found.map(({ name, host, port }) => [name, host, port]), [
      ["Lab 2.1 ü", here.address, 50001],
      ["theirs", there.address, 7],
    ]);
  }
  await server.closeStdin();
  await browser.waitFor(/^-;.*;Lab/m);
});
