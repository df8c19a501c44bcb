import { assertEquals, assertMatch } from "@std/assert";
import {
  heardFindings,
  missingPeople,
  presentFindings,
} from "../../../lib/client/doctor/member_findings.ts";
import { BOB, type Changes, DEAF, ETH, examination, SILENT } from "./examinations.ts";

function judge(changes: Changes): string[] {
  return heardFindings(examination(changes)).map(({ mark, title, detail }) =>
    `${mark} ${title}: ${detail}`
  );
}

Deno.test("heardFindings() names who is heard, and who is missing", () => {
  assertEquals(judge({}), ["ok Members: Bob heard"]);
  const relayed = { ...BOB, name: undefined, relayed: true };
  const me = { ...BOB, name: "Me", address: ETH.address, here: true };
  assertEquals(judge({ room: { people: [] }, heard: { members: [relayed, me] } }), [
    "ok Members: 192.168.1.9 (through the server) heard, 1 on this machine",
  ]);
  assertEquals(judge({ heard: { members: [{ ...BOB, name: undefined }] } }), [
    "ok Members: Bob heard",
  ]);
  const people = [{ name: "Bob", address: BOB.address }, { name: "Eve", address: "192.168.1.8" }];
  assertEquals(
    judge({ room: { people } })[1],
    "warn Missing: Eve (192.168.1.8): in the room, " +
      "says the server, and not heard in 5 s",
  );
  assertMatch(judge({ heard: DEAF })[0] ?? "", /^bad Missing: Bob/);
  assertEquals(judge({ room: { people: [] }, heard: DEAF }), [
    "skip Members: nobody heard on another machine in 5 s",
  ]);
});

Deno.test("heardFindings() in a sealed room says what cannot be seen", () => {
  const unknown = { ...BOB, name: undefined };
  assertEquals(judge({ room: { sealed: true }, heard: { members: [unknown] } }), [
    "ok Members: Bob heard",
    "skip Sealed: names and lines of this room cannot be seen from outside, only that somebody speaks",
  ]);
  assertMatch(judge({ room: { sealed: true }, heard: DEAF })[0] ?? "", /^bad Missing: Bob/);
  // Somebody is relayed there, and it may be Bob.
  const { server } = examination({});
  const relayed = { ...unknown, address: server.address! };
  assertEquals(judge({ room: { sealed: true }, heard: { members: [relayed] } }).length, 2);
});

Deno.test("heardFindings() does not miss the slow ones of a large room", () => {
  const people = Array.from({ length: 30 }, (_, i) => ({ name: `p${i}`, address: `10.0.0.${i}` }));
  const [, missing] = judge({ room: { people } });
  assertMatch(missing ?? "", /^skip Missing: p0 .*, p7 \(10\.0\.0\.7\) and 22 more: /);
});

Deno.test("heardFindings() compares the lines that were said with those that came", () => {
  assertEquals(
    judge({ heard: { reported: 4, reportedHeard: 4 } })[1],
    "ok Lines: 4 of 4 that " +
      "were said arrived at once",
  );
  assertMatch(judge({ heard: { reported: 4, reportedHeard: 3 } })[1] ?? "", /^warn Lines: 3 of 4/);
  assertMatch(judge({ heard: { reported: 4 } })[1] ?? "", /^bad Lines: .* UDP port 20100$/);
  const lines = { ...DEAF, lines: 2 };
  assertMatch(judge({ path: SILENT, heard: lines })[1] ?? "", /^bad Control: .* UDP port 23900/);
});

Deno.test("missingPeople() knows addresses as the server sees them", () => {
  const missing = (changes: Changes): string[] =>
    missingPeople(examination(changes)).map(({ name }) => name);
  assertEquals(missing({}), []);
  assertEquals(missing({ heard: DEAF }), ["Bob"]);
  // Heard by an echo only, which has no name.
  assertEquals(missing({ heard: { members: [{ ...BOB, name: undefined }] } }), []);
  // Through the server: heard from its address.
  assertEquals(missing({ heard: { members: [{ ...BOB, address: "192.168.1.17" }] } }), []);
  // Whoever is on this machine says nothing about the network.
  const here = { people: [{ name: "Me", address: ETH.address }] };
  assertEquals(missing({ room: here, heard: DEAF }), []);
  // On the server's machine, connected over its loopback.
  const there = { people: [{ name: "Op", address: "127.0.0.1" }] };
  assertEquals(missing({ room: there, heard: DEAF }), ["Op"]);
  assertEquals(
    missing({
      room: there,
      heard: { members: [{ ...BOB, name: undefined, address: "192.168.1.17" }] },
    }),
    [],
  );
  assertEquals(missing({ room: there, server: { here: true }, heard: DEAF }), []);
  const nameless = { people: [{ name: "anonymous@192.168.1.8", address: "192.168.1.8" }] };
  assertEquals(missing({ room: nameless, heard: DEAF }), []);
});

Deno.test("presentFindings() names the silent, and how much was repaired", () => {
  assertEquals(presentFindings(undefined), []);
  const bob = { name: "Bob", silentFor: 30_000, knownFor: 300_000, direct: 99, recovered: 1 };
  const [silence, repaired] = presentFindings([bob]);
  assertMatch(silence?.detail ?? "", /^Bob heard for minutes, and then not for 30 s$/);
  assertMatch(silence?.advice ?? "", /IGMP snooping/);
  assertEquals([repaired?.mark, repaired?.detail], [
    "ok",
    "1 of 100 lines in this room were lost and repaired (1.0 %)",
  ]);
  const lossy = { ...bob, silentFor: 100, direct: 90, recovered: 10 };
  assertEquals(presentFindings([lossy]).map(({ mark }) => mark), ["warn"]);
});
