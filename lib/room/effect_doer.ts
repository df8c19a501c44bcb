/**
 * Doing what a room's core wants.
 *
 * @module
 */

import type { RoomEffect } from "./room_effect.ts";
import type { RoomPast } from "./room_past.ts";
import type { RoomPath } from "./room_path.ts";
import type { RoomTeller } from "./room_teller.ts";
import type { SimpleClients } from "./simple_clients.ts";

/** Who does it. */
export interface EffectDoerOptions {
  /** Sends control datagrams. */
  readonly path: Pick<RoomPath, "sendControl">;
  /** Shows lines, now or later, and knows whom to ask what was said before. */
  readonly past: Pick<RoomPast, "show" | "moved" | "joined" | "left">;
  /** Takes note of those who do not report. */
  readonly simple: Pick<SimpleClients, "heard">;
  /** Tells people. */
  readonly teller: Pick<RoomTeller, "effect">;
  /** The time in milliseconds. */
  readonly now: () => number;
}

/** Does one effect after the other. */
export class EffectDoer {
  readonly #options: EffectDoerOptions;

  /**
   * Makes it.
   *
   * @param options Who does it.
   */
  constructor(options: EffectDoerOptions) {
    this.#options = options;
  }

  /**
   * Does an effect; chat lines are not sent here, since they are said only when they have left.
   *
   * @param effect The effect.
   */
  do(effect: RoomEffect): void {
    const { path, past, simple, teller, now } = this.#options;
    switch (effect.kind) {
      case "sendData":
        return;
      case "sendControl":
        return path.sendControl(effect.bytes);
      case "show":
        if (effect.member === undefined) simple.heard(effect.bytes, effect.source, now());
        return past.show(effect);
      case "moved":
        return past.moved(effect);
      case "memberJoined":
        past.joined(effect.member);
        break;
      case "memberLeft":
        past.left(effect.member);
    }
    teller.effect(effect);
  }
}
