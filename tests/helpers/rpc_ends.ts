/**
 * Peers over a connection in memory, with a clock that the test moves.
 *
 * @module
 */

import type { MethodMap, NotificationMap } from "../../lib/rpc/methods.ts";
import { RpcPeer, type RpcPeerOptions } from "../../lib/rpc/peer.ts";
import { duplex, type DuplexEnd } from "./duplex.ts";
import { FakeClock, settled } from "./fake_clock.ts";

/** Options of a peer without what these helpers bring. */
export type PeerOptions =
  & Partial<Omit<RpcPeerOptions, "transport" | "clock">>
  & { readonly capacity?: number };

/** A peer whose other side is the test. */
export interface RawEnd<Remote extends MethodMap, Told extends NotificationMap> {
  /** The peer under test. */
  readonly peer: RpcPeer<Remote, Told>;
  /** The other side: bytes. */
  readonly raw: DuplexEnd;
  /** The peer's side: what became of it. */
  readonly transport: DuplexEnd;
  /** The time. */
  readonly clock: FakeClock;
  /** What `onFault` was told. */
  readonly faults: unknown[];
  /** Says something, lets everything happen, returns what was answered. */
  ask(text: string): Promise<string>;
}

/**
 * Makes a peer and the raw other end of its connection.
 *
 * @param options What differs.
 * @returns Both, and what goes with them.
 */
export function rawEnd<
  Remote extends MethodMap = MethodMap,
  Told extends NotificationMap = NotificationMap,
>(options: PeerOptions = {}): RawEnd<Remote, Told> {
  const clock = new FakeClock();
  const faults: unknown[] = [];
  const [transport, raw] = duplex(options.capacity);
  const peer = new RpcPeer<Remote, Told>({
    handlers: {},
    onFault: (error) => faults.push(error),
    ...options,
    transport,
    clock,
  });
  const ask = async (text: string): Promise<string> => {
    await raw.say(text);
    await settled();
    return await raw.hear();
  };
  return { peer, raw, transport, clock, faults, ask };
}

/**
 * Makes two peers that are connected, on one clock.
 *
 * @param one Options of one.
 * @param other Options of the other.
 * @returns The peers, the clock, and what `onFault` of both was told.
 */
export function peers(
  one: PeerOptions = {},
  other: PeerOptions = {},
): { one: RpcPeer; other: RpcPeer; clock: FakeClock; faults: unknown[] } {
  const clock = new FakeClock();
  const faults: unknown[] = [];
  const onFault = (error: unknown): void => {
    faults.push(error);
  };
  const [left, right] = duplex(one.capacity);
  const make = (options: PeerOptions, transport: DuplexEnd): RpcPeer =>
    new RpcPeer({ handlers: {}, onFault, ...options, transport, clock });
  return { one: make(one, left), other: make(other, right), clock, faults };
}

/**
 * Writes messages as lines.
 *
 * @param values The messages; `jsonrpc` is added.
 * @returns The text.
 */
export function lines(...values: object[]): string {
  return values.map((value) => `${JSON.stringify({ jsonrpc: "2.0", ...value })}\n`).join("");
}

/**
 * Makes a handler whose calls end when the test says so.
 *
 * @returns The handler, what ends its calls, and the calls.
 */
export function gate(): {
  handler: () => Promise<number>;
  open: (count?: number) => Promise<void>;
  calls: number[];
} {
  const waiting: ((value: number) => void)[] = [];
  const calls: number[] = [];
  return {
    calls,
    handler: () => new Promise((resolve) => waiting.push(resolve) && calls.push(calls.length)),
    open: async (count = 1) => {
      for (const resolve of waiting.splice(0, count)) resolve(1);
      await settled();
    },
  };
}
