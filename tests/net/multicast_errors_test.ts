import { assertEquals, assertStrictEquals, assertStringIncludes } from "@std/assert";
import { UserError } from "../../lib/errors.ts";
import { explainMulticast, type MulticastFailure } from "../../lib/net/multicast_errors.ts";

const FAILURE: MulticastFailure = {
  action: "send to",
  label: 'room "lab"',
  group: { address: "239.255.7.1", port: 20100 },
  interfaceAddress: "127.0.0.1",
  interfaces: [{ name: "lo", family: "IPv4", address: "127.0.0.1", mac: "00:00:00:00:00:00" }],
  os: "linux",
};

function coded(code: string): Error {
  return Object.assign(new Error(`send ${code}`), { code });
}

Deno.test("explainMulticast() infers the cause and says what to do", () => {
  const table: [error: unknown, failure: Partial<MulticastFailure>, parts: string[]][] = [
    [coded("UNKNOWN"), { interfaces: [] }, ["no longer has the address 127.0.0.1", "--iface"]],
    [coded("EINVAL"), { action: "join", interfaces: [] }, [
      "Cannot join",
      "no longer has the address",
    ]],
    [coded("EINVAL"), { action: "join" }, ["takes no multicast", "--iface"]],
    [coded("EINVAL"), { action: "join", interfaces: undefined }, ["takes no multicast"]],
    [coded("EINVAL"), {}, ["send EINVAL."]],
    [coded("EADDRINUSE"), { action: "join" }, ["UDP port 20100", "does not share it", "End that"]],
    [coded("EADDRNOTAVAIL"), { action: "join" }, ["cannot be used", "--iface"]],
    [coded("EACCES"), {
      action: "join",
      group: { address: "239.255.7.1", port: 80 },
    }, ["does not permit UDP port 80", "from 1024 up"]],
    [coded("EACCES"), { action: "join" }, ["firewall"]],
    [coded("EPERM"), {}, ["does not permit it", "firewall"]],
    [coded("ENETUNREACH"), {}, ["no way to the network of 127.0.0.1"]],
    [coded("ENETDOWN"), {}, ["no way to the network of 127.0.0.1"]],
    [coded("EHOSTUNREACH"), {}, ["no way to the network of 127.0.0.1"]],
    [coded("EHOSTUNREACH"), { os: "darwin" }, ["Local Network"]],
    [coded("EMSGSIZE"), {}, ["too long for one datagram"]],
    [coded("ENOBUFS"), {}, ["no memory left"]],
    [coded("UNKNOWN"), {}, ["did not say why", "firewall"]],
    [new Deno.errors.NotCapable("net"), {}, ["not given the permission", "--allow-net"]],
    [new Error("it broke"), {}, ["it broke."]],
    ["thrown text", {}, ["thrown text."]],
  ];
  for (const [error, failure, parts] of table) {
    const told = explainMulticast(error, { ...FAILURE, ...failure });
    assertEquals(told.name, "UserError");
    assertStrictEquals(told.cause, error);
    assertStringIncludes(told.message, `Cannot ${failure.action ?? "send to"} room "lab": `);
    for (const part of parts) assertStringIncludes(told.message, part);
  }
});

Deno.test("explainMulticast() leaves a UserError as it is", () => {
  const error = new UserError("Cannot do it: it was told already.");
  assertStrictEquals(explainMulticast(error, FAILURE), error);
});
