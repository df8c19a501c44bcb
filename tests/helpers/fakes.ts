/**
 * Stand-ins for a socket, a store and the status log, driven by the test.
 *
 * @module
 */

import { concat } from "@std/bytes/concat";
import type { Room } from "../../lib/directory/room.ts";
import type {
  CreateOutcome,
  DirectoryChange,
  DirectorySnapshot,
  DirectoryStore,
} from "../../lib/directory/store.ts";
import type { Socket } from "../../lib/server/connection.ts";
import type { StatusEvent, StatusLog } from "../../lib/server/status_event.ts";

/** A {@linkcode Socket} whose other side is the test. */
export class FakeSocket implements Socket {
  /** How often it was closed; a real one throws the second time, and so does this one. */
  closes = 0;
  /** Whether our side was ended. */
  ended = false;
  /** How many bytes one write takes at most. */
  maxWrite: number = Infinity;
  /** How many writes were made. */
  writes = 0;
  readonly #written: Uint8Array[] = [];
  readonly #arrived: Uint8Array[] = [];
  #end = false;
  #takes = true;
  #read: { buffer: Uint8Array; done: PromiseWithResolvers<number | null> } | undefined;
  #write: { bytes: Uint8Array; done: PromiseWithResolvers<number> } | undefined;
  #isIdle = false;
  #idle = Promise.withResolvers<void>();
  #stuck = Promise.withResolvers<void>();

