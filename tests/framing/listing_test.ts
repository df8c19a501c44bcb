import { assertEquals } from "@std/assert";
import { formatListing, type ListedRoom, parseListing } from "../../lib/framing/listing.ts";

const LAB: ListedRoom = { name: "lab", address: "239.1.2.3", port: 50100 };

const ROOMS: [title: string, text: string, rooms: ListedRoom[]][] = [
  ["nothing", "", []],
  ["one room", "lab: 239.1.2.3:50100\n", [LAB]],
  ["no end of the last line", "lab: 239.1.2.3:50100", [LAB]],
  ["CR LF", "lab: 239.1.2.3:50100\r\nlab2: 239.1.2.3:1\r\n", [LAB, {
    ...LAB,
    name: "lab2",
    port: 1,
  }]],
  ["no space after the name", "lab:239.1.2.3:50100\n", [LAB]],
  ["spaces and tabs everywhere", "lab:\t 239.1.2.3 : 50100 \t\n", [LAB]],
  ["white space around the name", " lab : 239.1.2.3:50100\n", [LAB]],
  ["empty lines between", "\n\nlab: 239.1.2.3:50100\n \t\n", [LAB]],
  ["a name with colons", "a: b:c: 239.1.2.3:50100\n", [{ ...LAB, name: "a: b:c" }]],
  ["a name like an endpoint", "239.1.2.3:1: 239.1.2.3:50100\n", [{ ...LAB, name: "239.1.2.3:1" }]],
  ["a name with a space (others' servers)", "my room: 239.1.2.3:50100\n", [{
    ...LAB,
    name: "my room",
  }]],
  ["more than ASCII", "café☕: 239.1.2.3:50100\n", [{ ...LAB, name: "café☕" }]],
  ["an address of others' rules", "lab: 224.1.1.1:50100\n", [{ ...LAB, address: "224.1.1.1" }]],
];

for (const [title, text, rooms] of ROOMS) {
  Deno.test(`parseListing() reads ${title}`, () => {
    assertEquals(parseListing(text), { rooms, unreadable: 0 });
  });
}

const UNREADABLE: [title: string, line: string][] = [
  ["no colon", "lab 239.1.2.3 50100"],
  ["no port", "lab: 239.1.2.3"],
  ["no name", ": 239.1.2.3:50100"],
  ["only white space as name", " : 239.1.2.3:50100"],
  ["a port of 70000", "lab: 239.1.2.3:70000"],
  ["a port of 0", "lab: 239.1.2.3:0"],
  ["a port with letters", "lab: 239.1.2.3:5x"],
  ["a port of six digits", "lab: 239.1.2.3:000001"],
  ["an address of three parts", "lab: 239.1.2:50100"],
  ["an address part above 255", "lab: 239.1.2.256:50100"],
  ["something behind it", "lab: 239.1.2.3:50100 (3 users)"],
  ["an error message", "ERROR no such command"],
];

for (const [title, line] of UNREADABLE) {
  Deno.test(`parseListing() counts a line as unreadable: ${title}`, () => {
    assertEquals(parseListing(`${line}\nlab: 239.1.2.3:50100\n`), { rooms: [LAB], unreadable: 1 });
  });
}

Deno.test("parseListing() takes long lines in their stride", () => {
  const colons = ":".repeat(100_000);
  assertEquals(parseListing(colons), { rooms: [], unreadable: 1 });
  assertEquals(parseListing(`${colons}: 239.1.2.3:50100`).rooms[0]?.name.length, 100_000);
});

Deno.test("formatListing() makes what parseListing() reads", () => {
  assertEquals(formatListing([]), "");
  const rooms = [LAB, { name: "a:b", address: "239.0.0.0", port: 1 }, {
    name: "☕",
    address: "239.255.255.255",
    port: 65535,
  }];
  assertEquals(
    formatListing(rooms),
    "lab: 239.1.2.3:50100\na:b: 239.0.0.0:1\n☕: 239.255.255.255:65535\n",
  );
  assertEquals(parseListing(formatListing(rooms)), { rooms, unreadable: 0 });
});
