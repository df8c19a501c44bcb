import { assert, assertEquals, assertRejects } from "@std/assert";
import { UserError } from "../../lib/errors.ts";
import { decodeControl, encodeControl } from "../../lib/framing/control.ts";
import type { Probe } from "../../lib/framing/control_messages.ts";
import type { SocketAddress } from "../../lib/net/datagram.ts";
import { RoomPath, type RoomPathOptions } from "../../lib/room/room_path.ts";
import type { PathNews, RoomServer } from "../../lib/room/room_server.ts";
import type { RoomTransport, TransportEvents } from "../../lib/room/transport.ts";
import { FakeClock, settled } from "../helpers/fake_clock.ts";

const LAN = { name: "lan0", address: "10.0.0.1" };
const SERVER = { address: "10.0.0.9", port: 23900 };

/** A transport that remembers what it was given. */
class FakeTransport implements RoomTransport {
  readonly data: string[] = [];
  readonly control: Probe[] = [];
  closed = false;

  constructor(
    readonly kind: "direct" | "relay",
    readonly local: SocketAddress,
    readonly events: TransportEvents,
    private readonly onControl: (probe: Probe, transport: FakeTransport) => void,
  ) {}

  sendData(bytes: Uint8Array): Promise<void> {
    this.data.push(new TextDecoder().decode(bytes));
    return Promise.resolve();
  }

  sendControl(bytes: Uint8Array): void {
    const probe = decodeControl(bytes) as Probe;
    this.control.push(probe);
    this.onControl(probe, this);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

/** A network whose multicast can be cut, with a server that answers and relays. */
class FakeNet {
  readonly clock = new FakeClock();
  /** Set while there is no way to join. */
  unjoinable = false;
  readonly opened: FakeTransport[] = [];
  readonly news: string[] = [];
  readonly moves: string[] = [];
  readonly heard: string[] = [];
  readonly problems: unknown[] = [];
  cut = false;
  relays = true;
  here = false;
  addresses = [LAN.address];
  wall = 0;
  #tokens = 0;

  readonly server: RoomServer = {
    here: false,
    check: () => Promise.resolve(60),
    open: (_address, events) => {
      if (!this.relays) return Promise.reject(new UserError("Cannot relay: it is turned off."));
      return Promise.resolve(
        this.#transport("relay", { address: SERVER.address, port: 9000 }, events),
      );
    },
  };

  /** A path with a server that relays nothing; multicast stops to get through. */
  async openBlocked(): Promise<RoomPath> {
    this.relays = false;
    const path = await this.open();
    path.server = this.server;
    this.cut = true;
    return path;
  }

  async open(more: Partial<RoomPathOptions> = {}): Promise<RoomPath> {
    return await RoomPath.open({
      roomPort: 20100,
      member: "00000000000000aa",
      label: 'room "lab"',
      interface: LAN,
      relay: "auto",
      openDirect: (over, events) =>
        this.unjoinable ? Promise.reject(new UserError("Cannot join.")) : Promise.resolve(
          this.#transport(
            "direct",
            { address: over.address, port: 5000 + this.opened.length },
            events,
          ),
        ),
      chooseAgain: () => this.addresses.includes(LAN.address) ? LAN : undefined,
      addresses: () => this.addresses,
      clock: this.clock,
      wallClock: () => this.wall + this.clock.now(),
      random: () => 0.5,
      newToken: () => (++this.#tokens).toString(16).padStart(16, "0"),
      onData: (bytes) => this.heard.push(new TextDecoder().decode(bytes)),
      onControl: () => this.heard.push("control"),
      onMoved: ({ local, relayed }) => this.moves.push(`${local.port} ${relayed}`),
      onNews: (news) => this.news.push(tell(news)),
      onProblem: (error) => this.problems.push(error),
      ...more,
    });
  }

  #transport(
    kind: "direct" | "relay",
    local: SocketAddress,
    events: TransportEvents,
  ): FakeTransport {
    const transport = new FakeTransport(kind, local, events, (probe, from) => {
      if (probe.kind !== "probe" || this.cut || from.kind === "relay") return;
      events.onControl(echo(probe.token), SERVER);
    });
    this.opened.push(transport);
    return transport;
  }
}

function echo(token: string, kind: "echo" | "probe" = "echo"): Uint8Array {
  return encodeControl({ kind, roomPort: 20100, member: "00000000000000ee", token });
}

function tell(news: PathNews): string {
  return "why" in news ? `${news.kind}: ${news.why}` : news.kind;
}

function line(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

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