  /** Everything that was written and taken. */
  get written(): Uint8Array {
    return concat(this.#written);
  }

  /** Resolves when somebody waits in read() for bytes that are not there. */
  get idle(): Promise<void> {
    return this.#isIdle ? Promise.resolve() : this.#idle.promise;
  }

  /** Resolves when somebody waits in write() and the test takes nothing. */
  get stuck(): Promise<void> {
    return this.#stuck.promise;
  }

  /**
   * Lets bytes arrive.
   *
   * @param bytes The bytes, read in one piece if the buffer is large enough.
   */
  arrive(bytes: Uint8Array): void {
    this.#arrived.push(bytes);
    this.#deliver();
  }

  /** Ends the other side. */
  arriveEnd(): void {
    this.#end = true;
    this.#deliver();
  }

  /**
   * Resets the connection.
   *
   * @param error What the waiting call throws.
   */
  reset(error: Error = new Deno.errors.ConnectionReset("reset (os error 104)")): void {
    this.#read?.done.reject(error);
    this.#write?.done.reject(error);
    this.#read = this.#write = undefined;
  }

  /** From now on the other side takes nothing. */
  block(): void {
    this.#takes = false;
  }

  /** The other side takes what waits, once. */
  takeOnce(): void {
    const write = this.#write;
    if (write === undefined) throw new Error("nothing waits to be taken");
    this.#write = undefined;
    this.#stuck = Promise.withResolvers();
    write.done.resolve(this.#accept(write.bytes));
  }

  /** The other side takes everything from now on. */
  unblock(): void {
    this.#takes = true;
    if (this.#write !== undefined) this.takeOnce();
  }

  /** See {@linkcode Socket}. */
  read(buffer: Uint8Array): Promise<number | null> {
    if (this.closes > 0) return Promise.reject(new Deno.errors.BadResource("Bad resource ID"));
    const done = Promise.withResolvers<number | null>();
    this.#read = { buffer, done };
    this.#deliver();
    if (this.#read !== undefined) {
      this.#isIdle = true;
      this.#idle.resolve();
      this.#idle = Promise.withResolvers();
    }
    return done.promise;
  }

  /** See {@linkcode Socket}. */
  write(bytes: Uint8Array): Promise<number> {
    if (this.closes > 0) return Promise.reject(new Deno.errors.BadResource("Bad resource ID"));
    this.writes++;
    if (this.#takes) return Promise.resolve(this.#accept(bytes));
    const done = Promise.withResolvers<number>();
    this.#write = { bytes, done };
    this.#stuck.resolve();
    return done.promise;
  }

  /** See {@linkcode Socket}. */
  closeWrite(): Promise<void> {
    this.ended = true;
    return Promise.resolve();
  }

  /** See {@linkcode Socket}. */
  close(): void {
    this.closes++;
    if (this.closes > 1) throw new Deno.errors.BadResource("Bad resource ID");
    this.reset(new Deno.errors.BadResource("Bad resource ID"));
  }

  #accept(bytes: Uint8Array): number {
    const part = bytes.slice(0, Math.min(this.maxWrite, bytes.length));
    this.#written.push(part);
    return part.length;
  }

  #deliver(): void {
    const read = this.#read;
    const next = this.#arrived[0];
    if (read === undefined || (next === undefined && !this.#end)) return;
    this.#read = undefined;
    this.#isIdle = false;
    if (next === undefined) return read.done.resolve(null);
    const count = Math.min(next.length, read.buffer.length);
    read.buffer.set(next.subarray(0, count));
    if (count === next.length) this.#arrived.shift();
    else this.#arrived[0] = next.subarray(count);
    read.done.resolve(count);
  }
}

/** A call of a {@linkcode FakeStore} that waits for the test. */
export interface StoreCall {
  /** What was asked. */
  readonly what: string;
  /** Carries it out, as a store far away does. */
  finish(outcome?: CreateOutcome): void;
  /** Fails, as a full disk does. */
  fail(error: Error): void;
}

/** A {@linkcode DirectoryStore} where the test decides when and how each change ends. */
export class FakeStore implements DirectoryStore {
  /** The changes that were asked for and have not ended. */
  readonly calls: StoreCall[] = [];
  /** What `snapshot()` returns, when the test resolves it. */
  readonly snapshotted: PromiseWithResolvers<DirectorySnapshot> = Promise.withResolvers();
  /** How many watch. */
  watchers = 0;
  readonly #listeners = new Set<(change: DirectoryChange) => void>();
  readonly #rooms = new Map<string, Room>();
  #revision = 0;

  /**
   * Reports a change, as if somebody elsewhere had made it.
   *
   * @param change The change.
   */
  report(change: DirectoryChange): void {
    this.#revision = Math.max(this.#revision, change.revision);
    for (const listener of this.#listeners) listener(change);
  }

  /** See {@linkcode DirectoryStore}. */
  snapshot(): Promise<DirectorySnapshot> {
    return this.snapshotted.promise;
  }

  /** See {@linkcode DirectoryStore}. */
  create(room: Room): Promise<CreateOutcome> {
    const done = Promise.withResolvers<CreateOutcome>();
    this.calls.push({
      what: `create ${room.name}`,
      finish: (outcome = { kind: "created" }) => {
        if (outcome.kind === "created") {
          this.#rooms.set(room.name, room);
          this.report({ revision: this.#revision + 1, kind: "created", room });
        }
        done.resolve(outcome);
      },
      fail: (error) => done.reject(error),
    });
    return done.promise;
  }

  /** See {@linkcode DirectoryStore}. */
  delete(name: string): Promise<Room | undefined> {
    const done = Promise.withResolvers<Room | undefined>();
    this.calls.push({
      what: `delete ${name}`,
      finish: () => {
        const room = this.#rooms.get(name);
        this.#rooms.delete(name);
        if (room !== undefined) {
          this.report({ revision: this.#revision + 1, kind: "deleted", room });
        }
        done.resolve(room);
      },
      fail: (error) => done.reject(error),
    });
    return done.promise;
  }

  /** See {@linkcode DirectoryStore}. */
  watch(listener: (change: DirectoryChange) => void): Disposable {
    this.#listeners.add(listener);
    this.watchers++;
    return {
      [Symbol.dispose]: () => {
        if (this.#listeners.delete(listener)) this.watchers--;
      },
    };
  }

  /** Remembers nothing; see {@linkcode DirectoryStore}. */
  changesSince(_revision: number): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  /** See {@linkcode DirectoryStore}. */
  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

/** A {@linkcode StatusLog} that keeps everything. */
export class RecordingLog implements StatusLog {
  /** What was reported. */
  readonly events: StatusEvent[] = [];
  #news: PromiseWithResolvers<void> = Promise.withResolvers();

  /**
   * Makes a log.
   *
   * @param verbose Whether ordinary events are wanted.
   */
  constructor(readonly verbose = true) {}

  /** See {@linkcode StatusLog}. */
  report(event: StatusEvent): void {
    this.events.push(event);
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }

  /** Resolves at the next report. */
  get changed(): Promise<void> {
    return this.#news.promise;
  }
}
