/**
 * How answers look: tables and sentences for people, JSON for programs.
 *
 * @module
 */

import { escapeUnsafe, sanitise } from "../text.ts";
import type { RecentPerson } from "../people/account_methods.ts";
import type { PersonRecord } from "../people/people_methods.ts";
import type { ListedRoom } from "./room_directory.ts";
import type { NamedServer } from "./server_finder.ts";
import { formatTable } from "./table.ts";
import type { Console } from "./terminal/console.ts";

/** Where the outcome of a change is printed, and how answers look. */
export type AnswerStyle =
  /** At a prompt or from a pipe of commands: answers are output, outcomes are status. */
  | "prompt"
  /** A command of a shell: both are output. */
  | "command"
  /** A command of a shell, for a program: both are JSON. */
  | "json";

/** Prints answers. */
export class Answers {
  readonly #console: Pick<Console, "print" | "status">;
  readonly #style: AnswerStyle;
  readonly #now: () => number;

  /**
   * Makes a printer of answers.
   *
   * @param console Where they go.
   * @param style How they look.
   * @param now The time in milliseconds since 1970.
   */
  constructor(
    console: Pick<Console, "print" | "status">,
    style: AnswerStyle,
    now: () => number = Date.now,
  ) {
    this.#console = console;
    this.#style = style;
    this.#now = now;
  }

  /**
   * Prints what came of a change.
   *
   * @param sentence For people.
   * @param data For programs.
   */
  done(sentence: string, data: unknown): void {
    if (this.#style === "json") this.#json(data);
    else if (this.#style === "command") this.#console.print(sentence);
    else this.#console.status(sentence);
  }

  /**
   * Prints a step of an answer that comes step by step.
   *
   * @param text For people.
   * @param data For programs.
   */
  step(text: string, data: unknown): void {
    if (this.#style === "json") this.#json(data);
    else this.#console.print(text);
  }

  /**
   * Prints a directory.
   *
   * @param rooms The rooms.
   */
  rooms(rooms: readonly ListedRoom[]): void {
    this.#list(rooms, 'There are no rooms. "makeroom" makes one.', [
      ["NAME", ({ name }) => sanitise(name)],
      ["ADDRESS", ({ address }) => sanitise(address)],
      ["PORT", ({ port }) => String(port)],
      ["MEMBERS", ({ members }) => members === undefined ? "" : String(members)],
      ["SEALED", ({ sealed }) => sealed === undefined ? "" : "yes"],
      ["TOPIC", ({ topic = "" }) => sanitise(topic)],
    ]);
  }

  /**
   * Prints who is there.
   *
   * @param all The people.
   * @param room Only those who are in the room of this name.
   */
  people(all: readonly PersonRecord[], room?: string): void {
    const people = room === undefined ? all : all.filter((person) => person.room === room);
    const none = room === undefined
      ? "Nobody is there."
      : `The server knows of nobody in room "${sanitise(room)}".`;
    this.#list(people, none, [
      ["NAME", ({ name }) => sanitise(name)],
      ["ADDRESS", ({ address }) => sanitise(address)],
      ["SINCE", ({ since }) => formatDuration(this.#now() - since)],
      ["IDLE", ({ idle }) => formatDuration(idle * 1000)],
      ["ACCOUNT", ({ account }) => account ? "yes" : ""],
      ["ROOM", ({ room = "" }) => sanitise(room)],
    ]);
  }

  /**
   * Prints who was on.
   *
   * @param people The people.
   */
  recent(people: readonly RecentPerson[]): void {
    this.#list(people, "Nobody with an account was on.", [
      ["NAME", ({ name }) => sanitise(name)],
      ["LAST", ({ last, on }) => on ? "on now" : `${formatDuration(this.#now() - last)} ago`],
    ]);
  }

  /**
   * Prints the servers on the network.
   *
   * @param servers The servers.
   */
  servers(servers: readonly NamedServer[]): void {
    const none = "No server announces itself here. If you know the address of one: connect HOST.";
    this.#list(servers, none, [
      ["NAME", ({ name }) => sanitise(name)],
      ["ADDRESS", ({ host }) => sanitise(host)],
      ["PORT", ({ port }) => String(port)],
    ]);
  }

  /** A column that is empty in all rows is left out. */
  #list<Item>(
    items: readonly Item[],
    none: string,
    columns: readonly (readonly [heading: string, cell: (item: Item) => string])[],
  ): void {
    if (this.#style === "json") return this.#json(items);
    if (items.length === 0) return this.#console.status(none);
    const filled = columns
      .map(([heading, cell]) => ({ heading, cells: items.map(cell) }))
      .filter(({ cells }) => cells.some((cell) => cell !== ""));
    const rows = items.map((_item, i) => filled.map(({ cells }) => cells[i] ?? ""));
    this.#console.print(formatTable([filled.map(({ heading }) => heading), ...rows]));
  }

  #json(data: unknown): void {
    this.#console.print(escapeUnsafe(JSON.stringify(data)));
  }
}

/**
 * Writes how long something lasted, in its largest unit.
 *
 * @param ms Milliseconds.
 * @returns Such as `40s`, `12m`, `5h` or `3d`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([999, 61_000, 7_200_000, 2e8].map(formatDuration), ["0s", "1m", "2h", "2d"]);
 * ```
 */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86400)}d`;
}
