/**
 * The command `doctor`: what is wrong when nobody is seen, step by step.
 *
 * @module
 */

import { parseEndpoint } from "../../net/endpoint.ts";
import type { Answers } from "../answers.ts";
import type { KnownServers } from "../known_servers.ts";
import type { ServerFinder } from "../server_finder.ts";
import { formatFinding, formatVerdict } from "./findings.ts";
import type { PresentMember } from "./observations.ts";

/** Where the client is that is asked. */
export interface Bearings {
  /** The server it is connected to, as `host:port`. */
  readonly where?: string | undefined;
  /** The name of the room it is in. */
  readonly room?: string | undefined;
  /** The members of that room. */
  readonly members?: readonly PresentMember[] | undefined;
}

/** What a {@linkcode Doctor} works with. */
export interface DoctorOptions {
  /** How findings are printed. */
  readonly answers: Pick<Answers, "step">;
  /** Finds the server, where there is no connection. */
  readonly finder: Pick<ServerFinder, "find">;
  /** The servers that are trusted. */
  readonly known?: KnownServers | undefined;
  /** The interface that was asked for, and where. */
  readonly wanted?: { readonly iface: string; readonly from: string } | undefined;
  /** How many networks datagrams may pass. */
  readonly ttl: number;
  /** Where the client is. */
  readonly bearings: () => Bearings;
}

/** Examines, and prints what it finds as it finds it. */
export class Doctor {
  readonly #options: DoctorOptions;
  #unwell = false;

  /**
   * Makes it without an examination.
   *
   * @param options What it works with.
   */
  constructor(options: DoctorOptions) {
    this.#options = options;
  }

  /** Whether the last examination found something wrong. */
  get unwell(): boolean {
    return this.#unwell;
  }

  /**
   * Examines and prints.
   *
   * @param name The room, or its `address:port`; if not given, the one that the client is in, else
   *   any of the server's.
   * @param signal Gives up.
   */
  async examine(name: string | undefined, signal: AbortSignal): Promise<void> {
    const { answers, finder, known, wanted, ttl, bearings } = this.#options;
    const { where, room, members } = bearings();
    // Its many parts are loaded by whoever asks: the prompt is there sooner.
    const { examine } = await import("./examine.ts");
    const verdict = await examine(
      {
        find: async (signal) =>
          where === undefined ? await finder.find(signal) : parseEndpoint(where, 0),
        known,
        room: name ?? room,
        wanted,
        ttl,
        present: name === undefined || name === room ? members : undefined,
      },
      (finding) => answers.step(formatFinding(finding), finding),
      signal,
    );
    this.#unwell = verdict.mark === "bad";
    answers.step(formatVerdict(verdict), { verdict });
  }
}
