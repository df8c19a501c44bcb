import { assertEquals, assertRejects } from "@std/assert";
import { UserError } from "../../lib/errors.ts";
import { MAX_UNSENT_DATAGRAMS } from "../../lib/net/multicast.ts";
import { SayQueue } from "../../lib/room/say_queue.ts";
import { FakeClock, settled } from "../helpers/fake_clock.ts";

/** A queue whose datagrams leave when the test says so, and not before some time. */
function makeQueue(readyAt: (now: number) => number = (now) => now) {
  const clock = new FakeClock();
  const sending: PromiseWithResolvers<void>[] = [];
  const order: string[] = [];
  const queue = new SayQueue({
    label: 'room "lab"',
    readyAt,
    clock,
    send: (bytes) => {
      order.push(`send ${bytes[0]}`);
      sending.push(Promise.withResolvers());
      return sending.at(-1)!.promise;
    },
    onSent: (bytes) => order.push(`sent ${bytes[0]}`),
  });
  /** Lets so many leave, one after the other. */
  async function leave(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      while (sending.length === 0) await Promise.resolve();
      sending.shift()!.resolve();
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    }
  }
  return { queue, sending, order, leave, clock };
}

function datagrams(...numbers: number[]): Uint8Array[] {
  return numbers.map((number) => Uint8Array.of(number));
}

Deno.test("SayQueue.say() sends one after the other, and tells each before the next", async () => {
  const { queue, order, leave } = makeQueue();
  const said = [queue.say(datagrams(1, 2)), queue.say([]), queue.say(datagrams(3))];
  await leave(3);
  await Promise.all(said);
  assertEquals(order, ["send 1", "sent 1", "send 2", "sent 2", "send 3", "sent 3"]);
});

Deno.test("SayQueue.say() drops the rest of what fails, and goes on with the next", async () => {
  const { queue, sending, order, leave } = makeQueue();
  const first = queue.say(datagrams(1, 2));
  const second = queue.say(datagrams(3));
  while (sending.length === 0) await Promise.resolve();
  sending.shift()!.reject(new UserError("Cannot send: no route."));
  await assertRejects(() => first, UserError, "no route");
  await leave(1);
  await second;
  assertEquals(order, ["send 1", "send 3", "sent 3"]);
});

Deno.test("SayQueue.say() refuses more than may wait, counting what failed no more", async () => {
  const { queue, sending, leave } = makeQueue();
  const many = Array.from({ length: MAX_UNSENT_DATAGRAMS }, () => Uint8Array.of(0));
  const first = queue.say(many);
  await assertRejects(() => queue.say(datagrams(1)), UserError, "Send fewer at a time");
  while (sending.length === 0) await Promise.resolve();
  sending.shift()!.reject(new UserError("Cannot send: no route."));
  await assertRejects(() => first, UserError, "no route");
  const second = queue.say(many.slice(1));
  await leave(MAX_UNSENT_DATAGRAMS - 1);
  await second;
});

Deno.test("SayQueue.finish() takes nothing more, but what waits leaves", async () => {
  const { queue, order, leave } = makeQueue();
  const said = queue.say(datagrams(1, 2));
  queue.finish();
  await assertRejects(() => queue.say(datagrams(3)), UserError, 'Cannot send to room "lab"');
  await leave(2);
  await said;
  await queue.idle;
  assertEquals(order.at(-1), "sent 2");
});

Deno.test("SayQueue.close() drops what waits; idle does not reject", async () => {
  const { queue, order, leave } = makeQueue();
  const said = [queue.say(datagrams(1, 2)), queue.say(datagrams(3))];
  const outcomes = Promise.allSettled(said);
  while (order.length === 0) await Promise.resolve();
  queue.close();
  await leave(1);
  assertEquals((await outcomes).map(({ status }) => status), ["rejected", "rejected"]);
  await queue.idle;
  assertEquals(order, ["send 1", "sent 1"]);
  await assertRejects(() => queue.say(datagrams(4)), UserError, "it was left");
});

Deno.test("SayQueue.say() waits until a datagram may leave, and asks again then", async () => {
  const times = [100, 150, 0];
  const { queue, order, leave, clock } = makeQueue(() => times.shift() ?? 0);
  const said = queue.say(datagrams(1));
  for (const ms of [100, 50]) {
    await settled();
    assertEquals([order.length, clock.timers], [0, 1]);
    await clock.advance(ms);
  }
  await leave(1);
  await said;
  assertEquals(order, ["send 1", "sent 1"]);
});

Deno.test("SayQueue.close() waits for nothing", async () => {
  const { queue, order, clock } = makeQueue(() => 1000);
  const said = queue.say(datagrams(1));
  await settled();
  queue.close();
  await assertRejects(() => said, UserError, "it was left");
  assertEquals([order.length, clock.timers], [0, 0]);
});
