import { assertEquals } from "@std/assert";
import { InputQueue } from "../../../lib/client/terminal/input_queue.ts";

Deno.test("InputQueue.events() waits for the next event and ends when closed", async () => {
  const queue = new InputQueue();
  const all = Array.fromAsync(queue.events());
  queue.push({ kind: "leave" });
  await Promise.resolve();
  queue.push({ kind: "end" });
  queue.close();
  queue.close();
  queue.push({ kind: "interrupt" });
  assertEquals(await all, [{ kind: "leave" }, { kind: "end" }]);
});

Deno.test("InputQueue.events() loses nothing between two loops", async () => {
  const queue = new InputQueue();
  for (const text of ["a", "b", "c"]) queue.push({ kind: "line", text });
  const seen: unknown[] = [];
  for await (const event of queue.events()) {
    seen.push(event);
    break;
  }
  queue.close();
  for await (const event of queue.events()) seen.push(event);
  assertEquals(seen, ["a", "b", "c"].map((text) => ({ kind: "line", text })));
});

Deno.test("InputQueue.events() ends at an abort and keeps what was not taken", async () => {
  const queue = new InputQueue();
  const controller = new AbortController();
  const waiting = Array.fromAsync(queue.events(controller.signal));
  controller.abort();
  assertEquals(await waiting, []);
  queue.push({ kind: "end" });
  assertEquals(await Array.fromAsync(queue.events(AbortSignal.abort())), []);
  queue.close();
  assertEquals(await Array.fromAsync(queue.events()), [{ kind: "end" }]);
});

Deno.test("InputQueue.drained() resolves when the last event was taken, or at the end", async () => {
  const queue = new InputQueue();
  await queue.drained();
  queue.push({ kind: "leave" });
  queue.push({ kind: "end" });
  let drained = false;
  const done = queue.drained().then(() => drained = true);
  const events = queue.events();
  await events.next();
  await Promise.resolve();
  assertEquals(drained, false);
  await events.next();
  await done;
  queue.push({ kind: "end" });
  const closed = queue.drained();
  queue.close();
  await closed;
});

Deno.test("InputQueue.events() keeps the order while events come and go", async () => {
  const queue = new InputQueue();
  const events = queue.events();
  const seen: unknown[] = [];
  for (let i = 0; i < 50; i++) {
    queue.push({ kind: "line", text: `${i}` });
    if (i % 3 !== 0) seen.push((await events.next()).value);
  }
  assertEquals(queue.length, 17);
  queue.close();
  for await (const event of events) seen.push(event);
  assertEquals(seen, Array.from({ length: 50 }, (_, i) => ({ kind: "line", text: `${i}` })));
});
