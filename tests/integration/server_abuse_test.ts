/**
 * What makes usual lab servers hang or die, alone and 50 at once: everybody else is still answered.
 */

import { assertEquals, assertLess } from "@std/assert";
import { bytes, deleteroom, field, GETDIR, makeroom } from "../helpers/bytes.ts";
import { getdirOnce, isDisconnect, RawConnection } from "../helpers/lab_connection.ts";
import { type Program, startProgram, startServer } from "../helpers/processes.ts";
import { PEERS, pythonTest } from "../helpers/python.ts";

/** What the directory holds in these tests. */
const LISTING = "lab: 239.1.2.3:50100\ncafé: 239.1.2.4:50101\n";
const LAB = bytes(makeroom("lab", "239.1.2.3", "50100"), makeroom("café", "239.1.2.4", "50101"));

/** More requests than the server's replies find room for in a socket: 4 MB of answers. */
const ASKS = new Uint8Array(80_000).fill(1);

/** New connections that ask while the abuse is on. */
const NEWCOMERS = 10;

/** What the server may take of memory, whatever 50 peers do: it needs about 60 MiB itself. */
const MAX_RSS_KIB = 200 * 1024;

/** A server under abuse, with a client that was there before. */
interface Victim {
  readonly port: number;
  readonly program: Program;
  /** Checks that old and new clients get right answers. */
  readonly answersOthers: () => Promise<void>;
}

async function underAbuse(
  args: readonly string[],
  abuse: (victim: Victim) => Promise<void>,
): Promise<void> {
  await using server = await startServer(args);
  const { port, program } = server;
  using witness = await RawConnection.open(port);
  await witness.send(LAB);
  assertEquals(await witness.getdir(), LISTING);
  const answersOthers = async (): Promise<void> => {
    const newcomers = Array.from({ length: NEWCOMERS }, () => getdirOnce(port));
    const answers = await Promise.all([witness.getdir(), ...newcomers]);
    assertEquals(new Set(answers), new Set([LISTING]));
  };
  await answersOthers();
  await abuse({ port, program, answersOthers });
  await answersOthers();
  assertLess(await peakKiB(program), MAX_RSS_KIB);
  witness[Symbol.dispose]();
  assertEquals([(await program.stop("SIGTERM")).code, program.stderr], [0, ""]);
}

/** The most memory that a process ever held, in KiB; 0 where the system does not tell. */
async function peakKiB(program: Program): Promise<number> {
  if (Deno.build.os !== "linux") return 0;
  // Through `cat` (--allow-run): Deno itself reads /proc only with all permissions.
  await using cat = startProgram({ command: "cat", args: [`/proc/${program.pid}/status`] });
  const [, peak] = await cat.waitFor(/VmHWM:\s*(\d+) kB/);
  return Number(peak);
}

async function open(port: number, count: number): Promise<RawConnection[]> {
  return await Promise.all(Array.from({ length: count }, () => RawConnection.open(port)));
}

function close(connections: readonly RawConnection[]): void {
  for (const connection of connections) connection[Symbol.dispose]();
}

/** Waits until the server has told so often about something new. */
async function untilTold(program: Program, line: RegExp, count: number): Promise<void> {
  for (let at = 0; at < count; at++) await program.next(line);
}

/** Waits until the server has told about so many ends. */
async function untilClosed(program: Program, why: string, count: number): Promise<void> {
  await untilTold(program, new RegExp(`Connection closed: \\S+ \\(${why}\\)\\.`), count);
}

