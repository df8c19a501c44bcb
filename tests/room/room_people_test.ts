import { assertEquals } from "@std/assert";
import { describePeople, describeReceipts } from "../../lib/room/room_people.ts";
import { SimpleClients } from "../../lib/room/simple_clients.ts";

const [MEL, BOB, ANN] = ["00000000000000aa", "00000000000000bb", "00000000000000cc"] as const;

Deno.test("describeReceipts() tells who has a line, who lacks it, and counts no latecomer", () => {
  const members = [
    { id: MEL, name: "Mel", since: 0 },
    { id: BOB, name: "B\x1bob", since: 0 },
    { id: ANN, name: "Ann", since: 500 },
  ];
  const lines = [
    { seq: 1, saidAt: 100, has: [MEL], untold: [], text: "Eve: 1" },
    { seq: 2, saidAt: 600, has: [ANN], untold: [MEL], text: "Eve: \x1b2" },
    { seq: 3, saidAt: 100, has: [ANN], untold: [], text: "Eve: 3" },
  ];
  assertEquals(describeReceipts(lines, members, 1000), [
    { text: "Eve: 1", age: 900, has: ["Mel"], lacks: ["B\ufffdob"], untold: [] },
    { text: "Eve: \ufffd2", age: 400, has: ["Ann"], lacks: ["B\ufffdob"], untold: ["Mel"] },
    { text: "Eve: 3", age: 900, has: ["Ann"], lacks: ["Mel", "B\ufffdob"], untold: [] },
  ]);
});

Deno.test("describePeople() makes names safe and ages of times, and lists members first", () => {
  const source = { address: "10.0.0.7", port: 5 };
  const member = { id: MEL, name: "M\x1bel", source, tcpPort: 0, relayed: true, patienceMs: 1 };
  const counts = { direct: 3, recovered: 1 };
  const clients = new SimpleClients();
  clients.heard(new TextEncoder().encode("Mel: hi"), source, 100);
  clients.heard(new TextEncoder().encode("Plain: hi"), { ...source, port: 6 }, 200);
  const people = describePeople(
    [{ ...member, ...counts, since: 100, heardAt: 600 }],
    clients,
    1000,
  );
  assertEquals(people, [
    { id: MEL, name: "M\ufffdel", source, via: "relay", silentFor: 400, knownFor: 900, ...counts },
    {
      id: undefined,
      name: "Plain",
      source: { ...source, port: 6 },
      via: "simple",
      silentFor: 800,
      knownFor: 800,
      direct: 1,
      recovered: 0,
    },
  ]);
});
