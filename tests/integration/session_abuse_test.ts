/**
 * Sessions that misbehave, with the real server over TCP: nobody else is to notice.
 */

import { assert, assertEquals } from "@std/assert";
import { bytes } from "../helpers/bytes.ts";
import { getdirOnce, isDisconnect } from "../helpers/lab_connection.ts";
import { type ServerProgram, startServer } from "../helpers/processes.ts";
import { seededRandom, withSeed } from "../helpers/seeded_random.ts";
import { SessionClient } from "../helpers/session_client.ts";

const HELLO = '{"jsonrpc":"2.0","id":1,"method":"hello","params":{"client":"t","protocol":1}}\n';

Deno.test("a watcher that never reads is disconnected, and the others hear everything", async () => {
  await using server = await startServer();
  using deaf = await SessionClient.greet(server.port, { name: "deaf" });
  using watcher = await SessionClient.greet(server.port);
  using writer = await SessionClient.greet(server.port);
  await deaf.ask("rooms.watch");
  await watcher.ask("rooms.watch");
  const topic = "ส".repeat(120);
  // What the kernel keeps of a connection comes before what the server lets pile up.
  const closed = server.program.waitFor(/Connection closed: \S+ \(it (does not read|took nothing)/);
  let isClosed = false;
  void closed.then(() => isClosed = true);
  let heard = 0;
  let rounds = 0;
  while (!isClosed) {
    assert(++rounds < 1_000, "it was never disconnected");
    const lines: string[] = [];
    for (let at = 0; at < 50; at++) {
      const params = { name: `r${at}`, topic };
      for (const method of ["rooms.create", "rooms.delete"]) {
        lines.push(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }));
      }
    }
    await writer.say(lines.join("\n") + "\n");
    for (let at = 0; at < 100; at++) {
      assertEquals((await writer.hear()).error, undefined);
      assertEquals((await watcher.hear()).params.kind, at % 2 === 0 ? "created" : "deleted");
      heard++;
    }
  }
  await closed;
  assertEquals(heard, rounds * 100);
  assertEquals((await watcher.ask("rooms.list")).result.rooms, []);
});

/** Lines that no client should send: cut, swapped, nested, long, of the wrong kind. */
function malformed(random: () => number): Uint8Array<ArrayBuffer> {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const names = ["__proto__", "constructor", "name", "port", "since", "resume", "room", "\u0000"];
  const methods = [
    "hello",
    "rooms.create",
    "rooms.list",
    "people.move",
    "__proto__",
    "toString",
    "",
  ];
  const values = [
    "1",
    "-1e999",
    "null",
    "[]",
    "{}",
    '"\\ud800"',
    '"\\u0000"',
    "1.5",
    "true",
    '"x"',
  ];
  const params = Array.from(
    { length: Math.floor(random() * 4) },
    () => `${JSON.stringify(pick(names))}:${pick(values)}`,
  );
  let line = `{"jsonrpc":${pick(['"2.0"', '"1.0"', "2"])},"id":${pick(values)},"method":${
    JSON.stringify(pick(methods))
  },"params":{${params.join(",")}}}`;
  switch (Math.floor(random() * 6)) {
    case 0:
      line = line.slice(0, Math.floor(random() * line.length));
      break;
    case 1:
      line = `[${line},${line}`.repeat(Math.ceil(random() * 3)) + "]";
      break;
    case 2:
      line = pick(["[", '{"a":', "[[{"]).repeat(Math.floor(random() * 5_000));
      break;
    case 3:
      line = "x".repeat(Math.floor(random() * 70_000));
      break;
  }
  const made = bytes(line);
  for (let flips = Math.floor(random() * 3); flips > 0 && made.length > 0; flips--) {
    made[Math.floor(random() * made.length)] = Math.floor(random() * 256);
  }
  return bytes(made, "\n");
}

/** Sends so many malformed lines over a connection, and again over new ones as it is closed. */
async function annoy(server: ServerProgram, lines: number, seed: number): Promise<void> {
  const random = seededRandom(seed);
  let left = lines;
  while (left > 0) {
    using client = await SessionClient.open(server.port);
    const reading = client.untilEnd();
    try {
      if (random() < 0.7) await client.say(HELLO);
      else await client.say("{");
      while (left > 0) {
        left--;
        await client.conn.send(malformed(random));
      }
      await client.conn.end();
    } catch (error) {
      if (!isDisconnect(error)) throw error;
    }
    for (const line of await reading) JSON.parse(line);
  }
}

Deno.test("2,000 malformed lines on 20 connections leave the server alive and others answered", () =>
  withSeed(async (seed) => {
    await using server = await startServer();
    using other = await SessionClient.greet(server.port, { name: "Mel" });
    let done = false;
    const annoying = Promise.all(
      Array.from({ length: 20 }, (_, at) => annoy(server, 100, seed + at)),
    ).finally(() => done = true);
    let answered = 0;
    while (!done) {
      assertEquals(
        (await other.ask("rooms.find", { name: "nowhere" })).error?.data?.code,
        "NO_SUCH_ROOM",
      );
      answered++;
    }
    await annoying;
    assert(answered > 0);
    assertEquals(typeof await getdirOnce(server.port), "string");
    assertEquals((await server.program.stop("SIGTERM")).code, 0);
    assertEquals(server.program.stderr, "");
    assert(!/fault of crds-server/.test(server.program.stdout), "an answer was Internal error");
  }));
