import { assert, assertEquals } from "@std/assert";
import { allocateEndpoint, type Endpoint, EndpointIndex } from "../../lib/directory/allocation.ts";
import { seededRandom } from "../helpers/seeded_random.ts";

const PORTS = Array.from({ length: 10_000 }, (_, at) => 20_000 + at);

function low23(address: string): number {
  const [, b = 0, c = 0, d = 0] = address.split(".").map(Number);
  return (b & 0x7f) << 16 | c << 8 | d;
}

Deno.test("allocateEndpoint() gives 10,000 rooms groups and ports of their own", () => {
  const index = new EndpointIndex();
  const random = seededRandom(1);
  const given: Endpoint[] = [];
  while (given.length < 10_000) {
    const endpoint = allocateEndpoint(index, {}, random);
    assert(endpoint !== undefined);
    index.add(endpoint);
    given.push(endpoint);
  }
  assertEquals(new Set(given.map(({ address }) => low23(address))).size, 10_000);
  for (const { address, port } of given) {
    const [a, b, c] = address.split(".").map(Number);
    assert(a === 239 && b === 255 && c! >= 1 && c! <= 254, address);
    assert(port >= 20_000 && port <= 29_999 && port !== 23_900, String(port));
  }
  // One port of the range is the control port, so the last room has to share one.
  assertEquals(new Set(given.slice(0, -1).map(({ port }) => port)).size, 9_999);
});

Deno.test("allocateEndpoint() avoids addresses that a switch cannot tell apart", () => {
  for (const alias of ["239.255.1.0", "239.127.1.0"]) {
    const rooms = [{ address: alias, port: 7 }];
    assertEquals(allocateEndpoint(rooms, {}, () => 0), { address: "239.255.1.1", port: 20_000 });
  }
  const other = [{ address: "239.126.1.0", port: 7 }];
  assertEquals(allocateEndpoint(other, {}, () => 0)?.address, "239.255.1.0");
});

Deno.test("allocateEndpoint() covers the whole range and goes around at its end", () => {
  const last = () => 1 - Number.EPSILON;
  const end = { address: "239.255.254.255", port: 29_999 };
  assertEquals(allocateEndpoint([], {}, last), end);
  assertEquals(allocateEndpoint([end], {}, last), { address: "239.255.1.0", port: 20_000 });
});

Deno.test("allocateEndpoint() never gives out the control port", () => {
  const at23900 = () => 3_900 / 10_000;
  assertEquals(allocateEndpoint([], { address: "239.1.1.1" }, at23900)?.port, 23_901);
});

Deno.test("allocateEndpoint() keeps what was named and chooses the rest", () => {
  const rooms = [{ address: "239.1.1.1", port: 20_000 }];
  const none = () => 0;
  assertEquals(allocateEndpoint(rooms, { address: "239.9.9.9" }, none), {
    address: "239.9.9.9",
    port: 20_001,
  });
  assertEquals(allocateEndpoint(rooms, { port: 20_000 }, none), {
    address: "239.255.1.0",
    port: 20_000,
  });
  const taken = { address: "239.1.1.1", port: 20_000 };
  assertEquals(allocateEndpoint(rooms, taken, none), taken);
});

Deno.test("allocateEndpoint() shares a port between groups only when all are taken", () => {
  const rooms = PORTS.map((port) => ({ address: "239.1.1.1", port }));
  assertEquals(allocateEndpoint(rooms.slice(0, -1), {}, () => 0)?.port, 29_999);
  assertEquals(allocateEndpoint(rooms, {}, () => 0)?.port, 20_000);
  rooms[0] = { address: "239.2.2.2", port: 20_000 };
  assertEquals(allocateEndpoint(rooms, { address: "239.2.2.2" }, () => 0)?.port, 20_001);
  assertEquals(allocateEndpoint(rooms, { address: "239.1.1.1" }, () => 0.5)?.port, 20_000);
});

Deno.test("allocateEndpoint() says when nothing is left", () => {
  const full = PORTS.map((port) => ({ address: "239.1.1.1", port }));
  assertEquals(allocateEndpoint(full, { address: "239.1.1.1" }, Math.random), undefined);
  const everyGroup = new EndpointIndex();
  for (let at = 256; at < 255 * 256; at++) {
    everyGroup.add({ address: `239.127.${at >> 8}.${at & 255}`, port: 7 });
  }
  assertEquals(allocateEndpoint(everyGroup, {}, Math.random), undefined);
  assertEquals(allocateEndpoint(everyGroup, { port: 8 }, Math.random), undefined);
});

Deno.test("allocateEndpoint() answers the same to the same chance", () => {
  const give = () => allocateEndpoint([], {}, seededRandom(7));
  assertEquals(give(), give());
});

Deno.test("EndpointIndex.delete() frees what was added, as often as it was added", () => {
  const room = { address: "239.255.1.0", port: 20_000 };
  const index = new EndpointIndex([room]);
  const first = () => allocateEndpoint(index, {}, () => 0);
  index.add(room);
  index.delete(room);
  assertEquals(first(), { address: "239.255.1.1", port: 20_001 });
  index.delete(room);
  assertEquals(first(), room);
});
