import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../lib/errors.ts";
import { formatEndpoint, parseEndpoint } from "../../lib/net/endpoint.ts";

const VALID: readonly [text: string, host: string, port: number][] = [
  ["lab-7", "lab-7", 50001],
  ["lab-7.example:1", "lab-7.example", 1],
  ["10.0.0.1", "10.0.0.1", 50001],
  ["10.0.0.1:65535", "10.0.0.1", 65535],
  ["::1", "::1", 50001],
  ["fe80::1%eth0", "fe80::1%eth0", 50001],
  ["[::1]", "::1", 50001],
  ["[::1]:7", "::1", 7],
  ["[lab]:7", "lab", 7],
];

Deno.test("parseEndpoint() reads what people write", () => {
  for (const [text, host, port] of VALID) {
    assertEquals(parseEndpoint(text, 50001), { host, port }, text);
  }
});

Deno.test("parseEndpoint() refuses what is no host", () => {
  for (const text of ["", ":", ":7", "[", "[]", "[]:7", "[::1", "[::1]7", "a b", "a/b:7", "x]:7"]) {
    assertThrows(() => parseEndpoint(text, 50001), UsageError, "it is no HOST or HOST:PORT");
  }
});

Deno.test("parseEndpoint() refuses what is no port", () => {
  for (const port of ["0", "65536", "123456", "abc", "-1", "1.5", " 7", "0x10"]) {
    assertThrows(() => parseEndpoint(`lab:${port}`, 50001), UsageError, "is no port");
  }
  assertThrows(() => parseEndpoint("lab:", 50001), UsageError, "is no port");
});

Deno.test("parseEndpoint() shows no control characters in its errors", () => {
  const error = assertThrows(() => parseEndpoint("\x1b[2J:x", 1), UsageError);
  assertEquals(error.message.includes("\x1b"), false);
});

Deno.test("formatEndpoint() writes what parseEndpoint() reads", () => {
  assertEquals(formatEndpoint({ host: "lab-7", port: 50001 }), "lab-7:50001");
  assertEquals(formatEndpoint({ host: "::1", port: 7 }), "[::1]:7");
  for (const [text] of VALID) {
    const endpoint = parseEndpoint(text, 50001);
    assertEquals(parseEndpoint(formatEndpoint(endpoint), 1), endpoint);
  }
});
