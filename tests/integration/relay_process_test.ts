/**
 * The relay of the real server process, with the permissions and flags it has.
 */

import { assert, assertEquals } from "@std/assert";
import { startServer } from "../helpers/processes.ts";
import { SessionClient } from "../helpers/session_client.ts";
import { freeGroup, LOOPBACK } from "../net/loopback.ts";

const LINE = "TWVsOiBoaQ==";

Deno.test("the real server relays, and tells its operator", async () => {
  await using server = await startServer();
  using mel = await SessionClient.greet(server.port, { name: "Mel" });
  using eve = await SessionClient.greet(server.port, { name: "Eve" });
  const params = { room: "lobby", interface: LOOPBACK };
  await mel.ask("rooms.create", { name: "lobby", ...await freeGroup() });
  assertEquals((await mel.ask("room.check", params)).result, { seconds: 60 });
  const { relay, local } = (await mel.ask("room.join", params)).result;
  assertEquals((await eve.ask("room.join", params)).result.relay, 1);
  const say = { jsonrpc: "2.0", method: "room.send", params: { relay, data: LINE } };
  await mel.say(`${JSON.stringify(say)}\n`);
  const heard = await eve.hear();
  assertEquals([heard.method, heard.params], ["room.heard", { relay: 1, from: local, data: LINE }]);
  await server.program.waitFor(
    /^Relay opened: 127\.0\.0\.1:\d+ is in room lobby through the server\.\n/m,
  );
  assertEquals((await mel.ask("room.leave", { relay })).result, {});
  await server.program.waitFor(
    /^Relay closed: 127\.0\.0\.1:\d+, room lobby \(its client left\)\.\n/m,
  );
});

Deno.test("the real server with --no-relay does not, with --max-relays only so often", async () => {
  await using off = await startServer(["--no-relay"]);
  using mel = await SessionClient.open(off.port);
  const { features } = (await mel.ask("hello", { client: "t", protocol: 1 })).result;
  assertEquals(features, ["rooms", "people"]);
  await mel.ask("rooms.create", { name: "lobby", ...await freeGroup() });
  const params = { room: "lobby", interface: LOOPBACK };
  for (const method of ["room.check", "room.join"]) {
    assertEquals((await mel.ask(method, params)).error?.data?.code, "RELAY_OFF");
  }

  await using few = await startServer(["--max-relays", "1"]);
  using eve = await SessionClient.greet(few.port);
  await eve.ask("rooms.create", { name: "lobby", ...await freeGroup() });
  assert((await eve.ask("room.join", params)).result);
  assertEquals((await eve.ask("room.join", params)).error?.data?.code, "RELAY_FULL");
});
