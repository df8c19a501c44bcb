import { assertEquals } from "@std/assert";
import { bytes, chat, deleteroom, GETDIR, listing } from "../helpers/bytes.ts";
import { bind, EMPTY, LAB, LAB_LINE, rig } from "../helpers/connection_rig.ts";

Deno.test("Connection.run() answers until the client ends", async () => {
  const { socket, ended, exchange } = bind(await rig());
  await exchange(GETDIR);
  assertEquals(socket.written, EMPTY);
  await exchange(bytes(LAB, GETDIR));
  assertEquals(socket.written, bytes(EMPTY, listing(LAB_LINE)));
  socket.arriveEnd();
  assertEquals(await ended, undefined);
  assertEquals(socket.closes, 1);
});

Deno.test("Connection.run() says that the client ended in the middle of a request", async () => {
  const { socket, ended, exchange } = bind(await rig());
  await exchange(bytes(GETDIR, 2, 3, "la"));
  socket.arriveEnd();
  assertEquals(await ended, "it ended in the middle of a request");
  assertEquals([socket.written, socket.closes], [EMPTY, 1]);
});

Deno.test("Connection.run() joins the replies to one read in one write", async () => {
  const { socket, exchange, connection, ended } = bind(await rig());
  await exchange(bytes(GETDIR, LAB, GETDIR, deleteroom("lab"), GETDIR, GETDIR));
  assertEquals(socket.writes, 1);
  assertEquals(socket.written, bytes(EMPTY, listing(LAB_LINE), EMPTY, EMPTY));
  connection.abort();
  await ended;
});

Deno.test("Connection.run() goes on after partial writes", async () => {
  const { socket, exchange, connection, ended } = bind(await rig());
  socket.maxWrite = 3;
  await exchange(bytes(GETDIR, GETDIR, GETDIR));
  assertEquals([socket.written, socket.writes], [bytes(EMPTY, EMPTY, EMPTY), 8]);
  connection.abort();
  await ended;
});

Deno.test("Connection.run() reads more than its small buffer, and idle again after it", async () => {
  const { socket, exchange, connection, ended } = bind(await rig());
  for (const count of [255, 256, 257, 40_000, 1]) {
    const before = socket.written.length;
    await exchange(new Uint8Array(count).fill(1));
    assertEquals(socket.written.length - before, count * EMPTY.length);
  }
  connection.abort();
  await ended;
});

Deno.test("Connection.run() ends our side after chat, and closes when the client does", async () => {
  const { socket, ended, exchange } = bind(await rig());
  await exchange(bytes(GETDIR, chat("lab"), GETDIR));
  assertEquals([socket.written, socket.ended, socket.closes], [bytes(EMPTY, 0), true, 0]);
  socket.arriveEnd();
  assertEquals([await ended, socket.closes], [undefined, 1]);
});

for (
  const [sent, fault] of [
    [bytes(9), "unknown opcode 9"],
    [bytes(3, 0), "a field has length 0"],
    [bytes(3, 1, 0xff), "a field is no UTF-8"],
  ] as const
) {
  Deno.test(`Connection.run() answers what came before ${fault}, then closes`, async () => {
    const { socket, ended, exchange } = bind(await rig());
    await exchange(bytes(LAB, GETDIR, sent, GETDIR));
    assertEquals([socket.written, socket.ended], [listing(LAB_LINE), true]);
    socket.arriveEnd();
    assertEquals([await ended, socket.closes], [fault, 1]);
  });
}

Deno.test("Connection.run() throws away only so much after a fault", async () => {
  const { socket, ended } = bind(await rig());
  socket.arrive(bytes(9));
  for (let at = 0; at < 100; at++) socket.arrive(new Uint8Array(16 * 1024));
  assertEquals([await ended, socket.closes], ["unknown opcode 9", 1]);
});

Deno.test("Connection.run() survives a reset while it reads and while it sends", async () => {
  const reading = bind(await rig());
  await reading.exchange(GETDIR);
  reading.socket.reset();
  assertEquals(await reading.ended, "the other side reset the connection");
  const sending = bind(await rig());
  sending.socket.block();
  sending.socket.arrive(GETDIR);
  await sending.socket.stuck;
  sending.socket.reset(new Deno.errors.BrokenPipe("pipe"));
  assertEquals(await sending.ended, "the other side closed the connection");
  assertEquals([reading.socket.closes, sending.socket.closes], [1, 1]);
});

Deno.test("Connection.run() hands a session over, open and with what was read", async () => {
  const session = await rig();
  session.socket.arrive(bytes('{"jsonrpc"'));
  assertEquals(await session.end, { kind: "session", initial: bytes('{"jsonrpc"') });
  assertEquals([session.open, session.socket.written, session.socket.ended], [
    true,
    bytes(),
    false,
  ]);
});

Deno.test("Connection.run() takes { for an unknown opcode after the first read", async () => {
  const lab = bind(await rig());
  await lab.exchange(GETDIR);
  await lab.exchange(bytes("{"));
  lab.socket.arriveEnd();
  assertEquals([await lab.ended, lab.socket.written], ["unknown opcode 123", EMPTY]);
});
