/**
 * Opening a TCP connection, with the errors people read.
 *
 * @module
 */

import { reasonOf, UserError } from "../errors.ts";
import { type Endpoint, formatEndpoint } from "./endpoint.ts";

/** How long to wait for a connection: a LAN answers at once, a wrong address never does. */
export const CONNECT_TIMEOUT = 5_000;

/**
 * Connects to a server.
 *
 * @param endpoint Where it is.
 * @param signal Gives up.
 * @param patience How long to wait, in milliseconds.
 * @returns The open connection, which sends without delay and notices a vanished peer in time.
 * @throws {UserError} If nobody answers there in time.
 */
export async function openConnection(
  endpoint: Endpoint,
  signal?: AbortSignal,
  patience: number = CONNECT_TIMEOUT,
): Promise<Deno.TcpConn> {
  const { host: hostname, port } = endpoint;
  const timer = new AbortController();
  const timeout = setTimeout(() => timer.abort(), patience);
  const either = AbortSignal.any([timer.signal, ...(signal === undefined ? [] : [signal])]);
  try {
    const socket = await Deno.connect({ hostname, port, signal: either });
    refuseSelf(socket);
    socket.setNoDelay();
    socket.setKeepAlive();
    return socket;
  } catch (error) {
    signal?.throwIfAborted();
    const why = timer.signal.aborted ? "there was no answer in time" : reasonOf(error);
    throw new UserError(
      `Cannot connect to "${
        formatEndpoint(endpoint)
      }": ${why}. Is the server running there, and is a firewall in between?`,
      { cause: error },
    );
  } finally {
    clearTimeout(timeout);
  }
}

/**
 * A connection to a free port of this machine may get that very port as its own and reach itself (TCP
 * simultaneous open, RFC 9293 section 3.5). Whoever tries again and again hits it one day, and then
 * holds the port that the server wants back.
 */
function refuseSelf(socket: Deno.TcpConn): void {
  const { localAddr, remoteAddr } = socket;
  if (localAddr.port !== remoteAddr.port || localAddr.hostname !== remoteAddr.hostname) return;
  socket.close();
  throw new Deno.errors.ConnectionRefused("connected to itself");
}
