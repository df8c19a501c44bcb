/**
 * The examination itself: asks the server, listens, sends probes, step by step.
 *
 * @module
 */

import { reasonOf, UserError } from "../../errors.ts";
import type { Endpoint } from "../../net/endpoint.ts";
import { chooseInterface } from "../../net/interfaces.ts";
import { type Clock, SYSTEM_CLOCK } from "../../rpc/ports.ts";
import { sanitise } from "../../text.ts";
import type { KnownServers } from "../known_servers.ts";
import { lookAtMachine } from "./environment.ts";
import type { Finding, Verdict } from "./findings.ts";
import { heardFindings, missingPeople, presentFindings } from "./member_findings.ts";
import {
  type ChoiceSeen,
  type Examination,
  type HeardSeen,
  isStandIn,
  type MachineSeen,
  type PathSeen,
  type PresentMember,
  type RoomSeen,
  type ServerSeen,
} from "./observations.ts";
import { joinFindings, probeFindings } from "./path_findings.ts";
import {
  choiceFindings,
  machineFindings,
  roomFindings,
  serverFindings,
  tlsFindings,
} from "./place_findings.ts";
import { pause, RoomTrial } from "./room_trial.ts";
import { chooseRoom, type Contact, contactServer } from "./server_contact.ts";
import { verdictOf } from "./verdict.ts";
import { otherRoomOf, othersOf, waysOf } from "./why_silent.ts";

/** Probes: enough to tell a loss of 5 %. */
const PROBES = 20;

/** How long members may take to report, in milliseconds: in small rooms they do every 2.5-7.5 s. */
const LISTEN_MS = 7_000;

/** The same where it is not known whether anybody is there, or known that nothing gets through. */
const LISTEN_BRIEFLY_MS = 5_500;

/** How often it is looked whether everybody was heard, in milliseconds. */
const LOOK_MS = 100;

/** What {@linkcode examine} needs. */
export interface ExamineOptions {
  /** Finds out which server is meant. */
  readonly find: (signal: AbortSignal) => Promise<Endpoint>;
  /** The servers that are trusted; nothing is changed. Without it, nobody is asked for TLS. */
  readonly known?: KnownServers | undefined;
  /** The room's name, or its `address:port`; any if not given. */
  readonly room?: string | undefined;
  /** The interface that was asked for, and where. */
  readonly wanted?: { readonly iface: string; readonly from: string } | undefined;
  /** How many networks datagrams may pass. */
  readonly ttl: number;
  /** The members that a client in the room has now. */
  readonly present?: readonly PresentMember[] | undefined;
  /**
   * Looks at this machine.
   *
   * @default {lookAtMachine}
   */
  readonly machine?: () => MachineSeen;
  /**
   * The time.
   *
   * @default {SYSTEM_CLOCK}
   */
  readonly clock?: Clock;
}

/**
 * Examines why others are seen, or not. It leaves no trace in the room: it listens, and sends probes,
 * which members and the server answer by themselves.
 *
 * @param options What to examine.
 * @param tell Called with each finding as soon as there is one.
 * @param signal Gives up.
 * @returns What it all comes to.
 * @throws {DOMException} Named `AbortError` (or the signal's reason) if given up.
 */
export async function examine(
  options: ExamineOptions,
  tell: (finding: Finding) => void,
  signal: AbortSignal,
): Promise<Verdict> {
  const { clock = SYSTEM_CLOCK, present } = options;
  const tellAll = (findings: readonly Finding[]): void => findings.forEach(tell);
  const machine = (options.machine ?? lookAtMachine)();
  const contact = await contactServer(options, signal);
  await using _directory = contact.directory;
  const server = contact.seen;
  tellAll(serverFindings(server));
  tellAll(tlsFindings(server));
  tellAll(machineFindings(machine, server));
  const choice = choose(options, machine, server.localAddress);
  tellAll(choiceFindings(choice, machine, server));
  const room = await chooseRoom(options.room, contact, signal);
  tellAll(roomFindings(room));
  let seen: Examination = { machine, server, choice, room, present };
  if (choice.chosen !== undefined && room.place !== undefined) {
    seen = { ...seen, ...await examinePath(options, clock, contact, seen, tellAll, signal) };
  }
  tellAll(presentFindings(present));
  return verdictOf(seen);
}

