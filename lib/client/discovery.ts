/**
 * Looking for servers on the network.
 *
 * @module
 */

import { discoveryInterfaces } from "../net/discovery_places.ts";
import { chooseInterface, listInterfaces } from "../net/interfaces.ts";
import type { NamedServer } from "./server_finder.ts";

/**
 * Looks for servers that announce themselves.
 *
 * @param wanted The interface that was asked for: then it is looked on that one only.
 * @param all Whether to wait for slow ones too, instead of going on soon after the first.
 * @param signal Gives up.
 * @returns The servers.
 * @throws {UserError} If there is no such interface.
 */
export async function discoverOn(
  wanted: { readonly iface: string; readonly from: string } | undefined,
  all: boolean,
  signal?: AbortSignal,
): Promise<readonly NamedServer[]> {
  const list = listInterfaces();
  const chosen = wanted === undefined
    ? undefined
    : chooseInterface({ wanted: wanted.iface, wantedFrom: wanted.from, list });
  const interfaces = chosen === undefined
    ? discoveryInterfaces(list)
    : list.filter(({ address }) => address === chosen.address);
  // Loaded when it is needed: the prompt is there sooner.
  const { discoverServers } = await import("../net/discover.ts");
  return await discoverServers({
    interfaces,
    ...(all ? { firstAfter: Infinity } : {}),
    ...(signal === undefined ? {} : { signal }),
  });
}
