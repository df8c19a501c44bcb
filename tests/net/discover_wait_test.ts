// How long discoverServers() waits: with sockets that the test speaks for, and a clock it moves.

import { assertEquals } from "@std/assert";
import type { DatagramPort } from "../../lib/net/datagram.ts";
import { discoverServers, type FoundServer } from "../../lib/net/discover.ts";
import { encodeMessage } from "../../lib/net/dns_message.ts";
import { announcement, MDNS_GROUP } from "../../lib/net/dns_sd.ts";
import type { InterfaceAddress } from "../../lib/net/interfaces.ts";
import type { pause } from "../../lib/net/pause.ts";
import { FakeClock, settled } from "../helpers/fake_clock.ts";

const ETH: InterfaceAddress = {
  name: "eth0",
  family: "IPv4",
  address: "192.168.1.5",
  mac: "3c:52:82:01:02:03",
};

class Network implements DatagramPort {
  readonly os = "linux";
  readonly clock = new FakeClock();
  /** When something was asked. */
  readonly asked: number[] = [];
  /** When it ended, and what was found. */
  end: { at: number; names: string[] } | undefined;
  readonly #hear: ((bytes: Uint8Array, source: { address: string; port: number }) => void)[] = [];

  interfaces(): InterfaceAddress[] {
    return [ETH];
  }

  bind: DatagramPort["bind"] = ({ local, onDatagram }) => {
    const member = local.address === MDNS_GROUP.address;
    if (member && onDatagram !== undefined) this.#hear.push(onDatagram);
    return Promise.resolve({
      local,
      join: () => {},
      setMulticast: () => {},
      send: () => {
        if (member) this.asked.push(this.clock.now());
        return Promise.resolve();
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
  };

  readonly wait: typeof pause = (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve(false);
      const callOff = ms === Infinity ? () => {} : this.clock.schedule(() => resolve(true), ms);
      signal.addEventListener("abort", () => {
        callOff();
        resolve(false);
      });
    });

  answer(name: string, last: number): void {
    const service = { instance: name, target: `host${last}`, port: 50001, txt: {} };
    const message = announcement(service, [`192.168.1.${last}`]);
    for (const hear of this.#hear) {
      hear(encodeMessage(message), { address: `192.168.1.${last}`, port: MDNS_GROUP.port });
    }
  }

  look(firstAfter?: number): void {
    const found = discoverServers({
      interfaces: [ETH],
      datagrams: this,
      wait: this.wait,
      ...(firstAfter === undefined ? {} : { firstAfter }),
    });
    void found.then((servers: FoundServer[]) => {
      this.end = { at: this.clock.now(), names: servers.map(({ name }) => name) };
    });
  }
}

Deno.test("discoverServers() waits 600 ms, however early the first server answers", async () => {
  const network = new Network();
  network.look();
  await settled();
  network.answer("one", 10);
  await network.clock.advance(599);
  assertEquals([network.end, network.asked], [undefined, [0, 250]]);
  network.answer("two", 11);
  await network.clock.advance(299);
  assertEquals(network.end, undefined, "who is new is followed by 300 ms of patience");
  await network.clock.advance(1);
  assertEquals(network.end, { at: 899, names: ["one", "two"] });
  assertEquals(network.clock.timers, 0);
});

Deno.test("discoverServers() ends after 600 ms if all that answered did so early", async () => {
  const network = new Network();
  network.look();
  await settled();
  for (const last of [10, 11]) network.answer(`server ${last}`, last);
  await network.clock.advance(250);
  network.answer("server 10", 10);
  await network.clock.advance(349);
  assertEquals(network.end, undefined);
  await network.clock.advance(1);
  assertEquals(network.end, { at: 600, names: ["server 10", "server 11"] });
});

Deno.test("discoverServers() ends 300 ms after a late first answer, and at its time-out at the latest", async () => {
  const late = new Network();
  late.look();
  await late.clock.advance(900);
  late.answer("late", 10);
  await late.clock.advance(300);
  assertEquals(late.end, { at: 1_200, names: ["late"] });
  const later = new Network();
  later.look();
  await later.clock.advance(1_400);
  later.answer("later", 10);
  await later.clock.advance(100);
  assertEquals(later.end, { at: 1_500, names: ["later"] });
  const nobody = new Network();
  nobody.look();
  await nobody.clock.advance(1_500);
  assertEquals([nobody.end, nobody.asked], [{ at: 1_500, names: [] }, [0, 250, 750]]);
});

Deno.test("discoverServers() that wants all waits the whole time", async () => {
  const network = new Network();
  network.look(Infinity);
  await settled();
  network.answer("one", 10);
  await network.clock.advance(1_499);
  assertEquals(network.end, undefined);
  await network.clock.advance(1);
  assertEquals(network.end, { at: 1_500, names: ["one"] });
});
