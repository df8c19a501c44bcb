/**
 * One lab client's requests and their replies, without a socket.
 *
 * @module
 */

import { concat } from "@std/bytes/concat";
import type { Directory } from "../directory/directory.ts";
import { DirectoryError } from "../directory/directory_error.ts";
import { endpointOf, type Room } from "../directory/room.ts";
import { SEALED_MARK } from "../directory/rules.ts";
import { reasonOf, UserError } from "../errors.ts";
import { LabFormatError, type LabRequest, LabRequestDecoder } from "../framing/lab.ts";
import { encodeRoomReply } from "../framing/lab_reply.ts";
import type { ListingReplies } from "./listing_replies.ts";
import type { StatusLog } from "./status_event.ts";

/**
 * How many bytes of small replies are joined for one write. A listing that is longer is memory that all
 * connections share, and is handed out as it is.
 */
const MAX_JOINED_BYTES = 64 * 1024;

/** What a {@linkcode LabSession} works with. */
export interface LabSessionOptions {
  /** The rooms. */
  readonly directory: Directory;
  /** The answers to getdir. */
  readonly replies: ListingReplies;
  /** Where each request and its outcome is told. */
  readonly log: StatusLog;
  /** The client, as `address:port`. */
  readonly peer: string;
  /**
   * Whose the rooms are that the client makes, and which it may delete where only owners may.
   *
   * @default Nobody's.
   */
  readonly owner?: string | undefined;
  /** How long a piece of replies may get; one reply may be longer. */
  readonly maxReplyBytes: number;
}

/**
 * Takes bytes, hands out replies: `push()` what was read, then send what `next()` returns until
 * it returns undefined, then close if the session is `over`.
 */
export class LabSession {
  readonly #options: LabSessionOptions;
  readonly #decoder = new LabRequestDecoder();
  /** getdir requests of the present run that are still to be answered. */
  #getdirs = 0;
  /** A large reply that is handed out next, since joining it would mean copying it. */
  #held: Uint8Array | undefined;
  #over = false;
  #cancelled = false;
  #fault: string | undefined;
  #completed = 0;

  /**
   * Begins a session.
   *
   * @param options What it works with.
   */
  constructor(options: LabSessionOptions) {
    this.#options = options;
  }

  /** Whether a request was begun and its end has not arrived. */
  get pending(): boolean {
    return this.#decoder.pending;
  }

  /** How many requests were complete so far: a change means that a pending one is a new one. */
  get completed(): number {
    return this.#completed;
  }

  /** Whether the connection is to be closed once everything handed out was sent. */
  get over(): boolean {
    return this.#over;
  }

  /** What the client did wrong, if that is why the session is over. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** Ends the session now: no further request is carried out, what was not handed out is dropped. */
  cancel(): void {
    this.#over = true;
    this.#cancelled = true;
    this.#getdirs = 0;
    this.#held = undefined;
  }

  /**
   * Takes what was read.
   *
   * @param chunk Bytes of the connection; must stay as they are until `next()` returns undefined.
   */
  push(chunk: Uint8Array): void {
    this.#decoder.push(chunk);
  }

  /**
   * Carries out requests until there are enough replies for one write.
   *
   * @returns Bytes to send, or undefined if more must be read first; a promise only if the
   *   directory's store had to be asked. What was cancelled meanwhile is not to be sent.
   */
  next(): Uint8Array | undefined | Promise<Uint8Array | undefined> {
    const first = this.#reply();
    if (first === undefined) return undefined;
    const parts: Uint8Array[] = [];
    if (first instanceof Promise) return this.#nextAfter(first, parts);
    // The usual read holds one request, or one run of getdir: nothing to join.
    if (this.#getdirs === 0 && this.#decoder.empty) return first;
    parts.push(first);
    const waiting = this.#gather(parts);
    return waiting === undefined ? join(parts) : this.#nextAfter(waiting, parts);
  }

  async #nextAfter(first: Promise<void>, parts: Uint8Array[]): Promise<Uint8Array | undefined> {
    let waiting: Promise<void> | undefined = first;
    while (waiting !== undefined) {
      await waiting;
      if (this.#cancelled) return undefined;
      waiting = this.#gather(parts);
    }
    return join(parts);
  }

  /** Fills `parts` until they are enough; returns a promise where the store makes it wait. */
  #gather(parts: Uint8Array[]): Promise<void> | undefined {
    let size = parts.reduce((sum, part) => sum + part.length, 0);
    const enough = Math.min(this.#options.maxReplyBytes, MAX_JOINED_BYTES);
    while (size < enough) {
      const reply = this.#reply();
      if (reply === undefined) return undefined;
      if (reply instanceof Promise) return reply;
      if (parts.length > 0 && reply.length >= enough) {
        this.#held = reply;
        return undefined;
      }
      parts.push(reply);
      size += reply.length;
    }
    return undefined;
  }

  /** The next reply, whichever it is. */
  #reply(): Uint8Array | undefined | Promise<void> {
    const held = this.#held;
    if (held !== undefined) {
      this.#held = undefined;
      return held;
    }
    return this.#getdirs > 0 ? this.#listings() : this.#advance();
  }

