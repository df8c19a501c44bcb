/**
 * What an examination has seen, before anybody says what it means.
 *
 * @module
 */

import type { ChosenInterface, InterfaceAddress } from "../../net/interfaces.ts";

/** An address of an interface, with its network if that is known. */
export interface MachineAddress extends InterfaceAddress {
  /** The mask in dotted decimal, such as `255.255.255.0`. */
  readonly netmask?: string;
}

/** This machine. */
export interface MachineSeen {
  /** The operating system, as in `Deno.build.os`. */
  readonly os: string;
  /** What the system calls its kernel; undefined without the permission to ask. */
  readonly release: string | undefined;
  /** The addresses of its interfaces. */
  readonly addresses: readonly MachineAddress[];
}

/** The interface for the room. */
export interface ChoiceSeen {
  /** The one that was chosen; undefined if there is none. */
  readonly chosen: ChosenInterface | undefined;
  /** Why none was. */
  readonly failure?: string;
  /** Where the user asked for it: `--iface`. */
  readonly wantedFrom?: string | undefined;
}

/** The server's TLS. */
export type TlsSeen =
  /** It has none. */
  | { readonly kind: "none" }
  /** It could not be reached, and why. */
  | { readonly kind: "blocked"; readonly why: string }
  /** It works: with the certificate that is known, or one that is new, or of this run only. */
  | { readonly kind: "known" | "new" | "ephemeral"; readonly fingerprint: string };

/** The directory server. */
export interface ServerSeen {
  /** Where it is, `host:port`; undefined if none was found. */
  readonly where: string | undefined;
  /** Why it cannot be used; undefined if it can. */
  readonly failure?: string;
  /** Whether that is because it may be another one than the one that is known. */
  readonly untrusted?: boolean;
  /** Its TLS; undefined if it speaks the lab protocol, or was not asked for it. */
  readonly tls?: TlsSeen | undefined;
  /** What it speaks. */
  readonly protocol?: "session" | "lab";
  /** The address of this machine that leads to it. */
  readonly localAddress?: string;
  /** Its address, if known. */
  readonly address?: string | undefined;
  /** The address that it sees this machine at, if it told. */
  readonly seenAs?: string | undefined;
  /** Whether it is on this machine. */
  readonly here?: boolean;
  /** How many rooms it has. */
  readonly rooms?: number;
  /** How long it took to answer, in milliseconds. */
  readonly answerMs?: number;
  /** How far its clock is ahead at least, in milliseconds: a room was made in the future. */
  readonly aheadMs?: number;
}

/** Somebody whom the server takes to be in the room. */
export interface PersonSeen {
  /** The name. */
  readonly name: string;
  /** The address that the server sees the person at. */
  readonly address: string;
}

/** The room that is examined. */
export interface RoomSeen {
  /** Its name; undefined if no room was used. */
  readonly name: string | undefined;
  /** Its address and port; undefined if they are not known. */
  readonly place: { readonly address: string; readonly port: number } | undefined;
  /** How it came to be this one. */
  readonly kind:
    | "named"
    /** None was named: it is one of the server's. */
    | "picked"
    /** The server has none; a free group stands in for it, as in the cases below. */
    | "none"
    /** The one that was named is not there. */
    | "missing"
    /** There is no server to ask. */
    | "unknown";
  /** Who is in it, says the server; undefined if it does not know. */
  readonly people: readonly PersonSeen[] | undefined;
  /**
   * Whether names and lines cannot be seen from outside.
   *
   * @default {false}
   */
  readonly sealed?: boolean;
}

/**
 * Says whether a free group stands in for the room, where nobody is to be expected.
 *
 * @param room The room.
 * @returns True if it is no room.
 */
export function isStandIn({ kind }: RoomSeen): boolean {
  return kind === "none" || kind === "missing" || kind === "unknown";
}

/** Multicast over the chosen interface. */
export interface PathSeen {
  /** Why the group could not be joined. */
  readonly joinFailure?: string | undefined;
  /** Why a datagram could not leave. */
  readonly sendFailure?: string | undefined;
  /** Whether this machine hears its own datagrams; undefined if that was not found out. */
  readonly loopback?: boolean | undefined;
  /** How many probes were sent. */
  readonly probes: number;
  /** How many the most diligent of others answered who is not on this machine. */
  readonly answered: number;
  /** Whether somebody on this machine answered. */
  readonly answeredHere: boolean;
  /** Whether the server promised to answer; why not, if it did not. */
  readonly server: { readonly answers: true } | { readonly answers: false; readonly why: string };
  /** What the server heard of this machine and made it hear; undefined if not tried. */
  readonly ways?: WaysSeen | undefined;
  /** Other interfaces that were tried, because nobody answered on this one. */
  readonly others: readonly OtherSeen[];
  /** Another room of the server, tried for the same reason. */
  readonly otherRoom?: { readonly name: string; readonly answered: boolean } | undefined;
}

/** The two directions, found out with the help of the server. */
export interface WaysSeen {
  /** Probes of this machine that arrived at the server, of how many. */
  readonly out: number;
  /** Probes of the server that arrived here. */
  readonly in: number;
  /** How many were sent each way. */
  readonly sent: number;
}

/** Another interface. */
export interface OtherSeen {
  /** What the system calls it. */
  readonly name: string;
  /** Its address. */
  readonly address: string;
  /** Whether somebody else answered there. */
  readonly answered: boolean;
}

/** A member that was heard. */
export interface MemberHeard {
  /** The name, if a report told it. */
  readonly name: string | undefined;
  /** Where it is. */
  readonly address: string;
  /** Whether it is on this machine. */
  readonly here: boolean;
  /** Whether it is in the room through the server. */
  readonly relayed: boolean;
}

/** What was heard in the room. */
export interface HeardSeen {
  /** For how long it was listened, in milliseconds. */
  readonly ms: number;
  /** The members that report or answer, without the server. */
  readonly members: readonly MemberHeard[];
  /** Control datagrams that came from other machines. */
  readonly control: number;
  /** Chat lines that came from other machines. */
  readonly lines: number;
  /** Lines that members reported to have said meanwhile... */
  readonly reported: number;
  /** ...and how many of those were heard. */
  readonly reportedHeard: number;
}

/** A member of the room that a client on this machine is in now. */
export interface PresentMember {
  /** The name. */
  readonly name: string;
  /** When it was heard last, in milliseconds ago. */
  readonly silentFor: number;
  /** For how long it has been known, in milliseconds. */
  readonly knownFor: number;
  /** Lines of it that came directly. */
  readonly direct: number;
  /** Lines of it that had to be repaired. */
  readonly recovered: number;
}

/** All of it. */
export interface Examination {
  /** This machine. */
  readonly machine: MachineSeen;
  /** The server. */
  readonly server: ServerSeen;
  /** The interface. */
  readonly choice: ChoiceSeen;
  /** The room. */
  readonly room: RoomSeen;
  /** Multicast; undefined without an interface. */
  readonly path?: PathSeen | undefined;
  /** What was heard; undefined without a room. */
  readonly heard?: HeardSeen | undefined;
  /** The members that the client at whose prompt it was asked for has; undefined in no room. */
  readonly present?: readonly PresentMember[] | undefined;
}
