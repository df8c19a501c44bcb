import { assert, assertEquals } from "@std/assert";
import { enclosureOf, isNear, lookAtMachine } from "../../../lib/client/doctor/environment.ts";
import { address, type Changes, ETH, examination, LO } from "./examinations.ts";

Deno.test("lookAtMachine() knows the mask of loopback", () => {
  const { addresses, os } = lookAtMachine();
  assertEquals(os, Deno.build.os);
  assert(addresses.some(({ address, netmask }) => address === LO.address && netmask !== undefined));
});

for (
  const [what, changes] of [
    [undefined, {}],
    ["WSL2", { release: "5.15.0-microsoft-standard-WSL2" }],
    ["a container", { addresses: [LO, address("eth0", "172.17.0.2", "02:42:ac:11:00:02")] }],
    ["a container", { addresses: [LO, address("tap0", "10.0.2.100")] }],
    // A machine with Docker has another interface.
    [undefined, { addresses: [LO, ETH, address("eth0", "172.17.0.2", "02:42:ac:11:00:02")] }],
    [
      "a virtual machine behind address translation",
      { addresses: [LO, address("enp0s3", "10.0.2.15", "08:00:27:01:02:03")] },
    ],
    [
      "a network behind address translation (here 192.168.1.5, there 203.0.113.7)",
      { server: { seenAs: "203.0.113.7" } },
    ],
    [undefined, { server: { localAddress: "127.0.0.1", seenAs: "127.0.0.1" } }],
    [undefined, { server: { seenAs: undefined } }],
  ] satisfies [string | undefined, Changes][]
) {
  Deno.test(`enclosureOf() finds ${what ?? "nothing"} in ${JSON.stringify(changes)}`, () => {
    const { machine, server } = examination(changes);
    assertEquals(enclosureOf(machine, server)?.what, what);
  });
}

Deno.test("isNear() compares networks, not first numbers", () => {
  const own = { address: "172.16.31.4", netmask: "255.255.240.0" };
  assertEquals(isNear(own, "172.16.16.1"), true);
  assertEquals(isNear(own, "172.16.15.1"), false);
  assertEquals(isNear({ address: own.address }, "172.16.16.1"), undefined);
  assertEquals(isNear(own, "fe80::1"), undefined);
  assertEquals(isNear(own, undefined), undefined);
});
