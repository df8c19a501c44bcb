/**
 * A client in this process, at a server of the test's.
 *
 * @module
 */

import { Answers } from "../../lib/client/answers.ts";
import { Client, type ClientOptions } from "../../lib/client/client.ts";
import { ServerFinder } from "../../lib/client/server_finder.ts";
import type { Endpoint } from "../../lib/net/endpoint.ts";
import type { InterfaceAddress } from "../../lib/net/interfaces.ts";
import type { FakeConsole } from "./fake_console.ts";

const LOOPBACK = {
  name: "lo",
  family: "IPv4",
  address: "127.0.0.1",
  netmask: "255.0.0.0",
  scopeid: null,
  cidr: "127.0.0.1/8",
  mac: "00:00:00:00:00:00",
} as InterfaceAddress;

/**
 * Makes a client called Mel that chats over loopback and nothing else, and looks for no servers.
 *
 * @param server The server that `connect` means.
 * @param console Where it prints to.
 * @param options What differs.
 * @returns The client; dispose it.
 */
export function makeClient(
  server: Endpoint,
  console: FakeConsole,
  options: Partial<ClientOptions> = {},
): Client {
  const finder = new ServerFinder({
    given: server,
    fallback: server,
    discover: () => Promise.resolve([]),
    tell: (sentence) => console.status(sentence),
    ask: () => Promise.resolve(undefined),
  });
  return new Client({
    console,
    answers: new Answers(console, "prompt"),
    finder,
    wanted: { iface: "127.0.0.1", from: "--iface" },
    ttl: 1,
    relay: "auto",
    name: "Mel",
    interfaces: () => [LOOPBACK],
    ...options,
  });
}
