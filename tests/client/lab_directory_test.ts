import { assertEquals, assertRejects } from "@std/assert";
import { LabConnection } from "../../lib/client/lab_connection.ts";
import { LabDirectory, lookUpRoom } from "../../lib/client/lab_directory.ts";
import { DirectoryError } from "../../lib/directory/directory_error.ts";
import { UserError } from "../../lib/errors.ts";
import type { LabRequest } from "../../lib/framing/lab.ts";
import { bytes, field, listing } from "../helpers/bytes.ts";
import { type Reaction, ScriptedLabServer } from "../helpers/scripted_lab_server.ts";

/** A lab server with rooms; what it does not obey, it ignores in silence as real ones do. */
class Rooms {
  readonly lines = new Map<string, string>();
  obeys = true;
  /** Is done between the client's first look and its change. */
  meanwhile: () => void = () => {};

  react(request: LabRequest): Reaction {
    switch (request.op) {
      case "getdir":
        return listing([...this.lines].map(([name, rest]) => `${name}: ${rest}\n`).join(""));
      case "makeroom":
        this.meanwhile();
        if (this.obeys && !this.lines.has(request.name)) {
          this.lines.set(request.name, `${request.address}:${request.port}`);
        }
        return undefined;
      case "deleteroom":
        this.meanwhile();
        if (this.obeys) this.lines.delete(request.name);
        return undefined;
      case "chat": {
        const [address, port] = this.lines.get(request.name)?.split(":") ?? [];
        if (address === undefined || port === undefined) return bytes(0);
        return bytes(field(address), field(port));
      }
    }
  }
}

async function withDirectory(
  test: (directory: LabDirectory, rooms: Rooms, server: ScriptedLabServer) => Promise<void>,
): Promise<void> {
  const rooms = new Rooms();
  await using server = new ScriptedLabServer((request) => rooms.react(request));
  await using directory = new LabDirectory(await LabConnection.connect(server.endpoint));
  await test(directory, rooms, server);
}

async function assertRefused(
  action: () => Promise<unknown>,
  code: string,
  message: string,
): Promise<void> {
  const error = await assertRejects(action, DirectoryError, message);
  assertEquals(error.code, code);
}

Deno.test("LabDirectory.create() makes a room and returns it as the server has it", async () => {
  await withDirectory(async (directory, rooms) => {
    const room = await directory.create({ name: "ห้อง", address: "239.1.2.3", port: "50100" });
    assertEquals(room, { name: "ห้อง", address: "239.1.2.3", port: 50100 });
    assertEquals(rooms.lines.get("ห้อง"), "239.1.2.3:50100");
    assertEquals(await directory.list(), { rooms: [room], unreadable: 0 });
    assertEquals(await directory.find("ห้อง"), room);
  });
});

Deno.test("LabDirectory.create() says what is wrong before it asks the server", async () => {
  await withDirectory(async (directory, _rooms, server) => {
    for (
      const [name, address, port, code, message] of [
        ["a".repeat(65), "239.1.2.3", "1", "BAD_NAME", "the name has 65 bytes"],
        ["a\u202eb", "239.1.2.3", "1", "BAD_NAME", "a control character"],
        ["lab", "224.0.0.1", "1", "BAD_ADDRESS", '"224.0.0.1" is no group address'],
        ["lab", "239.1.2", "1", "BAD_ADDRESS", '"239.1.2" is no IPv4 address'],
        ["lab", "239.1.2.3", "0", "BAD_PORT", '"0" is no port'],
        ["lab", "239.1.2.3", "70000", "BAD_PORT", '"70000" is no port'],
        ["lab", "239.1.2.3", "abc", "BAD_PORT", '"abc" is no port'],
      ] as const
    ) {
      await assertRefused(() => directory.create({ name, address, port }), code, message);
    }
    assertEquals(server.requests, []);
  });
});

Deno.test("LabDirectory.create() says which room has the name, or the address and port", async () => {
  await withDirectory(async (directory, rooms) => {
    rooms.lines.set("lab", "239.1.2.3:50100");
    await assertRefused(
      () => directory.create({ name: "lab", address: "239.9.9.9", port: "1" }),
      "ROOM_EXISTS",
      'Cannot create room "lab": the name is taken (239.1.2.3:50100); choose another.',
    );
    await assertRefused(
      () => directory.create({ name: "other", address: "239.1.2.3", port: "50100" }),
      "ADDRESS_IN_USE",
      'Cannot create room "other": 239.1.2.3:50100 belongs to room "lab"; choose another',
    );
    // Another port, or another address, is another pair.
    await directory.create({ name: "port", address: "239.1.2.3", port: "50101" });
    await directory.create({ name: "address", address: "239.1.2.4", port: "50100" });
  });
});

