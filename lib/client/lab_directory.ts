/**
 * A directory on a server that cannot say no: the lab protocol answers neither makeroom nor
 * deleteroom, so what became of them is read from the listing.
 *
 * @module
 */

import { allocateEndpoint } from "../directory/allocation.ts";
import { DirectoryError } from "../directory/directory_error.ts";
import { endpointOf, type Room } from "../directory/room.ts";
import { checkWish } from "../directory/rules.ts";
import { UserError } from "../errors.ts";
import { MAX_FIELD_BYTES } from "../framing/lab.ts";
import { parseListing } from "../framing/listing.ts";
import { type Endpoint, formatEndpoint } from "../net/endpoint.ts";
import { sanitise } from "../text.ts";
import { LabConnection } from "./lab_connection.ts";
import type { ListedRoom, RoomDirectory, RoomListing, RoomRequest } from "./room_directory.ts";

/** What to do when the server did not do as asked and cannot say why. */
const NO_REASON =
  "the server did not do it, and speaks the lab protocol only, which has no reasons; " +
  'look at "getdir" or its own output';

/** A {@linkcode RoomDirectory} over the lab protocol. */
export class LabDirectory implements RoomDirectory {
  readonly #connection: LabConnection;

  /**
   * Uses a connection.
   *
   * @param connection The connection; disposed with the directory.
   */
  constructor(connection: LabConnection) {
    this.#connection = connection;
  }

  /** Where it is, as `host:port`. */
  get where(): string {
    return formatEndpoint(this.#connection.endpoint);
  }

  /** The address of this machine that leads there. */
  get localAddress(): string {
    return this.#connection.localAddress;
  }

  /** Resolves with the reason when the connection has ended. */
  get closed(): Promise<string> {
    return this.#connection.closed;
  }

  /** A lab server knows nobody. */
  readonly people: undefined = undefined;
  /** It has none. */
  readonly session: undefined = undefined;
  /** It has no sessions to carry rooms with. */
  readonly relays: undefined = undefined;

  /** Lists the rooms; see {@linkcode RoomDirectory}. */
  async list(signal?: AbortSignal): Promise<RoomListing> {
    const reply = await this.#connection.ask({ op: "getdir", times: 1 }, signal);
    return parseListing(reply.kind === "listing" ? reply.text : "");
  }

  /** Creates a room, and reads from the listing whether that worked; see {@linkcode RoomDirectory}. */
  async create(request: RoomRequest, signal?: AbortSignal): Promise<ListedRoom> {
    const { name } = request;
    checkWish({ ...request, topic: undefined });
    if (request.topic !== undefined) {
      const why = 'the server speaks the lab protocol only, which has no topics; leave "about" out';
      throw new UserError(`Cannot create room "${name}": ${why}.`);
    }
    if (request.sealed !== undefined) {
      const why = "the server speaks the lab protocol only, which has no sealed rooms";
      throw new UserError(`Cannot create room "${name}": ${why}.`);
    }
    const before = await this.list(signal);
    const wanted = complete(request, before.rooms);
    refuseTaken(wanted, before.rooms);
    const { address, port } = wanted;
    await this.#connection.send({ op: "makeroom", name, address, port: String(port) });
    const after = await this.list(signal);
    const made = after.rooms.find((room) => room.name === name);
    if (made !== undefined && endpointOf(made) === endpointOf(wanted)) return made;
    // Somebody else was faster between the two listings.
    refuseTaken(wanted, after.rooms);
    throw new UserError(`Cannot create room "${name}": ${NO_REASON}.`);
  }

  /** Deletes a room, and reads from the listing whether that worked; see {@linkcode RoomDirectory}. */
  async delete(name: string, signal?: AbortSignal): Promise<ListedRoom> {
    const action = `delete room "${sanitise(name)}"`;
    const room = await this.find(name, signal);
    if (room === undefined) {
      const why = 'there is no room of that name; "getdir" lists them';
      throw new DirectoryError("NO_SUCH_ROOM", action, why);
    }
    await this.#connection.send({ op: "deleteroom", name });
    const after = await this.find(name, signal);
    if (after === undefined) return room;
    throw new UserError(`Cannot ${action}: ${NO_REASON}.`);
  }

  /** Looks a room up in the listing, which keeps the connection; see {@linkcode RoomDirectory}. */
  async find(name: string, signal?: AbortSignal): Promise<ListedRoom | undefined> {
    return (await this.list(signal)).rooms.find((room) => room.name === name);
  }

  /** Closes the connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection[Symbol.asyncDispose]();
  }
}

/**
 * Asks a server for one room with a connection of its own, as the lab protocol's chat does.
 *
 * @param endpoint The server.
 * @param name The room's name.
 * @param signal Gives up.
 * @returns The room as the server has it (unchecked), or undefined if there is none of that name,
 *   and the local address that leads to the server.
 * @throws {UserError} If the server cannot be asked.
 */
export async function lookUpRoom(
  endpoint: Endpoint,
  name: string,
  signal?: AbortSignal,
): Promise<{ room: Room | undefined; localAddress: string }> {
  await using connection = await LabConnection.connect(endpoint, signal);
  const { localAddress } = connection;
  const size = new TextEncoder().encode(name).length;
  // No field can carry such a name, so no server has such a room.
  if (size === 0 || size > MAX_FIELD_BYTES) return { room: undefined, localAddress };
  const reply = await connection.ask({ op: "chat", name }, signal);
  if (reply.kind !== "room") return { room: undefined, localAddress };
  const { address, port } = reply;
  return { room: { name, address, port: Number(port) }, localAddress };
}

/** A lab server allocates nothing, so what was not named is chosen here, from what it lists. */
function complete({ name, address, port }: RoomRequest, rooms: readonly ListedRoom[]): Room {
  const wish = {
    ...(address === undefined ? {} : { address }),
    ...(port === undefined ? {} : { port: Number(port) }),
  };
  const endpoint = allocateEndpoint(rooms, wish, Math.random);
  if (endpoint !== undefined) return { name, ...endpoint };
  const why = "there is no free address and port left for it; name others, or delete a room first";
  throw new DirectoryError("DIRECTORY_FULL", `create room "${name}"`, why);
}

function refuseTaken(wanted: Room, rooms: readonly Room[]): void {
  const action = `create room "${wanted.name}"`;
  const sameName = rooms.find((room) => room.name === wanted.name);
  if (sameName !== undefined) {
    const why = `the name is taken (${endpointOf(sameName)}); choose another`;
    throw new DirectoryError("ROOM_EXISTS", action, why);
  }
  const sameEndpoint = rooms.find((room) => endpointOf(room) === endpointOf(wanted));
  if (sameEndpoint !== undefined) {
    const why = `${endpointOf(wanted)} belongs to room "${
      sanitise(sameEndpoint.name)
    }"; choose another address or port`;
    throw new DirectoryError("ADDRESS_IN_USE", action, why);
  }
}
