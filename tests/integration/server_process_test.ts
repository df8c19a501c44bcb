/**
 * The server as its operator sees it: flags, lines, exit codes, the end.
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { SERVER_HELP } from "../../lib/server/settings.ts";
import { bytes, chat, deleteroom, field, GETDIR, listing, makeroom } from "../helpers/bytes.ts";
import { TempFolder } from "../helpers/temp_folder.ts";
import { getdirOnce, RawConnection } from "../helpers/lab_connection.ts";
import {
  type Program,
  startProgram,
  startServer,
  startTask,
  taskArgs,
} from "../helpers/processes.ts";

/** How a server that cannot start ended. */
async function failure(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  await using program = startTask("server", args);
  const { code } = await program.status;
  return { code, out: program.stdout, err: program.stderr };
}

/** The requests for `count` rooms, and their listing. */
function rooms(count: number): { requests: Uint8Array; text: string } {
  const names = Array.from({ length: count }, (_, at) => `room-${at}`);
  return {
    requests: bytes(...names.map((name, at) => makeroom(name, "239.1.2.3", `${at + 1}`))),
    text: names.map((name, at) => `${name}: 239.1.2.3:${at + 1}\n`).join(""),
  };
}

Deno.test("server says exactly that it listens, first of all and nowhere else", async () => {
  await using server = await startServer();
  const line = `Chat Room Directory Server listening on port ${server.port}...\n`;
  assertEquals([server.program.stdout, server.program.stderr], [line, ""]);
  assertEquals(await getdirOnce(server.port), "");
});

Deno.test("server reports connections, commands and refusals, one line each", async () => {
  await using server = await startServer();
  const { port, program } = server;
  let peer: string;
  {
    using conn = await RawConnection.open(port);
    peer = conn.peer;
    await conn.send(makeroom("lab", "239.1.2.3", "50100"));
    await conn.send(makeroom("lab", "239.1.2.3", "50100"));
    assertEquals(await conn.getdir(), "lab: 239.1.2.3:50100\n");
    await conn.send(bytes(deleteroom("lab"), deleteroom("lab")));
    assertEquals(await conn.getdir(), "");
  }
  await program.waitFor(/Connection closed/);
  assertEquals((await program.stop("SIGTERM")).code, 0);
  assertEquals(program.stdout.split("\n"), [
    `Chat Room Directory Server listening on port ${port}...`,
    `Connection received from ${peer}.`,
    `${peer} makeroom lab 239.1.2.3 50100: created.`,
    `${peer} makeroom lab 239.1.2.3 50100: refused: the name is taken (239.1.2.3:50100).`,
    `${peer} getdir: 1 room.`,
    `${peer} deleteroom lab: deleted.`,
    `${peer} deleteroom lab: refused: there is no room of that name.`,
    `${peer} getdir: 0 rooms.`,
    `Connection closed: ${peer}.`,
    "Stopping (SIGTERM): finishing what is under way.",
    "Stopped.",
    "",
  ]);
});

Deno.test("server --quiet says only that it listens", async () => {
  await using server = await startServer(["--quiet"]);
  using conn = await RawConnection.open(server.port);
  await conn.send(bytes(makeroom("lab", "239.1.2.3", "1"), GETDIR, 9));
  assertEquals(await conn.readToEnd(), listing("lab: 239.1.2.3:1\n"));
  conn[Symbol.dispose]();
  assertEquals((await server.program.stop("SIGTERM")).code, 0);
  assertMatch(server.program.stdout, /^Chat Room Directory Server listening on port \d+\.\.\.\n$/);
});

Deno.test("server --log json writes one JSON object per line, whatever a client sends", async () => {
  await using server = await startServer(["--log", "json"]);
  const { port, program } = server;
  using conn = await RawConnection.open(port);
  const { peer } = conn;
  const evil = 'a"\n\x1b[2J\u009b\u2028\u202e';
  await conn.send(bytes(makeroom(evil, "239.1.2.3", "1"), GETDIR, 9));
  await conn.readToEnd();
  conn[Symbol.dispose]();
  await program.waitFor(/"closed"/);
  await program.stop("SIGINT");
  // deno-lint-ignore no-control-regex
  assertEquals(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]/.test(program.stdout), false);
  const events = program.stdout.trimEnd().split("\n").map((line) => {
    const { time, ...event } = JSON.parse(line);
    assertEquals(new Date(time).toISOString(), time);
    return event;
  });
  const outcome = "the name holds white space; use - or _ instead";
  assertEquals(events, [
    { event: "listening", host: "127.0.0.1", port },
    { event: "opened", peer },
    {
      event: "request",
      peer,
      outcome,
      refused: true,
      op: "makeroom",
      name: evil,
      address: "239.1.2.3",
      port: "1",
    },
    { event: "request", peer, outcome: "0 rooms", refused: false, op: "getdir", times: 1 },
    { event: "closed", peer, why: "unknown opcode 9" },
    { event: "stopping", why: "SIGINT" },
    { event: "stopped" },
  ]);
});

