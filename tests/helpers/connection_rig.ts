/**
 * A connection over a fake socket and a fake clock.
 *
 * @module
 */

import { Directory } from "../../lib/directory/directory.ts";
import { MemoryStore } from "../../lib/directory/memory_store.ts";
import { Connection, type ConnectionEnd } from "../../lib/server/connection.ts";
import { LabSession } from "../../lib/server/lab_session.ts";
import type { Limits } from "../../lib/server/limits.ts";
import { ListingReplies } from "../../lib/server/listing_replies.ts";
import { Turns } from "../../lib/server/turns.ts";
import { listing, makeroom } from "./bytes.ts";
import { FakeSocket, FakeStore, RecordingLog } from "./fakes.ts";

/** Round limits; times in milliseconds. */
export const LIMITS: Limits = {
  maxConnections: 1,
  maxRelays: 0,
  requestTimeout: 10_000,
  sendTimeout: 5_000,
  stopTimeout: 2_000,
  maxReplyBytes: 1_000,
};
/** A request that makes a room. */
export const LAB: Uint8Array<ArrayBuffer> = makeroom("lab", "239.1.2.3", "50100");
/** Its line in the listing. */
export const LAB_LINE = "lab: 239.1.2.3:50100\n";
/** The answer to getdir while there is no room. */
export const EMPTY: Uint8Array<ArrayBuffer> = listing("");
/** Why a slow request's connection is closed. */
export const LATE = "a request was begun and not finished within 10 s";

/** A running connection, its socket and its time. */
export class Rig {
  /** The client's side. */
  readonly socket: FakeSocket = new FakeSocket();
  /** What is tested. */
  readonly connection: Connection;
  /** How it ended. */
  readonly end: Promise<ConnectionEnd>;
  /** Why it was closed. */
  readonly ended: Promise<string | undefined>;
  /** The time in milliseconds. */
  time = 1_000_000;

  /**
   * Starts it.
   *
   * @param directory The rooms.
   */
  constructor(directory: Directory) {
    const maxReplyBytes = LIMITS.maxReplyBytes;
    const replies = new ListingReplies(directory, maxReplyBytes);
    const log = new RecordingLog();
    const session = new LabSession({ directory, replies, log, peer: "p", maxReplyBytes });
    const { socket } = this;
    const now = (): number => this.time;
    const turns = new Turns();
    this.connection = new Connection({ socket, session, limits: LIMITS, turns, now });
    this.end = this.connection.run();
    this.ended = this.end.then((end) => end.kind === "closed" ? end.why : end.kind);
  }

  /**
   * Lets bytes arrive and waits until they are answered.
   *
   * @param data The bytes.
   */
  async exchange(data: Uint8Array): Promise<void> {
    this.socket.arrive(data);
    await this.socket.idle;
  }

  /**
   * Lets time pass and has the connection checked, each second.
   *
   * @param milliseconds How long.
   */
  pass(milliseconds: number): void {
    const end = this.time + milliseconds;
    while (this.time < end) {
      this.time = Math.min(end, this.time + 1_000);
      this.connection.check(this.time);
    }
  }

  /** Whether the socket is open. */
  get open(): boolean {
    return this.socket.closes === 0;
  }
}

/**
 * Starts a connection.
 *
 * @param store Where its rooms are.
 * @returns The rig.
 */
export async function rig(store: MemoryStore | FakeStore = new MemoryStore()): Promise<Rig> {
  if (store instanceof FakeStore) store.snapshotted.resolve({ revision: 0, rooms: [] });
  return new Rig(await Directory.open(store));
}

/**
 * Takes a rig apart.
 *
 * @param rig The rig.
 * @returns Its parts, with `exchange` bound.
 */
export function bind(rig: Rig): Pick<Rig, "socket" | "ended" | "exchange" | "connection"> {
  const { socket, ended, connection } = rig;
  return { socket, ended, connection, exchange: (data) => rig.exchange(data) };
}
