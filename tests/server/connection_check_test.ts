import { assertEquals } from "@std/assert";
import { bytes, chat, GETDIR, listing } from "../helpers/bytes.ts";
import { EMPTY, LAB, LAB_LINE, LATE, rig } from "../helpers/connection_rig.ts";
import { FakeStore } from "../helpers/fakes.ts";

Deno.test("Connection.check() never closes a client that waits between requests", async () => {
  const idle = await rig();
  await idle.exchange(bytes(GETDIR, LAB));
  idle.pass(24 * 3600 * 1000);
  await idle.exchange(GETDIR);
  assertEquals([idle.open, idle.socket.written], [true, bytes(EMPTY, listing(LAB_LINE))]);
  idle.connection.abort();
  await idle.ended;
});

Deno.test("Connection.check() closes a request that takes too long, however it drips", async () => {
  const drip = await rig();
  for (let second = 0; second < 9; second++) {
    await drip.exchange(LAB.subarray(second, second + 1));
    drip.pass(1_000);
  }
  await drip.exchange(LAB.subarray(9, 10));
  drip.pass(999);
  assertEquals(drip.open, true);
  drip.pass(1);
  assertEquals([drip.open, await drip.ended], [false, LATE]);
});

Deno.test("Connection.check() counts from a request's own first byte", async () => {
  const each = await rig();
  // Each piece ends one request and begins the next: none takes more than 9 s.
  await each.exchange(LAB.subarray(0, 4));
  for (let round = 0; round < 5; round++) {
    each.pass(9_000);
    await each.exchange(bytes(LAB.subarray(4), GETDIR, LAB.subarray(0, 4)));
  }
  assertEquals(each.open, true);
  each.pass(9_999);
  assertEquals(each.open, true);
  each.pass(1);
  assertEquals([each.open, await each.ended], [false, LATE]);
});

Deno.test("Connection.check() forgets the time of a request that was finished", async () => {
  const done = await rig();
  await done.exchange(LAB.subarray(0, 4));
  done.pass(9_000);
  await done.exchange(LAB.subarray(4));
  done.pass(100_000);
  assertEquals(done.open, true);
  done.connection.abort();
  await done.ended;
});

Deno.test("Connection.check() does not blame the client for the time the store takes", async () => {
  const store = new FakeStore();
  const slow = await rig(store);
  slow.socket.arrive(bytes(LAB, GETDIR, 2));
  while (store.calls.length === 0) await Promise.resolve();
  slow.pass(60_000);
  assertEquals(slow.open, true);
  store.calls[0]?.finish();
  await slow.socket.idle;
  assertEquals(slow.socket.written, listing(LAB_LINE));
  slow.pass(9_999);
  assertEquals(slow.open, true);
  slow.pass(1);
  assertEquals(await slow.ended, LATE);
});

Deno.test("Connection.check() closes a client that takes no reply", async () => {
  const stuck = await rig();
  stuck.socket.block();
  stuck.socket.arrive(GETDIR);
  await stuck.socket.stuck;
  stuck.pass(5_000);
  assertEquals(stuck.open, true); // the first check only notes that nothing moved yet
  stuck.pass(1_000);
  assertEquals([stuck.open, await stuck.ended], [false, "it took no reply for 5 s"]);
});

Deno.test("Connection.check() lets a client take its reply slowly", async () => {
  const slow = await rig();
  slow.socket.maxWrite = 1;
  slow.socket.block();
  slow.socket.arrive(GETDIR);
  for (let at = 0; at < EMPTY.length; at++) {
    await slow.socket.stuck;
    slow.pass(4_000);
    slow.socket.takeOnce();
  }
  await slow.socket.idle;
  assertEquals([slow.open, slow.socket.written], [true, EMPTY]);
  slow.connection.abort();
  await slow.ended;
});

Deno.test("Connection.check() closes a client that stays after its last reply, without blame for replies", async () => {
  const stays = await rig();
  await stays.exchange(chat("lab"));
  stays.pass(6_000);
  assertEquals(stays.open, false);
  const why = await stays.ended;
  assertEquals(why?.includes("took no reply") ?? false, false, why);
});

Deno.test("Connection.check() keeps the fault as the reason for a client that stays after it", async () => {
  const stays = await rig();
  await stays.exchange(bytes(9));
  stays.pass(6_000);
  assertEquals([stays.open, await stays.ended], [false, "unknown opcode 9"]);
});