Deno.test("server --log json tells of a session's requests without secrets", async () => {
  await using server = await startServer(["--log", "json"]);
  using conn = await RawConnection.open(server.port);
  const secret = "s3cr3t-s3cr3t-s3cr3t";
  const say = (id: number, method: string, params: unknown): Promise<void> =>
    conn.send(
      new TextEncoder().encode(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`),
    );
  const evil = 'a"\n\x1b[2J\u009b\u2028\u202e\ud800';
  await say(1, "hello", { client: evil, protocol: 1, name: "Mel", resume: secret });
  await say(2, "rooms.create", { name: "lobby", address: "239.255.7.1", port: 20100 });
  await server.program.waitFor(/"rooms\.create".*\n/);
  await say(3, "rooms.find", { name: evil });
  await server.program.waitFor(/"rooms\.find".*\n/);
  await server.program.stop("SIGINT");
  assertEquals(server.program.stdout.includes(secret), false);
  // deno-lint-ignore no-control-regex
  assertEquals(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]/.test(server.program.stdout), false);
  const events = server.program.stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  const requests = events.filter(({ event }) => event === "request")
    .map(({ op, params, outcome, refused }) => ({ op, params, outcome, refused }));
  assertEquals(requests, [
    { op: "hello", params: { client: evil, name: "Mel" }, outcome: "as Mel", refused: false },
    {
      op: "rooms.create",
      params: { name: "lobby", address: "239.255.7.1", port: 20100 },
      outcome: "created lobby (239.255.7.1:20100)",
      refused: false,
    },
    {
      op: "rooms.find",
      params: { name: evil },
      outcome: requests[2]?.outcome,
      refused: true,
    },
  ]);
});

Deno.test("server --help and --version print and exit with 0", async () => {
  assertEquals(await failure("--help"), { code: 0, out: SERVER_HELP, err: "" });
  assertEquals(await failure("--version"), {
    code: 0,
    out: `crds-server ${config.version}\n`,
    err: "",
  });
});

Deno.test("server says in one sentence that its port is taken, and exits with 1", async () => {
  await using server = await startServer();
  const { port } = server;
  assertEquals(await failure("--memory", "--host", "127.0.0.1", "--port", `${port}`), {
    code: 1,
    out: "",
    err: `Cannot listen on "127.0.0.1:${port}": the port is taken, perhaps by another server. ` +
      "Stop that one, or use --port N (0 for any free port).\n",
  });
  assertEquals(await getdirOnce(port), "");
});

Deno.test("server says in one sentence that a host is not of this machine, and exits with 1", async () => {
  // 192.0.2.0/24 is for documentation (RFC 5737): no machine has it. Nothing is sent by listening.
  assertEquals(await failure("--memory", "--host", "192.0.2.1", "--port", "0"), {
    code: 1,
    out: "",
    err: 'Cannot listen on "192.0.2.1:0": this machine does not have that address. ' +
      "Use --host with an address of this machine, or leave it out for all.\n",
  });
});

Deno.test("server says what is wrong with its flags, and exits with 2", async () => {
  const table: [args: string[], err: string][] = [
    [
      ["--prot", "1"],
      'Cannot use flag "--prot": there is no such flag. See "crds-server --help".\n',
    ],
    [
      ["--port", "70000"],
      'Cannot use --port "70000": it is no whole number in 0-65535. Leave it out for 50001.\n',
    ],
    [
      ["--max-rooms", "-5"],
      'Cannot use --max-rooms "-5": it is no whole number in 1-150000. Leave it out for 10000.\n',
    ],
    [
      ["--memory=no"],
      'Cannot use flag "--memory=no": --memory takes no value. See "crds-server --help".\n',
    ],
  ];
  for (const [args, err] of table) assertEquals(await failure(...args), { code: 2, out: "", err });
});

Deno.test({
  name: "server says in its own words that a folder of the system is none for its file",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const where = ["--host", "127.0.0.1", "--port", "0", "--no-announce"];
    assertEquals(await failure(...where, "--data", "/proc/x.db"), {
      code: 1,
      out: "",
      err: 'Cannot open directory file "/proc/x.db": programs may not use files in that folder ' +
        "of the system. Name another file with --data.\n",
    });
  },
});

Deno.test("server --max-connections turns away who is too much, and says so", async () => {
  await using server = await startServer(["--max-connections", "2"]);
  const { port, program } = server;
  using first = await RawConnection.open(port);
  {
    using second = await RawConnection.open(port);
    await Promise.all([first.getdir(), second.getdir()]);
    using third = await RawConnection.open(port);
    await third.untilClosed();
    const why = "2 connections are open, and that is the most";
    await program.waitFor(/turned away.*\n/);
    assertStringIncludes(program.stdout, `Connection turned away: ${third.peer} (${why}).\n`);
    assertEquals([await first.getdir(), await second.getdir()], ["", ""]);
  }
  await program.waitFor(/Connection closed/);
  assertEquals(await getdirOnce(port), "");
});

Deno.test("server --max-rooms refuses more rooms, and says so", async () => {
  await using server = await startServer(["--max-rooms", "2"]);
  using conn = await RawConnection.open(server.port);
  await conn.send(rooms(3).requests);
  assertEquals(await conn.getdir(), rooms(2).text);
  await conn.send(bytes(deleteroom("room-0"), makeroom("room-2", "239.1.2.3", "3")));
  assertEquals(await conn.getdir(), "room-1: 239.1.2.3:2\nroom-2: 239.1.2.3:3\n");
  await server.program.waitFor(
    /makeroom room-2 239\.1\.2\.3 3: refused: the directory is full \(2 rooms\); delete one first\.\n/,
  );
});

Deno.test("server gives 200 clients at once right answers", async () => {
  await using server = await startServer();
  const { port, program } = server;
  const count = 200;
  await Promise.all(Array.from({ length: count }, async (_, at) => {
    using conn = await RawConnection.open(port);
    const name = `room-${at}`;
    // The second one is refused: name and endpoint are taken.
    const make = makeroom(name, "239.1.2.3", `${at + 1}`);
    await conn.send(bytes(make, make));
    const text = await conn.getdir();
    assertEquals(text.includes(`${name}: 239.1.2.3:${at + 1}\n`), true);
    assertEquals(new Set(text.split("\n")).size, text.split("\n").length);
    await conn.send(chat(name));
    assertEquals(await conn.readToEnd(), bytes(field("239.1.2.3"), field(`${at + 1}`)));
  }));
  const lines = (await getdirOnce(port)).trimEnd().split("\n");
  assertEquals(new Set(lines).size, count);
  await stopped(program);
  assertEquals(program.stdout.match(/: created\.\n/g)?.length, count);
  assertEquals(program.stdout.match(/refused: the name is taken/g)?.length, count);
});

Deno.test({
  name: "server recovers when it runs out of open files",
  ignore: Deno.build.os === "windows", // no ulimit there
  async fn() {
    await using limited = await startLimited(120);
    const { port, program } = limited;
    using witness = await RawConnection.open(port);
    assertEquals(await witness.getdir(), "");
    const crowd = await Promise.all(Array.from({ length: 200 }, () => RawConnection.open(port)));
    await program.waitFor(/Cannot accept a connection: .*\. Trying again\.\n/);
    assertEquals(await witness.getdir(), "");
    crowd.forEach((conn) => conn[Symbol.dispose]());
    assertEquals(await getdirOnce(port), "");
    await stopped(program);
  },
});

async function startLimited(files: number): ReturnType<typeof startServer> {
  const words = [
    Deno.execPath(),
    ...taskArgs("server"),
    "--host",
    "127.0.0.1",
    "--port",
    "0",
    "--memory",
    "--no-announce",
  ];
  const program = startProgram({
    command: "sh",
    args: ["-c", `ulimit -n ${files}; exec "$@"`, "sh", ...words],
  });
  const [, port] = await program.waitFor(/listening on port (\d+)\.\.\.\n/);
  return {
    program,
    port: Number(port),
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}

async function stopped(program: Program): Promise<void> {
  assertEquals([(await program.stop("SIGTERM")).code, program.stderr], [0, ""]);
}

Deno.test("server with --owner-deletes lets only who made a room delete it, also after a restart", async () => {
  using folder = new TempFolder();
  const flags = ["--owner-deletes", "--data", folder.file("crds.db")];
  const made = { jsonrpc: "2.0", id: 2, method: "rooms.create", params: { name: "mels" } };
  const gone = { ...made, method: "rooms.delete" };
  const lines = async (port: number, name: string, ...requests: unknown[]): Promise<string> => {
    using conn = await RawConnection.open(port);
    const hello = { client: "test", protocol: 1, name };
    const all = [{ jsonrpc: "2.0", id: 1, method: "hello", params: hello }, ...requests];
    await conn.send(bytes(all.map((each) => JSON.stringify(each) + "\n").join("")));
    let text = "";
    // One line for each request.
    while (text.split("\n").length <= all.length) {
      text += new TextDecoder().decode(await conn.readSome());
    }
    return text;
  };
  {
    await using server = await startServer(flags);
    assertMatch(await lines(server.port, "Mel", made), /"createdBy":"Mel"/);
    assertEquals((await server.program.stop("SIGTERM")).code, 0);
  }
  await using server = await startServer(flags);
  const { port, program } = server;
  assertMatch(await lines(port, "Bob", gone), /only who made it may \(Mel\).*"NOT_OWNER"/);
  using lab = await RawConnection.open(port);
  await lab.send(deleteroom("mels"));
  assertMatch(await lab.getdir(), /^mels: /);
  await program.waitFor(/deleteroom mels: refused: on this server only who made it may \(Mel\)/);
  await lab.send(bytes(makeroom("labs", "239.1.2.3", "50100"), deleteroom("labs")));
  assertMatch(await lab.getdir(), /^mels: [^\n]*\n$/);
  assertMatch(await lines(port, "mel", gone), /"result":\{"room":\{"name":"mels"/);
});
