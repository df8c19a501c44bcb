import { assert, assertEquals, assertRejects } from "@std/assert";
import { UserError } from "../../lib/errors.ts";
import { encodeControl } from "../../lib/framing/control.ts";
import type { RoomTransport, TransportEvents } from "../../lib/room/transport.ts";
import { settled } from "../helpers/fake_clock.ts";
import { echo, FakeNet, FakeTransport, LAN, line, SERVER } from "./room_path_rig.ts";

Deno.test("RoomPath stays direct while probes are answered", async () => {
  const net = new FakeNet();
  await using path = await net.open();
  path.server = net.server;
  await net.clock.advance(120_000);
  assertEquals([path.kind, net.news, net.opened.length], ["direct", [], 1]);
  assert(net.opened[0]!.control.length < 80, "rarely while nobody speaks");
});

Deno.test("RoomPath goes over to the relay within 3 s, and back when multicast returns", async () => {
  const net = new FakeNet();
  await using path = await net.open();
  path.server = net.server;
  await net.clock.advance(1000);
  await path.sendData(line("Mel: one"));
  net.cut = true;
  await net.clock.advance(2900);
  assertEquals([path.kind, net.news], ["relay", ["relay: multicast does not get through here"]]);
  assertEquals(net.opened[0]!.closed, true);
  await path.sendData(line("Mel: two"));
  assertEquals(net.opened.map(({ data }) => data), [["Mel: one"], ["Mel: two"]]);

  await net.clock.advance(10_000);
  assertEquals([path.kind, net.news.length], ["relay", 1]);
  assert(net.opened.filter(({ kind, closed }) => kind === "direct" && !closed).length <= 1);
  net.cut = false;
  await net.clock.advance(4000);
  assertEquals([path.kind, net.news[1]], ["direct", "direct: multicast gets through again"]);
  assertEquals(net.moves.map((move) => move.split(" ")[1]), ["true", "false"]);
  assertEquals(net.opened.filter(({ closed }) => !closed).length, 1);
  assertEquals(net.problems, []);
});

Deno.test("RoomPath hears one way at a time", async () => {
  const net = new FakeNet();
  await using path = await net.open();
  path.server = net.server;
  net.cut = true;
  await net.clock.advance(4300);
  assertEquals([path.kind, net.opened.length], ["relay", 3], "a trial is under way");
  for (const { events } of net.opened) {
    events.onData(line("Bob: hi"), { address: "10.0.0.2", port: 7 });
  }
  assertEquals(net.heard, ["Bob: hi"]);
});

Deno.test("RoomPath tells once that there is no relay, and joins its group anew", async () => {
  const net = new FakeNet();
  await using path = await net.openBlocked();
  await net.clock.advance(20_000);
  assertEquals(net.news, ["blocked: Cannot relay: it is turned off."]);
  assertEquals([path.kind, net.opened.length], ["direct", 2]);
  await net.clock.advance(20_000);
  assertEquals([net.news.length, net.opened.length], [1, 3]);
});

Deno.test("RoomPath without a server never checks", async () => {
  const net = new FakeNet();
  net.cut = true;
  await using path = await net.open();
  await net.clock.advance(60_000);
  assertEquals([path.kind, net.opened[0]!.control.length], ["direct", 0]);
});

Deno.test("RoomPath uses a relay always or never, if told so", async () => {
  const always = new FakeNet();
  await using path = await always.open({ relay: "always" });
  path.server = always.server;
  await always.clock.advance(30_000);
  assertEquals([path.kind, always.news], ["relay", ["relay: it was asked for"]]);
  assertEquals(always.opened.length, 2, "no trials");

  const never = new FakeNet();
  never.cut = true;
  await using other = await never.open({ relay: "never" });
  other.server = never.server;
  await never.clock.advance(30_000);
  assertEquals([other.kind, never.news], ["direct", []]);
});

Deno.test("RoomPath tries directly when the relay ends, and relays again when it can", async () => {
  const net = new FakeNet();
  await using path = await net.open();
  path.server = net.server;
  net.cut = true;
  await net.clock.advance(1500);
  assertEquals(path.kind, "relay");
  net.opened.at(-1)!.events.onEnded("the server stops");
  await settled();
  assertEquals([path.kind, net.news[1]], ["direct", "direct: the relay ended: the server stops"]);
  await net.clock.advance(3000);
  assertEquals(path.kind, "relay");
});

Deno.test("RoomPath waits for an interface that is gone, and says so", async () => {
  const net = new FakeNet();
  await using path = await net.open();
  net.addresses = [];
  await net.clock.advance(2500);
  assertEquals([path.kind, net.news], ["none", ["gone"]]);
  await assertRejects(() => path.sendData(line("Mel: hi")), UserError, '"lan0" is gone');
  path.sendControl(line("dropped"));
  net.addresses = [LAN.address];
  await net.clock.advance(2500);
  assertEquals([path.kind, net.news], ["direct", ["gone", "back"]]);
  assertEquals(net.moves.length, 1);
});

Deno.test("RoomPath joins anew after the machine slept", async () => {
  const net = new FakeNet();
  await using path = await net.open();
  await net.clock.advance(4000);
  net.wall += 3_600_000;
  await net.clock.advance(4000);
  assertEquals([path.kind, net.opened.length, net.news], ["direct", 2, []]);
});

