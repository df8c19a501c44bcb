/**
 * What the server does for one session, without a socket: the handlers of the session protocol.
 *
 * @module
 */

import type { Directory } from "../directory/directory.ts";
import { DirectoryError } from "../directory/directory_error.ts";
import { toldRoom } from "../directory/room.ts";
import type {
  CreateParams,
  ListParams,
  NameParams,
  RoomAnswer,
  RoomList,
  RoomMethodMap,
  RoomWatch,
  WatchParams,
} from "../directory/room_methods.ts";
import { UserError } from "../errors.ts";
import { sanitise } from "../text.ts";
import {
  FEATURES,
  type HelloParams,
  type HelloResult,
  type HelloTls,
  type PeopleList,
  type PeopleListParams,
  type PeopleMethodMap,
  type PersonRecord,
  SESSION_PROTOCOL,
} from "../people/people_methods.ts";
import { PresenceError } from "../people/names.ts";
import { ownerKeys } from "../people/owner_keys.ts";
import type { Presence, Session } from "../people/presence.ts";
import { takePage } from "../rpc/page.ts";
import { refusal } from "../rpc/rpc_error.ts";
import type { News } from "./news.ts";
import type { Records } from "./records.ts";
import type { RoomIndex } from "./room_index.ts";
import type { Sight } from "./sight.ts";
import type { SessionContext, SessionPart } from "./session_part.ts";

/** How long a client's description of itself may be, in characters. */
const MAX_CLIENT_LENGTH = 64;

/** How long the secret is with which a client takes its name over, in characters. */
const RESUME_LENGTH = { min: 16, max: 64 } as const;

/** What a {@linkcode SessionService} works with. */
export interface SessionServiceOptions {
  /** The rooms. */
  readonly directory: Directory;
  /** The rooms in the order of their names. */
  readonly index: RoomIndex;
  /** Who is here. */
  readonly presence: Presence;
  /** Who sees whom. */
  readonly sight: Sight;
  /**
   * Says since when the account exists that a session is logged in to, in milliseconds since 1970.
   *
   * @default Everybody is a guest.
   */
  readonly accountSince?: ((session: Session) => number | undefined) | undefined;
  /** What else serves the client. */
  readonly parts: readonly Pick<SessionPart, "handlers" | "features">[];
  /** How rooms and people are told. */
  readonly records: Records;
  /** What is told to those who watch. */
  readonly news: News;
  /** The server's program and version. */
  readonly server: string;
  /** How to reach it in TLS; undefined if it has none. */
  readonly tls?: HelloTls | undefined;
  /** Turns the watch over the client's silence on or off. */
  readonly setKeepAlive: (on: boolean) => void;
  /** The session, and how to reach its client. */
  readonly context: Pick<SessionContext, "session" | "peer" | "now" | "post" | "problem">;
}

/** The methods that the session serves itself, and what they take and answer. */
export type SessionMethodMap = RoomMethodMap & PeopleMethodMap;

/** One function per method; parameters have been checked against the method's table. */
export type SessionHandlers = {
  readonly [Name in keyof SessionMethodMap]: (
    params: SessionMethodMap[Name]["params"],
  ) => SessionMethodMap[Name]["result"] | Promise<SessionMethodMap[Name]["result"]>;
};

/** One session: greeted or not yet, watching or not. Dispose it when its connection ends. */
export class SessionService implements Disposable {
  readonly #options: SessionServiceOptions;
  readonly #context: SessionServiceOptions["context"];
  readonly #session: Session;
  #greeted = false;
  #roomWatch: Disposable | undefined;
  #peopleWatch: Disposable | undefined;
  /** What the session serves itself. */
  readonly handlers: SessionHandlers;

