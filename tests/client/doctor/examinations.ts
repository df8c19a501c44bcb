// What the tests of the doctor share: an examination where all is well, to be changed.

import type {
  Examination,
  HeardSeen,
  MachineAddress,
  PathSeen,
  ServerSeen,
} from "../../../lib/client/doctor/observations.ts";

export const LO: MachineAddress = {
  name: "lo",
  family: "IPv4",
  address: "127.0.0.1",
  netmask: "255.0.0.0",
  mac: "00:00:00:00:00:00",
};

export const ETH: MachineAddress = {
  name: "enp3s0",
  family: "IPv4",
  address: "192.168.1.5",
  netmask: "255.255.255.0",
  mac: "3c:52:82:01:02:03",
};

/** Returns an interface that differs from a common one. */
export function address(name: string, ip: string, mac = "3c:52:82:09:09:09"): MachineAddress {
  return { ...ETH, name, address: ip, mac };
}

/** What may be changed of an examination. */
export interface Changes {
  readonly os?: string;
  readonly release?: string;
  readonly addresses?: readonly MachineAddress[];
  readonly over?: MachineAddress | null;
  readonly wantedFrom?: string;
  readonly server?: Partial<ServerSeen>;
  readonly room?: Partial<Examination["room"]>;
  readonly path?: Partial<PathSeen>;
  readonly heard?: Partial<HeardSeen>;
  readonly present?: Examination["present"];
}

export const BOB = {
  name: "Bob",
  address: "192.168.1.9",
  here: false,
  relayed: false,
} as const;

/** Nobody answers the server's promise; the ways were tried. */
export const SILENT: Partial<PathSeen> = { answered: 0, ways: { out: 0, in: 0, sent: 6 } };

/** Nothing is heard. */
export const DEAF: Partial<HeardSeen> = { members: [], control: 0 };

/** Makes an examination: the room "lab" with Bob in it, unless changed. */
export function examination(changes: Changes = {}): Examination {
  const { os = "linux", release = "6.1.0", addresses = [LO, ETH], over = ETH } = changes;
  return {
    machine: { os, release, addresses },
    server: {
      where: "192.168.1.17:50001",
      protocol: "session",
      localAddress: over?.address ?? ETH.address,
      address: "192.168.1.17",
      seenAs: over?.address ?? ETH.address,
      here: false,
      rooms: 2,
      answerMs: 1.4,
      aheadMs: -5000,
      ...changes.server,
    },
    choice: over === null
      ? { chosen: undefined, failure: "Cannot choose an interface: there is none." }
      : {
        chosen: { name: over.name, address: over.address, why: "it leads to the CRDS" },
        wantedFrom: changes.wantedFrom,
      },
    room: {
      name: "lab",
      place: { address: "239.255.7.1", port: 20100 },
      kind: "named",
      people: [{ name: "Bob", address: "192.168.1.9" }],
      ...changes.room,
    },
    ...(over === null ? {} : {
      path: {
        loopback: true,
        probes: 20,
        answered: 20,
        answeredHere: false,
        server: { answers: true },
        others: [],
        ...changes.path,
      },
      heard: {
        ms: 5000,
        members: [BOB],
        control: 25,
        lines: 0,
        reported: 0,
        reportedHeard: 0,
        ...changes.heard,
      },
    }),
    present: changes.present,
  };
}
