/**
 * What the server, the machine, the interface and the room look like, as findings.
 *
 * @module
 */

import { isLoopback } from "../../net/interfaces.ts";
import { isVirtual } from "../../net/interfaces.ts";
import { enclosureOf, isNear, isVpn, isWireless, realAddresses } from "./environment.ts";
import type { Finding } from "./findings.ts";
import type {
  ChoiceSeen,
  MachineAddress,
  MachineSeen,
  RoomSeen,
  ServerSeen,
} from "./observations.ts";

/** A server whose clock is ahead by more makes rooms that look new for long, in milliseconds. */
const CLOCK_TOLERANCE_MS = 60_000;

/** An answer that takes longer means a busy server or a bad network, in milliseconds. */
const SLOW_ANSWER_MS = 1_000;

/** What there is not in a session that is not secure. */
const WITHOUT_TLS = "no accounts and no private messages";

/** Interfaces that are named one by one; a machine with many containers has dozens. */
const MAX_NAMED = 6;

/**
 * Judges the server.
 *
 * @param server What was seen.
 * @returns One finding.
 */
export function serverFindings(server: ServerSeen): Finding[] {
  const title = "Server";
  const { where = "", failure, protocol, rooms = 0, answerMs = 0, aheadMs = 0 } = server;
  if (failure !== undefined) {
    // That sentence says what to do.
    if (server.untrusted) return [{ mark: "bad", title, detail: failure }];
    return [{
      mark: "bad",
      title,
      detail: failure,
      advice: "Start it (crds-server), or name the one you mean: --server HOST[:PORT]. " +
        "Rooms that one is in already go on without it.",
    }];
  }
  const count = rooms === 1 ? "1 room" : `${rooms} rooms`;
  const detail = `the CRDS at ${where} answers in ${
    Math.max(1, Math.round(answerMs))
  } ms, ${count}`;
  if (protocol === "lab") {
    return [{
      mark: "warn",
      title,
      detail: `${detail}; it speaks the lab protocol only`,
      advice: "So nobody answers probes in an empty room, and there is no relay where multicast " +
        "is blocked.",
    }];
  }
  if (aheadMs > CLOCK_TOLERANCE_MS) {
    const minutes = Math.round(aheadMs / 60_000);
    return [{
      mark: "warn",
      title,
      detail: `${detail}; a room was made ${minutes} min in the future`,
      advice: "The clock of the server or of this machine is wrong.",
    }];
  }
  if (answerMs > SLOW_ANSWER_MS) {
    return [{ mark: "warn", title, detail: `${detail}; that is slow` }];
  }
  return [{ mark: "ok", title, detail }];
}

/**
 * Judges the server's TLS.
 *
 * @param server What was seen.
 * @returns A finding; none if the server was not asked for it.
 */
export function tlsFindings({ tls }: ServerSeen): Finding[] {
  const title = "TLS";
  switch (tls?.kind) {
    case undefined:
      return [];
    case "none":
      return [{ mark: "ok", title, detail: `the server has none: ${WITHOUT_TLS}` }];
    case "blocked":
      return [{
        mark: "warn",
        title,
        detail: tls.why,
        advice: "Open that port in the firewall of the server's machine.",
      }];
    case "known":
      return [{ mark: "ok", title, detail: "the server shows the certificate that is known" }];
    case "new":
      return [{
        mark: "ok",
        title,
        detail: `it works; "connect" will trust the certificate ${tls.fingerprint}`,
      }];
    case "ephemeral":
      return [{
        mark: "ok",
        title,
        detail: `it works; the certificate is of this run only: ${tls.fingerprint}`,
      }];
  }
}

/**
 * Judges the machine.
 *
 * @param machine What was seen.
 * @param server What the server sees of it.
 * @returns A finding, and one for a VPN.
 */
export function machineFindings(machine: MachineSeen, server: ServerSeen): Finding[] {
  const title = "Machine";
  const enclosure = enclosureOf(machine, server);
  const system = `${machine.os}${machine.release === undefined ? "" : ` ${machine.release}`}`;
  const findings: Finding[] = enclosure === undefined
    ? [{ mark: "ok", title, detail: `${system}; no WSL2, container or address translation seen` }]
    : [{
      mark: "warn",
      title,
      detail: `${system}; this looks like ${enclosure.what}`,
      advice: enclosure.advice,
    }];
  const { localAddress } = server;
  const towards = machine.addresses.find(({ address }) => address === localAddress);
  if (towards !== undefined && isVpn(towards.name)) {
    findings.push({
      mark: "warn",
      title: "VPN",
      detail: `the server is reached through ${show(towards)}, a VPN`,
      advice: "VPNs mostly carry no multicast. End it, or choose the interface of the local " +
        "network with --iface.",
    });
  }
  return findings;
}

