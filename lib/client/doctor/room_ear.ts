/**
 * Listening in a room without being a member: who is there, and what of theirs arrives.
 *
 * @module
 */

import { decodeControl } from "../../framing/control.ts";
import { AGE_UNIT_MS, type Report } from "../../framing/control_messages.ts";
import { hashDatagram, type Hex64 } from "../../framing/datagram_hash.ts";
import type { SocketAddress } from "../../net/datagram.ts";
import type { HeardSeen, MemberHeard } from "./observations.ts";
import type { Probing } from "./probing.ts";

/** Lines said so shortly after the beginning may have passed just before it, in milliseconds. */
const GRACE_MS = 100;

/** Hashes and members kept: more do not come in ten seconds, unless somebody floods. */
const MAX_KEPT = 20_000;

/** What {@linkcode RoomEar} needs. */
export interface RoomEarOptions {
  /** The room's port. */
  readonly roomPort: number;
  /** The address of this machine's interface. */
  readonly own: string;
  /** The time in milliseconds. */
  readonly now: number;
}

/** An ear in a room; it says nothing. */
export class RoomEar {
  readonly #options: RoomEarOptions;
  readonly #members = new Map<Hex64, MemberHeard>();
  /** Hashes of lines that were heard, and of those that members report. */
  readonly #lines = new Set<Hex64>();
  readonly #reported = new Set<Hex64>();
  /** Tokens of probes that were heard. */
  readonly #probes = new Set<Hex64>();
  #lineCount = 0;
  #control = 0;

  /**
   * Begins to listen.
   *
   * @param options The room and the time.
   */
  constructor(options: RoomEarOptions) {
    this.#options = options;
  }

  /**
   * Takes a chat line.
   *
   * @param bytes The datagram.
   * @param source Where it came from.
   */
  data(bytes: Uint8Array, source: SocketAddress): void {
    if (this.#lines.size < MAX_KEPT) this.#lines.add(hashDatagram(bytes));
    if (source.address !== this.#options.own) this.#lineCount++;
  }

  /**
   * Takes a sealed datagram: whose it is and what it says cannot be seen, only where it came from.
   *
   * @param source Where it came from.
   */
  sealed({ address }: SocketAddress): void {
    const here = address === this.#options.own;
    if (!here) this.#control++;
    this.#note(sealedAt(address), { name: undefined, address, here });
  }

  /**
   * Takes a control datagram.
   *
   * @param bytes The datagram.
   * @param source Where it came from.
   * @param now The time in milliseconds.
   * @returns The token and the sender, if it is an echo of this room.
   */
  control(
    bytes: Uint8Array,
    source: SocketAddress,
    now: number,
  ): { token: Hex64; member: Hex64; here: boolean } | undefined {
    const control = decodeControl(bytes);
    if (control === undefined || control.roomPort !== this.#options.roomPort) return undefined;
    const here = source.address === this.#options.own;
    if (!here) this.#control++;
    if (control.kind === "bye") this.#members.delete(control.member);
    else if (control.kind === "report") this.#report(control, source, here, now);
    else if (control.kind === "probe") {
      if (this.#probes.size < MAX_KEPT) this.#probes.add(control.token);
    } else if (control.kind === "echo") {
      this.#note(control.member, { name: undefined, address: source.address, here });
      return { token: control.token, member: control.member, here };
    }
    return undefined;
  }

  /**
   * Counts the probes of somebody that were heard.
   *
   * @param probing Whose.
   * @returns How many.
   */
  heardOf(probing: Probing): number {
    return [...this.#probes].filter((token) => probing.has(token)).length;
  }

  /**
   * Sums up.
   *
   * @param now The time in milliseconds.
   * @param server The server's address if it answers probes: one of those who answer there without
   *   ever reporting is the server.
   * @returns What was heard so far.
   */
  summary(now: number, server: string | undefined): HeardSeen {
    const members = this.#seen();
    // Who is asked over IPv6 answers in the room over IPv4.
    const itself = members.find(({ name, address }) =>
      name === undefined && (address === server || server?.includes(":") === true)
    );
    const heard = [...this.#reported].filter((hash) => this.#lines.has(hash)).length;
    return {
      ms: now - this.#options.now,
      members: members.filter((member) => member !== itself),
      control: this.#control,
      lines: this.#lineCount,
      reported: this.#reported.size,
      reportedHeard: heard,
    };
  }

  /** Who sends sealed datagrams may have answered a probe, too, which is not sealed. */
  #seen(): MemberHeard[] {
    const all = [...this.#members];
    return all.filter(([id, { address }]) =>
      id !== sealedAt(address) ||
      !all.some(([other, member]) => other !== id && member.address === address)
    ).map(([, member]) => member);
  }

  #report(report: Report, source: SocketAddress, here: boolean, now: number): void {
    const { member, name, relayed, lines } = report;
    this.#note(member, { name, address: source.address, here, relayed });
    if (here || this.#reported.size > MAX_KEPT) return;
    for (const { age, hash } of lines) {
      if (now - age * AGE_UNIT_MS > this.#options.now + GRACE_MS) this.#reported.add(hash);
    }
  }

  #note(id: Hex64, member: Omit<MemberHeard, "relayed"> & { relayed?: boolean }): void {
    const known = this.#members.get(id);
    if (known === undefined && this.#members.size >= MAX_KEPT) return;
    const { name = known?.name, address, here, relayed = known?.relayed ?? false } = member;
    this.#members.set(id, { name, address, here, relayed });
  }
}

/** What stands for the id of a member that cannot be seen: no id is like that. */
function sealedAt(address: string): Hex64 {
  return `sealed ${address}`;
}
