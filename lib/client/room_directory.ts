/**
 * The directory as the client sees it, whatever protocol the server speaks.
 *
 * @module
 */

import type { Room } from "../directory/room.ts";
import type { PersonRecord } from "../people/people_methods.ts";
import type { RelayServer } from "../room/relay_transport.ts";
import type { SessionCalls } from "./session_calls.ts";

/** A room, with what the server tells beyond the lab protocol. */
export interface ListedRoom extends Room {
  /** How many people the server knows to be in it; a lab server knows nobody. */
  readonly members?: number;
}

/** All rooms of a directory. */
export interface RoomListing {
  /** The rooms, in the server's order. */
  readonly rooms: readonly ListedRoom[];
  /** How many lines of a lab server's listing could not be read. */
  readonly unreadable: number;
}

/** What somebody who makes a room says of it, as typed. */
export interface RoomRequest {
  /** Its name. */
  readonly name: string;
  /** Its group address; allocated if not given. */
  readonly address?: string | undefined;
  /** Its port; allocated if not given. */
  readonly port?: string | undefined;
  /** What it is about. */
  readonly topic?: string | undefined;
  /** The check value of its passphrase, for a sealed one. */
  readonly sealed?: string | undefined;
}

/** A directory somewhere else. All errors are sentences for people. */
export interface RoomDirectory extends AsyncDisposable {
  /** Where it is, as `host:port`. */
  readonly where: string;
  /** The directory's revision that is known here; undefined if the server tells none. */
  readonly revision?: number | undefined;
  /** The address of this machine that leads there. */
  readonly localAddress: string;
  /** Resolves with the reason when the connection has ended, whoever ended it. */
  readonly closed: Promise<string>;
  /** Who is there; undefined if the server speaks only the lab protocol. */
  readonly people: PeopleDirectory | undefined;
  /** What else can be asked in a session; undefined if there is none. */
  readonly session: ServerSession | undefined;
  /** The server's help for rooms that multicast does not reach; undefined if it gives none. */
  readonly relays: ServerRelays | undefined;
  /**
   * Lists the rooms.
   *
   * @param signal Gives up.
   * @returns The rooms.
   */
  list(signal?: AbortSignal): Promise<RoomListing>;
  /**
   * Creates a room.
   *
   * @param request What was typed.
   * @param signal Gives up.
   * @returns The room, as the directory has it now.
   */
  create(request: RoomRequest, signal?: AbortSignal): Promise<ListedRoom>;
  /**
   * Deletes a room.
   *
   * @param name Its name.
   * @param signal Gives up.
   * @returns The room that is gone.
   */
  delete(name: string, signal?: AbortSignal): Promise<ListedRoom>;
  /**
   * Looks a room up.
   *
   * @param name Its name.
   * @param signal Gives up.
   * @returns The room, or undefined if there is none of that name.
   */
  find(name: string, signal?: AbortSignal): Promise<ListedRoom | undefined>;
}

/** A session, for whoever asks in it. */
export interface ServerSession {
  /** Asks. */
  readonly calls: SessionCalls;
  /** What the server can do. */
  readonly features: ReadonlySet<string>;
  /** Whether nobody on the way can read or change what is said: it goes over TLS. */
  readonly secure: boolean;
  /** The fingerprint of the certificate that is trusted; undefined without TLS. */
  readonly fingerprint: string | undefined;
}

/** A server that answers probes in rooms, and carries them over TCP. */
export interface ServerRelays {
  /** Asks for it. */
  readonly server: RelayServer;
  /** Whether the server is on this machine. */
  readonly here: boolean;
}

/** The people of a server with sessions. */
export interface PeopleDirectory {
  /** The name the server knows this client by. */
  readonly name: string;
  /**
   * Lists who is there.
   *
   * @param signal Gives up.
   * @returns Everybody, in the order they came.
   */
  list(signal?: AbortSignal): Promise<readonly PersonRecord[]>;
  /**
   * Takes another name.
   *
   * @param name The new name.
   * @param signal Gives up.
   */
  rename(name: string, signal?: AbortSignal): Promise<void>;
  /**
   * The server has said that it calls this client otherwise from now on.
   *
   * @param name The name.
   */
  called(name: string): void;
  /**
   * Says which room this client is in.
   *
   * @param room The room's name, or undefined for none.
   */
  move(room: string | undefined): Promise<void>;
}
