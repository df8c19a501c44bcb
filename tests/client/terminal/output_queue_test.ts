import { assert, assertEquals } from "@std/assert";
import { OutputQueue } from "../../../lib/client/terminal/output_queue.ts";

/** A target that writes when the test lets it. */
class Target {
  writes: string[] = [];
  /** Most bytes one write takes. */
  most = Infinity;
  broken = false;
  #gate = Promise.withResolvers<void>();

  constructor(open = true) {
    if (open) this.#gate.resolve();
  }

  open(): void {
    this.#gate.resolve();
  }

  readonly write = async (bytes: Uint8Array): Promise<number> => {
    await this.#gate.promise;
    if (this.broken) throw new Deno.errors.BrokenPipe();
    const count = Math.min(this.most, bytes.length);
    this.writes.push(new TextDecoder().decode(bytes.subarray(0, count)));
    return count;
  };
}

Deno.test("OutputQueue.push() joins what is queued in one tick", async () => {
  const target = new Target();
  const queue = new OutputQueue([target.write]);
  for (let i = 0; i < 100; i++) queue.push("x");
  await queue.flush();
  assertEquals(target.writes, ["x".repeat(100)]);
  assertEquals(queue.busy, false);
});

Deno.test("OutputQueue.push() joins what is queued during a write", async () => {
  const target = new Target(false);
  const queue = new OutputQueue([target.write]);
  queue.push("a");
  await Promise.resolve();
  for (let i = 0; i < 10; i++) queue.push("b");
  target.open();
  await queue.flush();
  assertEquals(target.writes, ["a", "b".repeat(10)]);
});

Deno.test("OutputQueue.push() keeps the order over two targets", async () => {
  const out = new Target();
  const error = new Target();
  const order: string[] = [];
  const queue = new OutputQueue([
    (bytes) => (order.push("out"), out.write(bytes)),
    (bytes) => (order.push("error"), error.write(bytes)),
  ]);
  queue.push("1", 0);
  queue.push("2", 0);
  queue.push("3", 1);
  queue.push("4", 0);
  await queue.flush();
  assertEquals([out.writes, error.writes], [["12", "4"], ["3"]]);
  assertEquals(order, ["out", "error", "out"]);
});

Deno.test("OutputQueue.push() goes on after a partial write", async () => {
  const target = new Target();
  target.most = 3;
  const queue = new OutputQueue([target.write]);
  queue.push("abcdefgh");
  await queue.flush();
  assertEquals(target.writes, ["abc", "def", "gh"]);
});

Deno.test("OutputQueue.push() hands out long output in parts", async () => {
  const target = new Target();
  const queue = new OutputQueue([target.write]);
  queue.push("x".repeat(200_000));
  await queue.flush();
  assertEquals(target.writes.join("").length, 200_000);
  assert(target.writes.every((write) => write.length <= 65_536));
});

Deno.test("OutputQueue.push() drops the oldest beyond the limit and says so", async () => {
  const target = new Target(false);
  const queue = new OutputQueue([target.write], { limit: 20 });
  queue.push("first\r\n");
  await Promise.resolve();
  for (let i = 0; i < 1000; i++) queue.push(`${i}\r\n`);
  target.open();
  await queue.flush();
  assertEquals(target.writes, [
    "first\r\n",
    "[... 996 lines skipped: the terminal did not read]\r\n996\r\n997\r\n998\r\n999\r\n",
  ]);
});

Deno.test("OutputQueue.push() drops nothing without a limit", async () => {
  const target = new Target(false);
  const queue = new OutputQueue([target.write]);
  for (let i = 0; i < 5000; i++) queue.push("0123456789".repeat(100));
  target.open();
  await queue.flush();
  assertEquals(target.writes.join("").length, 5_000_000);
});

Deno.test("OutputQueue.redraw() asks for the frame once per write", async () => {
  const target = new Target();
  const frames: string[] = [];
  const queue = new OutputQueue([target.write], {
    frame: (text) => (frames.push(text), `<${text}>`),
  });
  queue.redraw();
  queue.redraw();
  await queue.flush();
  queue.push("a");
  queue.redraw();
  queue.push("b");
  await queue.flush();
  assertEquals(frames, ["", "ab"]);
  assertEquals(target.writes, ["<>", "<ab>"]);
});

Deno.test("OutputQueue.push() tells once that the reader is gone and discards the rest", async () => {
  const target = new Target();
  target.broken = true;
  const error = new Target();
  let broken = 0;
  const queue = new OutputQueue([target.write, error.write], { onBroken: () => broken++ });
  queue.push("a");
  queue.push("status", 1);
  queue.push("b");
  await queue.flush();
  queue.push("c");
  queue.redraw();
  await queue.flush();
  assertEquals([broken, target.writes, error.writes], [1, [], ["status"]]);
});

Deno.test("OutputQueue.push() goes on without a reader of the second target", async () => {
  const target = new Target();
  const error = new Target();
  error.broken = true;
  let broken = 0;
  const queue = new OutputQueue([target.write, error.write], { onBroken: () => broken++ });
  queue.push("status", 1);
  queue.push("a");
  await queue.flush();
  assertEquals([broken, target.writes], [0, ["a"]]);
});

Deno.test("OutputQueue.flush() waits until everything was written", async () => {
  const target = new Target(false);
  const queue = new OutputQueue([target.write]);
  await queue.flush();
  queue.push("a");
  assertEquals(queue.busy, true);
  let flushed = false;
  const done = queue.flush().then(() => flushed = true);
  await Promise.resolve();
  assertEquals(flushed, false);
  target.open();
  await done;
  assertEquals(target.writes, ["a"]);
});
