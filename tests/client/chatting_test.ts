import { assertEquals } from "@std/assert";
import { Chatting } from "../../lib/client/chatting.ts";
import type { ListedRoom } from "../../lib/client/room_directory.ts";
import { UserError } from "../../lib/errors.ts";
import type { InterfaceAddress } from "../../lib/net/interfaces.ts";
import type { RelayServer } from "../../lib/room/relay_transport.ts";
import { FakeConsole } from "../helpers/fake_console.ts";
import { freeGroup, LOOPBACK, randomGroup } from "../net/loopback.ts";

Deno.test("Chatting uses a server's relay only if its room of that name is the same", async () => {
  const room = { name: "lobby", ...await freeGroup() };
  const console = new FakeConsole(true);
  const joined: unknown[] = [];
  const server: RelayServer = {
    check: () => Promise.resolve(60),
    join: (params) => {
      joined.push(params);
      return Promise.reject(new UserError("Cannot relay: it is turned off."));
    },
  };
  // One with another room of that name, one without, one that does not answer, and the right one.
  const answers: (() => Promise<ListedRoom | undefined>)[] = [
    () => Promise.resolve({ ...room, address: randomGroup() }),
    () => Promise.resolve({ ...room, port: room.port + 1 }),
    () => Promise.resolve(undefined),
    () => Promise.reject(new UserError("Cannot look up: the connection is lost.")),
    () => Promise.resolve(room),
  ];
  const relays = { server, here: true };
  await using chatting = new Chatting({
    console,
    relay: "always",
    relays: () => relays,
    find: () => answers.shift()!(),
    wanted: { iface: LOOPBACK, from: "--iface" },
    ttl: 1,
    interfaces: () => [{ name: "lo", family: "IPv4", address: LOOPBACK } as InterfaceAddress],
    onMove: () => {},
  });
  await chatting.enter(room, { localAddress: LOOPBACK, chatName: "Mel" });
  while (answers.length > 1) chatting.connected();
  for (let turn = 0; turn < 100; turn++) await Promise.resolve();
  assertEquals(joined, []);
  chatting.connected();
  await console.until(/there is no relay/);
  assertEquals(joined, [{ room: "lobby", interface: LOOPBACK }]);
});
