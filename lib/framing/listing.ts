/**
 * The text of a directory listing (DESIGN section 4): one line `name: address:port` per room.
 *
 * @module
 */

/** A room as a listing names it. */
export interface ListedRoom {
  /** The room's name. */
  readonly name: string;
  /** The IPv4 group address. */
  readonly address: string;
  /** The UDP port, 1-65535. */
  readonly port: number;
}

/** What a listing holds. */
export interface Listing {
  /** The rooms, in the server's order. */
  readonly rooms: ListedRoom[];
  /** How many lines were no room: other people's servers differ in small things. */
  readonly unreadable: number;
}

/**
 * Writes a listing.
 *
 * @param rooms The rooms, in the order to be listed.
 * @returns The text; empty if there are no rooms.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const text = formatListing([{ name: "lab", address: "239.1.2.3", port: 50100 }]);
 * assertEquals(text, "lab: 239.1.2.3:50100\n");
 * assertEquals(parseListing(text).rooms[0]?.port, 50100);
 * ```
 */
export function formatListing(rooms: Iterable<ListedRoom>): string {
  let text = "";
  for (const room of rooms) text += `${room.name}: ${room.address}:${room.port}\n`;
  return text;
}

/** The name is all up to the last `: `, so that a name may hold a colon. */
const LINE = /^[ \t]*(.*?\S)[ \t]*:[ \t]*(\d{1,3}(?:\.\d{1,3}){3})[ \t]*:[ \t]*(\d{1,5})[ \t]*$/s;

/**
 * Reads a listing, forgiving about white space and line ends.
 *
 * @param text What a server sent.
 * @returns The rooms, and how many lines could not be read.
 */
export function parseListing(text: string): Listing {
  const rooms: ListedRoom[] = [];
  let unreadable = 0;
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === "") continue;
    const [, name, address, port] = LINE.exec(line) ?? [];
    const isRoom = name !== undefined && address !== undefined && isPort(Number(port)) &&
      address.split(".").every((part) => Number(part) <= 255);
    if (isRoom) rooms.push({ name, address, port: Number(port) });
    else unreadable++;
  }
  return { rooms, unreadable };
}

function isPort(port: number): boolean {
  return port >= 1 && port <= 65535;
}
