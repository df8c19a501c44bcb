import { assert, assertEquals } from "@std/assert";
import {
  cameOver,
  discoveryInterfaces,
  type Place,
  placesFor,
  placesOf,
} from "../../lib/net/discovery_places.ts";
import type { InterfaceAddress } from "../../lib/net/interfaces.ts";

function entry(name: string, address: string): InterfaceAddress {
  const family = address.includes(":") ? "IPv6" : "IPv4";
  return { name, family, address, mac: "3c:52:82:01:02:03" };
}

const LIST = [
  entry("lo", "127.0.0.1"),
  entry("lo", "::1"),
  entry("docker0", "172.17.0.1"),
  entry("eth0", "192.168.1.5"),
  entry("eth0", "192.168.1.6"),
  entry("eth0", "fe80::1"),
  entry("wlan0", "10.0.0.5"),
  entry("tun0", "10.8.0.2"),
];

const EVERYWHERE: Place[] = [
  { name: "lo", addresses: ["127.0.0.1"] },
  { name: "eth0", addresses: ["192.168.1.5", "192.168.1.6"] },
  { name: "wlan0", addresses: ["10.0.0.5"] },
];

const PLACES: readonly (readonly [host: string, places: unknown])[] = [
  ["127.0.0.1", [{ name: "lo", addresses: ["127.0.0.1"] }]],
  ["127.0.0.9", [{ name: "lo", addresses: ["127.0.0.9"] }]],
  ["0.0.0.0", EVERYWHERE],
  ["::", EVERYWHERE],
  ["192.168.1.6", [{ name: "eth0", addresses: ["192.168.1.6"] }]],
  ["::ffff:10.0.0.5", [{ name: "wlan0", addresses: ["10.0.0.5"] }]],
  // Whoever names a virtual interface means it.
  ["172.17.0.1", [{ name: "docker0", addresses: ["172.17.0.1"] }]],
  ["192.168.1.99", []],
  ["fe80::1", []],
  ["lab-7", []],
];

for (const [host, places] of PLACES) {
  Deno.test(`placesFor() announces a server on ${host} only where it listens`, () => {
    assertEquals(placesFor(host, LIST), places);
  });
}

Deno.test("discoveryInterfaces() leaves virtual interfaces and IPv6 out", () => {
  assertEquals(placesOf(discoveryInterfaces(LIST)), EVERYWHERE);
});

Deno.test("cameOver() is true for exactly one interface", () => {
  const sources: [string, string][] = [
    ["127.0.0.1", "lo"],
    ["192.168.1.200", "eth0"],
    ["192.168.1.6", "eth0"],
    ["10.0.7.7", "wlan0"],
    ["10.8.0.1", "tun0"],
    ["172.17.0.2", "docker0"],
  ];
  for (const [source, name] of sources) {
    const over = placesOf(LIST).filter((place) => cameOver(source, place, LIST));
    assertEquals(over.map((place) => place.name), [name], source);
  }
});

Deno.test("cameOver() never takes the network for loopback, even if loopback is all there is", () => {
  const [lo] = placesOf([entry("lo", "127.0.0.1")]);
  assert(!cameOver("192.168.1.7", lo!, []));
});
