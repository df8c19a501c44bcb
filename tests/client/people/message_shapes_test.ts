import { assertEquals, assertThrows } from "@std/assert";
import {
  blockedName,
  blockedNames,
  broadcastResult,
  putResult,
  takenMessage,
} from "../../../lib/client/people/message_shapes.ts";
import { ShapeError } from "../../../lib/client/server_shapes.ts";

const MESSAGE = { from: "Ann", account: true, id: "1", text: "Hi", at: 5, kind: "private" };

Deno.test("what a server sends about messages is read, and nothing more of it", () => {
  assertEquals(putResult({ outcome: "stored", more: 1 }), { outcome: "stored" });
  assertEquals(broadcastResult({ delivered: 0, missed: 7 }), { delivered: 0, missed: 7 });
  assertEquals(blockedName({ name: "Bob" }), "Bob");
  assertEquals(blockedNames({ names: [] }), []);
  assertEquals<unknown>(takenMessage({ ...MESSAGE, more: 1 }), MESSAGE);
  assertEquals(takenMessage({ ...MESSAGE, account: 1 }).account, false);
});

Deno.test("what is no answer, or no message, is refused", () => {
  const bad: [read: (value: unknown) => unknown, ...values: unknown[]][] = [
    [putResult, null, [], {}, { outcome: "lost" }, { outcome: 1 }],
    [broadcastResult, null, {}, { delivered: 1 }, { delivered: -1, missed: 0 }, {
      delivered: 0.5,
      missed: 0,
    }],
    [blockedName, {}, { name: 1 }, { name: "" }, { name: "a:b" }, { name: "\x1b" }],
    [blockedNames, {}, { names: "Bob" }, { names: [1] }, { names: Array(1001).fill("Bob") }],
    [
      takenMessage,
      null,
      {},
      { ...MESSAGE, from: "a:b" },
      { ...MESSAGE, from: " Ann" },
      { ...MESSAGE, from: 1 },
      { ...MESSAGE, id: "" },
      { ...MESSAGE, id: "x".repeat(65) },
      { ...MESSAGE, text: 1 },
      { ...MESSAGE, text: "x".repeat(2001) },
      { ...MESSAGE, at: -1 },
      { ...MESSAGE, at: "now" },
      { ...MESSAGE, kind: "joke" },
    ],
  ];
  for (const [read, ...values] of bad) {
    for (const value of values) {
      assertThrows(() => read(value), ShapeError);
    }
  }
});
