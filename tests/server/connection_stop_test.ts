import { assertEquals } from "@std/assert";
import { UserError } from "../../lib/errors.ts";
import { bytes, chat, deleteroom, GETDIR, listing, makeroom } from "../helpers/bytes.ts";
import { EMPTY, LAB, LAB_LINE, rig } from "../helpers/connection_rig.ts";
import { FakeStore } from "../helpers/fakes.ts";

Deno.test("Connection.stop() closes a waiting connection at once", async () => {
  const waiting = await rig();
  await waiting.exchange(GETDIR);
  waiting.connection.stop();
  assertEquals([await waiting.ended, waiting.socket.closes], ["the server stops", 1]);
});

Deno.test("Connection.stop() while sending: all replies of that read still go out, then our side ends", async () => {
  const sending = await rig();
  sending.socket.block();
  const count = 1_000; // several pieces of maxReplyBytes
  sending.socket.arrive(new Uint8Array(1).fill(1));
  await sending.socket.stuck;
  sending.socket.arrive(new Uint8Array(count).fill(1));
  sending.connection.stop();
  assertEquals(sending.open, true);
  sending.socket.unblock();
  sending.socket.arriveEnd();
  assertEquals([await sending.ended, sending.socket.closes], ["the server stops", 1]);
  assertEquals([sending.socket.written, sending.socket.ended], [EMPTY, true]);
});

Deno.test("Connection.stop() while the store works: the answer still goes out", async () => {
  const store = new FakeStore();
  const waiting = await rig(store);
  waiting.socket.arrive(bytes(LAB, GETDIR));
  while (store.calls.length === 0) await Promise.resolve();
  waiting.connection.stop();
  store.calls[0]?.finish();
  waiting.socket.arriveEnd();
  assertEquals(await waiting.ended, "the server stops");
  assertEquals(waiting.socket.written, listing(LAB_LINE));
});

Deno.test("Connection.stop() waits for the client's end with any number of unread requests", async () => {
  const sending = await rig();
  sending.socket.block();
  sending.socket.arrive(GETDIR);
  await sending.socket.stuck;
  for (let at = 0; at < 100; at++) sending.socket.arrive(new Uint8Array(16 * 1024).fill(1));
  sending.connection.stop();
  sending.socket.unblock();
  await sending.socket.idle; // a close before this would be a reset, and cut the reply
  assertEquals([sending.open, sending.socket.written], [true, EMPTY]);
  sending.socket.arriveEnd();
  assertEquals([await sending.ended, sending.socket.closes], ["the server stops", 1]);
});

Deno.test("Connection.abort() ends everything at once, also twice", async () => {
  const sending = await rig();
  sending.socket.block();
  sending.socket.arrive(GETDIR);
  await sending.socket.stuck;
  sending.connection.stop();
  sending.connection.abort();
  sending.connection.abort();
  assertEquals([await sending.ended, sending.socket.closes], ["the server stops", 1]);
});

for (const how of ["abort", "stop, then abort"]) {
  Deno.test(`Connection: after ${how}, nothing more is asked of a slow store`, async () => {
    const store = new FakeStore();
    const waiting = await rig(store);
    waiting.socket.arrive(bytes(LAB, makeroom("b", "239.1.2.4", "1"), GETDIR, deleteroom("lab")));
    while (store.calls.length === 0) await Promise.resolve();
    if (how !== "abort") waiting.connection.stop();
    waiting.connection.abort();
    store.calls[0]?.finish();
    assertEquals(await waiting.ended, "the server stops");
    assertEquals(store.calls.map(({ what }) => what), ["create lab"]);
    assertEquals([waiting.socket.written.length, waiting.socket.closes], [0, 1]);
  });
}

Deno.test("Connection: a store that fails costs a client none of its replies", async () => {
  const store = new FakeStore();
  const waiting = await rig(store);
  waiting.socket.arrive(bytes(GETDIR, LAB, GETDIR));
  while (store.calls.length === 0) await Promise.resolve();
  store.calls[0]?.fail(new UserError("Cannot write crds.db: the disk is full."));
  await waiting.socket.idle;
  assertEquals([waiting.socket.written, waiting.open], [bytes(EMPTY, EMPTY), true]);
  waiting.socket.arriveEnd();
  assertEquals(await waiting.ended, undefined);
});

for (const how of ["stop", "abort", "check"] as const) {
  for (
    const [what, data] of [["getdir", GETDIR], ["makeroom", LAB], ["chat", chat("x")], [
      "a fault",
      bytes(9),
    ]] as const
  ) {
    Deno.test(`Connection closes its socket once when ${how}() comes while ${what} is on its way from read()`, async () => {
      const racing = await rig();
      await racing.exchange(deleteroom("a").subarray(0, 0));
      if (how === "check") {
        await racing.exchange(deleteroom("ab").subarray(0, 2)); // begun: its time runs out below
        racing.time += 60_000;
      }
      racing.socket.arrive(data); // the read has resolved; its continuation has not run
      racing.connection[how](racing.time);
      racing.socket.arriveEnd();
      await racing.ended;
      assertEquals(racing.socket.closes, 1);
    });
  }
}
