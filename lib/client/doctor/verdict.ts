/**
 * What it all comes to: the likely cause, and what to do. Without sockets.
 *
 * @module
 */

import { isVirtual } from "../../net/interfaces.ts";
import { isLoopback } from "../../net/interfaces.ts";
import { enclosureOf, isVpn, isWireless, realAddresses } from "./environment.ts";
import type { Verdict } from "./findings.ts";
import { hearingFault, missingPeople, silentMembers } from "./member_findings.ts";
import type { Examination, PathSeen } from "./observations.ts";
import { firewallAdvice, HEAVY_LOSS, isSendBlocked, outgoingAdvice } from "./path_findings.ts";
import { isElsewhere } from "./place_findings.ts";

/** Without it nothing can be said about the network. */
const LOOPBACK_ONLY = "Loopback reaches only programs on this machine";

/**
 * Finds the likely cause.
 *
 * @param seen All that was seen.
 * @returns The verdict.
 */
export function verdictOf(seen: Examination): Verdict {
  return causeHere(seen) ?? causeOfSilence(seen) ?? causeOfGaps(seen) ?? causeAtServer(seen) ??
    allWell(seen);
}

/** This machine itself. */
function causeHere(seen: Examination): Verdict | undefined {
  const { choice, path, machine, room } = seen;
  const { chosen } = choice;
  if (chosen === undefined) {
    return bad("this machine has no network", "Connect one, Wi-Fi or cable.");
  }
  if (path === undefined) return undefined;
  if (path.joinFailure !== undefined) {
    return bad(
      `the group cannot be joined on ${chosen.name} (${chosen.address})`,
      path.joinFailure,
    );
  }
  if (path.sendFailure !== undefined) {
    if (isSendBlocked(seen)) {
      return bad("a firewall on this machine blocks multicast", outgoingAdvice(machine));
    }
    return bad(`nothing can be sent to the group on ${chosen.name}`, path.sendFailure);
  }
  if (path.loopback === false) {
    return bad(
      "a firewall on this machine drops UDP datagrams that arrive",
      firewallAdvice(machine, room.place?.port),
    );
  }
  return undefined;
}

/** Somebody should have answered, and nobody did. */
function causeOfSilence(seen: Examination): Verdict | undefined {
  const { path, server, choice, machine, room, heard } = seen;
  if (path === undefined || choice.chosen === undefined || path.answered > 0) return undefined;
  const hears = (heard?.control ?? 0) > 0 || (heard?.lines ?? 0) > 0;
  // What answers on this machine says nothing of others.
  const promised = path.server.answers && server.here !== true;
  if (!promised && !hears && missingPeople(seen).length === 0) return undefined;
  const { chosen } = choice;
  const here = `${chosen.name} (${chosen.address})`;
  const there = path.others.find(({ answered }) => answered);
  if (there !== undefined) {
    return bad(
      `the wrong interface: others are on ${there.name} (${there.address}), not on ${here}`,
      `Use that one: --iface ${there.name}.`,
    );
  }
  if (hearingFault(seen) === "no control") return undefined;
  const real = realAddresses(machine.addresses)
    .find(({ address }) => address !== chosen.address);
  const use = real === undefined ? "" : ` Choose another interface: --iface ${real.name}.`;
  if (isLoopback(chosen.address)) {
    return bad(`${LOOPBACK_ONLY.toLowerCase()}, and the others are elsewhere`, use.trim());
  }
  const enclosure = enclosureOf(machine, server);
  if (enclosure !== undefined) {
    return bad(`this is ${enclosure.what}, and multicast does not leave it`, enclosure.advice);
  }
  const entry = machine.addresses.find(({ address }) => address === chosen.address);
  if (isVpn(chosen.name)) {
    return bad(`${here} is a VPN, and it carries no multicast`, `End the VPN.${use}`);
  }
  if (entry !== undefined && isVirtual(entry)) {
    return bad(`${here} is no interface of a local network`, use.trim());
  }
  if (isElsewhere(choice, machine.addresses, server)) {
    return bad(
      `the server (${server.address}) is in another network than ${chosen.address}, and ` +
        "multicast does not pass the router between",
      "Join the same network. Where the routers forward multicast, raise --ttl.",
    );
  }
  return causeOnTheWay(path, seen, here) ?? bad(
    `multicast is blocked between this machine and the others, both ways, on ${here}`,
    `${upper(blockedAdvice(chosen.name))} ${firewallAdvice(machine, room.place?.port)}`,
  );
}

