/**
 * The client put together, as the command line says.
 *
 * @module
 */

import { listInterfaces } from "../net/interfaces.ts";
import { Client, type ClientOptions } from "./client.ts";
import { expandHome } from "./config_folder.ts";
import { discoverOn } from "./discovery.ts";
import { type KnownServers, RememberedServers } from "./known_servers.ts";
import { KnownServersFile } from "./known_servers_file.ts";
import { ServerFinder } from "./server_finder.ts";
import { type ClientSettings, FALLBACK_SERVER } from "./settings.ts";
import type { Console } from "./terminal/console.ts";

/** What the command line does not say of a client. */
export interface MakeClientOptions
  extends
    Omit<ClientOptions, "finder" | "interfaces" | "wanted" | "name" | "ttl" | "relay" | "home"> {
  /** Asks the person which of several servers is meant. */
  readonly ask: (question: string) => Promise<string | undefined>;
  /**
   * Where it is told which server was found.
   *
   * @default {The console.}
   */
  readonly told?: Pick<Console, "status">;
}

/**
 * Makes a client without connection or room.
 *
 * @param settings What the command line says.
 * @param options See there.
 * @returns The client; the caller's to dispose.
 */
export function makeClient(
  settings: ClientSettings,
  { ask, told, ...options }: MakeClientOptions,
): Client {
  const { server, wanted, name, ttl, relay, home } = settings;
  const finder = new ServerFinder({
    given: server,
    fallback: FALLBACK_SERVER,
    discover: (all, signal) => discoverOn(wanted, all, signal),
    tell: (sentence) => (told ?? options.console).status(sentence),
    ask,
  });
  return new Client({
    ...options,
    finder,
    wanted,
    name,
    ttl,
    relay,
    home,
    interfaces: listInterfaces,
  });
}

/**
 * Says where it is known which servers are trusted.
 *
 * @param settings What the command line says.
 * @returns The file; without a place for one, what is known as long as the client runs.
 */
export function knownServers(
  { knownServersFile, home }: Pick<ClientSettings, "knownServersFile" | "home">,
): KnownServers {
  if (knownServersFile === undefined) return new RememberedServers();
  return new KnownServersFile(expandHome(knownServersFile, home));
}
