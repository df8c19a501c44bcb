import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import type { StatusEvent } from "../../lib/server/status_event.ts";
import { MAX_QUEUED_STATUS_CHARS, StatusWriter } from "../../lib/server/status_writer.ts";

const LISTENING: StatusEvent = { event: "listening", host: "0.0.0.0", port: 1 };
const OPENED: StatusEvent = { event: "opened", peer: "p:1" };
const OPENED_LINE = "Connection received from p:1.\n";

/** Where a writer writes to; the test says when. */
class Sink {
  text = "";
  writes = 0;
  largest = 0;
  maxWrite = Infinity;
  broken = false;
  #gate: PromiseWithResolvers<void> | undefined;
  #waiting = Promise.withResolvers<void>();

  readonly write = async (bytes: Uint8Array): Promise<number> => {
    this.writes++;
    this.largest = Math.max(this.largest, bytes.length);
    this.#waiting.resolve();
    await this.#gate?.promise;
    if (this.broken) throw new Deno.errors.BrokenPipe("Broken pipe");
    const part = bytes.subarray(0, Math.min(bytes.length, this.maxWrite));
    this.text += new TextDecoder().decode(part);
    return part.length;
  };

  get waiting(): Promise<void> {
    return this.#waiting.promise;
  }

  block(): void {
    this.#gate = Promise.withResolvers();
  }

  unblock(): void {
    this.#gate?.resolve();
    this.#gate = undefined;
  }
}

Deno.test("StatusWriter writes lines in order, those of one turn in one write", async () => {
  const sink = new Sink();
  const log = new StatusWriter({ write: sink.write, now: () => 0 });
  log.report(LISTENING);
  log.report(OPENED);
  await log.flush();
  assertEquals(sink.writes, 1);
  log.report({ event: "stopped" });
  await log.flush();
  assertEquals(
    sink.text,
    `Chat Room Directory Server listening on port 1...\n${OPENED_LINE}Stopped.\n`,
  );
});

Deno.test("StatusWriter writes what is reported during a write after it, and goes on after partial writes", async () => {
  const sink = new Sink();
  const log = new StatusWriter({ write: sink.write, now: () => 0 });
  sink.block();
  log.report(OPENED);
  await sink.waiting;
  log.report({ event: "stopped" });
  sink.maxWrite = 7;
  sink.unblock();
  await log.flush();
  assertEquals(sink.text, `${OPENED_LINE}Stopped.\n`);
});

Deno.test("StatusWriter with `quiet` tells only that it listens, and problems", async () => {
  const sink = new Sink();
  const log = new StatusWriter({ write: sink.write, now: () => 0, quiet: true });
  assertEquals(log.verbose, false);
  const events: StatusEvent[] = [
    LISTENING,
    OPENED,
    { event: "closed", peer: "p:1" },
    { event: "turned-away", peer: "p:1", why: "full" },
    { event: "problem", what: "It burns." },
    { event: "stopping", why: "SIGINT" },
    { event: "stopped" },
  ];
  events.forEach((event) => log.report(event));
  await log.flush();
  assertEquals(sink.text, "Chat Room Directory Server listening on port 1...\nIt burns.\n");
});

Deno.test("StatusWriter with `format: json` writes JSON with the time", async () => {
  const sink = new Sink();
  const log = new StatusWriter({ write: sink.write, now: () => 1000, format: "json" });
  log.report(OPENED);
  await log.flush();
  assertEquals(sink.text, '{"time":"1970-01-01T00:00:01.000Z","event":"opened","peer":"p:1"}\n');
});

Deno.test("StatusWriter keeps a bounded queue, and says how many lines it dropped", async () => {
  const sink = new Sink();
  const log = new StatusWriter({ write: sink.write, now: () => 0 });
  sink.block();
  log.report(LISTENING);
  await sink.waiting;
  const reported = 200_000;
  for (let at = 0; at < reported; at++) log.report(OPENED);
  sink.unblock();
  await log.flush();
  assertLess(sink.largest, MAX_QUEUED_STATUS_CHARS + 200);
  const kept = sink.text.split(OPENED_LINE).length - 1;
  assertMatch(sink.text, /\d+ status lines were dropped: nobody read them in time\.\n$/);
  assertEquals(Number(/(\d+) status lines/.exec(sink.text)?.[1]) + kept, reported);
  assert(kept > 30_000);
  log.report({ event: "stopped" });
  await log.flush();
  assertMatch(sink.text, /in time\.\nStopped\.\n$/);
});

Deno.test("StatusWriter goes silent when its reader is gone, and does not throw", async () => {
  const sink = new Sink();
  const log = new StatusWriter({ write: sink.write, now: () => 0 });
  sink.broken = true;
  log.report(LISTENING);
  await log.flush();
  assertEquals(log.verbose, false);
  const { writes } = sink;
  log.report(OPENED);
  log.report({ event: "problem", what: "It burns." });
  await log.flush();
  assertEquals(sink.writes, writes);
});

Deno.test("StatusWriter.flush() waits for a reader only so long", async () => {
  const sink = new Sink();
  const log = new StatusWriter({ write: sink.write, now: () => 0 });
  await log.flush(1);
  sink.block();
  log.report(LISTENING);
  await log.flush(1);
  assertEquals(sink.text, "");
  sink.unblock();
  await log.flush(60_000);
  assertEquals(sink.text, "Chat Room Directory Server listening on port 1...\n");
});
