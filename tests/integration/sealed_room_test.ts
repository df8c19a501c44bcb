/**
 * Sealed rooms with real programs: who has the passphrase talks, nobody else reads or speaks.
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { bytes, chat, field } from "../helpers/bytes.ts";
import { getdirOnce, RawConnection } from "../helpers/lab_connection.ts";
import { clientOn, Lan, NO_LAN, serverOn } from "../helpers/lan.ts";
import {
  type Program,
  startProgram,
  startServer,
  startTask,
  taskArgs,
} from "../helpers/processes.ts";
import { HAS_PYTHON, PEERS } from "../helpers/python.ts";
import { TempFolder } from "../helpers/temp_folder.ts";

const PASSPHRASE = "seven dancing lemurs";
const WRONG = "six dancing lemurs";

function lanTest(name: string, fn: () => Promise<void>): void {
  const why = NO_LAN ?? (HAS_PYTHON ? undefined : "this machine has no python3");
  if (why !== undefined) console.warn(`SKIPPED "${name}": ${why}.`);
  Deno.test({ name, ignore: why !== undefined, fn });
}

/** Starts a client with pipes, at a server on loopback. */
function client(port: number, ...args: string[]): Program {
  const where = ["--server", `127.0.0.1:${port}`, "--iface", "127.0.0.1"];
  return startTask("client", [...where, ...args]);
}

/** Makes the room, and enters it. */
async function found(program: Program, more = ""): Promise<{ address: string; port: number }> {
  await program.write(`connect\nmakeroom vault --sealed${more}\n${PASSPHRASE}\n${PASSPHRASE}\n`);
  const made = await program.waitFor(/Created room "vault" \(([\d.]+):(\d+)\)/, "stderr");
  await program.write(`chat vault\n${PASSPHRASE}\n`);
  await program.waitFor(/It is sealed\..*\n.*leaves\.\n/, "stderr");
  return { address: made[1]!, port: Number(made[2]) };
}

/** Enters the room. */
async function enter(program: Program): Promise<void> {
  await program.write(`connect\nchat vault\n${PASSPHRASE}\n`);
  await program.waitFor(/It is sealed\..*\n.*leaves\.\n/, "stderr");
}

/** Somebody at a terminal on a host of their own. */
class Typist implements AsyncDisposable {
  readonly #program: Program;

  constructor(host: Lan["hosts"][0], args: readonly string[]) {
    const pty = new URL("../helpers/pty_program.py", import.meta.url).pathname;
    const command = [Deno.execPath(), ...taskArgs("client"), ...args];
    this.#program = host.run({ command: "python3", args: [pty, ...command] });
  }

  async type(text: string): Promise<void> {
    await this.#program.write(`type ${text}\n`);
  }

  async until(text: string): Promise<void> {
    await this.#program.write(`until ${text}\n`);
    await this.#program.next(new RegExp(`seen ${text}\n`));
  }

  /** Enters the room, sealed or not. */
  async enter(sealed = true): Promise<void> {
    await this.until("crds> ");
    await this.type("connect");
    await this.until("Connected to");
    await this.type("chat vault");
    if (sealed) {
      await this.until("Passphrase: ");
      await this.type(PASSPHRASE);
    }
    await this.until("leaves.");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program.write("hang-up\n");
    await this.#program.waitFor(/ended/);
    await this.#program[Symbol.asyncDispose]();
  }
}

Deno.test("two clients talk in a sealed room; a third one with a wrong passphrase does not get in", async () => {
  await using server = await startServer();
  await using ann = client(server.port, "--name", "Ann");
  await using bob = client(server.port, "--name", "Bob");
  await using eve = client(server.port, "--name", "Eve");
  await found(ann, " about Lemurs");
  await enter(bob);
  await ann.write("Good morning!\n");
  await bob.waitFor(/^Ann: Good morning!\n/m);
  await eve.write(`connect\nchat vault\n${WRONG}\nlet me in\n/leave\nchat vault\n`);
  await eve.closeStdin();
  assertEquals((await eve.status).code, 1);
  assertEquals(eve.stdout, "");
  assertEquals(eve.stderr.split("\n").slice(1), [
    'Cannot enter room "vault": that is not its passphrase. Ask who made it.',
    "Skipped 1 line that was meant for the room.",
    'Cannot enter room "vault": no passphrase was given.',
    "",
  ]);
  await bob.write("Good morning, Ann\n");
  await ann.waitFor(/^Bob: Good morning, Ann\n/m);
  for (const program of [ann, bob]) {
    await program.closeStdin();
    assertEquals((await program.status).code, 0, program.stderr);
  }
  await server.program.stop();
  for (const { stdout, stderr } of [ann, bob, eve, server.program]) {
    assert(!/lemurs/.test(stdout + stderr), stdout + stderr);
  }
});