/** One direction works. */
function causeOnTheWay(
  { ways, otherRoom }: PathSeen,
  { choice, machine, room, heard }: Examination,
  here: string,
): Verdict | undefined {
  const name = choice.chosen?.name ?? "";
  const firewall = firewallAdvice(machine, room.place?.port);
  if (otherRoom?.answered) {
    return bad(
      `a switch has forgotten that this machine is in the room (IGMP snooping without a ` +
        `querier), since room "${otherRoom.name}" works`,
      "Leave the room in every client on this machine and enter it again. To mend it, turn the " +
        "IGMP querier of the switch or router on, or its snooping off.",
    );
  }
  const incoming = ways === undefined ? (heard?.control ?? 0) > 0 : ways.in > 0;
  const outgoing = ways === undefined ? false : ways.out > 0;
  if (outgoing && !incoming) {
    return bad(
      `what others send does not reach this machine on ${here}: a firewall here, most likely`,
      `${firewall} If it lets them in: ${blockedAdvice(name)}`,
    );
  }
  if (incoming && !outgoing) {
    return bad(
      `what this machine sends does not reach the others on ${here}`,
      `${upper(blockedAdvice(name))} Or a firewall: ${lower(outgoingAdvice(machine))}`,
    );
  }
  if (incoming && outgoing) {
    return bad("the network loses most datagrams", upper(blockedAdvice(name)));
  }
  return undefined;
}

/** Something arrives, but not all. */
function causeOfGaps(seen: Examination): Verdict | undefined {
  const { path, machine, room, heard, present } = seen;
  const firewall = firewallAdvice(machine, room.place?.port);
  const fault = hearingFault(seen);
  if (fault === "no lines") {
    return bad(`UDP port ${room.place?.port} is blocked, and other ports are not`, firewall);
  }
  if (fault === "no control") {
    return bad("the control port is blocked: lines arrive, lost ones are not repaired", firewall);
  }
  const silent = silentMembers(present);
  if (silent.length > 0) {
    return bad(
      "a switch forgets members after some minutes (IGMP snooping without a querier)",
      "Turn the IGMP querier of the switch or router on, or its snooping off. Until then, leave " +
        "the room and enter it again.",
    );
  }
  const missing = missingPeople(seen);
  const others = heard?.members.some(({ here }) => !here) ?? false;
  if (missing.length > 0 && !others) {
    const [first] = missing;
    const who = missing.length === 1
      ? first?.name
      : `${first?.name} and ${missing.length - 1} more`;
    return bad(
      `${who} cannot be heard, though multicast works between this machine and the server`,
      'The trouble is on their side: run "doctor" there.',
    );
  }
  if (path !== undefined && path.answered > 0 && path.server.answers) {
    const lost = 1 - path.answered / path.probes;
    if (lost >= HEAVY_LOSS) {
      return bad(
        `the network loses ${Math.round(lost * 100)} % of all datagrams there and back`,
        "Go nearer to the access point, use another network or a cable.",
      );
    }
  }
  return undefined;
}

function causeAtServer({ server, room }: Examination): Verdict | undefined {
  if (server.failure !== undefined) {
    return bad(
      `there is no server${server.where === undefined ? "" : ` at ${server.where}`}`,
      "Start it there, or name another: --server HOST[:PORT].",
    );
  }
  if (room.kind === "missing") {
    return bad(`there is no room "${room.name}" at ${server.where}`, '"getdir" lists the rooms.');
  }
  if (room.place === undefined) return bad(`room "${room.name}" has no usable address`);
  return undefined;
}

function allWell({ heard, path, server, room, choice }: Examination): Verdict {
  const there = heard?.members.filter(({ here }) => !here).length ?? 0;
  if (there > 0) {
    const count = there === 1 ? "1 member" : `${there} members`;
    return { mark: "ok", cause: `All is well: ${count} heard on other machines` };
  }
  if (path !== undefined && path.answered > 0) {
    if (room.kind === "none") return { mark: "ok", cause: "All is well" };
    return { mark: "ok", cause: "All is well, and nobody else is in the room" };
  }
  if (isLoopback(choice.chosen?.address ?? "")) {
    return { mark: "ok", cause: `All is well on this machine. ${LOOPBACK_ONLY}` };
  }
  const why = server.here === true
    ? "the server is on this machine too, and nobody elsewhere is in the room"
    : "nobody was there to answer";
  return {
    mark: "ok",
    cause: `Nothing wrong was found, but the network was not tested: ${why}`,
    advice: 'Run "doctor" on another machine, or again when somebody else is in the room.',
  };
}

function blockedAdvice(name: string): string {
  return isWireless(name)
    ? "many Wi-Fis keep their clients apart (client or AP isolation, guest networks): use " +
      "another network or a cable, or have the isolation turned off."
    : "a switch may filter multicast (IGMP snooping without a querier), a Wi-Fi may keep its " +
      "clients apart.";
}

function bad(cause: string, advice?: string): Verdict {
  return advice === undefined || advice === ""
    ? { mark: "bad", cause }
    : { mark: "bad", cause, advice };
}

function upper(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

function lower(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
