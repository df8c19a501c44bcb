import { assert, assertEquals, assertThrows } from "@std/assert";
import { UserError } from "../../lib/errors.ts";
import {
  chooseInterface,
  type InterfaceAddress,
  listInterfaces,
} from "../../lib/net/interfaces.ts";

/** Reads a list as people write it: "name address mac" per line, names may have spaces. */
function list(text: string): InterfaceAddress[] {
  return text.trim().split("\n").map((line) => {
    const [, name = "", address = "", mac = "00:00:00:00:00:00"] =
      /^\s*(.*?)\s+([\d.]+|[\da-f:]*:[\da-f:]*)(?:\s+([\da-f:]{17}))?\s*$/.exec(line) ?? [];
    return { name, family: address.includes(":") ? "IPv6" : "IPv4", address, mac };
  });
}

const MAC_OS = list(`
  lo0      127.0.0.1
  lo0      ::1
  utun3    10.8.0.6
  awdl0    169.254.33.1      be:12:34:56:78:9a
  bridge100 192.168.64.1     be:d0:74:00:00:64
  vmnet8   172.16.99.1       be:d0:74:00:00:65
  en0      fe80::14aa:1      a4:83:e7:01:02:03
  en0      192.168.1.23      a4:83:e7:01:02:03
  feth1234 10.147.17.5       66:65:74:68:12:34
`);
const WINDOWS = list(`
  VirtualBox Host-Only Network      192.168.56.1   0a:00:27:00:00:11
  Ethernet 3                        192.168.99.1   0a:00:27:00:00:12
  VMware Network Adapter VMnet1     192.168.81.1   00:50:56:c0:00:01
  VMware Network Adapter VMnet8     192.168.17.1   00:50:56:c0:00:08
  vEthernet (WSL (Hyper-V firewall)) 172.29.48.1   00:15:5d:aa:bb:cc
  vEthernet (Default Switch)        172.20.32.1    00:15:5d:aa:bb:cd
  Local Area Connection* 10         192.168.137.1  7a:2b:46:01:02:03
  Bluetooth Network Connection      169.254.10.10  78:2b:46:01:02:04
  Tailscale                         100.101.102.103
  ZeroTier One [8056c2e21c000001]   10.147.18.9    12:34:56:78:9a:bc
  OpenVPN TAP-Windows6              10.8.0.2       00:ff:11:22:33:44
  Ethernet                          169.254.7.7    e8:6a:64:01:02:03
  Wi-Fi                             10.20.30.40    78:2b:46:01:02:03
  Loopback Pseudo-Interface 1       127.0.0.1
  Wi-Fi                             fe80::9        78:2b:46:01:02:03
`);
const LINUX = list(`
  lo        127.0.0.1
  docker0   172.17.0.1     02:42:9c:01:02:03
  br-5f2a1c 172.18.0.1     02:42:9c:01:02:04
  virbr0    192.168.122.1  52:54:00:01:02:03
  tun0      10.8.0.10
  wg0       10.9.0.2
  tailscale0 100.64.0.7
  ztabcdef  10.147.17.7    ba:12:34:56:78:9a
  wlp3s0    192.168.1.77   9c:b6:d0:01:02:03
  enp0s31f6 192.168.1.5    3c:52:82:01:02:03
  lo        ::1
  enp0s31f6 2001:db8::5    3c:52:82:01:02:03
  wlp3s0    fe80::77       9c:b6:d0:01:02:03
`);
const LOOPBACK = list(`
  lo 127.0.0.1
  lo ::1
`);
const CONTAINER = list(`
  lo   127.0.0.1
  eth0 172.17.0.2 02:42:ac:11:00:02
`);
const ONLY_VIRTUAL = list(`
  lo      127.0.0.1
  docker0 172.17.0.1  02:42:9c:01:02:03
  eth0    169.254.3.3 3c:52:82:01:02:03
`);
const HYPER_V_GUEST = list(`
  Loopback Pseudo-Interface 1 127.0.0.1
  Ethernet 172.20.1.9 00:15:5d:01:02:03
`);
const CAMPUS = list(`
  lo    127.0.0.1
  eth1  100.64.3.3    3c:52:82:01:02:05
  eth0  141.20.5.6    3c:52:82:01:02:03
`);
const TWO_CARDS = list(`
  lo    127.0.0.1
  eth0  141.20.5.6    3c:52:82:01:02:03
  br0   10.0.0.9      3c:52:82:01:02:04
  eth2  10.0.1.9      3c:52:82:01:02:06
`);

