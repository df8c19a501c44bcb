/**
 * Telling people what happens in a room: everything of others made safe, no handler's fault lost.
 *
 * @module
 */

import { reasonOf, UserError } from "../errors.ts";
import { decodeChatLine } from "../framing/chat_line.ts";
import { sanitise } from "../text.ts";
import type { JoinRoomOptions } from "./join_options.ts";
import type { PastLine } from "./past_line.ts";
import type { RoomEffect, ShowLine } from "./room_effect.ts";
import type { RoomEvent } from "./room_event.ts";

/** Effects that people are told of. */
export type ToldEffect = Extract<
  RoomEffect,
  { kind: "memberJoined" | "memberLeft" | "memberRenamed" | "lost" | "warning" }
>;

/** Calls the handlers of whoever entered the room. */
export class RoomTeller {
  readonly #options: Pick<JoinRoomOptions, "onLine" | "onEvent" | "onProblem">;
  /** What the room is called in errors. */
  readonly label: string;

  /**
   * Makes a teller.
   *
   * @param options The handlers.
   * @param label What the room is called in errors.
   */
  constructor(options: Pick<JoinRoomOptions, "onLine" | "onEvent" | "onProblem">, label: string) {
    this.#options = options;
    this.label = label;
  }

  /**
   * Shows a line.
   *
   * @param line The line as the core has it.
   */
  line({ bytes, source, member, recovered, place }: ShowLine): void {
    const text = decodeChatLine(bytes);
    // An empty datagram says nothing, and would scroll the screen of everybody.
    if (text === "") return;
    try {
      this.#options.onLine({ text, source, member, recovered, place });
    } catch (error) {
      this.problem(error);
    }
  }

  /**
   * Shows what was said before.
   *
   * @param lines The lines, the oldest first.
   * @param now The time in milliseconds.
   */
  history(lines: readonly PastLine[], now: number): void {
    const texts = lines.map(({ bytes, at }) => ({ text: decodeChatLine(bytes), age: now - at }))
      .filter(({ text }) => text !== "");
    if (texts.length > 0) this.event({ kind: "history", lines: texts });
  }

  /**
   * Tells of something that happened.
   *
   * @param effect What.
   */
  effect(effect: ToldEffect): void {
    this.event(eventOf(effect));
  }

  /**
   * Tells of something that happened.
   *
   * @param event What.
   */
  event(event: RoomEvent): void {
    try {
      this.#options.onEvent?.(event);
    } catch (error) {
      this.problem(error);
    }
  }

  /**
   * Tells what went wrong.
   *
   * @param error What was thrown.
   */
  problem(error: unknown): void {
    this.#options.onProblem(
      error instanceof UserError
        ? error.message
        : `Cannot show a message of ${this.label}: ${sanitise(reasonOf(error))}`,
    );
  }
}

function eventOf(effect: ToldEffect): RoomEvent {
  switch (effect.kind) {
    case "memberJoined": {
      const { name, source } = effect.member;
      return { kind: "joined", name: sanitise(name), address: source.address };
    }
    case "memberLeft":
      return { kind: "left", name: sanitise(effect.member.name), why: effect.why };
    case "memberRenamed": {
      const { member: { name }, before } = effect;
      return { kind: "renamed", name: sanitise(name), before: sanitise(before) };
    }
    case "lost":
      return { kind: "lost", name: sanitise(effect.name ?? "somebody"), count: effect.count };
    case "warning": {
      const { from, why } = effect;
      return { kind: "warning", from: `${from.address}:${from.port}`, why };
    }
  }
}