Deno.test("a sealed room is made, listed and entered from a shell, connected or not", async () => {
  await using server = await startServer();
  const { port } = server;
  await using make = client(port, "makeroom", "vault", "239.255.7.9", "20109", "--sealed");
  await make.write(`${PASSPHRASE}\n${PASSPHRASE}\n`);
  assertEquals((await make.status).code, 0, make.stderr);
  assertEquals(make.stdout, 'Created room "vault" (239.255.7.9:20109).\n');
  await using list = client(port, "getdir", "--json");
  await list.status;
  const [room] = JSON.parse(list.stdout);
  assertMatch(room.sealed, /^[\w-]{22}$/);
  await using table = client(port, "getdir");
  await table.status;
  assertMatch(table.stdout, /SEALED\n.*yes\n$/);
  // At the prompt without a connection the lab protocol asks, which knows of no such room.
  await using mel = client(port, "--name", "Mel");
  await mel.write(`chat vault\n${PASSPHRASE}\n`);
  await mel.waitFor(/It is sealed\..*\n.*leaves\.\n/, "stderr");
  await using short = client(port, "makeroom", "other", "--sealed");
  await short.write("lemurs\nlemurs\n");
  assertEquals((await short.status).code, 1);
  assertMatch(
    short.stderr,
    /^Cannot create room "other": the passphrase has 6 characters\. [^\n]*\n$/,
  );
});

Deno.test("a client of the lab protocol is told of a sealed room, and of no way into it", async () => {
  await using server = await startServer();
  await using ann = client(server.port, "--name", "Ann");
  const { address, port } = await found(ann);
  assertEquals(await getdirOnce(server.port), `vault(sealed): ${address}:${port}\n`);
  using lab = await RawConnection.open(server.port);
  await lab.send(chat("vault"));
  assertEquals(await lab.read(1), bytes(0));
  assertEquals(await lab.readSome(), undefined, "it is closed");
  // Another room is found as ever.
  await using open = client(server.port, "makeroom", "open", "239.255.7.8", "20108");
  await open.status;
  using other = await RawConnection.open(server.port);
  await other.send(chat("open"));
  const place = bytes(field("239.255.7.8"), field("20108"));
  assertEquals(await other.read(place.length), place);
});

Deno.test("a simple client in the group of a sealed room reads nothing, and is not heard", async () => {
  if (!HAS_PYTHON) return console.warn('SKIPPED "simple client": this machine has no python3.');
  await using server = await startServer();
  await using ann = client(server.port, "--name", "Annabel");
  await using bob = client(server.port, "--name", "Bobby");
  const { address, port } = await found(ann);
  await using simple = startProgram({
    command: "python3",
    args: [`${PEERS}room_member.py`, address, String(port), "Eve"],
  });
  await simple.waitFor(/ready\n/);
  await enter(bob);
  await simple.write("hello?\n");
  await ann.write("the cake is a lie\n");
  await bob.waitFor(/^Annabel: the cake is a lie\n/m);
  // Something came, and none of it can be read.
  await simple.waitFor(/CRS/);
  await simple.closeStdin();
  await simple.status;
  assert(!/cake|lie|Annabel|Bobby/.test(simple.stdout), simple.stdout);
  await bob.write("are we alone?\n");
  await ann.waitFor(/^Bobby: are we alone\?\n/m);
  for (const program of [ann, bob]) assert(!program.stdout.includes("hello?"), program.stdout);
});

lanTest("a sealed room loses no line at 20 % loss, and tells who comes later", async () => {
  using lan = new Lan(3);
  const [first, second, third] = [lan.host(0), lan.host(1), lan.host(2)] as const;
  await using server = await serverOn(first);
  const where = `${first.address}:${server.port}`;
  const flags = (name: string) => ["--name", name, "--iface", "lan0"];
  await using ann = clientOn(first, where, flags("Ann"));
  await using bob = clientOn(second, where, flags("Bob"));
  await found(ann);
  await enter(bob);
  for (const host of lan.hosts) host.lose(20);
  // Some as long as they may be: their repairs take two datagrams.
  const lines = Array.from(
    { length: 100 },
    (_, n) => n % 10 === 0 ? `${n} ${"x".repeat(1140)}` : `${n}`,
  );
  const all = lines.map((line) => `${line}\n`).join("");
  await Promise.all([ann.write(all), bob.write(all)]);
  for (const [program, name] of [[ann, "Bob"], [bob, "Ann"]] as const) {
    await program.waitFor(/^(?:[^\n]*\n){100}/);
    const shown = program.stdout.split("\n").slice(0, -1);
    assertEquals(shown.toSorted(), lines.map((line) => `${name}: ${line}`).toSorted());
  }
  for (const host of lan.hosts) host.heal();
  // Only a person is told what was said before.
  await using late = new Typist(third, [...flags("Late"), "--server", where]);
  await late.enter();
  await late.until("new since you joined");
  await ann.write("welcome\n");
  await late.until("Ann: welcome");
});

