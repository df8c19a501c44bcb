import { assertEquals, assertMatch } from "@std/assert";
import {
  choiceFindings,
  machineFindings,
  roomFindings,
  serverFindings,
} from "../../../lib/client/doctor/place_findings.ts";
import type { ServerSeen } from "../../../lib/client/doctor/observations.ts";
import { address, type Changes, ETH, examination, LO } from "./examinations.ts";

function server(changes: Partial<ServerSeen>): string {
  const [finding] = serverFindings(examination({ server: changes }).server);
  return `${finding?.mark} ${finding?.detail}`;
}

Deno.test("serverFindings() judges the server", () => {
  const where = "the CRDS at 192.168.1.17:50001 answers in 1 ms";
  assertEquals(server({}), `ok ${where}, 2 rooms`);
  assertEquals(server({ rooms: 1 }), `ok ${where}, 1 room`);
  assertEquals(server({ failure: "Cannot connect: why." }), "bad Cannot connect: why.");
  assertMatch(server({ protocol: "lab" }), /^warn .*; it speaks the lab protocol only$/);
  assertMatch(server({ aheadMs: 600_000 }), /^warn .*; a room was made 10 min in the future$/);
  assertMatch(server({ answerMs: 2000 }), /^warn .* in 2000 ms, 2 rooms; that is slow$/);
});

Deno.test("machineFindings() detects WSL2, and a VPN towards the server", () => {
  const marks = (changes: Changes): string[] => {
    const { machine, server } = examination(changes);
    return machineFindings(machine, server).map(({ mark, title }) => `${mark} ${title}`);
  };
  assertEquals(marks({}), ["ok Machine"]);
  assertEquals(marks({ release: "5.15.0-microsoft-standard-WSL2" }), ["warn Machine"]);
  const vpn = address("utun3", "10.8.0.2");
  assertEquals(marks({ addresses: [LO, ETH, vpn], over: vpn }), ["ok Machine", "warn VPN"]);
});

Deno.test("choiceFindings() judges the interface, and names the others", () => {
  const judge = (changes: Changes): string[] => {
    const { choice, machine, server } = examination(changes);
    return choiceFindings(choice, machine, server).map(({ mark, detail }) => `${mark} ${detail}`);
  };
  assertEquals(judge({}), ["ok enp3s0 (192.168.1.5), it leads to the CRDS"]);
  const wifi = address("wlp2s0", "10.0.0.6");
  assertEquals(judge({ addresses: [LO, ETH, wifi] }), [
    "ok enp3s0 (192.168.1.5), it leads to the CRDS; there is also wlp2s0 (10.0.0.6)",
  ]);
  assertMatch(judge({ addresses: [LO, wifi], over: wifi })[0] ?? "", /^ok .*, a Wi-Fi\)/);
  assertMatch(judge({ over: null })[0] ?? "", /^bad Cannot choose/);
  const docker = address("docker0", "172.17.0.1");
  assertMatch(judge({ addresses: [LO, ETH, docker], over: docker })[0] ?? "", /^warn docker0/);
  assertMatch(judge({ over: LO })[0] ?? "", /^warn lo /);
  assertMatch(judge({ addresses: [LO], over: LO, wantedFrom: "--iface" })[0] ?? "", /^ok lo /);
  assertEquals(
    judge({ server: { address: "192.168.9.17" } })[1],
    "warn the server " +
      "(192.168.9.17) is in another network than 192.168.1.5",
  );
});

Deno.test("roomFindings() says which room it is", () => {
  const judge = (changes: Changes["room"]): string => {
    const [finding] = roomFindings(examination({ room: changes ?? {} }).room);
    return `${finding?.mark} ${finding?.detail}`;
  };
  assertEquals(judge({}), 'ok "lab" (239.255.7.1:20100); the server knows of 1 in it');
  assertMatch(judge({ kind: "picked", people: [] }), /^ok none was named, so it is "lab".*nobody/);
  assertMatch(judge({ kind: "none", name: undefined }), /^skip the server has none/);
  assertMatch(judge({ kind: "missing", name: "nix" }), /^bad the server has no room "nix"/);
  assertMatch(judge({ kind: "unknown" }), /^skip without a server nobody knows where "lab" is/);
  assertMatch(judge({ kind: "unknown", name: undefined }), /^skip without a server there is no/);
  assertMatch(judge({ place: undefined }), /^bad "lab" has an address or a port/);
});
