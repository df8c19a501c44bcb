/**
 * Telling the network that the server is here.
 *
 * @module
 */

import { announceServer, defaultServerName } from "../net/announce.ts";
import type { Endpoint } from "../net/endpoint.ts";
import { listInterfaces } from "../net/interfaces.ts";
import { VERSION } from "../version.ts";
import type { ServerSettings } from "./settings.ts";
import type { StatusLog } from "./status_event.ts";

/**
 * Announces the server, unless it is not to be: only on the interfaces where it listens.
 *
 * @param settings What the command line says.
 * @param where The IP address and the port it listens on.
 * @param log Where problems are told; the server runs on without being announced.
 * @returns The announcement, to be disposed of when the server ends; undefined if there is none.
 */
export function announce(
  settings: Pick<ServerSettings, "announce" | "name">,
  where: Endpoint,
  log: StatusLog,
): AsyncDisposable | undefined {
  if (!settings.announce) return undefined;
  const announcement = announceServer({
    name: settings.name ?? defaultServerName(),
    port: where.port,
    host: where.host,
    interfaces: listInterfaces(),
    txt: { version: VERSION },
    onProblem: (what) => log.report({ event: "problem", what }),
  });
  // The name may have got a number, if another server has it.
  announcement.announced.then((isThere) => {
    if (isThere) log.report({ event: "announced", name: announcement.name });
  });
  return announcement;
}
