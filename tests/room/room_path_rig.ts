/**
 * A network whose multicast can be cut, for the tests of the way into a room.
 *
 * @module
 */

import { UserError } from "../../lib/errors.ts";
import { decodeControl, encodeControl } from "../../lib/framing/control.ts";
import type { Probe } from "../../lib/framing/control_messages.ts";
import type { SocketAddress } from "../../lib/net/datagram.ts";
import { RoomPath, type RoomPathOptions } from "../../lib/room/room_path.ts";
import type { PathNews, RoomServer } from "../../lib/room/room_server.ts";
import type { RoomTransport, TransportEvents } from "../../lib/room/transport.ts";
import { FakeClock } from "../helpers/fake_clock.ts";

/** The machine's interface. */
export const LAN = { name: "lan0", address: "10.0.0.1" };
/** The server. */
export const SERVER = { address: "10.0.0.9", port: 23900 };

/** A transport that remembers what it was given. */
export class FakeTransport implements RoomTransport {
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
export class FakeNet {
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

/** A control datagram of the server: what answers a probe, or one of its own. */
export function echo(token: string, kind: "echo" | "probe" = "echo"): Uint8Array {
  return encodeControl({ kind, roomPort: 20100, member: "00000000000000ee", token });
}

function tell(news: PathNews): string {
  return "why" in news ? `${news.kind}: ${news.why}` : news.kind;
}

/** A chat line. */
export function line(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
