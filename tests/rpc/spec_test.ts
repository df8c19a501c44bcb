// The examples of the JSON-RPC 2.0 specification, section 7, word for word.
import { assertEquals } from "@std/assert";
import type { RpcHandlers } from "../../lib/rpc/methods.ts";
import type { RpcParams } from "../../lib/rpc/message.ts";
import { byteByByte, bytes } from "../helpers/bytes.ts";
import { settled } from "../helpers/fake_clock.ts";
import { rawEnd } from "../helpers/rpc_ends.ts";

function subtract(params: RpcParams): number {
  const { minuend, subtrahend } = params as Record<string, number>;
  const [a, b] = Array.isArray(params) ? params as number[] : [minuend, subtrahend];
  return a! - b!;
}

const HANDLERS: RpcHandlers = {
  subtract,
  sum: (params) => Promise.resolve((params as number[]).reduce((a, b) => a + b)),
  get_data: () => ["hello", 5],
  update: () => {},
  notify_hello: () => {},
  notify_sum: () => {},
};

const INVALID =
  '{"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null}';
const PARSE = '{"jsonrpc": "2.0", "error": {"code": -32700, "message": "Parse error"}, "id": null}';

const EXAMPLES: [what: string, sent: string, answered: string | undefined][] = [
  [
    "positional parameters",
    '{"jsonrpc": "2.0", "method": "subtract", "params": [42, 23], "id": 1}',
    '{"jsonrpc": "2.0", "result": 19, "id": 1}',
  ],
  [
    "positional parameters, the other way round",
    '{"jsonrpc": "2.0", "method": "subtract", "params": [23, 42], "id": 2}',
    '{"jsonrpc": "2.0", "result": -19, "id": 2}',
  ],
  [
    "named parameters",
    '{"jsonrpc": "2.0", "method": "subtract", "params": {"subtrahend": 23, "minuend": 42}, "id": 3}',
    '{"jsonrpc": "2.0", "result": 19, "id": 3}',
  ],
  [
    "named parameters, the other way round",
    '{"jsonrpc": "2.0", "method": "subtract", "params": {"minuend": 42, "subtrahend": 23}, "id": 4}',
    '{"jsonrpc": "2.0", "result": 19, "id": 4}',
  ],
  [
    "a notification",
    '{"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]}',
    undefined,
  ],
  ["a notification of an unknown method", '{"jsonrpc": "2.0", "method": "foobar"}', undefined],
  [
    "a non-existent method",
    '{"jsonrpc": "2.0", "method": "foobar", "id": "1"}',
    '{"jsonrpc": "2.0", "error": {"code": -32601, "message": "Method not found"}, "id": "1"}',
  ],
  ["invalid JSON", '{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]', PARSE],
  ["an invalid request", '{"jsonrpc": "2.0", "method": 1, "params": "bar"}', INVALID],
  [
    "a batch of invalid JSON",
    '[{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},{"jsonrpc": "2.0", "method"]',
    PARSE,
  ],
  ["an empty array", "[]", INVALID],
  ["an invalid batch", "[1]", `[${INVALID}]`],
  ["a longer invalid batch", "[1,2,3]", `[${INVALID},${INVALID},${INVALID}]`],
  [
    "a batch",
    '[{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},' +
    '{"jsonrpc": "2.0", "method": "notify_hello", "params": [7]},' +
    '{"jsonrpc": "2.0", "method": "subtract", "params": [42,23], "id": "2"},' +
    '{"foo": "boo"},' +
    '{"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},' +
    '{"jsonrpc": "2.0", "method": "get_data", "id": "9"}]',
    '[{"jsonrpc": "2.0", "result": 7, "id": "1"},' +
    '{"jsonrpc": "2.0", "result": 19, "id": "2"},' +
    INVALID + "," +
    '{"jsonrpc": "2.0", "error": {"code": -32601, "message": "Method not found"}, "id": "5"},' +
    '{"jsonrpc": "2.0", "result": ["hello", 5], "id": "9"}]',
  ],
  [
    "a batch of notifications",
    '[{"jsonrpc": "2.0", "method": "notify_sum", "params": [1,2,4]},' +
    '{"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}]',
    undefined,
  ],
];

/** Members and the replies of a batch may come in any order. */
function normal(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (!Array.isArray(value)) return value;
  return value.map((item) => [JSON.stringify(item.id), item])
    .sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0);
}

Deno.test("RpcPeer answers the examples of the specification", async () => {
  for (const [what, sent, answered] of EXAMPLES) {
    for (const pieces of [[bytes(sent, "\n")], byteByByte(bytes(sent, "\r\n"))]) {
      const { peer, raw } = rawEnd({ handlers: HANDLERS });
      for (const piece of pieces) {
        await raw.write(piece);
        await settled();
      }
      const reply = await raw.hear();
      if (answered === undefined) assertEquals(reply, "", what);
      else assertEquals(normal(reply), normal(answered), what);
      await peer.finish("the test is over");
    }
  }
});

Deno.test("RpcPeer answers all examples on one connection, in order", async () => {
  const { peer, ask } = rawEnd({ handlers: HANDLERS });
  const reply = await ask(EXAMPLES.map(([, sent]) => `${sent}\n`).join("\n"));
  const expected = EXAMPLES.flatMap(([, , answered]) => answered ?? []).map(normal);
  // The batch holds the only call that takes its time, and nothing answered stands behind it.
  assertEquals(reply.trimEnd().split("\n").map(normal), expected);
  await peer.finish("the test is over");
});
