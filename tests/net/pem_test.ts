import { assertEquals, assertThrows } from "@std/assert";
import { formatPem, parsePem } from "../../lib/net/pem.ts";

const ONE = formatPem("CERTIFICATE", new Uint8Array(100).fill(7));
const KEY = formatPem("PRIVATE KEY", Uint8Array.of(1));

Deno.test("parsePem() finds what is there, in order, whatever stands around it", () => {
  const text = `Lab certificate\r\n${ONE.replaceAll("\n", "\r\n")}# and its key:\n${KEY}bye`;
  const found = parsePem(text);
  assertEquals(found.map(({ label, der }) => [label, der.length]), [
    ["CERTIFICATE", 100],
    ["PRIVATE KEY", 1],
  ]);
  assertEquals(found.map(({ label, der }) => formatPem(label, der)), [ONE, KEY]);
  assertEquals(parsePem(""), []);
  assertEquals(parsePem("-----BEGIN -----"), []);
});

Deno.test("parsePem() says what is damaged", () => {
  const damaged = [
    ONE.slice(0, 60),
    ONE.replace("END CERTIFICATE", "END KEY"),
    ONE.replace("Bw", "!!"),
    "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
    formatPem("CERTIFICATE", new Uint8Array(16 * 1024 + 1)),
  ];
  for (const text of damaged) {
    assertThrows(() => parsePem(KEY + text), SyntaxError, "the certificate in it is damaged");
  }
});
