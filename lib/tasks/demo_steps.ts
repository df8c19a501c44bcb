/**
 * The eight steps of the demonstration: what a lab wants to see of such a system.
 *
 * @module
 */

import type { Actor, Stage } from "./demo_stage.ts";
import { taskFlags } from "./task_flags.ts";

/** How long the first start of a program may take: its packages may have to be downloaded. */
const PREPARE_TIMEOUT = 120_000;

/** Who else comes in the last step, all at the same time. */
const CROWD = ["Ann", "Ben", "Eva", "Tom"];

/** Everything stays on this machine. */
const HOST = "127.0.0.1";

interface DemoRoom {
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

/**
 * Plays the demonstration.
 *
 * @param stage Where it plays.
 * @throws {UserError} If something did not happen as it should.
 */
export async function playDemo(stage: Stage): Promise<void> {
  await prepare(stage);
  const { server, where } = await start(stage);
  const mel = enterClient(stage, "Mel", where);
  const lobby = someRoom("lobby");
  await connect(stage, mel, server, where);
  await makeRoom(stage, mel, server, lobby);
  await sayBye(stage, mel, server, where);
  const bob = enterClient(stage, "Bob", where);
  await introduce(stage, mel, bob);
  await talk(stage, mel, bob, lobby);
  await deleteRoom(stage, mel, lobby, where);
  const crowd = CROWD.map((name) => enterClient(stage, name, where, ["--name", name]));
  await gather(stage, server, crowd, where);
  await finish(stage, server, [mel, bob, ...crowd]);
}

/** The first start may download packages; afterwards, every step takes milliseconds. */
async function prepare(stage: Stage): Promise<void> {
  for (const task of ["server", "client"] as const) {
    const program = enter(stage, task, task, ["--version"]);
    await stage.hears(`the ${task} program is there`, program, /^crds-\w+ \d/, PREPARE_TIMEOUT);
  }
}

async function start(stage: Stage): Promise<{ server: Actor; where: string }> {
  stage.step("The server starts");
  const server = enter(stage, "server", "server", [
    "--host",
    HOST,
    "--port",
    "0",
    "--memory",
    "--no-announce",
  ]);
  const listening = /^Chat Room Directory Server listening on port (\d+)\.\.\.$/;
  const [, port] = await stage.hears("it says that it listens", server, listening);
  return { server, where: `${HOST}:${port}` };
}

async function connect(stage: Stage, mel: Actor, server: Actor, where: string): Promise<void> {
  stage.step("A client connects to the server");
  await stage.type(mel, "connect");
  await stage.hears("the client is connected", mel, `Connected to the CRDS at ${where}.`);
  await stage.hears("the server says so", server, /^Connection received from 127\.0\.0\.1:\d+\.$/);
}

async function makeRoom(stage: Stage, mel: Actor, server: Actor, room: DemoRoom): Promise<void> {
  stage.step("It makes a room, and the directory shows it");
  const { name, address, port } = room;
  await stage.type(mel, `makeroom ${name} ${address} ${port}`);
  await stage.hears("the room is made", mel, `Created room "${name}" (${address}:${port}).`);
  const done = new RegExp(`[ =]${RegExp.escape(name)} .*: created\\b.*\\.$`);
  await stage.hears("the server says so", server, done);
  await stage.type(mel, "getdir");
  await stage.check("the directory shows it", mel, (heard) => hasTable(heard, [room]));
}

async function sayBye(stage: Stage, mel: Actor, server: Actor, where: string): Promise<void> {
  stage.step("It says bye, and the connection is closed");
  await stage.type(mel, "bye");
  await stage.hears("the client says so", mel, `Closed the connection to the CRDS at ${where}.`);
  await stage.hears("so does the server", server, /^Connection closed: 127\.0\.0\.1:\d+/);
}

async function introduce(stage: Stage, mel: Actor, bob: Actor): Promise<void> {
  stage.step("Two people choose their names");
  for (const person of [mel, bob]) {
    await stage.type(person, `name ${person.name}`);
    await stage.hears(`${person.name} has a name`, person, `You are "${person.name}" now.`);
  }
}

async function talk(stage: Stage, mel: Actor, bob: Actor, room: DemoRoom): Promise<void> {
  stage.step("Both enter the room and talk, from client to client without the server");
  for (const person of [mel, bob]) {
    await stage.type(person, `chat ${room.name}`);
    const entered = new RegExp(
      `^Room "${room.name}": ${RegExp.escape(room.address)}:${room.port},`,
    );
    await stage.hears(`${person.name} is in the room`, person, entered);
    await stage.hears("and reads how to leave", person, /\/leave leaves\.$/);
  }
  await stage.type(mel, "Good morning, Bob!");
  await stage.hears("Bob reads it", bob, "Mel: Good morning, Bob!");
  await stage.type(bob, "¡Hola, Mel! 你好 👋");
  await stage.hears("Mel reads it", mel, "Bob: ¡Hola, Mel! 你好 👋");
  await stage.type(bob, "Coffee?");
  await stage.check("Mel reads each line of Bob's once and none of her own", mel, (heard) => {
    const lines = heard.filter((line) => /^(Mel|Bob): /.test(line));
    return lines.join("\n") === "Bob: ¡Hola, Mel! 你好 👋\nBob: Coffee?";
  });
  await stage.type(mel, "\x1d");
  await stage.hears("Mel has left with Ctrl-]", mel, `Left room "${room.name}".`);
  await stage.type(bob, "/leave");
  await stage.hears("Bob has left with /leave", bob, `Left room "${room.name}".`);
}

async function deleteRoom(stage: Stage, mel: Actor, room: DemoRoom, where: string): Promise<void> {
  stage.step("The room is deleted, and the directory is empty again");
  await stage.type(mel, "connect");
  await stage.hears("Mel is connected", mel, `Connected to the CRDS at ${where}.`);
  await stage.type(mel, `deleteroom ${room.name}`);
  const deleted = `Deleted room "${room.name}" (${room.address}:${room.port}).`;
  await stage.hears("the room is deleted", mel, deleted);
  await stage.type(mel, "getdir");
  await stage.hears("the directory is without it", mel, /^There are no rooms\./);
}

async function gather(stage: Stage, server: Actor, crowd: Actor[], where: string): Promise<void> {
  stage.step(`${crowd.length} more clients are connected at the same time`);
  await Promise.all(crowd.map((each) => stage.type(each, "connect")));
  for (const each of crowd) {
    const connected = `Connected to the CRDS at ${where}.`;
    await stage.hears(`${each.name} is connected`, each, connected);
  }
  await stage.check("the server has all of them", server, (heard) => {
    // Each connects in clear to hear of TLS, then in TLS to stay.
    const opened = heard.map((line) =>
      /^Connection received from (\S+) over TLS\.$/.exec(line)?.[1]
    );
    const stayed = opened.filter((peer) =>
      peer !== undefined && !heard.includes(`Connection closed: ${peer}.`)
    );
    return stayed.length >= crowd.length;
  });
  const [first] = crowd;
  if (first !== undefined) {
    await stage.type(first, "who");
    const claim = "the server lists all of them, each under a name of its own";
    await stage.check(claim, first, (heard) => hasPeople(heard, CROWD));
  }
  const rooms = crowd.map((_, i) => someRoom(`table-${i + 1}`));
  await Promise.all(crowd.map((each, i) => {
    const { name, address, port } = rooms[i]!;
    return stage.type(each, `makeroom ${name} ${address} ${port}`);
  }));
  for (const [i, each] of crowd.entries()) {
    await stage.hears(
      `${each.name} has a room`,
      each,
      new RegExp(`^Created room "table-${i + 1}"`),
    );
  }
  await Promise.all(crowd.map((each) => stage.type(each, "getdir")));
  for (const each of crowd) {
    await stage.check(`${each.name} sees them all`, each, (heard) => hasTable(heard, rooms));
  }
}

async function finish(stage: Stage, server: Actor, clients: Actor[]): Promise<void> {
  stage.headline("That was it: everybody goes home");
  await Promise.all(clients.map((each) => stage.type(each, "quit")));
  await Promise.all(clients.map((each) => stage.ends(each, "typed")));
  // Windows has no such signal: there the stage ends the server when it is disposed.
  if (Deno.build.os === "windows") return;
  await stage.ends(server, "signal");
  await stage.hears("every program has ended, with exit code 0", server, "Stopped.");
}

function enterClient(stage: Stage, name: string, where: string, flags: string[] = []): Actor {
  return enter(stage, name, "client", ["--iface", HOST, "--server", where, ...flags]);
}

function enter(stage: Stage, name: string, task: "server" | "client", args: string[]): Actor {
  const { flags, script } = taskFlags(task);
  return stage.enter(name, ["run", ...flags, script, ...args]);
}

/** Chooses a room that no other demonstration on this machine uses: all share one loopback. */
function someRoom(name: string): DemoRoom {
  const [a = 0, b = 0, c = 0] = crypto.getRandomValues(new Uint32Array(3));
  // Where DESIGN section 6 allocates rooms.
  return { name, address: `239.255.${1 + a % 254}.${b % 256}`, port: 20000 + c % 10000 };
}

/** Says whether a directory was printed that has these rooms, in whatever order, and no other. */
function hasTable(heard: readonly string[], rooms: readonly DemoRoom[]): boolean {
  // Further columns may follow the port.
  const rows = heard.map((line) =>
    /^(\S+) +(239\.\S+) +(\d+)( |$)/.exec(line)?.slice(1, 4).join(" ")
  )
    .filter((row) => row !== undefined);
  return heard.some((line) => /^NAME +ADDRESS +PORT( |$)/.test(line)) &&
    rooms.every(({ name, address, port }) => rows.includes(`${name} ${address} ${port}`)) &&
    rows.length === rooms.length;
}

/** Says whether a list of people was printed that has each of these names once. */
function hasPeople(heard: readonly string[], names: readonly string[]): boolean {
  const rows = heard.map((line) => /^(\S+) +127\.0\.0\.1 /.exec(line)?.[1]);
  return names.every((name) => rows.filter((row) => row === name).length === 1);
}
