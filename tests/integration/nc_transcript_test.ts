/**
 * The transcript in docs/PROTOCOL.md, replayed against the real server.
 */

import { assert, assertEquals } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { startServer } from "../helpers/processes.ts";
import { SessionClient } from "../helpers/session_client.ts";

const DOCUMENT = new URL("../../docs/PROTOCOL.md", import.meta.url);

/** What a placeholder may stand for, by its name without the number behind it. */
const VALUES: Record<string, RegExp> = {
  version: new RegExp(config.version.replaceAll(".", "\\.")),
  address: /239\.255\.\d{1,3}\.\d{1,3}/,
  port: /2\d{4}/,
  "your-port": /\d{4,5}/,
  revision: /\d{13,}/,
  time: /\d{13}/,
};

/** Compares a line with that of the document: a placeholder stands for one value all through. */
function compare(expected: string, line: string, known: Map<string, string>): void {
  const parts = expected.split(/<([a-z]+(?:-[a-z0-9]+)*)>/);
  const names = parts.filter((_, at) => at % 2 === 1);
  const pattern = parts.map((part, at) => {
    if (at % 2 === 0) return part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
    const value = VALUES[part.replace(/-\d+$/, "")];
    assert(value !== undefined, `nobody knows what <${part}> is`);
    return `(${value.source})`;
  });
  const found = new RegExp(`^${pattern.join("")}$`).exec(line);
  assert(found !== null, `expected ${expected}\nbut got  ${line}`);
  for (const [at, name] of names.entries()) {
    const value = found[at + 1]!;
    assertEquals(known.get(name) ?? value, value, `<${name}> in ${line}`);
    known.set(name, value);
  }
}

Deno.test("the transcript in docs/PROTOCOL.md is what the real server answers", async () => {
  const [, transcript = ""] = /```nc\n([^`]*)```/.exec(await Deno.readTextFile(DOCUMENT)) ?? [];
  const lines = transcript.trimEnd().split("\n");
  assert(lines.length > 20);
  await using server = await startServer();
  using client = await SessionClient.open(server.port);
  const known = new Map<string, string>();
  for (const line of lines) {
    const text = line.slice(2);
    if (line.startsWith("> ")) await client.say(`${text}\n`);
    else compare(text, await client.line() ?? "(the end)", known);
  }
  const revisions = [...known].filter(([name]) => name.startsWith("revision-"));
  const numbers = revisions.map(([, value]) => Number(value));
  assertEquals(numbers, numbers.toSorted((a, b) => a - b));
  assertEquals(new Set(numbers).size, numbers.length);
  // Nothing came that the transcript does not have.
  await client.conn.end();
  assertEquals(await client.line(), undefined);
});
