/**
 * What the terminal asks about the line being typed, answered by the client.
 *
 * @module
 */

import { stateFile } from "../directory/state_folder.ts";
import type { Client } from "./client.ts";
import { HistoryFile } from "./history_file.ts";
import type { InputLoop } from "./input_loop.ts";
import { isKept } from "./kept_lines.ts";
import { completionsAt } from "./line_completion.ts";
import type { Completions } from "./terminal/completer.ts";
import type { HistoryStore, LineContext, LineUse } from "./terminal/mod.ts";

/** A {@linkcode LineContext}; before {@linkcode attend} it knows nothing. */
export class PromptContext implements LineContext, AsyncDisposable {
  /** Keeps the commands for the next session. */
  readonly store?: HistoryStore & AsyncDisposable;
  #client: Pick<Client, "chatting" | "rooms" | "present" | "mail"> | undefined;
  #loop: Pick<InputLoop, "asking"> | undefined;

  /**
   * Touches no file yet.
   *
   * @param open Opens what keeps the lines, given what says whether one may be kept.
   */
  constructor(
    open: (keeps: (line: string) => boolean) => (HistoryStore & AsyncDisposable) | undefined,
  ) {
    const store = open((line) => isKept(line, this.use));
    if (store !== undefined) this.store = store;
  }

  /** What the line is for: an answer, a room, or a command. */
  get use(): LineUse {
    if (this.#loop?.asking) return "answer";
    return this.#client?.chatting ? "room" : "command";
  }

  /**
   * Takes whom to ask from now on.
   *
   * @param client Knows the rooms and who is present.
   * @param loop Knows whether a question was asked.
   */
  attend(
    client: Pick<Client, "chatting" | "rooms" | "present" | "mail">,
    loop: Pick<InputLoop, "asking">,
  ): void {
    this.#client = client;
    this.#loop = loop;
  }

  /**
   * Says what could stand at the cursor.
   *
   * @param left What stands before it.
   * @returns The candidates.
   */
  complete(left: string): Completions | Promise<Completions> {
    return completionsAt(left, {
      use: this.use,
      rooms: () => this.#client?.rooms.names() ?? [],
      members: () => this.#client?.present ?? [],
      people: () => this.#client?.mail.people.names() ?? [],
    });
  }

  /** Waits until what is kept is written. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.store?.[Symbol.asyncDispose]();
  }
}

/**
 * Opens the history in the platform's state folder, as far as the permissions of the program reach.
 *
 * @param keeps Says whether a line may be kept.
 * @returns The history; undefined if the folder cannot be known.
 */
export function openHistory(keeps: (line: string) => boolean): HistoryFile | undefined {
  const path = stateFile(Deno.build.os, grantedEnv, "client_history");
  return path === undefined ? undefined : new HistoryFile(path, keeps);
}

/** A variable that may be read without a question to the user. */
function grantedEnv(variable: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  return state === "granted" ? Deno.env.get(variable) : undefined;
}
