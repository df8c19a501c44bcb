/**
 * Connecting to a server, whatever protocol it speaks.
 *
 * @module
 */

import { openConnection } from "../net/connect.ts";
import type { Endpoint } from "../net/endpoint.ts";
import { LabConnection } from "./lab_connection.ts";
import { LabDirectory } from "./lab_directory.ts";
import type { RoomDirectory } from "./room_directory.ts";
import { SessionDirectory, type SessionOptions } from "./session_directory.ts";

/**
 * Connects to a server: with the session protocol, and if the server does not speak it, with the
 * lab protocol on a new connection.
 *
 * @param endpoint Where it is.
 * @param options What the client says of itself in a session.
 * @param signal Gives up.
 * @returns The directory; its `people` tells which protocol it is.
 * @throws {UserError} If nobody answers there, or the server refuses.
 */
export async function connectDirectory(
  endpoint: Endpoint,
  options: SessionOptions,
  signal?: AbortSignal,
): Promise<RoomDirectory> {
  const socket = await openConnection(endpoint, signal);
  const session = await SessionDirectory.begin(endpoint, socket, options, signal);
  return session ?? new LabDirectory(await LabConnection.connect(endpoint, signal));
}
