/**
 * What became of joining, sending, hearing oneself and being answered, as findings.
 *
 * @module
 */

import { CONTROL_PORT } from "../../framing/control.ts";
import { isWireless } from "./environment.ts";
import type { Finding } from "./findings.ts";
import {
  type Examination,
  type HeardSeen,
  isStandIn,
  type MachineSeen,
  type PathSeen,
} from "./observations.ts";

/** Loss there and back that is worth a word: below, Wi-Fi is as it is. */
export const NOTABLE_LOSS = 0.05;

/** Loss there and back that makes a chat tiresome. */
export const HEAVY_LOSS = 0.4;

/** Loss above which lines are worth a word, one way: those that had to be repaired. */
export const NOTABLE_REPAIRS = 0.01;

/**
 * Judges what this machine does for itself.
 *
 * @param seen What was seen.
 * @returns A finding for joining, then for sending, then for hearing itself.
 */
export function joinFindings(seen: Examination): Finding[] {
  const { path, machine, room } = seen;
  if (path === undefined) return [];
  const { joinFailure, sendFailure, loopback } = path;
  if (joinFailure !== undefined) return [{ mark: "bad", title: "Join", detail: joinFailure }];
  const joined: Finding = { mark: "ok", title: "Join", detail: "the group can be joined" };
  if (isSendBlocked(seen)) {
    const detail = "the system refuses to send to the group, though the interface works";
    const advice = outgoingAdvice(machine);
    return [joined, { mark: "bad", title: "Send", detail, advice }];
  }
  if (sendFailure !== undefined) {
    return [joined, { mark: "bad", title: "Send", detail: sendFailure }];
  }
  const sent: Finding = { mark: "ok", title: "Send", detail: "datagrams leave this machine" };
  if (loopback === undefined) return [joined, sent];
  if (loopback) {
    const detail = "this machine hears what it sends";
    return [joined, sent, { mark: "ok", title: "Own echo", detail }];
  }
  return [joined, sent, {
    mark: "bad",
    title: "Own echo",
    detail: "this machine does not hear what it sends itself",
    advice: firewallAdvice(machine, isStandIn(room) ? undefined : room.place?.port),
  }];
}

/**
 * Says whether it is a firewall that refuses to send. The system mostly does not say so; but where
 * TCP goes over the same interface, nothing else is left.
 *
 * @param seen What was seen.
 * @returns True if it surely is.
 */
export function isSendBlocked({ path, server, choice }: Examination): boolean {
  return path?.sendFailure !== undefined && server.failure === undefined &&
    server.here === false && server.localAddress === choice.chosen?.address;
}

/**
 * Judges whether others answer.
 *
 * @param seen All that was seen so far.
 * @param heard What was heard so far.
 * @returns The findings.
 */
export function probeFindings(seen: Examination, heard: HeardSeen): Finding[] {
  const { path, choice } = seen;
  if (path === undefined || path.joinFailure !== undefined || path.sendFailure !== undefined) {
    return [];
  }
  const title = "Multicast";
  const { probes, answered, answeredHere, server } = path;
  if (answered > 0) {
    const findings: Finding[] = [{ mark: "ok", title, detail: "it gets through, both ways" }];
    // Members leave the answering to each other: only the server answers each probe.
    if (server.answers) findings.push(lossFinding(seen, answered, probes));
    return findings;
  }
  if (seen.server.here && answeredHere && server.answers) {
    return [{
      mark: "ok",
      title,
      detail: "the server answers; it is on this machine, so that tells nothing of the network",
    }];
  }
  if (isStandIn(seen.room)) {
    return [{ mark: "skip", title, detail: "not tested, without a room where somebody answers" }];
  }
  if (!server.answers && heard.control === 0) {
    return [{
      mark: "skip",
      title,
      detail: `nobody answered, but the server cannot: ${server.why}`,
      advice: "Have somebody else in the room, then examine it again.",
    }];
  }
  const detail = `none of ${probes} probes was answered` +
    (server.answers ? ", and the server promised to answer" : ", though others are heard");
  return [{ mark: "bad", title, detail }, ...wayFindings(path), ...otherFindings(path, choice)];
}

