import { assertEquals } from "@std/assert";
import { KnownRooms } from "../../lib/client/known_rooms.ts";
import type { RoomListing } from "../../lib/client/room_directory.ts";

const room = (name: string) => ({ name, address: "239.255.1.1", port: 20000 });

/** A server with the rooms `a` and `b`. */
class Server {
  where = "127.0.0.1:1";
  asked = 0;
  down = false;
  list(): Promise<RoomListing> {
    this.asked++;
    if (this.down) return Promise.reject(new Error("gone"));
    return Promise.resolve({ rooms: [room("a"), room("b")], unreadable: 0 });
  }
}

Deno.test("KnownRooms.names() asks only while nothing is known, and once", async () => {
  const server = new Server();
  const rooms = new KnownRooms(() => server);
  assertEquals(await Promise.all([rooms.names(), rooms.names()]), [["a", "b"], ["a", "b"]]);
  assertEquals(rooms.names(), ["a", "b"]);
  assertEquals(server.asked, 1);
});

Deno.test("KnownRooms.names() follows what changes", () => {
  const rooms = new KnownRooms(() => new Server());
  rooms.listed([room("x")]);
  rooms.changed({ kind: "created", room: room("y") });
  rooms.changed({ kind: "deleted", room: room("x") });
  assertEquals(rooms.names(), ["y"]);
});

Deno.test("KnownRooms.names() does not take one change for all there is", async () => {
  const rooms = new KnownRooms(() => new Server());
  rooms.changed({ kind: "created", room: room("y") });
  assertEquals(await rooms.names(), ["a", "b"]);
});

Deno.test("KnownRooms.names() keeps what it knows without a connection, and asks another server", async () => {
  const server = new Server();
  let connected = true;
  const rooms = new KnownRooms(() => connected ? server : undefined);
  assertEquals(await rooms.names(), ["a", "b"]);
  connected = false;
  assertEquals(rooms.names(), ["a", "b"]);
  connected = true;
  server.where = "127.0.0.1:2";
  assertEquals(await rooms.names(), ["a", "b"]);
  assertEquals(server.asked, 2);
});

Deno.test("KnownRooms.names() knows none where the server does not answer", async () => {
  const server = new Server();
  server.down = true;
  assertEquals(await new KnownRooms(() => server).names(), []);
});