lanTest("a sealed room works through the relay, and the server cannot read it", async () => {
  using lan = new Lan(2);
  const [first, second] = [lan.host(0), lan.host(1)] as const;
  await using server = await serverOn(first);
  const where = `${first.address}:${server.port}`;
  await using ann = clientOn(first, where, ["--name", "Ann", "--iface", "lan0"]);
  await using bob = clientOn(second, where, ["--name", "Bob", "--iface", "lan0"]);
  await found(ann);
  second.blockMulticast();
  await enter(bob);
  await bob.waitFor(/You are in the room through the CRDS/, "stderr");
  const lines = Array.from({ length: 50 }, (_, n) => `line ${n}\n`).join("");
  await Promise.all([ann.write(lines), bob.write(lines)]);
  for (const program of [ann, bob]) await program.waitFor(/line 49\n/);
  second.heal();
  await bob.waitFor(/You are in the room directly/, "stderr");
  await bob.write("direct again\n");
  await ann.waitFor(/^Bob: direct again\n/m);
  assertMatch(server.program.stdout, /Relay opened/);
  for (const [program, name] of [[ann, "Bob"], [bob, "Ann"]] as const) {
    const shown = program.stdout.split("\n").slice(0, 50);
    assertEquals(shown, Array.from({ length: 50 }, (_, n) => `${name}: line ${n}`));
  }
});

/** Everything that passed a host, with what may stand in base64 there decoded, too. */
class Capture implements AsyncDisposable {
  readonly #folder = new TempFolder();
  readonly #program: Program;

  constructor(host: Lan["hosts"][0], serverPort: number) {
    const files = [this.#folder.file("server"), this.#folder.file("other")];
    const args = [`${PEERS}capture.py`, String(serverPort), ...files];
    this.#program = host.run({ command: "python3", args });
  }

  async ready(): Promise<void> {
    await this.#program.waitFor(/ready\n/);
  }

  /** Ends it. */
  async read(): Promise<{ server: string; other: string }> {
    await this.#program.closeStdin();
    await this.#program.status;
    const read = (name: string): string => {
      const raw = new TextDecoder("latin1").decode(Deno.readFileSync(this.#folder.file(name)));
      return raw + (raw.match(/[A-Za-z0-9+/]{16,}={0,2}/g) ?? []).map(decoded).join("\n");
    };
    return { server: read("server"), other: read("other") };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
    this.#folder[Symbol.dispose]();
  }
}

/** In any of the four places where base64 may begin. */
function decoded(text: string): string {
  return [0, 1, 2, 3].map((from) => {
    const rest = text.slice(from).replace(/=+$/, "");
    return atob(rest.slice(0, rest.length - rest.length % 4));
  }).join("\n");
}

/** Two people talk; returns what a neighbour captured of it. */
async function captured(
  { sealed, relayed }: { sealed: boolean; relayed: boolean },
): Promise<{ server: string; other: string }> {
  using lan = new Lan(2);
  const [first, second] = [lan.host(0), lan.host(1)] as const;
  // Without TLS, so that it is the seal that hides what is said.
  await using server = await serverOn(first, ["--no-tls"]);
  await using one = new Capture(first, server.port);
  await using two = new Capture(second, server.port);
  await one.ready();
  await two.ready();
  const where = `${first.address}:${server.port}`;
  const args = (name: string) => ["--name", name, "--iface", "lan0"];
  await using ann = clientOn(first, where, args("Wilhelmina"));
  if (sealed) await found(ann);
  else await ann.write("connect\nmakeroom vault\nchat vault\n");
  await ann.waitFor(/leaves\.\n/, "stderr");
  await ann.write("before anybody came\n");
  {
    const relay = relayed ? ["--relay"] : [];
    await using bob = new Typist(second, [...args("Ferdinand"), "--server", where, ...relay]);
    await bob.enter(sealed);
    if (relayed) await bob.until("through the CRDS");
    // Asked for over TCP.
    await bob.until("before you came");
    await bob.until("before anybody came");
    await ann.write("the combination is 1234\n");
    await bob.until("Wilhelmina: the combination is 1234");
    await bob.type("I will not tell");
    await ann.waitFor(/Ferdinand: I will not tell\n/);
  }
  await ann.closeStdin();
  assertEquals((await ann.status).code, 0, ann.stderr);
  const [here, there] = [await one.read(), await two.read()];
  return { server: here.server + there.server, other: here.other + there.other };
}

for (const relayed of [false, true]) {
  const how = relayed ? "through the relay" : "over multicast";
  lanTest(
    `a capture of a sealed room ${how} holds neither texts nor names nor passphrase`,
    async () => {
      const texts = /before anybody|the combination|will not tell|lemurs/;
      const names = /Wilhelmina|Ferdinand/;
      const { server, other } = await captured({ sealed: true, relayed });
      assert(other.length > 1000, "nothing was captured");
      assert(!texts.test(other) && !names.test(other), "it is in what members send");
      assert(!texts.test(server), "it is in what the server is sent");
      // What it would look like: the same in an open room.
      const open = await captured({ sealed: false, relayed });
      for (const pattern of [texts, names]) assertMatch(open.other, pattern);
      if (relayed) assertMatch(open.server, /Wilhelmina: the combination/);
    },
  );
}