Deno.test("RoomPath answers probes while it is direct, and not of other rooms", async () => {
  const net = new FakeNet();
  await using _path = await net.open();
  const { events, control } = net.opened[0]!;
  events.onControl(echo("00000000000000bb", "probe"), { address: "10.0.0.2", port: 23900 });
  const other = encodeControl({
    kind: "probe",
    roomPort: 4,
    member: "00000000000000ee",
    token: "00000000000000cc",
  });
  events.onControl(other, { address: "10.0.0.2", port: 23900 });
  await net.clock.advance(200);
  assertEquals(control.map(({ kind, token }) => [kind, token]), [["echo", "00000000000000bb"]]);
  assertEquals(net.heard, [], "probes are of no concern to the room");
});

Deno.test("RoomPath does not take an echo of its own host for a proof", async () => {
  const net = new FakeNet();
  await using path = await net.open();
  path.server = net.server;
  net.cut = true;
  for (let i = 0; i < 30; i++) {
    await net.clock.advance(50);
    const last = net.opened[0]!.control.at(-1);
    if (last) {
      net.opened[0]!.events.onControl(echo(last.token), { address: LAN.address, port: 23900 });
    }
  }
  assertEquals(path.kind, "relay");
});

Deno.test("RoomPath comes back when the relay ends and the network is gone with it", async () => {
  const net = new FakeNet();
  await using path = await net.open();
  path.server = net.server;
  net.cut = true;
  await net.clock.advance(1500);
  assertEquals(path.kind, "relay");
  net.unjoinable = true;
  net.opened.at(-1)!.events.onEnded("the connection is lost");
  await settled();
  assertEquals([path.kind, net.news.slice(1)], ["none", ["gone"]]);
  net.unjoinable = net.cut = false;
  await net.clock.advance(2500);
  assertEquals([path.kind, net.news.slice(2)], ["direct", ["back"]]);
  assertEquals(net.opened.filter(({ closed }) => !closed).length, 1);
});

Deno.test("RoomPath asks a server that does not answer for one relay at a time", async () => {
  const net = new FakeNet();
  const asked: PromiseWithResolvers<RoomTransport>[] = [];
  await using path = await net.open();
  path.server = {
    ...net.server,
    open: () => {
      asked.push(Promise.withResolvers());
      return asked.at(-1)!.promise;
    },
  };
  net.cut = true;
  await net.clock.advance(60_000);
  assertEquals(asked.length, 1);
  const said = path.sendData(line("Mel: hi"));
  asked[0]!.reject(new UserError("Cannot relay: no answer."));
  await said;
  assertEquals(net.opened.at(-1)!.data, ["Mel: hi"]);
  await settled();
  assertEquals(asked.length, 1, "not again at once");
  // This time the group is not joined anew, which would make an end of what piled up.
  await net.clock.advance(15_000);
  assertEquals(asked.length, 2);
  asked[1]!.reject(new UserError("Cannot relay: no answer."));
  await settled();
  assertEquals(asked.length, 2);
  await path.sendData(line("Mel: hi"));
});

Deno.test("RoomPath says when multicast gets through after it told of a block", async () => {
  const net = new FakeNet();
  await using _path = await net.openBlocked();
  await net.clock.advance(5000);
  net.cut = false;
  await net.clock.advance(40_000);
  assertEquals(net.news, [
    "blocked: Cannot relay: it is turned off.",
    "direct: multicast gets through again",
  ]);
});

Deno.test("RoomPath that wants a relay always asks again after a refusal and after its end", async () => {
  const net = new FakeNet();
  net.relays = false;
  await using path = await net.open({ relay: "always" });
  path.server = net.server;
  await net.clock.advance(5000);
  assertEquals([path.kind, net.news.length], ["direct", 1]);
  net.relays = true;
  await net.clock.advance(10_000);
  assertEquals([path.kind, net.news[1]], ["relay", "relay: it was asked for"]);
  net.opened.at(-1)!.events.onEnded("it was too slow");
  await settled();
  assertEquals(path.kind, "direct");
  await net.clock.advance(11_000);
  assertEquals([path.kind, net.news.at(-1)], ["relay", "relay: it was asked for"]);
});

Deno.test("RoomPath that is closed while its way changes tells nothing any more", async () => {
  const net = new FakeNet();
  const asked = Promise.withResolvers<RoomTransport>();
  let events: TransportEvents | undefined;
  const path = await net.open();
  path.server = {
    ...net.server,
    open: (_address, given) => {
      events = given;
      return asked.promise;
    },
  };
  net.cut = true;
  await net.clock.advance(3000);
  const closed = path[Symbol.asyncDispose]();
  const relay = new FakeTransport("relay", SERVER, events!, () => {});
  asked.resolve(relay);
  await closed;
  assertEquals([net.news, net.moves, path.kind, relay.closed], [[], [], "none", true]);
  assertEquals([net.opened.every(({ closed }) => closed), net.clock.timers], [true, 0]);
});

Deno.test("RoomPath goes by what the last server says, and by none when there is none", async () => {
  const net = new FakeNet();
  await using path = await net.open();
  path.server = net.server;
  path.server = undefined;
  net.cut = true;
  await net.clock.advance(10_000);
  assertEquals([path.kind, net.news, net.opened[0]!.control.length], ["direct", [], 0]);
  path.server = net.server;
  await net.clock.advance(3000);
  assertEquals(path.kind, "relay");
  // The connection is gone, and its relay with it; another server comes at once.
  path.server = undefined;
  net.opened.findLast(({ kind }) => kind === "relay")!.events.onEnded("the connection is lost");
  path.server = net.server;
  await net.clock.advance(3000);
  assertEquals(path.kind, "relay");
  assertEquals(net.news.map((each) => each.split(":")[0]), ["relay", "direct", "relay"]);
  assertEquals(net.problems, []);
});
