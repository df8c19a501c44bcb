/**
 * The lab protocol over TCP against the real server: bytes in, bytes out, however they are split.
 */

import { assertEquals } from "@std/assert";
import {
  byteByByte,
  bytes,
  chat,
  deleteroom,
  field,
  GETDIR,
  listing,
  makeroom,
} from "../helpers/bytes.ts";
import { RawConnection } from "../helpers/lab_connection.ts";
import { startServer } from "../helpers/processes.ts";

/** One exchange with a server whose directory holds just `lab`, and holds just that afterwards. */
interface Row {
  readonly title: string;
  readonly sent: Uint8Array;
  readonly expected: Uint8Array;
  /** Status lines, without `address:port `, in this order; none if not of interest. */
  readonly lines?: readonly string[];
  /** Whether the server closes afterwards; then what the status line says about it. */
  readonly closes?: true | string;
}

const LAB = makeroom("lab", "239.1.2.3", "50100");
const LAB_LINE = "lab: 239.1.2.3:50100\n";
const ONE = listing(LAB_LINE);
const DELETED = "deleteroom x: deleted.";

/** A request that changes nothing, and the reason that the operator reads. */
function refused(title: string, sent: Uint8Array, line: string): Row {
  return { title, sent: bytes(sent, GETDIR), expected: ONE, lines: [line, "getdir: 1 room."] };
}

function badRoom(name: string, address: string, port: string, why: string): Row {
  const line = `makeroom ${name} ${address} ${port}: refused: ${why}.`;
  return refused(`makeroom ${name} ${address} ${port}`, makeroom(name, address, port), line);
}

/** A room that is made, listed, found in the listing and deleted again. */
function goodRoom(name: string, address: string, port: string): Row {
  return {
    title: `makeroom ${name} ${address} ${port}`,
    sent: bytes(makeroom(name, address, port), GETDIR, deleteroom(name), GETDIR),
    expected: bytes(listing(`${LAB_LINE}${name}: ${address}:${port}\n`), ONE),
    lines: [
      `makeroom ${name} ${address} ${port}: created.`,
      "getdir: 2 rooms.",
      `deleteroom ${name}: deleted.`,
      "getdir: 1 room.",
    ],
  };
}

const RANGE = "choose one in 239.0.0.0-239.255.255.255";
const NO_ROOM = "there is no room of that name";

const OPEN_ROWS: Row[] = [
  { title: "getdir", sent: GETDIR, expected: ONE, lines: ["getdir: 1 room."] },
  {
    title: "getdir of an empty directory",
    sent: bytes(deleteroom("lab"), GETDIR, LAB),
    expected: listing(""),
    lines: [
      "deleteroom lab: deleted.",
      "getdir: 0 rooms.",
      "makeroom lab 239.1.2.3 50100: created.",
    ],
  },
  goodRoom("x", "239.0.0.0", "1"),
  goodRoom("x", "239.255.255.255", "65535"),
  goodRoom("x", "239.1.2.3", "50101"),
  goodRoom("x", "239.1.2.4", "50100"),
  goodRoom("café-☕", "239.7.7.7", "7"),
  goodRoom("a:b", "239.7.7.7", "7"),
  goodRoom("n".repeat(64), "239.7.7.7", "7"),
  {
    title: "the endpoint of a room that was deleted",
    sent: bytes(
      makeroom("x", "239.7.7.7", "7"),
      deleteroom("x"),
      makeroom("y", "239.7.7.7", "7"),
      GETDIR,
      deleteroom("y"),
    ),
    expected: listing(`${LAB_LINE}y: 239.7.7.7:7\n`),
  },
  refused(
    "makeroom with a taken name",
    makeroom("lab", "239.9.9.9", "9"),
    "makeroom lab 239.9.9.9 9: refused: the name is taken (239.1.2.3:50100).",
  ),
  refused(
    "makeroom with a taken address and port",
    makeroom("other", "239.1.2.3", "50100"),
    'makeroom other 239.1.2.3 50100: refused: 239.1.2.3:50100 belongs to room "lab".',
  ),
  badRoom("x", "224.0.0.1", "1", `"224.0.0.1" is no group address of this directory; ${RANGE}`),
  badRoom("x", "240.0.0.1", "1", `"240.0.0.1" is no group address of this directory; ${RANGE}`),
  badRoom("x", "10.0.0.1", "1", `"10.0.0.1" is no group address of this directory; ${RANGE}`),
  badRoom("x", "239.1.2.256", "1", `"239.1.2.256" is no IPv4 address; ${RANGE}`),
  badRoom("x", "nowhere", "1", `"nowhere" is no IPv4 address; ${RANGE}`),
  badRoom("x", "239.1.2.4", "0", '"0" is no port; choose a number in 1-65535'),
  badRoom("x", "239.1.2.4", "65536", '"65536" is no port; choose a number in 1-65535'),
  badRoom("x", "239.1.2.4", "70000", '"70000" is no port; choose a number in 1-65535'),
  badRoom("x", "239.1.2.4", "abc", '"abc" is no port; choose a number in 1-65535'),
  badRoom("x", "239.1.2.4", "-1", '"-1" is no port; choose a number in 1-65535'),
  badRoom("a b", "239.1.2.4", "1", "the name holds white space; use - or _ instead"),
  badRoom(
    "n".repeat(65),
    "239.1.2.4",
    "1",
    "the name has 65 bytes, and 64 is the most; choose a shorter one",
  ),
  refused(
    "makeroom with an escape character in its name",
    makeroom("x\x1b[2J", "239.1.2.4", "1"),
    "makeroom x\ufffd[2J 239.1.2.4 1: refused: the name holds a control character; use letters, digits, - or _.",
  ),
  refused(
    "makeroom with a line end in its name",
    makeroom("x\ny", "239.1.2.4", "1"),
    "makeroom x\ufffdy 239.1.2.4 1: refused: the name holds white space; use - or _ instead.",
  ),
  refused(
    "deleteroom of an unknown room",
    deleteroom("nothing"),
    `deleteroom nothing: refused: ${NO_ROOM}.`,
  ),
];