/**
 * Judges the choice of the interface.
 *
 * @param choice What was chosen.
 * @param machine What there is.
 * @param server The server, for whether it is in the same network.
 * @returns One finding, and one if the server is in another network.
 */
export function choiceFindings(
  choice: ChoiceSeen,
  { addresses }: MachineSeen,
  server: ServerSeen,
): Finding[] {
  const title = "Interface";
  const { chosen, failure } = choice;
  if (chosen === undefined) {
    const detail = failure ?? "there is none";
    return [{ mark: "bad", title, detail, advice: "Connect a network, Wi-Fi or cable." }];
  }
  const others = addresses.filter(({ family, address }) =>
    family === "IPv4" && address !== chosen.address && !isLoopback(address)
  );
  const list = others.length === 0 ? "" : `; there is also ${named(others)}`;
  const kind = isWireless(chosen.name) ? ", a Wi-Fi" : "";
  const detail = `${chosen.name} (${chosen.address}${kind}), ${chosen.why}${list}`;
  const entry = entryOf(chosen.address, addresses);
  const real = realAddresses(others);
  const choose = real[0] === undefined ? "" : ` Choose another: --iface ${real[0].name}.`;
  const findings: Finding[] = [];
  if (isLoopback(chosen.address)) {
    findings.push({
      mark: real.length > 0 || choice.wantedFrom === undefined ? "warn" : "ok",
      title,
      detail,
      advice: `Loopback reaches only programs on this machine.${choose}`,
    });
  } else if (entry !== undefined && isVirtual(entry)) {
    findings.push({
      mark: "warn",
      title,
      detail,
      advice: `That is no interface of a local network, so others are hardly there.${choose}`,
    });
  } else findings.push({ mark: "ok", title, detail });
  if (isElsewhere(choice, addresses, server)) {
    findings.push({
      mark: "warn",
      title: "Network",
      detail: `the server (${server.address}) is in another network than ${chosen.address}`,
      advice: "Multicast stays in one network unless its routers forward it and --ttl is raised.",
    });
  }
  return findings;
}

/**
 * Says whether the server is in another network than the chosen interface.
 *
 * @param choice The choice.
 * @param addresses Those of this machine.
 * @param server The server.
 * @returns True if it surely is.
 */
export function isElsewhere(
  { chosen }: ChoiceSeen,
  addresses: readonly MachineAddress[],
  { address, here }: ServerSeen,
): boolean {
  if (chosen === undefined || here === true || isLoopback(chosen.address)) return false;
  const own = entryOf(chosen.address, addresses);
  return own !== undefined && isNear(own, address) === false;
}

/**
 * Judges the room.
 *
 * @param room What was seen.
 * @returns One finding.
 */
export function roomFindings({ name, place, kind, people }: RoomSeen): Finding[] {
  const title = "Room";
  if (kind === "none") {
    const detail = "the server has none, so a free group stands in for it";
    const advice = "Make one (makeroom <name>) and examine it: crds-client doctor <name>.";
    return [{ mark: "skip", title, detail, advice }];
  }
  if (kind === "missing") {
    return [{
      mark: "bad",
      title,
      detail: `the server has no room "${name}"; a free group stands in for it`,
      advice: 'The command "getdir" lists the rooms. Others may be at another server: "servers".',
    }];
  }
  if (kind === "unknown") {
    return [{
      mark: "skip",
      title,
      detail: name === undefined
        ? "without a server there is no list; a free group stands in for it"
        : `without a server nobody knows where "${name}" is; a free group stands in for it`,
      advice: "Name its place instead: crds-client doctor ADDRESS:PORT.",
    }];
  }
  if (place === undefined) {
    const detail = `"${name}" has an address or a port that no room can have`;
    return [{ mark: "bad", title, detail, advice: "Delete it and make it anew." }];
  }
  const shown = `"${name}" (${place.address}:${place.port})`;
  const which = kind === "picked" ? `none was named, so it is ${shown}` : shown;
  return [{ mark: "ok", title, detail: `${which}${countOf(people)}` }];
}

function countOf(people: RoomSeen["people"]): string {
  if (people === undefined) return "";
  if (people.length === 0) return "; the server knows of nobody in it";
  return `; the server knows of ${people.length} in it`;
}

function named(entries: readonly MachineAddress[]): string {
  const shown = entries.slice(0, MAX_NAMED).map(show).join(", ");
  return entries.length > MAX_NAMED ? `${shown}, ...` : shown;
}

function show({ name, address }: MachineAddress): string {
  return `${name} (${address})`;
}

function entryOf(
  address: string,
  addresses: readonly MachineAddress[],
): MachineAddress | undefined {
  return addresses.find((each) => each.address === address);
}
