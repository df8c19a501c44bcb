/**
 * Who was heard in the room, and who was not, as findings.
 *
 * @module
 */

import { CONTROL_PORT } from "../../framing/control.ts";
import { isLoopback } from "../../net/interfaces.ts";
import { ANONYMOUS } from "../../people/names.ts";
import type { Finding } from "./findings.ts";
import {
  type Examination,
  isStandIn,
  type PersonSeen,
  type PresentMember,
} from "./observations.ts";
import { firewallAdvice, NOTABLE_REPAIRS } from "./path_findings.ts";

/** A switch with IGMP snooping forgets a member that nobody asks about after 260 s (RFC 2236, 8.4). */
const KNOWN_LONG_MS = 200_000;

/** In a small room a member reports every 7.5 s at the latest; two in a row may be lost. */
const SILENT_MS = 20_000;

/** In larger rooms reports are rarer than an examination is long. */
const MAX_JUDGED_PEOPLE = 20;

/** Lines that must have been reported before their absence means something. */
const ENOUGH_LINES = 3;

/** Names that are shown. */
const MAX_NAMES = 8;

/** What is wrong with what arrives. */
export type HearingFault =
  /** Control datagrams arrive, chat lines do not. */
  | "no lines"
  /** Chat lines arrive, control datagrams do not. */
  | "no control";

/**
 * Lists those whom the server takes to be in the room, elsewhere, and of whom nothing was heard.
 *
 * @param seen What was seen.
 * @returns The people.
 */
export function missingPeople(seen: Examination): PersonSeen[] {
  const { heard, room, server, choice } = seen;
  const members = heard?.members ?? [];
  const own = choice.chosen?.address;
  // Who is relayed is heard from there, and in a sealed room nobody can tell who it is.
  if (room.sealed && members.some(({ address }) => address === server.address)) return [];
  const placeOf = ({ address }: PersonSeen): string | undefined => {
    // Who came to the server over loopback is on the server's machine.
    if (!isLoopback(address)) return address === server.seenAs ? own : address;
    return server.here === true ? own : server.address;
  };
  return (room.people ?? []).filter((person) => {
    const place = placeOf(person);
    if (place === own || person.name.startsWith(ANONYMOUS)) return false;
    return !members.some(({ name, address }) => name === person.name || address === place);
  });
}

/**
 * Says whether one kind of datagram arrives and the other does not.
 *
 * @param seen What was seen.
 * @returns Which is missing; undefined if none is.
 */
export function hearingFault({ heard, path }: Examination): HearingFault | undefined {
  if (heard === undefined) return undefined;
  const { reported, reportedHeard, lines, control } = heard;
  if (reported >= ENOUGH_LINES && reportedHeard === 0) return "no lines";
  if (lines > 0 && control === 0 && path?.server.answers === true && !path.answeredHere) {
    return "no control";
  }
  return undefined;
}

/**
 * Judges what was heard.
 *
 * @param seen What was seen.
 * @returns The findings.
 */
