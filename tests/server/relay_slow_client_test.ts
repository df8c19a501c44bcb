import { assert, assertEquals } from "@std/assert";
import { DEFAULT_RPC_LIMITS } from "../../lib/rpc/limits.ts";
import { SessionConnection } from "../../lib/server/session_connection.ts";
import { bytes } from "../helpers/bytes.ts";
import { duplex } from "../helpers/duplex.ts";
import { FakeClock, settled } from "../helpers/fake_clock.ts";
import { RecordingLog } from "../helpers/fakes.ts";
import { ServiceRig } from "../helpers/service_rig.ts";

const LOBBY = { address: "239.255.7.1", port: 20100 };
const BOB = { address: "127.0.0.1", port: 39_999 };

function request(id: number, method: string, params: unknown): string {
  return `${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`;
}

Deno.test("a relayed client that does not read keeps its session, and the server its memory", async () => {
  using rig = await ServiceRig.open();
  await rig.directory.create("lobby", LOBBY.address, String(LOBBY.port));
  const [socket, client] = duplex();
  const clock = new FakeClock();
  const { directory, index, presence, sight, records, news, relays } = rig;
  const connection = new SessionConnection({
    secure: false,
    makeParts: () => [],
    socket,
    initial: bytes(request(1, "hello", { client: "t", protocol: 1 })),
    peer: { host: "10.0.0.5", port: 40122 },
    local: "10.0.0.1",
    now: () => rig.time,
    directory,
    index,
    presence,
    sight,
    records,
    news,
    relays,
    log: new RecordingLog(),
    server: "crds-server 0",
    clock,
  });
  const end = connection.run();
  await client.say(request(2, "room.join", { room: "lobby" }));
  await settled();
  assert((await client.hear()).includes('"relay":1'));

  // 20 MB while nothing is read, for as long as a server has patience.
  for (let second = 0; second < 9; second++) {
    for (let at = 0; at < 1_000; at++) rig.network.deliver(new Uint8Array(2_048), BOB, LOBBY);
    await clock.advance(1_000);
  }
  let text = "";
  for (let part = await client.hear(); part !== ""; part = await client.hear()) {
    text += part;
    await settled();
  }
  const lines = text.trimEnd().split("\n");
  assert(lines.every((line) => JSON.parse(line).method === "room.heard"));
  // Half of the mark, one more, and what the connection holds.
  const most = DEFAULT_RPC_LIMITS.highWater / 2 + 4_096 + 64 * 1024;
  assert(text.length > most / 2 && text.length < most, `${text.length} of 20 MB were kept`);

  // It reads again: it hears again, and is answered.
  rig.network.deliver(bytes("Bob: again"), BOB, LOBBY);
  await client.say(request(3, "ping", {}));
  await settled();
  text = await client.hear();
  assert(text.includes(bytes("Bob: again").toBase64()) && text.includes('"id":3'), text);
  client.close();
  assertEquals(await end, undefined);
  assertEquals([rig.network.open.size, relays?.size], [0, 0]);
});
