/**
 * Links on loopback, and sockets that fail, for the tests of multicast.
 *
 * @module
 */

import type { DatagramSocket, SocketAddress } from "../../lib/net/datagram.ts";
import { MulticastLink, type MulticastOptions } from "../../lib/net/multicast.ts";
import { Inbox, LOOPBACK } from "./loopback.ts";

/** Reads UTF-8. */
export const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
/** Writes UTF-8. */
export const bytes = (text: string) => new TextEncoder().encode(text);

/** Opens a link on loopback whose datagrams end in an inbox; an error fails the test. */
export async function open(
  group: SocketAddress,
  changes: Partial<MulticastOptions> = {},
): Promise<{ link: MulticastLink; inbox: Inbox<string> }> {
  const inbox = new Inbox<string>();
  const link = await MulticastLink.open({
    group,
    interfaceAddress: LOOPBACK,
    onDatagram: (bytes) => inbox.add(text(bytes)),
    onError: (error) => reportError(error),
    ...changes,
  });
  return { link, inbox };
}

/** A socket that does nothing, for error paths. */
export function fakeSocket(changes: Partial<DatagramSocket> = {}): DatagramSocket {
  return {
    local: { address: LOOPBACK, port: 4711 },
    join: () => {},
    setMulticast: () => {},
    send: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
    ...changes,
  };
}

/** An error of the system. */
export function coded(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** A group that nobody joins. */
export const GROUP = { address: "239.255.7.1", port: 20100 };