Deno.test("chooseInterface() finds the real interface among the others", () => {
  const table: [what: string, list: InterfaceAddress[], name: string, why: string][] = [
    ["macOS with VPN, VM and AirDrop", MAC_OS, "en0", "best non-virtual interface"],
    ["Windows with everything", WINDOWS, "Wi-Fi", "best non-virtual interface"],
    ["Linux with Docker and VPNs", LINUX, "enp0s31f6", "best non-virtual interface"],
    ["nothing but loopback", LOOPBACK, "lo", "there is no other"],
    ["only virtual ones and link-local", ONLY_VIRTUAL, "lo", "there is no other"],
    ["inside a container", CONTAINER, "eth0", "best non-virtual interface"],
    ["inside a virtual machine", HYPER_V_GUEST, "Ethernet", "best non-virtual interface"],
    ["public addresses", CAMPUS, "eth0", "best non-virtual interface"],
    [
      "private before public, then the system's order",
      TWO_CARDS,
      "br0",
      "best non-virtual interface",
    ],
  ];
  for (const [what, list, name, why] of table) {
    const { address, ...rest } = chooseInterface({ list });
    assertEquals(rest, { name, why }, what);
    assert(list.some((entry) => entry.name === name && entry.address === address), what);
    // A CRDS on this host tells nothing, nor does an address that is gone.
    for (const localAddress of ["127.0.0.1", "127.0.0.53", "::1", "198.51.100.1", "fe80::dead"]) {
      assertEquals(chooseInterface({ list, localAddress }).name, name, `${what}, ${localAddress}`);
    }
  }
});

Deno.test("chooseInterface() takes the interface that leads to the CRDS", () => {
  const table: [localAddress: string, name: string, address: string][] = [
    ["192.168.1.77", "wlp3s0", "192.168.1.77"],
    ["10.8.0.10", "tun0", "10.8.0.10"],
    ["172.17.0.1", "docker0", "172.17.0.1"],
    ["::ffff:192.168.1.5", "enp0s31f6", "192.168.1.5"],
    ["2001:db8::5", "enp0s31f6", "192.168.1.5"],
    ["fe80::77%wlp3s0", "wlp3s0", "192.168.1.77"],
  ];
  for (const [localAddress, name, address] of table) {
    assertEquals(chooseInterface({ list: LINUX, localAddress }), {
      name,
      address,
      why: "it leads to the CRDS",
    });
  }
});

Deno.test("chooseInterface() obeys the user first", () => {
  const table: [wanted: string, list: InterfaceAddress[], name: string, address: string][] = [
    ["docker0", LINUX, "docker0", "172.17.0.1"],
    ["10.9.0.2", LINUX, "wg0", "10.9.0.2"],
    ["127.0.0.1", LINUX, "lo", "127.0.0.1"],
    ["Wi-Fi", WINDOWS, "Wi-Fi", "10.20.30.40"],
    ["wi-fi", WINDOWS, "Wi-Fi", "10.20.30.40"],
    ["VMware Network Adapter VMnet8", WINDOWS, "VMware Network Adapter VMnet8", "192.168.17.1"],
  ];
  for (const [wanted, list, name, address] of table) {
    assertEquals(chooseInterface({ wanted, list, localAddress: "192.168.1.5" }), {
      name,
      address,
      why: "given with --iface",
    });
  }
  assertEquals(
    chooseInterface({ wanted: "lo", wantedFrom: "$CRDS_IFACE", list: LOOPBACK }).why,
    "given with $CRDS_IFACE",
  );
  assertEquals(chooseInterface({ wanted: "", list: LOOPBACK }).why, "there is no other");
});

Deno.test("chooseInterface() names the interfaces there are when it refuses", () => {
  const two = list("lo 127.0.0.1\n eth0 192.168.1.5\n eth1 fe80::1");
  const choice = "Choose one of lo (127.0.0.1), eth0 (192.168.1.5).";
  const table: [wanted: string, list: InterfaceAddress[], message: string][] = [
    ["eth9", two, `Cannot use interface "eth9": there is no such interface. ${choice}`],
    [
      "192.168.1.6",
      two,
      `Cannot use interface "192.168.1.6": there is no such interface. ${choice}`,
    ],
    ["eth1", two, `Cannot use interface "eth1": it has no IPv4 address. ${choice}`],
    ["fe80::1", two, `Cannot use interface "fe80::1": there is no such interface. ${choice}`],
    ["\x1b[2J", two, `Cannot use interface "\ufffd[2J": there is no such interface. ${choice}`],
    ["lo", [], 'Cannot use interface "lo": there is no such interface. This machine has no IPv4'],
  ];
  for (const [wanted, list, message] of table) {
    assertThrows(() => chooseInterface({ wanted, list }), UserError, message);
  }
});

Deno.test("chooseInterface() says so when there is nothing to choose", () => {
  assertThrows(() => chooseInterface({ list: [] }), UserError, "no IPv4 address of a network");
  assertThrows(
    () => chooseInterface({ list: list("docker0 172.17.0.1") }),
    UserError,
    "Choose one with --iface: docker0 (172.17.0.1).",
  );
});

Deno.test("listInterfaces() finds loopback on this machine", () => {
  assertEquals(
    chooseInterface({ list: listInterfaces(), wanted: "127.0.0.1" }).address,
    "127.0.0.1",
  );
});