  #listings(): Uint8Array {
    const times = Math.min(this.#getdirs, this.#options.replies.maxTimes);
    this.#getdirs -= times;
    return this.#options.replies.take(times);
  }

  /** Carries out the next request. */
  #advance(): Uint8Array | undefined | Promise<void> {
    if (this.#over) return undefined;
    const request = this.#decode();
    if (request === undefined) return undefined;
    this.#completed++;
    const { directory, owner } = this.#options;
    switch (request.op) {
      case "getdir":
        this.#getdirs = request.times;
        if (this.#options.log.verbose) {
          const { size } = directory;
          this.#tell(request, `${size} ${size === 1 ? "room" : "rooms"}`);
        }
        return this.#listings();
      case "makeroom":
        return this.#change(
          request,
          "created",
          () => {
            const { name, address, port } = request;
            return directory.create(name, address, port, { owner });
          },
        );
      case "deleteroom":
        return this.#change(
          request,
          "deleted",
          () => directory.delete(this.#bareName(request.name), owner === undefined ? [] : [owner]),
        );
      case "chat":
        this.#over = true;
        return encodeRoomReply(this.#find(request));
    }
  }

  /** A client that knows nothing of seals would hear noise, and be heard by nobody. */
  #find(request: LabRequest & { op: "chat" }): Room | undefined {
    const room = this.#options.directory.find(request.name);
    if (room === undefined) this.#tell(request, "there is no room of that name", true);
    else if (room.sealed !== undefined) this.#tell(request, "the room is sealed", true);
    else this.#tell(request, endpointOf(room));
    return room?.sealed === undefined ? room : undefined;
  }

  /** A sealed room is listed with a mark; its name has none. */
  #bareName(name: string): string {
    const bare = name.endsWith(SEALED_MARK) ? name.slice(0, -SEALED_MARK.length) : name;
    return this.#options.directory.find(bare)?.sealed === undefined ? name : bare;
  }

  #decode(): LabRequest | undefined {
    try {
      return this.#decoder.next();
    } catch (error) {
      if (!(error instanceof LabFormatError)) throw error;
      this.#over = true;
      this.#fault = error.message;
      return undefined;
    }
  }

  /** A change gets no reply, whatever comes of it; what comes of it is told to the operator. */
  async #change(
    request: LabRequest,
    outcome: string,
    change: () => Promise<unknown>,
  ): Promise<void> {
    try {
      await change();
      this.#tell(request, outcome);
    } catch (error) {
      if (error instanceof DirectoryError) return this.#tell(request, error.why, true);
      // The client is not to suffer: it gets its other replies. The operator can do something.
      const { log, peer } = this.#options;
      const what = error instanceof UserError
        ? error.message
        : `Cannot carry out ${request.op} of ${peer}: ${reasonOf(error)} (a fault of crds-server).`;
      log.report({ event: "problem", what });
      this.#tell(request, "the server could not store it", true);
    }
  }

  #tell(request: LabRequest, outcome: string, refused = false): void {
    const { log, peer } = this.#options;
    if (log.verbose) log.report({ event: "request", peer, request, outcome, refused });
  }
}

function join(parts: Uint8Array[]): Uint8Array | undefined {
  return parts.length > 1 ? concat(parts) : parts[0];
}
