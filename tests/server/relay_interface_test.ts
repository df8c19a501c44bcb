import { assertEquals, assertThrows } from "@std/assert";
import { UserError } from "../../lib/errors.ts";
import { relayInterface } from "../../lib/server/relay_interface.ts";

const MAC = "3c:52:82:01:02:03";
const LIST = [
  { name: "lo", family: "IPv4", address: "127.0.0.1", mac: "00:00:00:00:00:00" },
  { name: "eth0", family: "IPv4", address: "192.168.1.5", mac: MAC },
  { name: "eth1", family: "IPv4", address: "10.0.0.5", mac: MAC },
  { name: "eth1", family: "IPv6", address: "fe80::5", mac: MAC },
  { name: "docker0", family: "IPv4", address: "172.17.0.1", mac: "02:42:9c:01:02:03" },
] as const;

const TABLE: [
  peer: string,
  local: string,
  wanted: string | undefined,
  address: string,
  why: string,
][] = [
  ["127.0.0.1", "127.0.0.1", "10.0.0.5", "10.0.0.5", "a client here chooses"],
  ["127.0.0.1", "127.0.0.1", "172.17.0.1", "172.17.0.1", "even a virtual one"],
  ["127.0.0.1", "127.0.0.1", "127.0.0.1", "127.0.0.1", "or loopback"],
  ["127.9.9.9", "127.0.0.1", "10.0.0.5", "10.0.0.5", "all of 127 is here"],
  ["::1", "::1", "10.0.0.5", "10.0.0.5", "IPv6 loopback is here"],
  ["::ffff:127.0.0.1", "::ffff:127.0.0.1", "10.0.0.5", "10.0.0.5", "so is the mapped one"],
  ["127.0.0.1", "127.0.0.1", undefined, "10.0.0.5", "the best one otherwise"],
  ["127.0.0.1", "127.0.0.1", "10.0.0.6", "10.0.0.5", "no address of this machine"],
  ["127.0.0.1", "127.0.0.1", "fe80::5", "10.0.0.5", "rooms are IPv4"],
  ["127.0.0.1", "127.0.0.1", "eth0", "10.0.0.5", "a name is no address"],
  ["127.0.0.1", "127.0.0.1", "", "10.0.0.5", "nothing"],
  ["192.168.1.9", "192.168.1.5", undefined, "192.168.1.5", "the network it comes from"],
  ["192.168.1.9", "192.168.1.5", "10.0.0.5", "192.168.1.5", "a client elsewhere does not choose"],
  ["192.168.1.9", "192.168.1.5", "127.0.0.1", "192.168.1.5", "not even loopback"],
  ["192.168.1.5", "192.168.1.5", "10.0.0.5", "192.168.1.5", "by the address it came over"],
  ["::ffff:192.168.1.9", "::ffff:192.168.1.5", undefined, "192.168.1.5", "dual stack"],
  ["fe80::9", "fe80::5%eth1", undefined, "10.0.0.5", "the interface's IPv4 address"],
];

for (const [peer, local, wanted, address, why] of TABLE) {
  Deno.test(`relayInterface() of ${peer} at ${local} wanting ${wanted}: ${why}`, () => {
    // The second is the better one by its address, so that a choice can be told from the default.
    const list = LIST.toSorted((a, b) =>
      a.address === "10.0.0.5" ? -1 : b.address === "10.0.0.5" ? 1 : 0
    );
    assertEquals(relayInterface({ peer, local, wanted, list }), address);
  });
}

Deno.test("relayInterface() says so if there is none", () => {
  const here = { peer: "127.0.0.1", local: "127.0.0.1", list: [] };
  assertThrows(() => relayInterface(here), UserError, "no IPv4 address");
});
