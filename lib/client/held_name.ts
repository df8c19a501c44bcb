/**
 * The name one chats under, and what the server makes of it.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import { chatNameFrom, checkChatName } from "../framing/chat_name.ts";
import { sanitise } from "../text.ts";
import type { PeopleDirectory, RoomDirectory } from "./room_directory.ts";

/** What a {@linkcode HeldName} works with. */
export interface HeldNameOptions {
  /** The name to begin with, or a login to make one of. */
  readonly name: string;
  /** Tells the user something. */
  readonly tell: (sentence: string) => void;
  /** The directory one is connected to now. */
  readonly directory: () => RoomDirectory | undefined;
  /**
   * Says why a server does not give one a name, if not because somebody else has it.
   *
   * @default Somebody else has it.
   */
  readonly whyNot?: (
    wanted: string,
    held: string,
    directory: RoomDirectory,
  ) => string | undefined;
  /** Called with a new name. */
  readonly onChange: (name: string) => void;
}

/** One name: the user's wish, until the server says that somebody else has it. */
export class HeldName {
  readonly #options: HeldNameOptions;
  /** Under which name each server was greeted. */
  readonly #greeted = new WeakMap<RoomDirectory, string>();
  #name: string;

  /**
   * Takes the first name.
   *
   * @param options What it works with.
   */
  constructor(options: HeldNameOptions) {
    this.#options = options;
    this.#name = chatNameFrom(options.name);
  }

  /** The name now: a legal one. */
  get name(): string {
    return this.#name;
  }

  /**
   * Takes another name, at the server first if there is one.
   *
   * @param name The name.
   * @param signal Gives up.
   * @throws {UserError} If it is not legal, or somebody has it; the old one is kept.
   */
  async rename(name: string, signal: AbortSignal): Promise<void> {
    const legal = checkChatName(name);
    await this.#options.directory()?.people?.rename(legal, signal);
    this.#take(legal);
  }

  /**
   * The server calls one otherwise from now on, since one logged in or out.
   *
   * @param name The name: a legal one.
   */
  called(name: string): void {
    if (name !== this.#name) this.#take(name);
  }

  /**
   * Notes under which name a server was greeted.
   *
   * @param directory The directory of that server.
   * @param name The name.
   */
  greeted(directory: RoomDirectory, name: string): void {
    this.#greeted.set(directory, name);
  }

  /**
   * A connection stands: the server has said which name it holds.
   *
   * @param directory The directory of that server.
   * @throws {UserError} If it holds a name that is not legal.
   */
  connected(directory: RoomDirectory): void {
    const { people } = directory;
    const asked = this.#greeted.get(directory);
    if (people === undefined || asked === undefined) return;
    if (asked === this.#name) this.#accept(people.name, directory);
    else this.#claim(people, directory);
  }

  /** The name was changed while the connection was being got back under the one before. */
  #claim(people: PeopleDirectory, directory: RoomDirectory): void {
    people.rename(this.#name).catch((error) => {
      if (people !== this.#options.directory()?.people) return;
      if (error instanceof UserError) this.#options.tell(error.message);
      this.#accept(people.name, directory);
    });
  }

  /** The server decides which name one has there. */
  #accept(held: string, directory: RoomDirectory): void {
    const before = this.#name;
    if (held === before) return;
    this.#take(checkChatName(held));
    this.#options.tell(
      this.#options.whyNot?.(before, held, directory) ??
        `The name "${before}" is taken there: you are "${sanitise(held)}" now.`,
    );
  }

  #take(name: string): void {
    this.#name = name;
    this.#options.onChange(name);
  }
}