function choose(
  { wanted }: ExamineOptions,
  { addresses }: MachineSeen,
  localAddress: string | undefined,
): ChoiceSeen {
  const wantedFrom = wanted?.from;
  try {
    const chosen = chooseInterface({
      wanted: wanted?.iface,
      wantedFrom,
      localAddress,
      list: addresses,
    });
    return { chosen, wantedFrom };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { chosen: undefined, failure: error.message, wantedFrom };
  }
}

async function examinePath(
  options: ExamineOptions,
  clock: Clock,
  contact: Contact,
  seen: Examination,
  tellAll: (findings: readonly Finding[]) => void,
  signal: AbortSignal,
): Promise<{ path: PathSeen; heard?: HeardSeen }> {
  const { machine, room, choice, server } = seen;
  const place = room.place!;
  const over = choice.chosen!.address;
  const label = room.name === undefined ? "a group" : `room "${sanitise(room.name)}"`;
  const common = { label, ttl: options.ttl, clock };
  const nothing = { probes: 0, answered: 0, answeredHere: false, others: [] } as const;
  const promise = await askForAnswers(room, over, contact, signal);
  let trial: RoomTrial;
  try {
    trial = await RoomTrial.open({ ...common, place, over });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const path = { ...nothing, joinFailure: error.message, server: promise };
    tellAll(joinFindings({ ...seen, path }));
    return { path };
  }
  await using _trial = trial;
  const { probing, ear } = trial;
  await trial.probe(PROBES, signal);
  let path: PathSeen = {
    ...nothing,
    sendFailure: trial.sendFailure,
    loopback: trial.loopback,
    probes: probing.count,
    answered: probing.answered,
    answeredHere: probing.answeredHere,
    server: promise,
  };
  tellAll(joinFindings({ ...seen, path }));
  const relays = contact.session?.relays?.server;
  // Who is on this machine answers whatever the network does.
  const silent = promise.answers && server.here !== true && path.answered === 0;
  if (silent && path.sendFailure === undefined && relays !== undefined) {
    const { rooms } = contact;
    const help = { ...common, relays, rooms, room, over, trial, signal };
    path = {
      ...path,
      ways: await waysOf(help),
      others: await othersOf({ ...help, addresses: machine.addresses }),
      otherRoom: await otherRoomOf(help),
    };
  }
  const answerer = promise.answers ? addressInRoom(server, over) : undefined;
  const summary = (): HeardSeen => ear.summary(clock.now(), answerer);
  tellAll(probeFindings({ ...seen, path }, summary()));
  // Where the host has joined over another interface too, some systems hear that here as well.
  if (path.sendFailure !== undefined || path.others.some(({ answered }) => answered)) {
    return { path };
  }
  const patience = room.people === undefined || silent ? LISTEN_BRIEFLY_MS : LISTEN_MS;
  const isEnough = (): boolean =>
    room.people !== undefined && missingPeople({ ...seen, heard: summary() }).length === 0;
  while (
    !isStandIn(room) && summary().ms < patience && !isEnough()
  ) {
    await pause(clock, LOOK_MS, signal);
  }
  const heard = summary();
  tellAll(heardFindings({ ...seen, path, heard }));
  return { path, heard };
}

/** Where the server's answers come from. */
function addressInRoom({ here, address }: ServerSeen, over: string): string | undefined {
  return here === true ? over : address;
}

/** Asks the server to answer probes, so that silence means something. */
async function askForAnswers(
  room: RoomSeen,
  over: string,
  { session, seen, rooms }: Contact,
  signal: AbortSignal,
): Promise<PathSeen["server"]> {
  if (seen.failure !== undefined) return { answers: false, why: "it cannot be reached" };
  if (session === undefined) return { answers: false, why: "it speaks the lab protocol only" };
  const { name } = room;
  if (isStandIn(room)) return { answers: false, why: "it has no such room" };
  if (name === undefined || !rooms.some((each) => each.name === name)) {
    return { answers: false, why: "the room is not one of its rooms" };
  }
  if (session.relays === undefined) return { answers: false, why: "it does not relay" };
  try {
    await session.relays.server.check({ room: name, interface: over }, signal);
    return { answers: true };
  } catch (error) {
    signal.throwIfAborted();
    return { answers: false, why: sanitise(reasonOf(error)) };
  }
}
