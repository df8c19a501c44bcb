/**
 * What somebody in a room can ask of their own client, without anybody hearing of it.
 *
 * @module
 */

import type { Room } from "../directory/room.ts";
import { UserError } from "../errors.ts";
import { checkChatName } from "../framing/chat_name.ts";
import { foldName } from "../people/names.ts";
import { sanitise } from "../text.ts";
import type { ChatLog } from "./chat_log.ts";
import { expandHome } from "./config_folder.ts";
import type { Ignored } from "./ignored.ts";
import type { RoomScreen } from "./room_screen.ts";
import type { SeenLine } from "./seen_lines.ts";
import type { Console } from "./terminal/console.ts";

/** Lines that `/history` shows when nobody says how many. */
const DEFAULT_HISTORY = 20;

/** What {@linkcode RoomTools} work with. */
export interface RoomToolsOptions {
  /** Shows lines. */
  readonly screen: Pick<RoomScreen, "past">;
  /** Where answers go. */
  readonly console: Pick<Console, "status">;
  /** Who is ignored. */
  readonly ignored: Ignored;
  /** What is written along. */
  readonly log: ChatLog;
  /** The room, if one is in one. */
  readonly room: () => Room | undefined;
  /** The name one speaks under, in a room. */
  readonly own: () => string | undefined;
  /** The last lines that were seen, at most so many. */
  readonly last: (count: number) => readonly SeenLine[];
  /** What `~` stands for, if that is known. */
  readonly home?: string | undefined;
}

/** The commands of a room that only this client carries out. */
export class RoomTools {
  readonly #options: RoomToolsOptions;

  /**
   * Makes them.
   *
   * @param options What they work with.
   */
  constructor(options: RoomToolsOptions) {
    this.#options = options;
  }

  /** Prints what the room is about. */
  topic(): void {
    const { topic } = this.#inRoom("show the topic");
    this.#tell(
      topic === undefined
        ? 'Nobody said what this room is about. A room is given a topic when it is made: "makeroom <name> about <topic>".'
        : `This room is about: ${sanitise(topic)}.`,
    );
  }

  /**
   * Prints the last lines again.
   *
   * @param count How many, as typed.
   * @throws {UserError} If that is no number, or one is in no room.
   */
  history(count = String(DEFAULT_HISTORY)): void {
    this.#inRoom("show the last lines");
    if (!/^[1-9]\d{0,3}$/.test(count)) {
      throw new UserError(
        `Cannot show "${
          sanitise(count)
        }" lines: it is no whole number in 1-9999. Leave it out for ${DEFAULT_HISTORY}.`,
      );
    }
    const lines = this.#options.last(Number(count));
    if (lines.length === 0) return this.#tell("Nothing was said here yet.");
    this.#options.screen.past(lines, `${countOf(lines.length)}:`, "that was it");
  }

  /**
   * Ignores somebody, or prints who is ignored.
   *
   * @param name The name; nobody for the list.
   * @throws {UserError} If it is one's own name, or no name.
   */
  ignore(name: string | undefined): void {
    if (name === undefined) {
      const { names } = this.#options.ignored;
      return this.#tell(
        names.length === 0
          ? 'You ignore nobody. "/ignore <name>" hides what somebody says.'
          : `You ignore ${names.map(sanitise).join(", ")}. "/unignore <name>" ends it.`,
      );
    }
    const checked = checkChatName(name);
    const own = this.#options.own();
    if (own !== undefined && foldName(checked) === foldName(own)) {
      throw new UserError(`Cannot ignore "${sanitise(checked)}": that is you.`);
    }
    this.#options.ignored.add(checked);
    this.#tell(
      `What ${sanitise(checked)} says is hidden until you end the client or type "/unignore ${
        sanitise(checked)
      }".`,
    );
  }

  /**
   * Ignores somebody no longer.
   *
   * @param name The name.
   * @throws {UserError} If it was not ignored.
   */
  unignore(name: string): void {
    const shown = sanitise(name.trim());
    const key = foldName(name);
    if (this.#options.ignored.blocked.some((each) => foldName(each) === key)) {
      throw new UserError(
        `Cannot unignore "${shown}": you block them. "/unblock ${shown}" ends it.`,
      );
    }
    if (!this.#options.ignored.remove(name)) {
      throw new UserError(
        `Cannot unignore "${shown}": you do not ignore that name. "/ignore" lists them.`,
      );
    }
    this.#tell(`${shown} is not ignored any more. "/history" shows what was hidden.`);
  }

  /**
   * Writes along into a file, or ends that.
   *
   * @param word The file, `off`, or nothing to be told.
   * @throws {UserError} If the file cannot be written.
   */
  async log(word: string | undefined): Promise<void> {
    const { path } = this.#options.log;
    if (word === undefined) {
      return this.#tell(path === undefined ? "There is no log." : `The log is ${sanitise(path)}.`);
    }
    if (word !== "off") {
      const file = expandHome(word, this.#options.home);
      await this.#options.log.start(file);
      return this.#tell(`The log is ${sanitise(file)}. "/log off" ends it.`);
    }
    if (path === undefined) throw new UserError("Cannot end the log: there is none.");
    await this.#options.log.stop();
    this.#tell(`Closed the log ${sanitise(path)}.`);
  }

  #inRoom(what: string): Room {
    const room = this.#options.room();
    if (room !== undefined) return room;
    throw new UserError(`Cannot ${what}: you are in no room. "chat <room>" enters one.`);
  }

  #tell(text: string): void {
    this.#options.console.status(text);
  }
}

/**
 * Says how many lines there are.
 *
 * @param lines How many.
 * @returns Such as `The last 3 lines`.
 */
export function countOf(lines: number): string {
  return lines === 1 ? "The last line" : `The last ${lines} lines`;
}
