import { assertEquals, assertRejects } from "@std/assert";
import { NodeKeys } from "../../../lib/client/terminal/key_source.ts";
import { DenoTerminal } from "../../../lib/client/terminal/deno_terminal.ts";

/** A stream like `process.stdin`. */
class FakeStdin {
  readonly done: string[] = [];
  readonly #listeners = new Map<string, (value: unknown) => void>();

  on(event: string, listener: (value: unknown) => void): void {
    this.#listeners.set(event, listener);
  }

  pause(): void {
    this.done.push("pause");
  }

  resume(): void {
    this.done.push("resume");
  }

  setRawMode(on: boolean): void {
    this.done.push(`raw ${on}`);
  }

  emit(event: string, value?: unknown): void {
    this.#listeners.get(event)?.(value);
  }
}

function open(): { stdin: FakeStdin; keys: NodeKeys; opened: () => number } {
  const stdin = new FakeStdin();
  let opened = 0;
  const keys = new NodeKeys(() => {
    opened++;
    return stdin;
  });
  return { stdin, keys, opened: () => opened };
}

const text = (buffer: Uint8Array, count: number | null) =>
  count === null ? null : new TextDecoder().decode(buffer.subarray(0, count));

Deno.test("NodeKeys.read() hands out what comes, piece by piece, and lets no more come meanwhile", async () => {
  const { stdin, keys, opened } = open();
  assertEquals(opened(), 0);
  const buffer = new Uint8Array(4);
  const first = keys.read(buffer);
  assertEquals([opened(), stdin.done], [1, ["pause", "resume"]]);
  stdin.emit("data", new TextEncoder().encode("abcdef"));
  stdin.emit("data", "ä");
  assertEquals(text(buffer, await first), "abcd");
  assertEquals(stdin.done.at(-1), "pause");
  assertEquals(text(buffer, await keys.read(buffer)), "ef");
  assertEquals(text(buffer, await keys.read(buffer)), "ä");
  const last = keys.read(buffer);
  stdin.emit("data", new Uint8Array());
  stdin.emit("end");
  stdin.emit("close");
  assertEquals([await last, await keys.read(buffer)], [null, null]);
  assertEquals(opened(), 1);
});

Deno.test("NodeKeys.read() fails as the stream does", async () => {
  const { stdin, keys } = open();
  const read = keys.read(new Uint8Array(4));
  stdin.emit("error", new Error("EIO"));
  await assertRejects(() => read, Error, "EIO");
});

Deno.test("NodeKeys.setRaw() switches the mode of the stream", () => {
  const { stdin, keys } = open();
  keys.setRaw(true);
  keys.setRaw(false);
  assertEquals(stdin.done, ["pause", "raw true", "raw false"]);
});

Deno.test("DenoTerminal() stops nothing on Windows, and survives signals that a system does not know", () => {
  const { keys } = open();
  assertEquals(new DenoTerminal("windows", keys).stop, undefined);
  assertEquals(typeof new DenoTerminal("linux", keys).stop, "function");
  const handlers = { resize() {}, continued() {}, signal() {}, exit() {} };
  const add = Deno.addSignalListener;
  const added: string[] = [];
  try {
    // As Deno does on Windows.
    Deno.addSignalListener = (name, handler) => {
      if (!["SIGINT", "SIGBREAK", "SIGHUP"].includes(name)) {
        throw new TypeError(`Windows only supports ctrl-c (SIGINT), not ${name}`);
      }
      if (name === "SIGBREAK") return;
      added.push(name);
      add(name, handler);
    };
    new DenoTerminal("windows", keys).listen(handlers)();
  } finally {
    Deno.addSignalListener = add;
  }
  assertEquals(added, ["SIGINT", "SIGHUP"]);
});