for (const count of [1, 50]) {
  Deno.test(`server bears one opcode byte and silence, x${count}`, async () => {
    await underAbuse(["--request-timeout", "1"], async ({ port, program, answersOthers }) => {
      const silent = await open(port, count * 3);
      await Promise.all(silent.map((conn, at) => conn.send(bytes(2 + at % 3))));
      await answersOthers();
      await Promise.all(silent.map((conn) => conn.untilClosed()));
      await untilClosed(program, "a request was begun and not finished within 1 s", count * 3);
      close(silent);
    });
  });

  Deno.test(`server bears a byte now and then, x${count}`, async () => {
    await underAbuse(["--request-timeout", "1"], async ({ port, program, answersOthers }) => {
      const slow = await open(port, count);
      const request = makeroom("x".repeat(255), "239.7.7.7", "7");
      let at = 0;
      // The pace is the abuse itself: a byte long before the time is over, for as long as it is let.
      const dripping = setInterval(() => {
        const byte = request.subarray(at, ++at);
        for (const conn of slow) conn.send(byte).catch(() => {});
      }, 50);
      const closed = Promise.all(slow.map((conn) => conn.untilClosed()));
      await answersOthers();
      await closed;
      clearInterval(dripping);
      await untilClosed(program, "a request was begun and not finished within 1 s", count);
      await answersOthers();
      close(slow);
    });
  });

  Deno.test(`server bears half a request and a close, x${count}`, async () => {
    await underAbuse([], async ({ port, program, answersOthers }) => {
      const half = makeroom("x", "239.7.7.7", "7");
      for (let cut = 1; cut < half.length; cut += 4) {
        const peers = await open(port, count);
        await Promise.all(peers.map((conn) => conn.send(half.subarray(0, cut))));
        await answersOthers();
        close(peers);
      }
      await untilClosed(program, "it ended in the middle of a request", count);
    });
  });

  pythonTest(`server bears half a request and a reset, x${count}`, async () => {
    await underAbuse([], async ({ port, program, answersOthers }) => {
      const half = makeroom("x", "239.7.7.7", "7").subarray(0, 9) as Uint8Array<ArrayBuffer>;
      await using peers = startProgram({
        command: "python3",
        args: [`${PEERS}lab_abuse.py`, `${port}`, `${count}`, half.toHex(), "1"],
      });
      await peers.waitFor(/^sent\n/);
      await answersOthers();
      await peers.write("\n");
      await peers.waitFor(/^reset\n/m);
      assertEquals((await peers.status).code, 0);
      await untilClosed(program, "the other side reset the connection", count);
    });
  });

  pythonTest(`server bears a reset while it sends, x${count}`, async () => {
    await underAbuse([], async ({ port, program, answersOthers }) => {
      await using peers = startProgram({
        command: "python3",
        args: [`${PEERS}lab_abuse.py`, `${port}`, `${count}`, GETDIR.toHex(), `${ASKS.length}`],
      });
      await peers.waitFor(/^sent\n/);
      await answersOthers();
      await peers.write("\n");
      assertEquals((await peers.status).code, 0);
      await untilClosed(program, "the other side (reset|closed) the connection", count);
    });
  });

  const malformed: [title: string, sent: Uint8Array, why: string][] = [
    ["a zero-length field", bytes(2, 0), "a field has length 0"],
    ["bad UTF-8", bytes(2, field(bytes(0xff, 0xfe)), 9), "a field is no UTF-8"],
    ["an unknown opcode and much more", bytes(9, ASKS), "unknown opcode 9"],
  ];
  for (const [title, sent, why] of malformed) {
    Deno.test(`server bears ${title}, x${count}`, async () => {
      await underAbuse([], async ({ port, program, answersOthers }) => {
        const peers = await open(port, count);
        await Promise.all(peers.map((conn) => conn.send(sent)));
        await answersOthers();
        await Promise.all(peers.map((conn) => conn.untilClosed()));
        close(peers);
        await untilClosed(program, why, count);
      });
    });
  }

  Deno.test(`server bears port abc, x${count}`, async () => {
    await underAbuse([], async ({ port, program, answersOthers }) => {
      const peers = await open(port, count);
      await Promise.all(peers.map(async (conn, at) => {
        await conn.send(makeroom(`room-${at}`, "239.7.7.7", "abc"));
        // It goes on being answered: bad arguments are no reason to close.
        assertEquals(await conn.getdir(), LISTING);
      }));
      await answersOthers();
      close(peers);
      await untilTold(program, /239\.7\.7\.7 abc: refused: "abc" is no port; choose/, count);
    });
  });

  Deno.test(`server bears a client that asks without end and never reads, x${count}`, async () => {
    await underAbuse(["--quiet"], async ({ port, program, answersOthers }) => {
      const greedy = await open(port, count);
      const asks = new Uint8Array(1024 * 1024).fill(1);
      let ended = false;
      // Each sends for ever: this stops only when the server takes no more, so by a close.
      const sending = greedy.map(async (conn) => {
        try {
          while (!ended) await conn.send(asks);
        } catch (error) {
          const closed = error instanceof Deno.errors.BadResource ||
            error instanceof Deno.errors.Interrupted;
          if (!closed && !isDisconnect(error)) throw error;
        }
      });
      for (let round = 0; round < 20; round++) await answersOthers();
      assertLess(await peakKiB(program), MAX_RSS_KIB);
      ended = true;
      close(greedy);
      await Promise.all(sending);
    });
  });
}

Deno.test("server bears 2,000 idle connections, and is quick for the others", async () => {
  await underAbuse([], async ({ port, program, answersOthers }) => {
    const idle: RawConnection[] = [];
    for (let at = 0; at < 2_000; at += 100) idle.push(...await open(port, 100));
    await untilTold(program, /Connection received/, 2_000);
    for (let round = 0; round < 10; round++) await answersOthers();
    // Idle is not dead: each is answered when it asks at last.
    for (let at = 0; at < idle.length; at += 97) assertEquals(await idle[at]?.getdir(), LISTING);
    close(idle);
    await untilTold(program, /Connection closed/, 2_000);
  });
});

Deno.test("server bears everything at once", async () => {
  await underAbuse(["--request-timeout", "1"], async ({ port, answersOthers }) => {
    const half = makeroom("x", "239.7.7.7", "7").subarray(0, 9);
    const sent = [
      half,
      bytes(2),
      bytes(2, 0),
      bytes(3, 1, 0xff),
      bytes(9),
      deleteroom("x"),
      GETDIR,
    ];
    const peers = await open(port, 50 * sent.length);
    await Promise.all(peers.map((conn, at) => conn.send(sent[at % sent.length] ?? half)));
    await answersOthers();
    close(peers.filter((_, at) => at % 2 === 0));
    await answersOthers();
    close(peers);
  });
});