const CLOSING_ROWS: Row[] = [
  {
    title: "chat",
    sent: chat("lab"),
    expected: bytes(9, "239.1.2.3", 5, "50100"),
    lines: ["chat lab: 239.1.2.3:50100."],
    closes: true,
  },
  {
    title: "chat with an unknown room",
    sent: chat("nothing"),
    expected: bytes(0),
    lines: [`chat nothing: refused: ${NO_ROOM}.`],
    closes: true,
  },
  {
    title: "what comes behind chat is not carried out",
    sent: bytes(makeroom("x", "239.7.7.7", "7"), chat("x"), GETDIR, deleteroom("lab")),
    expected: bytes(field("239.7.7.7"), field("7")),
    lines: ["makeroom x 239.7.7.7 7: created.", "chat x: 239.7.7.7:7."],
    closes: true,
  },
  {
    // The row above left a room behind.
    title: "requests before chat are answered before it",
    sent: bytes(deleteroom("x"), GETDIR, chat("lab")),
    expected: bytes(ONE, field("239.1.2.3"), field("50100")),
    lines: [DELETED, "getdir: 1 room.", "chat lab: 239.1.2.3:50100."],
    closes: true,
  },
  ...[0, 5, 9, 0x80, 0xff].map((opcode): Row => ({
    title: `opcode ${opcode}`,
    sent: bytes(GETDIR, opcode),
    expected: ONE,
    closes: `unknown opcode ${opcode}`,
  })),
  ...[2, 3, 4].map((opcode): Row => ({
    title: `opcode ${opcode} with a zero-length first field`,
    sent: bytes(GETDIR, opcode, 0),
    expected: ONE,
    closes: "a field has length 0",
  })),
  {
    title: "makeroom with a zero-length address",
    sent: bytes(GETDIR, 2, field("x"), 0),
    expected: ONE,
    closes: "a field has length 0",
  },
  {
    title: "makeroom with a zero-length port",
    sent: bytes(GETDIR, 2, field("x"), field("239.7.7.7"), 0),
    expected: ONE,
    closes: "a field has length 0",
  },
  ...([
    ["a name of invalid UTF-8", bytes(3, 1, 0xff)],
    ["an overlong name", bytes(4, 2, 0xc0, 0xaf)],
    ["a name with a surrogate", bytes(3, 3, 0xed, 0xa0, 0x80)],
    ["a port of invalid UTF-8", bytes(2, field("x"), field("239.7.7.7"), 2, "7", 0xe2)],
  ] as const).map(([title, sent]): Row => ({
    title,
    sent: bytes(GETDIR, sent),
    expected: ONE,
    closes: "a field is no UTF-8",
  })),
];

type Ways = Readonly<Record<string, (sent: Uint8Array) => Uint8Array[]>>;
const WAYS: Ways = { whole: (sent) => [sent], "byte by byte": byteByByte };

for (const [way, split] of Object.entries(WAYS)) {
  Deno.test(`server answers the lab protocol exactly, sent ${way}`, async (t) => {
    await using server = await startServer();
    const { port, program } = server;
    {
      using conn = await RawConnection.open(port);
      await conn.send(LAB);
      await conn.getdir();
    }
    for (const row of [...OPEN_ROWS, ...CLOSING_ROWS]) {
      await t.step(row.title, async () => {
        using conn = await RawConnection.open(port);
        for (const piece of split(row.sent)) await conn.send(piece);
        // Ending our side is no reason to be answered less.
        if (row.closes === undefined) await conn.end();
        assertEquals(await conn.readToEnd(), row.expected);
        const { peer } = conn;
        conn[Symbol.dispose]();
        const why = typeof row.closes === "string" ? ` (${row.closes})` : "";
        const last = `Connection closed: ${peer}${why}.\n`;
        await program.waitFor(new RegExp(literally(last)));
        if (row.lines !== undefined) assertEquals(linesOf(program.stdout, peer), row.lines);
      });
    }
  });
}

Deno.test("server answers the lab protocol exactly, all requests pipelined on one connection", async () => {
  await using server = await startServer();
  using conn = await RawConnection.open(server.port);
  await conn.send(LAB);
  const expected = bytes(...OPEN_ROWS.map((row) => row.expected), ONE, 0);
  await conn.send(bytes(...OPEN_ROWS.map((row) => row.sent), GETDIR, chat("nothing")));
  assertEquals(await conn.readToEnd(), expected);
  const { peer } = conn;
  await server.program.waitFor(/chat nothing: refused/);
  const lines = linesOf(server.program.stdout, peer).filter((line) => !line.startsWith("getdir"));
  const told = OPEN_ROWS.filter((row) => row.lines !== undefined);
  for (const line of told.flatMap((row) => row.lines ?? [])) {
    if (!line.startsWith("getdir")) assertEquals(lines.includes(line), true, line);
  }
});

/** What the server told about one client's requests. */
function linesOf(output: string, peer: string): string[] {
  return output.split("\n").filter((line) => line.startsWith(`${peer} `))
    .map((line) => line.slice(peer.length + 1));
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
