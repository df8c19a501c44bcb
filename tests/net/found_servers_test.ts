import { assert, assertEquals } from "@std/assert";
import { TYPE } from "../../lib/net/dns_message.ts";
import { announcement, browseQuery, goodbye, SERVICE_TYPE } from "../../lib/net/dns_sd.ts";
import { FoundServers, MAX_FOUND_SERVERS } from "../../lib/net/found_servers.ts";
import type { Place } from "../../lib/net/discovery_places.ts";

const LO: Place = { name: "lo", addresses: ["127.0.0.1"] };
const ETH: Place = { name: "eth0", addresses: ["192.168.1.5"] };
const SERVICE = { instance: "lab", target: "crds-1", port: 50001, txt: { protocol: "1" } };

Deno.test("FoundServers lists a server once, and not by its loopback address", () => {
  const servers = new FoundServers();
  servers.hear(announcement(SERVICE, ["127.0.0.1"]), "127.0.0.1", LO);
  servers.hear(announcement(SERVICE, ["192.168.1.9"]), "192.168.1.9", ETH);
  assertEquals(servers.list([LO, ETH]), [{
    name: "lab",
    host: "192.168.1.9",
    port: 50001,
    txt: { protocol: "1" },
    interface: "eth0",
  }]);
});

Deno.test("FoundServers takes the address that answers, else the nearest, else the source", () => {
  const host = (addresses: string[], source: string) => {
    const servers = new FoundServers();
    servers.hear(announcement(SERVICE, addresses), source, ETH);
    return servers.list([ETH])[0]?.host;
  };
  assertEquals(host(["10.0.0.9", "192.168.1.9"], "192.168.1.9"), "192.168.1.9");
  // A repeater between networks passes answers on under its own address.
  assertEquals(host(["10.0.0.9", "192.168.9.9"], "192.168.1.1"), "192.168.9.9");
  assertEquals(host([], "192.168.1.9"), "192.168.1.9");
  assertEquals(host(["127.0.0.1", "224.0.0.251", "0.0.0.0"], "192.168.1.9"), "192.168.1.9");
});

Deno.test("FoundServers forgets who says goodbye", () => {
  const servers = new FoundServers();
  servers.hear(announcement(SERVICE, ["192.168.1.9"]), "192.168.1.9", ETH);
  servers.hear(goodbye(SERVICE, ["192.168.1.9"]), "192.168.1.9", ETH);
  assertEquals(servers.list([ETH]), []);
});

Deno.test("FoundServers makes names and entries safe to show", () => {
  const servers = new FoundServers();
  const service = { ...SERVICE, instance: "\x1b[2Jlab", txt: { "Ve\x07r": "1\n2" } };
  servers.hear(announcement(service, []), "192.168.1.9", ETH);
  const [found] = servers.list([ETH]);
  assertEquals(found?.name, "\ufffd[2Jlab");
  assertEquals(found?.txt, { "ve\ufffdr": "1\ufffd2" });
});

Deno.test("FoundServers ignores what is no server", () => {
  const servers = new FoundServers();
  const head = { ttl: 9, flush: false };
  const target = ["x", "local"];
  const name = ["a", ...SERVICE_TYPE];
  const nothing = announcement(SERVICE, []);
  servers.hear(browseQuery(0), "192.168.1.9", ETH);
  servers.hear({ ...nothing, answers: [] }, "192.168.1.9", ETH);
  // A service without a pointer, a pointer without a service, one of another kind, and port 0.
  servers.hear(
    { ...nothing, answers: [{ ...head, name, type: TYPE.SRV, port: 1, target }] },
    "192.168.1.9",
    ETH,
  );
  const other = ["a", "_http", "_tcp", "local"];
  for (const pointed of [name, other, SERVICE_TYPE, []]) {
    const record = { ...head, name: SERVICE_TYPE, type: TYPE.PTR, target: pointed };
    servers.hear({ ...nothing, answers: [record] }, "192.168.1.9", ETH);
  }
  servers.hear(announcement({ ...SERVICE, port: 0 }, []), "192.168.1.9", ETH);
  assertEquals(servers.list([ETH]), []);
});

Deno.test("FoundServers stays small whatever is announced", () => {
  const servers = new FoundServers();
  for (let i = 0; i < 5_000; i++) {
    const service = { ...SERVICE, instance: `lab ${i}`, target: `crds-${i}` };
    servers.hear(announcement(service, ["192.168.1.9"]), "192.168.1.9", ETH);
  }
  const list = servers.list([ETH]);
  assertEquals(list.length, MAX_FOUND_SERVERS);
  assert(list.every(({ host }) => host === "192.168.1.9"));
});
