/**
 * The server's end: on signals, with replies under way, and when nobody reads what it says.
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { bytes, deleteroom, GETDIR, listing, makeroom } from "../helpers/bytes.ts";
import { getdirOnce, RawConnection } from "../helpers/lab_connection.ts";
import { ROOT, startServer, taskArgs } from "../helpers/processes.ts";

/** The requests for `count` rooms, and their listing. */
function rooms(count: number): { requests: Uint8Array; text: string } {
  const names = Array.from({ length: count }, (_, at) => `room-${at}`);
  return {
    requests: bytes(...names.map((name, at) => makeroom(name, "239.1.2.3", `${at + 1}`))),
    text: names.map((name, at) => `${name}: 239.1.2.3:${at + 1}\n`).join(""),
  };
}

/** Starts a server whose output is read, or not, as the test likes. */
function spawnServer(): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...taskArgs("server"),
      "--host",
      "127.0.0.1",
      "--port",
      "0",
      "--memory",
      "--no-announce",
    ],
    cwd: ROOT,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`server exits with 0 on ${signal}, with idle clients and half a request`, async () => {
    await using server = await startServer();
    using idle = await RawConnection.open(server.port);
    using half = await RawConnection.open(server.port);
    await idle.getdir();
    await half.send(bytes(GETDIR, 2, 3, "la"));
    assertEquals(await half.read(8), listing(""));
    const { code, signal: by } = await server.program.stop(signal);
    assertEquals([code, by, server.program.stderr], [0, null, ""]);
    assertMatch(server.program.stdout, new RegExp(`\nStopping \\(${signal}\\): .*\n`));
    assertMatch(server.program.stdout, /\nStopped\.\n$/);
    assertEquals([await idle.readToEnd(), await half.readToEnd()], [bytes(), bytes()]);
  });
}

for (
  const [more, title] of [[0, "all"], [50, "although 50 more requests wait"], [
    100_000,
    "although 100,000 more requests wait",
  ]] as const
) {
  Deno.test(`server finishes a big pending reply on SIGTERM, ${title}`, async () => {
    await using server = await startServer();
    const { port, program } = server;
    const { requests, text } = rooms(1_000);
    using conn = await RawConnection.open(port);
    await conn.send(requests);
    assertEquals(await conn.getdir(), text);
    // 256 are read at once, and their 5 MB are more than socket buffers take.
    await conn.send(new Uint8Array(256 + more).fill(1));
    await program.waitFor(/getdir x\d+: 1000 rooms/);
    program.signal("SIGTERM");
    await program.waitFor(/Stopping/);
    const all = await conn.readToEnd();
    const one = listing(text);
    conn[Symbol.dispose]();
    assertEquals((await program.status).code, 0);
    const told = [...program.stdout.matchAll(/getdir x(\d+):/g)].map((match) => Number(match[1]));
    const expected = told.reduce((sum, times) => sum + times, 0);
    assertEquals([all.length, all.length / one.length], [expected * one.length, expected]);
  });
}

Deno.test("server ends in time although a client never reads its reply", async () => {
  await using server = await startServer();
  const { requests, text } = rooms(1_000);
  using conn = await RawConnection.open(server.port);
  await conn.send(requests);
  assertEquals(await conn.getdir(), text);
  await conn.send(new Uint8Array(10_000).fill(1));
  await server.program.waitFor(/getdir x/);
  assertEquals((await server.program.stop("SIGTERM")).code, 0);
  assertStringIncludes(
    server.program.stdout,
    `Connection closed: ${conn.peer} (the server stops).`,
  );
});

Deno.test("server ends at once on a second signal", async () => {
  await using server = await startServer();
  const { requests } = rooms(1_000);
  using conn = await RawConnection.open(server.port);
  await conn.send(requests);
  await conn.getdir();
  await conn.send(new Uint8Array(10_000).fill(1));
  await server.program.waitFor(/getdir x/);
  server.program.signal("SIGINT");
  await server.program.waitFor(/Stopping/);
  assertEquals((await server.program.stop("SIGINT")).signal, "SIGINT");
});

Deno.test("server ends although nobody reads its status lines, and serves until then", async () => {
  const child = spawnServer();
  const stdout = child.stdout.getReader();
  try {
    const first = new TextDecoder().decode((await stdout.read()).value);
    const port = Number(/port (\d+)/.exec(first)?.[1]);
    using conn = await RawConnection.open(port);
    await conn.send(bytes(...Array.from({ length: 30_000 }, () => deleteroom("x"))));
    assertEquals(await conn.getdir(), "");
    child.kill("SIGTERM");
    assertEquals((await child.status).code, 0);
  } finally {
    await stdout.cancel();
    await child.stderr.cancel();
  }
});

Deno.test("server serves on when the reader of its status lines is gone", async () => {
  const child = spawnServer();
  const stdout = child.stdout.getReader();
  const first = new TextDecoder().decode((await stdout.read()).value);
  const port = Number(/port (\d+)/.exec(first)?.[1]);
  await stdout.cancel();
  for (let again = 0; again < 3; again++) assertEquals(await getdirOnce(port), "");
  child.kill("SIGTERM");
  assertEquals((await child.status).code, 0);
  assertEquals(await new Response(child.stderr).text(), "");
});
