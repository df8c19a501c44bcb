/**
 * `crds-client doctor` as a real process: on loopback, and on hosts whose network is hurt.
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { clientOn, Lan, type LanHost, NO_LAN, serverOn } from "../helpers/lan.ts";
import { type Program, startServer, startTask } from "../helpers/processes.ts";

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function ended(client: Program): Promise<Ended> {
  await using running = client;
  await running.closeStdin();
  const { code } = await running.status;
  return { code, stdout: running.stdout, stderr: running.stderr };
}

function onLoopback(port: number, ...args: string[]): Promise<Ended> {
  const env = { CRDS_IFACE: "127.0.0.1", CRDS_SERVER: `127.0.0.1:${port}`, USER: "mel" };
  return ended(startTask("client", args, env));
}

Deno.test("doctor finds nothing wrong on loopback", async () => {
  await using server = await startServer();
  await onLoopback(server.port, "makeroom", "lobby");
  const { code, stdout, stderr } = await onLoopback(server.port, "doctor", "lobby");
  assertEquals([code, stderr], [0, ""], stdout);
  for (
    const line of [
      /^✓ Server: the CRDS at 127\.0\.0\.1:\d+ answers in \d+ ms, 1 room\n/m,
      /^✓ Machine: /m,
      /^[✓!] Interface: \S+ \(127\.0\.0\.1\), given with \$CRDS_IFACE/m,
      /^✓ Room: "lobby" \(239\.255\.[\d.]+:2\d{4}\); the server knows of nobody in it\n/m,
      /^✓ Join: /m,
      /^✓ Send: /m,
      /^✓ Own echo: /m,
      /^✓ Multicast: the server answers; it is on this machine/m,
      /\nAll is well on this machine\. Loopback reaches only programs on this machine\.\n$/,
    ]
  ) assertMatch(stdout, line);
});

Deno.test("doctor hears who is in the room, and leaves no trace there", async () => {
  await using server = await startServer();
  const flags = ["--server", `127.0.0.1:${server.port}`, "--iface", "127.0.0.1"];
  await using ann = startTask("client", [...flags, "--name", "Ann"]);
  await ann.write("connect\nmakeroom lobby\nchat lobby\n");
  await ann.waitFor(/leaves\.\n/, "stderr");
  const { code, stdout } = await onLoopback(server.port, "doctor");
  assertEquals(code, 0, stdout);
  assertMatch(stdout, /^✓ Room: none was named, so it is "lobby" .*knows of 1 in it\n/m);
  assertMatch(stdout, /^- Members: nobody heard on another machine in \d+ s, 1 on this machine\n/m);
  await ann.closeStdin();
  assertEquals([(await ann.status).code, ann.stdout], [0, ""]);
});

Deno.test("doctor at the prompt examines the room that one is in", async () => {
  await using server = await startServer();
  const flags = ["--server", `127.0.0.1:${server.port}`, "--iface", "127.0.0.1"];
  await using ann = startTask("client", [...flags, "--name", "Ann"]);
  await ann.write("connect\nmakeroom lobby\nmakeroom tea\nchat tea\n/doctor\n");
  await ann.waitFor(/^✓ Room: "tea" /m);
  await ann.waitFor(/\nAll is well on this machine\..*\n$/);
  await ann.closeStdin();
  assertEquals((await ann.status).code, 0, ann.stderr);
});

Deno.test("doctor without a server says so, goes on, and ends with 1", async () => {
  const { port } = await startServer().then(async (server) => {
    await server[Symbol.asyncDispose]();
    return server;
  });
  const { code, stdout, stderr } = await onLoopback(port, "doctor", "lobby", "--json");
  assertEquals([code, stderr], [1, ""]);
  const objects = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  const marks = Object.fromEntries(objects.map(({ title, mark }) => [title, mark]));
  assertEquals([marks.Server, marks.Join, marks.Send, marks["Own echo"]], [
    "bad",
    "ok",
    "ok",
    "ok",
  ]);
  assertStringIncludes(objects[0].detail, "nobody listens there");
  assertEquals(objects.at(-1).verdict.cause, `there is no server at 127.0.0.1:${port}`);
});

Deno.test("doctor refuses what is no room, and too many words", async () => {
  await using server = await startServer();
  const missing = await onLoopback(server.port, "doctor", "nix");
  assertEquals(missing.code, 1);
  assertMatch(missing.stdout, /\nLikely cause: there is no room "nix" at 127\.0\.0\.1:\d+\.\n/);
  const much = await onLoopback(server.port, "doctor", "one", "two");
  assertEquals([much.code, much.stdout], [2, ""]);
  assertMatch(much.stderr, /^Cannot doctor: "two" is too much\./);
});

function lanTest(name: string, fn: () => Promise<void>): void {
  if (NO_LAN !== undefined) console.warn(`SKIPPED "${name}": ${NO_LAN}.`);
  Deno.test({ name, ignore: NO_LAN !== undefined, fn });
}

/** Runs a command on a host. */
async function command(host: LanHost, program: string, words: string): Promise<void> {
  await using running = host.run({ command: program, args: words.split(" ") });
  const { code } = await running.status;
  assertEquals(code, 0, running.stderr);
}