  /**
   * Begins a session for a connection.
   *
   * @param options What it works with.
   */
  constructor(options: SessionServiceOptions) {
    this.#options = options;
    this.#context = options.context;
    this.#session = options.context.session;
    options.presence.enter(this.#session, { now: options.context.now() });
    this.handlers = {
      "hello": (params) => this.#hello(params),
      "rooms.list": (params) => this.#listRooms(params),
      "rooms.create": (params) => this.#createRoom(params),
      "rooms.delete": (params) => this.#deleteRoom(params),
      "rooms.find": (params) => this.#findRoom(params),
      "rooms.watch": (params) => this.#watchRooms(params),
      "rooms.unwatch": () => this.#unwatchRooms(),
      "people.list": (params) => this.#listPeople(params),
      "people.watch": () => this.#watchPeople(),
      "people.unwatch": () => this.#unwatchPeople(),
      "people.rename": ({ name }) => this.#rename(name),
      "people.move": ({ room }) => this.#move(room),
    };
  }

  /** What the session and its parts serve, by method. */
  get allHandlers(): Readonly<Record<string, (params: unknown) => unknown>> {
    const all = [this.handlers, ...this.#options.parts.map(({ handlers }) => handlers)];
    return Object.assign(Object.create(null), ...all);
  }

  /** Whether the client has said hello: before, it may call nothing else. */
  get greeted(): boolean {
    return this.#greeted;
  }

  /** The client did something. */
  touch(): void {
    this.#options.presence.touch(this.#session, this.#context.now());
  }

  /** Ends the session: its name is free, its watches end. */
  [Symbol.dispose](): void {
    this.#unwatchRooms();
    this.#unwatchPeople();
    this.#options.presence.leave(this.#session);
  }

  #hello(params: HelloParams): HelloResult {
    const { client, protocol, name, resume, orSimilar, keepAlive } = params;
    if (client.length === 0 || client.length > MAX_CLIENT_LENGTH) {
      const why = `"client" has 1 to ${MAX_CLIENT_LENGTH} characters`;
      throw refusal("BAD_HELLO", `Cannot begin a session: ${why}.`);
    }
    const { min, max } = RESUME_LENGTH;
    if (resume !== undefined && (resume.length < min || resume.length > max)) {
      const why = `"resume" has ${min} to ${max} characters`;
      throw refusal("BAD_HELLO", `Cannot begin a session: ${why}.`);
    }
    if (protocol < SESSION_PROTOCOL) {
      const why = `this server speaks protocol ${SESSION_PROTOCOL}`;
      throw refusal("BAD_PROTOCOL", `Cannot begin a session: ${why}.`, {
        protocol: SESSION_PROTOCOL,
      });
    }
    const { presence, server, parts, tls } = this.#options;
    const { peer, now } = this.#context;
    const person = named(() =>
      presence.enter(this.#session, { name, secret: resume, orSimilar, now: now() })
    );
    this.#greeted = true;
    this.#options.setKeepAlive(keepAlive === true);
    const you = { address: peer.host, port: peer.port, name: person.name };
    const features = [...FEATURES, ...parts.flatMap(({ features }) => features)];
    return { server, protocol: SESSION_PROTOCOL, you, features, ...(tls && { tls }) };
  }

  #listRooms({ after }: ListParams): RoomList {
    const { directory, index, records } = this.#options;
    const { page, more } = takePage(index.after(after).map((room) => records.room(room)));
    const next = more ? page.at(-1)?.name : undefined;
    const { revision } = directory;
    return { revision, rooms: page, ...(next === undefined ? {} : { next }) };
  }

  async #createRoom(params: CreateParams): Promise<RoomAnswer> {
    const { name, address, port, topic, sealed } = params;
    const createdBy = this.#options.presence.personOf(this.#session)?.name;
    const [owner] = this.#owners;
    const asText = port === undefined ? undefined : String(port);
    const { directory } = this.#options;
    const room = await this.#kept(
      `create room "${sanitise(name)}"`,
      directory.create(name, address, asText, { topic, createdBy, sealed, owner }),
    );
    return { room: this.#options.records.room(room) };
  }

