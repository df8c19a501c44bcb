import { assert, assertEquals, assertMatch } from "@std/assert";
import { verdictOf } from "../../../lib/client/doctor/verdict.ts";
import { address, BOB, type Changes, DEAF, ETH, examination, LO, SILENT } from "./examinations.ts";

const NOBODY = { people: [] };
const PROMISED_NOT = { answers: false, why: "it does not relay" } as const;
const VPN = address("wg0", "10.8.0.2");
const DOCKER = address("docker0", "172.17.0.1", "02:42:01:02:03:04");
const WIFI = address("wlp2s0", "192.168.1.6");
const LONG = { name: "Bob", silentFor: 25_000, knownFor: 260_000, direct: 5, recovered: 0 };

const SCENARIOS: readonly [
  name: string,
  changes: Changes,
  mark: "ok" | "bad",
  cause: RegExp,
  advice: RegExp,
][] = [
  ["everything is fine", {}, "ok", /^All is well: 1 member heard on other machines$/, /^$/],
  [
    "alone in the room",
    { room: NOBODY, heard: { members: [] } },
    "ok",
    /^All is well, and nobody else is in the room$/,
    /^$/,
  ],
  [
    "no network",
    { over: null, addresses: [LO] },
    "bad",
    /^this machine has no network$/,
    /^Connect one/,
  ],
  [
    "no server, members heard",
    { server: { failure: "Cannot connect", where: "lab:50001" }, path: { server: PROMISED_NOT } },
    "bad",
    /^there is no server at lab:50001$/,
    /--server/,
  ],
  [
    "no such room",
    { room: { kind: "missing", name: "nix", people: undefined }, path: { server: PROMISED_NOT } },
    "bad",
    /^there is no room "nix"/,
    /getdir/,
  ],
  [
    "a lab server, nobody heard",
    {
      server: { protocol: "lab" },
      room: { people: undefined },
      path: { answered: 0, server: PROMISED_NOT },
      heard: DEAF,
    },
    "ok",
    /the network was not tested: nobody was there to answer$/,
    /another machine/,
  ],
  [
    "a lab server, members heard but no answer",
    {
      server: { protocol: "lab" },
      room: { people: undefined },
      path: { answered: 0, server: PROMISED_NOT },
    },
    "bad",
    /^what this machine sends does not reach the others/,
    /firewall/,
  ],
  [
    "it cannot join",
    { path: { probes: 0, answered: 0, joinFailure: "Cannot join: why." } },
    "bad",
    /^the group cannot be joined on enp3s0/,
    /Cannot join: why\./,
  ],
  [
    "it cannot send, and TCP works there",
    { path: { answered: 0, sendFailure: "Cannot send to: UNKNOWN." } },
    "bad",
    /^a firewall on this machine blocks multicast$/,
    /ufw allow out/,
  ],
  [
    "it cannot send, and there is no server",
    {
      server: { failure: "Cannot connect" },
      path: { answered: 0, sendFailure: "Cannot send: no route." },
    },
    "bad",
    /^nothing can be sent to the group on enp3s0$/,
    /no route/,
  ],
  [
    "it does not hear itself",
    { path: { ...SILENT, loopback: false } },
    "bad",
    /^a firewall on this machine drops UDP/,
    /ufw allow 23900,20100\/udp/,
  ],
  [
    "the same on Windows",
    { os: "windows", path: { ...SILENT, loopback: false } },
    "bad",
    /^a firewall/,
    /Windows Defender Firewall/,
  ],
  [
    "the same on macOS",
    { os: "darwin", path: { ...SILENT, loopback: false } },
    "bad",
    /^a firewall/,
    /Local Network/,
  ],
  [
    "the wrong interface",
    {
      path: {
        ...SILENT,
        others: [
          { name: "docker0", address: "172.17.0.1", answered: false },
          { name: "wlp2s0", address: "192.168.1.6", answered: true },
        ],
      },
      heard: DEAF,
    },
    "bad",
    /^the wrong interface: others are on wlp2s0 \(192\.168\.1\.6\), not on enp3s0/,
    /--iface wlp2s0/,
  ],
  [
    "loopback, and the others elsewhere",
    { over: LO, wantedFrom: "--iface", path: SILENT, heard: DEAF },
    "bad",
    /^loopback reaches only programs on this machine/,
    /--iface enp3s0/,
  ],
  [
    "WSL2",
    { release: "5.15.153.1-microsoft-standard-WSL2", path: SILENT, heard: DEAF },
    "bad",
    /^this is WSL2/,
    /mirrored/,
  ],
  [
    "a container",
    {
      addresses: [LO, address("eth0", "172.17.0.2", "02:42:ac:11:00:02")],
      over: address("eth0", "172.17.0.2"),
      path: SILENT,
      heard: DEAF,
    },
    "bad",
    /^this is a container/,
    /--network host/,
  ],
  [
    "address translation",
    {
      over: ETH,
      server: { seenAs: "203.0.113.7", address: "203.0.113.9" },
      path: SILENT,
      heard: DEAF,
    },
    "bad",
    /^this is a network behind address translation \(here 192\.168\.1\.5, there 203\.0\.113\.7\)/,
    /Join the network/,
  ],
  [
    "a VPN",
    { addresses: [LO, ETH, VPN], over: VPN, path: SILENT, heard: DEAF },
    "bad",
    /^wg0 \(10\.8\.0\.2\) is a VPN/,
    /--iface enp3s0/,
  ],
  [
    "an interface of a container engine",
    { addresses: [LO, ETH, DOCKER], over: DOCKER, path: SILENT, heard: DEAF },
    "bad",
    /^docker0 .* is no interface of a local network$/,
    /--iface enp3s0/,
  ],
  [
    "another network",
    { server: { address: "192.168.2.17" }, path: SILENT, heard: DEAF },
    "bad",
    /^the server \(192\.168\.2\.17\) is in another network than 192\.168\.1\.5/,
    /--ttl/,
  ],
  [
    "nothing comes in",
    { path: { ...SILENT, ways: { out: 6, in: 0, sent: 6 } }, heard: DEAF },
    "bad",
    /^what others send does not reach this machine on enp3s0 .* a firewall here, most likely$/,
    /23900,20100/,
  ],
  [
    "nothing goes out",
    { path: { ...SILENT, ways: { out: 0, in: 6, sent: 6 } } },
    "bad",
    /^what this machine sends does not reach the others/,
    /firewall/,
  ],
  [
    "both ways now and then",
    { path: { ...SILENT, ways: { out: 1, in: 1, sent: 6 } } },
    "bad",
    /^the network loses most datagrams$/,
    /isolation|apart/,
  ],
  [
    "blocked both ways",
    { path: SILENT, heard: DEAF },
    "bad",
    /^multicast is blocked between this machine and the others, both ways/,
    /IGMP snooping/,
  ],
  [
    "blocked both ways on Wi-Fi",
    { addresses: [LO, WIFI], over: WIFI, path: SILENT, heard: DEAF },
    "bad",
    /^multicast is blocked/,
    /^Many Wi-Fis keep their clients apart/,
  ],
  [
    "another room works",
    {
      path: {
        ...SILENT,
        ways: { out: 6, in: 0, sent: 6 },
        otherRoom: { name: "tea", answered: true },
      },
      heard: DEAF,
    },
    "bad",
    /^a switch has forgotten .*IGMP snooping without a querier\), since room "tea" works$/,
    /querier/,
  ],
  [
    "lines are blocked",
    { heard: { reported: 5, reportedHeard: 0 } },
    "bad",
    /^UDP port 20100 is blocked/,
    /23900,20100/,
  ],
  [
    "control is blocked",
    { path: { ...SILENT, ways: { out: 6, in: 0, sent: 6 } }, heard: { ...DEAF, lines: 3 } },
    "bad",
    /^the control port is blocked/,
    /23900/,
  ],
  [
    "the others cannot be heard, the server can",
    { heard: { members: [] } },
    "bad",
    /^Bob cannot be heard, though multicast works/,
    /run "doctor" there/,
  ],
  [
    "the server is here, and the others cannot be heard",
    {
      server: { here: true, address: ETH.address },
      path: { answered: 0, answeredHere: true },
      heard: DEAF,
    },
    "bad",
    /^multicast is blocked between this machine and the others/,
    /firewall/,
  ],
  [
    "the server is here, and nobody else",
    {
      server: { here: true, address: ETH.address },
      room: NOBODY,
      path: { answered: 0, answeredHere: true },
      heard: DEAF,
    },
    "ok",
    /the network was not tested: the server is on this machine too/,
    /another machine/,
  ],
  [
    "one of two is missing",
    {
      room: {
        people: [{ name: "Bob", address: BOB.address }, { name: "Eve", address: "192.168.1.8" }],
      },
    },
    "ok",
    /^All is well: 1 member heard/,
    /^$/,
  ],
  [
    "a member fell silent after minutes",
    { present: [LONG] },
    "bad",
    /^a switch forgets members after some minutes/,
    /querier/,
  ],
  ["a member has just come", { present: [{ ...LONG, knownFor: 30_000 }] }, "ok", /^All/, /^$/],
  [
    "heavy loss",
    { path: { answered: 9 } },
    "bad",
    /^the network loses 55 % of all datagrams there and back$/,
    /cable/,
  ],
  ["some loss", { path: { answered: 18 } }, "ok", /^All is well/, /^$/],
  [
    "no room at all",
    {
      room: { name: undefined, kind: "none", people: undefined },
      path: { answered: 0, server: PROMISED_NOT },
      heard: DEAF,
    },
    "ok",
    /not tested/,
    /./,
  ],
];

for (const [name, changes, mark, cause, advice] of SCENARIOS) {
  Deno.test(`verdictOf() names the cause: ${name}`, () => {
    const verdict = verdictOf(examination(changes));
    assertEquals(verdict.mark, mark, verdict.cause);
    assertMatch(verdict.cause, cause);
    assertMatch(verdict.advice ?? "", advice);
    assert(!verdict.cause.endsWith("."), "the full stop is added later");
  });
}