Deno.test("LabDirectory.create() notices that somebody else was faster", async () => {
  await withDirectory(async (directory, rooms) => {
    rooms.meanwhile = () => rooms.lines.set("lab", "239.9.9.9:9");
    await assertRefused(
      () => directory.create({ name: "lab", address: "239.1.2.3", port: "1" }),
      "ROOM_EXISTS",
      "the name is taken (239.9.9.9:9)",
    );
    rooms.obeys = false;
    rooms.meanwhile = () => rooms.lines.set("thief", "239.1.2.3:1");
    await assertRefused(
      () => directory.create({ name: "mine", address: "239.1.2.3", port: "1" }),
      "ADDRESS_IN_USE",
      '239.1.2.3:1 belongs to room "thief"',
    );
  });
});

Deno.test("LabDirectory says so when the server does not do as it was told", async () => {
  await withDirectory(async (directory, rooms) => {
    rooms.obeys = false;
    await assertRejects(
      () => directory.create({ name: "lab", address: "239.1.2.3", port: "1" }),
      UserError,
      'Cannot create room "lab": the server did not do it',
    );
    rooms.lines.set("lab", "239.1.2.3:1");
    await assertRejects(
      () => directory.delete("lab"),
      UserError,
      'Cannot delete room "lab": the server did not do it',
    );
  });
});

Deno.test("LabDirectory.delete() deletes a room, and knows one that is not there", async () => {
  await withDirectory(async (directory, rooms, server) => {
    rooms.lines.set("lab", "239.1.2.3:1");
    assertEquals(await directory.delete("lab"), { name: "lab", address: "239.1.2.3", port: 1 });
    const before = server.requests.length;
    await assertRefused(() => directory.delete("lab"), "NO_SUCH_ROOM", "there is no room of that");
    assertEquals(server.requests.length, before + 1);
  });
});

Deno.test("LabDirectory.list() counts what it cannot read", async () => {
  await using server = new ScriptedLabServer(() =>
    listing("lab: 239.1.2.3:1\r\nwhat?\nb: 1.2.3.4:70000\n\nc : 239.0.0.1 : 2\n")
  );
  await using directory = new LabDirectory(await LabConnection.connect(server.endpoint));
  const { rooms, unreadable } = await directory.list();
  assertEquals(rooms.map(({ port }) => port), [1, 2]);
  assertEquals(unreadable, 2);
});

Deno.test("LabDirectory fails in one sentence when the server dies between two requests", async () => {
  let asked = 0;
  await using server = new ScriptedLabServer(() => ++asked === 1 ? listing("") : "close");
  await using directory = new LabDirectory(await LabConnection.connect(server.endpoint));
  await assertRejects(
    () => directory.create({ name: "lab", address: "239.1.2.3", port: "1" }),
    UserError,
    `Cannot ask the CRDS at "${directory.where}": the server closed it.`,
  );
  assertEquals(await directory.closed, "the server closed it");
});

Deno.test("lookUpRoom() asks with a connection of its own", async () => {
  const rooms = new Rooms();
  rooms.lines.set("lab", "239.1.2.3:7");
  await using server = new ScriptedLabServer((request) => rooms.react(request));
  assertEquals(await lookUpRoom(server.endpoint, "lab"), {
    room: { name: "lab", address: "239.1.2.3", port: 7 },
    localAddress: "127.0.0.1",
  });
  assertEquals((await lookUpRoom(server.endpoint, "nowhere")).room, undefined);
  // No field can carry these: they are not even asked for.
  const before = server.requests.length;
  assertEquals((await lookUpRoom(server.endpoint, "")).room, undefined);
  assertEquals((await lookUpRoom(server.endpoint, "a".repeat(256))).room, undefined);
  assertEquals(server.requests.length, before);
});

Deno.test("lookUpRoom() fails when the server closes, or answers with no address", async () => {
  await using closing = new ScriptedLabServer(() => "close");
  await assertRejects(() => lookUpRoom(closing.endpoint, "lab"), UserError, "the server closed it");
  await using strange = new ScriptedLabServer(() => bytes(1, 0xff, 1, 0xff));
  await assertRejects(() => lookUpRoom(strange.endpoint, "lab"), UserError, "a field is no UTF-8");
});

Deno.test("LabDirectory.create() chooses what was not named, since the server does not", async () => {
  await withDirectory(async (directory, rooms) => {
    const { address, port } = await directory.create({ name: "lab" });
    assertEquals(rooms.lines.get("lab"), `${address}:${port}`);
    const other = await directory.create({ name: "other", address: "239.1.2.3" });
    assertEquals(other.address, "239.1.2.3");
    assertEquals(rooms.lines.get("other"), `239.1.2.3:${other.port}`);
  });
});