  async #deleteRoom({ name }: NameParams): Promise<RoomAnswer> {
    const action = `delete room "${sanitise(name)}"`;
    return {
      room: this.#options.records.room(
        await this.#kept(action, this.#options.directory.delete(name, this.#owners)),
      ),
    };
  }

  /** Whose rooms the client may delete, if only owners may. */
  get #owners(): readonly string[] {
    const person = this.#options.presence.personOf(this.#session);
    const accountSince = this.#options.accountSince?.(this.#session);
    return person === undefined ? [] : ownerKeys({ ...person, accountSince });
  }

  #findRoom({ name }: NameParams): RoomAnswer {
    const room = this.#options.directory.find(name);
    if (room !== undefined) return { room: this.#options.records.room(room) };
    const shown = sanitise(name);
    throw refusal("NO_SUCH_ROOM", `Cannot find room "${shown}": there is no room of that name.`);
  }

  #watchRooms({ since }: WatchParams): RoomWatch {
    const { directory, news, records } = this.#options;
    this.#roomWatch ??= news.watchRooms(this.#context.post);
    const { revision } = directory;
    const missed = since === undefined ? undefined : directory.changesSince(since);
    if (missed === undefined) return { revision };
    const { page, more } = takePage(missed.map((change) => records.roomChange(change)));
    return more ? { revision } : { revision, changes: page };
  }

  #unwatchRooms(): Record<never, never> {
    this.#roomWatch?.[Symbol.dispose]();
    this.#roomWatch = undefined;
    return {};
  }

  #listPeople({ after = 0 }: PeopleListParams): PeopleList {
    const { page, more } = takePage(this.#numbered(after));
    const next = more ? page.at(-1)?.number : undefined;
    const people = page.map(({ person }) => person);
    return { people, ...(next === undefined ? {} : { next }) };
  }

  #watchPeople(): Record<never, never> {
    this.#peopleWatch ??= this.#options.news.watchPeople(this.#context.post, this.#session);
    return {};
  }

  #unwatchPeople(): Record<never, never> {
    this.#peopleWatch?.[Symbol.dispose]();
    this.#peopleWatch = undefined;
    return {};
  }

  #rename(name: string): { name: string } {
    const { presence } = this.#options;
    return { name: named(() => presence.rename(this.#session, name, this.#context.now())).name };
  }

  #move(room: string | null): Record<never, never> {
    const { presence, directory } = this.#options;
    // Only rooms of the directory: what others are shown is not for a client to make up.
    const known = room === null ? undefined : directory.find(room);
    presence.move(this.#session, known, this.#context.now());
    return {};
  }

  /** Turns what the directory refuses, and what its store fails with, into an answer. */
  async #kept<T>(action: string, change: Promise<T>): Promise<T> {
    try {
      return await change;
    } catch (error) {
      if (error instanceof DirectoryError) {
        throw refusal(
          error.code,
          error.message,
          error.by === undefined ? {} : { by: toldRoom(error.by) },
        );
      }
      if (!(error instanceof UserError)) throw error;
      // The operator can do something about it; the sentence names files that are not for clients.
      this.#context.problem(error.message);
      const why = "the server could not store it. Tell the server's operator, then try again";
      throw refusal("STORE_FAILED", `Cannot ${action}: ${why}.`);
    }
  }

  *#numbered(after: number): Iterable<{ number: number; person: PersonRecord }> {
    const { presence, records, sight } = this.#options;
    for (const [number, person] of presence.peopleAfter(after)) {
      if (!sight.sees(this.#session, person.name)) continue;
      yield { number, person: records.person(person) };
    }
  }
}

/** Turns a refusal of a name into an answer. */
function named<T>(claim: () => T): T {
  try {
    return claim();
  } catch (error) {
    if (!(error instanceof PresenceError)) throw error;
    const { code, message, suggestion } = error;
    throw refusal(code, message, suggestion === undefined ? {} : { suggestion });
  }
}