/** A server with the rooms "lab" and "tea" on the first host, Ann in "lab" on the last. */
class LabRoom implements AsyncDisposable {
  readonly lan: Lan;
  readonly stack = new AsyncDisposableStack();
  where = "";
  group = "";

  constructor(hosts: number) {
    this.lan = this.stack.use(new Lan(hosts));
  }

  async begin(flags: readonly string[] = []): Promise<void> {
    const first = this.lan.hosts[0]!;
    const server = this.stack.use(await serverOn(first, flags));
    this.where = `${first.address}:${server.port}`;
    const last = this.lan.hosts.at(-1)!;
    const ann = this.stack.use(clientOn(last, this.where, ["--name", "Ann"]));
    await ann.write("connect\nmakeroom lab\nmakeroom tea\nchat lab\n");
    const [, group = ""] = await ann.waitFor(/Room "lab": ([\d.]+):.*leaves\.\n/s, "stderr");
    this.group = group;
  }

  async doctor(host: LanHost, ...args: string[]): Promise<Ended> {
    const end = await ended(clientOn(host, this.where, ["doctor", "lab", ...args]));
    assertEquals(end.stderr, "");
    return end;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stack[Symbol.asyncDispose]();
  }
}

lanTest("doctor on a network where all is well names the members", async () => {
  await using room = new LabRoom(3);
  await room.begin();
  const { code, stdout } = await room.doctor(room.lan.hosts[1]!);
  assertEquals(code, 0, stdout);
  assertMatch(stdout, /^✓ Multicast: it gets through, both ways\n/m);
  assertMatch(stdout, /^[✓!] Loss: /m);
  assertMatch(stdout, /^✓ Members: Ann heard\n/m);
  assertMatch(stdout, /\nAll is well: 1 member heard on other machines\.\n$/);
});

lanTest("doctor names a firewall that forbids to send multicast", async () => {
  await using room = new LabRoom(3);
  await room.begin();
  const host = room.lan.hosts[1]!;
  host.blockMulticast();
  const { code, stdout } = await room.doctor(host);
  assertEquals(code, 1, stdout);
  assertMatch(stdout, /^✗ Send: the system refuses to send to the group, though the interface/m);
  assertMatch(stdout, /\nLikely cause: a firewall on this machine blocks multicast\.\n/);
  host.heal();
  assertEquals((await room.doctor(host)).code, 0);
});

lanTest("doctor names a firewall that lets nothing in", async () => {
  await using room = new LabRoom(3);
  await room.begin();
  const host = room.lan.hosts[1]!;
  await command(
    host,
    "nft",
    "add rule ip t in iifname lan0 ip saddr != 10.78.0.2 ip daddr 224.0.0.0/4 drop",
  );
  const { code, stdout } = await room.doctor(host);
  assertEquals(code, 1, stdout);
  assertMatch(stdout, /^✓ Way out: [1-6] of 6 .*\n✗ Way in: 0 of 6 /m);
  assertMatch(stdout, /^- Other room: in "tea" it is the same\n/m);
  assertMatch(stdout, /^✗ Missing: Ann \(10\.78\.0\.3\): in the room, says the server/m);
  assertMatch(stdout, /\nLikely cause: what others send does not reach this machine on lan0/);
});

lanTest(
  "doctor names a switch that forgot a member: only this group does not come in",
  async () => {
    await using room = new LabRoom(3);
    await room.begin();
    const host = room.lan.hosts[1]!;
    const group = `ip daddr ${room.group} ip saddr != 10.78.0.2`;
    await command(host, "nft", `add rule ip t in iifname lan0 ${group} drop`);
    const { code, stdout } = await room.doctor(host);
    assertEquals(code, 1, stdout);
    assertMatch(stdout, /^- Other room: in "tea" others answer\n/m);
    assertMatch(stdout, /\nLikely cause: a switch has forgotten that this machine is in the room/);
  },
);

lanTest("doctor names the wrong interface", async () => {
  await using room = new LabRoom(3);
  await room.begin();
  const host = room.lan.hosts[1]!;
  await command(host, "ip", "link add lan1 type veth peer name lan1p");
  await command(host, "ip", "address add 10.79.0.1/24 dev lan1");
  for (const card of ["lan1", "lan1p"]) await command(host, "ip", `link set ${card} up`);
  const { code, stdout } = await room.doctor(host, "--iface", "lan1");
  assertEquals(code, 1, stdout);
  assertMatch(stdout, /^! Network: the server \(10\.78\.0\.1\) is in another network than 10\.79/m);
  assertMatch(stdout, /^✗ Other interface: on lan0 \(10\.78\.0\.2\) others answer\n/m);
  assertMatch(stdout, /\nLikely cause: the wrong interface: .*\nUse that one: --iface lan0\.\n$/);
});

lanTest("doctor does without the server's help", async () => {
  await using room = new LabRoom(3);
  await room.begin(["--no-relay"]);
  const { code, stdout } = await room.doctor(room.lan.hosts[1]!);
  // Ann answers, too.
  assertEquals(code, 0, stdout);
  assertMatch(stdout, /^✓ Multicast: it gets through, both ways\n/m);
  assertMatch(stdout, /\nAll is well: 1 member heard on other machines\.\n$/);
});