export function heardFindings(seen: Examination): Finding[] {
  const { heard, room, path, machine } = seen;
  if (heard === undefined) return [];
  const findings: Finding[] = [];
  const seconds = Math.max(1, Math.round(heard.ms / 1000));
  // Who only answered told no name.
  const nameAt = (place: string): string | undefined =>
    room.people?.find(({ address }) => address === place)?.name;
  const there = heard.members.filter(({ here }) => !here);
  const here = heard.members.length - there.length;
  const besides = here === 0 ? "" : `, ${here} on this machine`;
  const missing = missingPeople(seen);
  if (there.length > 0) {
    const names = enumerate(
      there.map(({ name, address, relayed }) =>
        `${name ?? nameAt(address) ?? address}${relayed ? " (through the server)" : ""}`
      ),
    );
    findings.push({ mark: "ok", title: "Members", detail: `${names} heard${besides}` });
  } else if (missing.length === 0) {
    const lines = heard.lines > 0 ? ", but chat lines of simple clients" : "";
    findings.push({
      mark: heard.lines > 0 ? "ok" : "skip",
      title: "Members",
      detail: isStandIn(room)
        ? "not looked for, without a room"
        : `nobody heard on another machine in ${seconds} s${lines}${besides}`,
    });
  }
  if (missing.length > 0) {
    const large = (room.people?.length ?? 0) > MAX_JUDGED_PEOPLE && there.length > 0;
    findings.push({
      mark: large ? "skip" : there.length > 0 ? "warn" : "bad",
      title: "Missing",
      detail: `${enumerate(missing.map(({ name, address }) => `${name} (${address})`))}: in the ` +
        `room, says the server, and not heard in ${seconds} s`,
      ...(path !== undefined && path.answered > 0 && !large
        ? { advice: 'Here all is well: run "doctor" there.' }
        : {}),
    });
  }
  if (room.sealed) {
    findings.push({
      mark: "skip",
      title: "Sealed",
      detail: "names and lines of this room cannot be seen from outside, only that somebody speaks",
    });
  }
  const port = room.place?.port;
  const fault = hearingFault(seen);
  if (fault === "no lines") {
    findings.push({
      mark: "bad",
      title: "Lines",
      detail: `${heard.reported} were said, and none arrived at UDP port ${port}`,
      advice: firewallAdvice(machine, port),
    });
  } else if (fault === "no control") {
    findings.push({
      mark: "bad",
      title: "Control",
      detail: `chat lines arrive, but nothing at UDP port ${CONTROL_PORT}, by which lost lines ` +
        "are repaired",
      advice: firewallAdvice(machine, port),
    });
  } else if (heard.reported > 0) {
    const lost = heard.reported - heard.reportedHeard;
    findings.push({
      mark: lost / heard.reported > NOTABLE_REPAIRS ? "warn" : "ok",
      title: "Lines",
      detail: `${heard.reportedHeard} of ${heard.reported} that were said arrived at once`,
    });
  }
  return findings;
}

/**
 * Lists members that were heard for minutes and then no more.
 *
 * @param present The members.
 * @returns The silent ones.
 */
export function silentMembers(present: readonly PresentMember[] | undefined): PresentMember[] {
  return (present ?? []).filter(({ knownFor, silentFor }) =>
    knownFor > KNOWN_LONG_MS && silentFor > SILENT_MS
  );
}

/**
 * Judges what the client that is in the room has seen so far.
 *
 * @param present Its members; undefined if it is in no room.
 * @returns The findings.
 */
export function presentFindings(present: readonly PresentMember[] | undefined): Finding[] {
  const findings: Finding[] = [];
  const silent = silentMembers(present);
  if (silent.length > 0) {
    const seconds = Math.round(Math.max(...silent.map(({ silentFor }) => silentFor)) / 1000);
    findings.push({
      mark: "bad",
      title: "Silence",
      detail: `${enumerate(silent.map(({ name }) => name))} heard for minutes, and then not for ` +
        `${seconds} s`,
      advice: "A switch with IGMP snooping and no querier forgets members after four minutes: " +
        "turn the querier on, or snooping off. Leaving the room and entering it helps for a while.",
    });
  }
  const direct = sum(present, "direct");
  const recovered = sum(present, "recovered");
  if (direct + recovered > 0) {
    const lost = recovered / (direct + recovered);
    findings.push({
      mark: lost > NOTABLE_REPAIRS ? "warn" : "ok",
      title: "Repaired",
      detail: `${recovered} of ${direct + recovered} lines in this room were lost and repaired ` +
        `(${(lost * 100).toFixed(1)} %)`,
    });
  }
  return findings;
}

function sum(
  present: readonly PresentMember[] | undefined,
  key: "direct" | "recovered",
): number {
  return (present ?? []).reduce((total, member) => total + member[key], 0);
}

function enumerate(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).join(", ");
  return names.length > MAX_NAMES ? `${shown} and ${names.length - MAX_NAMES} more` : shown;
}
