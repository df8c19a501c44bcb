/**
 * Members of a room on loopback: over multicast, and through a real server over TCP.
 *
 * @module
 */

import { SessionRelays } from "../../lib/client/relay_server.ts";
import type { Room } from "../../lib/directory/room.ts";
import { isControl } from "../../lib/framing/control.ts";
import type { PeopleMethodMap } from "../../lib/people/people_methods.ts";
import { DirectTransport } from "../../lib/room/direct_transport.ts";
import type { RoomLinkMethodMap } from "../../lib/room/relay_methods.ts";
import { RelayTransport } from "../../lib/room/relay_transport.ts";
import type { RoomTransport, TransportEvents } from "../../lib/room/transport.ts";
import { RpcPeer } from "../../lib/rpc/peer.ts";
import { freeGroup, Inbox, LOOPBACK } from "../net/loopback.ts";
import { bytes } from "./bytes.ts";
import type { SessionServer } from "./session_server.ts";

/** A member of a room, and what it heard. */
export class Member implements AsyncDisposable {
  /** Lines of others. */
  readonly lines: Inbox<string> = new Inbox();
  /** Control datagrams of others. */
  readonly control: Inbox<Uint8Array> = new Inbox();
  /** Why it ended by itself. */
  readonly ends: Inbox<string> = new Inbox();
  /** Its way into the room. */
  transport!: RoomTransport;

  /** What its transport is made with. */
  readonly events: TransportEvents = {
    onData: (data) => this.lines.add(new TextDecoder().decode(data)),
    onControl: (data) => {
      if (!isControl(data)) throw new Error("a line on the control port");
      this.control.add(data);
    },
    onProblem: (error) => reportError(error),
    onEnded: (why) => this.ends.add(why),
  };

  /**
   * Enters over multicast.
   *
   * @param room The room.
   * @returns The member.
   */
  static async direct(room: Room): Promise<Member> {
    const member = new Member();
    member.transport = await DirectTransport.open({
      ...member.events,
      group: room,
      interfaceAddress: LOOPBACK,
      label: "room",
    });
    return member;
  }

  /**
   * Enters through a server.
   *
   * @param room The room.
   * @param session The session at the server.
   * @returns The member.
   */
  static async relayed(room: Room, session: Session): Promise<Member> {
    const member = new Member();
    member.transport = await RelayTransport.open({
      ...member.events,
      server: session.relays,
      room: room.name,
      interfaceAddress: LOOPBACK,
    });
    return member;
  }

  /**
   * Says a line.
   *
   * @param text The line.
   */
  async say(text: string): Promise<void> {
    await this.transport.sendData(bytes(text));
  }

  /** Leaves. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.transport[Symbol.asyncDispose]();
  }
}

/** A session with relays. */
export class Session implements AsyncDisposable {
  /** The connection. */
  readonly peer: RpcPeer<RoomLinkMethodMap & PeopleMethodMap>;
  /** Its relays. */
  readonly relays: SessionRelays = new SessionRelays(() => this.peer);

  private constructor(transport: Deno.TcpConn) {
    const onFault = (error: unknown): void => reportError(error);
    this.peer = new RpcPeer({ transport, handlers: this.relays.handlers, onFault });
  }

  /**
   * Connects and says hello.
   *
   * @param server The server.
   * @returns The session.
   */
  static async begin(server: SessionServer): Promise<Session> {
    const { host: hostname, port } = server.endpoint;
    const session = new Session(await Deno.connect({ hostname, port }));
    await session.peer.request("hello", { client: "test", protocol: 1 });
    return session;
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.peer[Symbol.asyncDispose]();
  }
}

/**
 * Makes a room that nobody else is in.
 *
 * @param server Where.
 * @returns The room.
 */
export async function makeRoom(server: SessionServer): Promise<Room> {
  const { address, port } = await freeGroup();
  return await server.directory.create("lobby", address, String(port));
}
