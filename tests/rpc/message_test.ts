import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { MAX_LINE_BYTES } from "../../lib/framing/json_lines.ts";
import {
  formatError,
  formatNotification,
  formatRequest,
  formatResult,
  MAX_BATCH_LENGTH,
  MAX_ID_LENGTH,
  NO_JSON,
  parseMessage,
} from "../../lib/rpc/message.ts";
import { refusal, RpcError } from "../../lib/rpc/rpc_error.ts";

Deno.test("parseMessage() reads calls", () => {
  const table: [string, unknown][] = [
    [
      '{"jsonrpc":"2.0","id":1,"method":"a","params":{"b":2}}',
      { kind: "request", id: 1, method: "a", params: { b: 2 } },
    ],
    [
      '{"jsonrpc":"2.0","id":"x","method":"a"}',
      { kind: "request", id: "x", method: "a", params: {} },
    ],
    [
      ' {"params":[1],"method":"","id":null,"jsonrpc":"2.0"} ',
      { kind: "request", id: null, method: "", params: [1] },
    ],
    [
      '{"jsonrpc":"2.0","id":1.5,"method":"a","extra":[]}',
      { kind: "request", id: 1.5, method: "a", params: {} },
    ],
    [
      '{"jsonrpc":"2.0","method":"a","params":[]}',
      { kind: "notification", method: "a", params: [] },
    ],
  ];
  for (const [text, expected] of table) assertEquals<unknown>(parseMessage(text), expected, text);
});

Deno.test("parseMessage() reads responses", () => {
  assertEquals(parseMessage('{"jsonrpc":"2.0","id":7,"result":null}'), {
    kind: "response",
    id: 7,
    result: null,
    error: undefined,
  });
  const text = formatError(7, refusal("NO_SUCH_ROOM", "No \x1b[2Jroom.", { name: "lab" }));
  const message = parseMessage(text);
  assert(message.kind === "response");
  assertInstanceOf(message.error, RpcError);
  assertEquals(message.error.rpcCode, -32000);
  assertEquals(message.error.message, "No \ufffd[2Jroom.");
  assertEquals(message.error.data, { name: "lab", code: "NO_SUCH_ROOM" });
});

Deno.test("parseMessage() drops error data without a code", () => {
  for (const data of [1, "x", null, [], {}, { code: 3 }]) {
    const error = { code: -32000, message: "no", data };
    const message = parseMessage(JSON.stringify({ jsonrpc: "2.0", id: 7, error }));
    assert(message.kind === "response");
    assertEquals(message.error?.data, undefined);
  }
});

Deno.test("parseMessage() never answers a broken response", () => {
  const table = [
    '{"id":1,"result":1}',
    '{"jsonrpc":"1.0","id":1,"result":1}',
    '{"jsonrpc":"2.0","result":1}',
    '{"jsonrpc":"2.0","id":{},"result":1}',
    '{"jsonrpc":"2.0","id":1,"result":1,"error":{"code":1,"message":"x"}}',
    '{"jsonrpc":"2.0","id":1,"error":null}',
    '{"jsonrpc":"2.0","id":1,"error":{"code":"1","message":"x"}}',
    '{"jsonrpc":"2.0","id":1,"error":{"code":1}}',
    '[{"jsonrpc":"2.0","result":1}]',
  ];
  for (const text of table) assertEquals(parseMessage(text), { kind: "stray" }, text);
});

Deno.test("parseMessage() finds the id of an invalid request where it can", () => {
  const table: [string, unknown][] = [
    ["{}", null],
    ['{"id":5}', 5],
    ['{"id":"x","method":"a"}', "x"],
    ['{"jsonrpc":"1.0","id":5,"method":"a"}', 5],
    ['{"jsonrpc":2,"id":5,"method":"a"}', 5],
    ['{"jsonrpc":"2.0","id":5,"method":{}}', 5],
    ['{"jsonrpc":"2.0","id":5,"method":"a","params":"b"}', 5],
    ['{"jsonrpc":"2.0","id":5,"method":"a","params":null}', 5],
    ['{"jsonrpc":"2.0","id":true,"method":"a"}', null],
    ['{"jsonrpc":"2.0","id":[1],"method":"a"}', null],
    ['{"jsonrpc":"2.0","id":1e999,"method":"a"}', null],
    [`{"jsonrpc":"2.0","id":"${"x".repeat(MAX_ID_LENGTH + 1)}","method":"a"}`, null],
    ["3", null],
    ['"x"', null],
    ["null", null],
    ["true", null],
  ];
  for (const [text, id] of table) {
    const message = parseMessage(text);
    assert(message.kind === "invalid", text);
    assertEquals<unknown>(message.id, id, text);
    assertEquals(message.error.rpcCode, -32600, text);
  }
});

Deno.test("parseMessage() says that a line is no JSON", () => {
  const table = ["", "{", "}", "nul", "{'a':1}", '{"a":1}{', "\ufeff{}", "\0", '"\n"', "[1,]"];
  for (const text of table) assertEquals(parseMessage(text), NO_JSON, text);
});

Deno.test("parseMessage() stands any depth that fits into a line", () => {
  const deep = "[".repeat(MAX_LINE_BYTES / 2) + "]".repeat(MAX_LINE_BYTES / 2);
  const message = parseMessage(deep);
  assert(message.kind === "batch" || message.kind === "invalid");
});

Deno.test("parseMessage() caps a batch", () => {
  const one = '{"jsonrpc":"2.0","method":"a"}';
  const full = parseMessage(`[${Array(MAX_BATCH_LENGTH).fill(one)}]`);
  assert(full.kind === "batch");
  assertEquals(full.calls.length, MAX_BATCH_LENGTH);
  const long = parseMessage(`[${Array(MAX_BATCH_LENGTH + 1).fill(one)}]`);
  assert(long.kind === "invalid");
  assertEquals(long.error.data?.code, "BATCH_TOO_LONG");
});

Deno.test("parseMessage() pollutes no prototype", () => {
  const evil = '{"jsonrpc":"2.0","id":1,"method":"__proto__","params":{"__proto__":{"evil":1}},' +
    '"__proto__":{"evil":1},"constructor":{"prototype":{"evil":1}}}';
  const message = parseMessage(evil);
  assert(message.kind === "request");
  assertEquals(({} as { evil?: unknown }).evil, undefined);
  assertEquals((message.params as { evil?: unknown }).evil, undefined);
  assertEquals(parseMessage('{"__proto__":{"jsonrpc":"2.0","method":"a"}}').kind, "invalid");
});

Deno.test("formatRequest() and its like write what parseMessage() reads", () => {
  const id = '"\n\u2028\ud800';
  assertEquals(parseMessage(formatRequest(id, "a", { b: [1] })), {
    kind: "request",
    id,
    method: "a",
    params: { b: [1] },
  });
  assertEquals(parseMessage(formatNotification("a", [1])), {
    kind: "notification",
    method: "a",
    params: [1],
  });
  for (const id of ["x", '"', 0, -1.5, null]) {
    for (const result of [null, 0, "", [], { a: 1 }]) {
      const expected = { kind: "response", id, result, error: undefined };
      assertEquals<unknown>(parseMessage(formatResult(id, result)), expected);
    }
    const nothing = { kind: "response", id, result: null, error: undefined };
    assertEquals<unknown>(parseMessage(formatResult(id, undefined)), nothing);
  }
});
