/**
 * A program that prints the servers of all its networks as JSON, one a line, for each line of input.
 *
 * @module
 */

import { discoverServers } from "../../lib/net/discover.ts";
import { discoveryInterfaces } from "../../lib/net/discovery_places.ts";
import { listInterfaces } from "../../lib/net/interfaces.ts";

for await (const _ of Deno.stdin.readable) {
  const servers = await discoverServers({
    interfaces: discoveryInterfaces(listInterfaces()),
    onProblem: (sentence) => console.error(sentence),
  });
  for (const server of servers) console.log(JSON.stringify(server));
  console.log("done");
}
