import { assert, assertEquals } from "@std/assert";
import {
  MAX_SIMPLE_CLIENTS,
  SIMPLE_SILENCE_MS,
  SimpleClients,
} from "../../lib/room/simple_clients.ts";

function at(port: number): { address: string; port: number } {
  return { address: "10.0.0.7", port };
}

function line(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

Deno.test("SimpleClients.list() names clients by their last line, or by their address", () => {
  const clients = new SimpleClients();
  clients.heard(line("Mel: hi"), at(1), 10);
  clients.heard(line("no name"), at(2), 20);
  clients.heard(line("Ann: hi"), at(1), 30);
  assertEquals(clients.list([], 40), [
    { name: "10.0.0.7", source: at(2), since: 20, heardAt: 20, lines: 1 },
    { name: "Ann", source: at(1), since: 10, heardAt: 30, lines: 2 },
  ]);
});

Deno.test("SimpleClients.list() leaves out members, and those silent for long", () => {
  const clients = new SimpleClients();
  clients.heard(line("Mel: hi"), at(1), 0);
  clients.heard(line("Bob: hi"), at(2), 1000);
  assertEquals(clients.list([], SIMPLE_SILENCE_MS).map(({ name }) => name), ["Bob"]);
  assertEquals(clients.list([at(2), at(9)], 2000).map(({ name }) => name), ["Mel"]);
  assertEquals(clients.list([], 2000).map(({ name }) => name), ["Mel"], "it reported once");
});

Deno.test("SimpleClients shows only names that can be seen, short and safe", () => {
  const table = [
    ["\x1b[2J: x", "\ufffd[2J"],
    [" : x", "10.0.0.7"],
    [": x", "10.0.0.7"],
    [" Mel : x", "Mel"],
    ["Mel:x", "10.0.0.7"],
    ["x".repeat(1000) + ": x", "x".repeat(64)],
    ["x" + "🐢".repeat(40) + ": x", "x" + "🐢".repeat(31)],
  ] as const;
  for (const [text, name] of table) {
    const clients = new SimpleClients();
    clients.heard(line(text), at(1), 0);
    const [client] = clients.list([], 0);
    assertEquals(client?.name, name);
    assert(client?.name.isWellFormed());
  }
});

Deno.test("SimpleClients remembers the last that spoke, of however many", () => {
  const clients = new SimpleClients();
  for (let port = 1; port <= 1000; port++) {
    clients.heard(line("Mel: hi"), at(port), port);
    clients.heard(line("Bob: hi"), at(2000), port);
  }
  const ports = clients.list([], 1000).map(({ source: { port } }) => port);
  assertEquals([ports.length, ports[0], ports.at(-1)], [MAX_SIMPLE_CLIENTS, 938, 2000]);
});
