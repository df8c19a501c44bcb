/**
 * The rooms that the bench makes, the same on every server.
 *
 * @module
 */

/** A room of the bench. */
export interface BenchRoom {
  /** Its name. */
  readonly name: string;
  /** Its group address. */
  readonly address: string;
  /** Its port. */
  readonly port: number;
}

/** The longest that filling a server may take, in milliseconds. */
const FILL_TIMEOUT = 20_000;

/**
 * Makes up rooms.
 *
 * @param count How many.
 * @returns That many rooms, unique in name, address and port.
 */
export function benchRooms(count: number): BenchRoom[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `room${String(i).padStart(4, "0")}`,
    address: `239.255.${1 + (i >> 8)}.${i & 255}`,
    port: 20_000 + i,
  }));
}

/**
 * Encodes the answer to getdir, for the server that answers constant bytes and to check the others.
 *
 * @param rooms The rooms.
 * @returns The 8-byte length and the listing.
 */
export function encodeReply(rooms: readonly BenchRoom[]): Uint8Array<ArrayBuffer> {
  const lines = rooms.map((room) => `${room.name}: ${room.address}:${room.port}\n`);
  const listing = new TextEncoder().encode(lines.join(""));
  const reply = new Uint8Array(8 + listing.length);
  new DataView(reply.buffer).setBigUint64(0, BigInt(listing.length));
  reply.set(listing, 8);
  return reply;
}

/**
 * Makes the rooms on a server through the lab protocol, and waits until its directory has them all.
 *
 * @param port The server, on 127.0.0.1.
 * @param rooms The rooms to make.
 * @throws {Error} If the server does not list exactly as many bytes as it must.
 */
export async function fill(port: number, rooms: readonly BenchRoom[]): Promise<void> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const timer = setTimeout(() => connection.close(), FILL_TIMEOUT);
  try {
    const requests = rooms.flatMap((room) => [
      2,
      ...field(room.name),
      ...field(room.address),
      ...field(String(room.port)),
    ]);
    await writeAll(connection, new Uint8Array([...requests, 1]));
    const expected = encodeReply(rooms).length - 8;
    const listed = new DataView((await readExactly(connection, 8)).buffer).getBigUint64(0);
    if (listed !== BigInt(expected)) {
      throw new Error(`the server lists ${listed} bytes, not ${expected}`);
    }
    await readExactly(connection, expected);
  } finally {
    clearTimeout(timer);
  }
}

function field(text: string): number[] {
  const bytes = new TextEncoder().encode(text);
  return [bytes.length, ...bytes];
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

async function readExactly(connection: Deno.Conn, size: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size;) {
    const count = await connection.read(bytes.subarray(at));
    if (count === null) throw new Error("the server closed the connection");
    at += count;
  }
  return bytes;
}