function lossFinding({ choice }: Examination, answered: number, probes: number): Finding {
  const title = "Loss";
  const lost = 1 - answered / probes;
  const percent = Math.round(lost * 100);
  const detail = percent === 0
    ? `none of ${probes} probes`
    : `${probes - answered} of ${probes} probes or their answers (${percent} % there and back)`;
  if (lost < NOTABLE_LOSS) return { mark: "ok", title, detail };
  const wireless = isWireless(choice.chosen?.name ?? "");
  return {
    mark: lost < HEAVY_LOSS ? "warn" : "bad",
    title,
    detail,
    advice: "Lost lines are repaired, a moment later. " +
      (wireless
        ? "On Wi-Fi multicast has no acknowledgement: go nearer to the access point, use 5 GHz, " +
          "or a cable."
        : "Look for a bad cable, a busy machine, or a Wi-Fi in between."),
  };
}

/** Where it gets lost. */
function wayFindings({ ways }: PathSeen): Finding[] {
  if (ways === undefined) return [];
  const of = (count: number): string => `${count} of ${ways.sent}`;
  return [
    {
      mark: ways.out > 0 ? "ok" : "bad",
      title: "Way out",
      detail: `${of(ways.out)} datagrams of this machine arrived at the server by multicast`,
    },
    {
      mark: ways.in > 0 ? "ok" : "bad",
      title: "Way in",
      detail: `${of(ways.in)} datagrams of the server arrived here by multicast`,
    },
  ];
}

function otherFindings(
  { others, otherRoom }: PathSeen,
  { chosen }: Examination["choice"],
): Finding[] {
  const findings = others.map(({ name, address, answered }): Finding => ({
    mark: answered ? "bad" : "skip",
    title: "Other interface",
    detail: `on ${name} (${address}) ${answered ? "others answer" : "nobody answers either"}`,
    ...(answered
      ? { advice: `The room is there, not on ${chosen?.name}. Use it: --iface ${name}.` }
      : {}),
  }));
  if (otherRoom !== undefined) {
    findings.push({
      mark: "skip",
      title: "Other room",
      detail: `in "${otherRoom.name}" ${otherRoom.answered ? "others answer" : "it is the same"}`,
    });
  }
  return findings;
}

/**
 * Says how a firewall is told to let the room through.
 *
 * @param machine The machine.
 * @param port The room's port, if one is known.
 * @returns A sentence or two.
 */
export function firewallAdvice({ os }: MachineSeen, port: number | undefined): string {
  const ports = port === undefined ? [CONTROL_PORT] : [CONTROL_PORT, port];
  const list = ports.length === 1 ? `port ${ports[0]}` : `ports ${ports.join(" and ")}`;
  switch (os) {
    case "windows":
      return `Allow this program in the Windows Defender Firewall, for private and public ` +
        `networks, or UDP ${list} inbound.`;
    case "darwin":
      return `Allow this program in System Settings > Network > Firewall, and your terminal in ` +
        `Privacy & Security > Local Network.`;
    default:
      return `Allow UDP ${list} in the firewall of this machine, for example ` +
        `"sudo ufw allow ${ports.join(",")}/udp" or ` +
        `"sudo firewall-cmd ${ports.map((each) => `--add-port=${each}/udp`).join(" ")}".`;
  }
}

/**
 * Says how a firewall is told to let multicast out.
 *
 * @param machine The machine.
 * @returns A sentence.
 */
export function outgoingAdvice({ os }: MachineSeen): string {
  const what = "outgoing UDP datagrams to 239.0.0.0/8 in the firewall of this machine";
  return os === "linux"
    ? `Allow ${what}, for example "sudo ufw allow out to 239.0.0.0/8"; "sudo nft list ruleset" ` +
      "shows its rules."
    : `Allow ${what}.`;
}
