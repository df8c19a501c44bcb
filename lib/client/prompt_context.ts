/**
 * What the terminal asks about the line being typed, answered by the client.
 *
 * @module
 */

import { stateFile } from "../directory/state_folder.ts";
import { HistoryFile, type Keeps } from "./history_file.ts";
import type { InputLoop } from "./input_loop.ts";
import type { CompletionFacts } from "./line_completion.ts";
import type { Completions } from "./terminal/completer.ts";
import type { HistoryStore, LineContext, LineUse } from "./terminal/line_context.ts";

/** The prompt of the beginning: there is no connection. */
export const NO_SERVER = "crds> ";

/** Who knows the names that Tab finds: the client. */
export interface Names {
  /** Whether one is in a room. */
  readonly chatting: boolean;
  /** The others in the room. */
  readonly present: readonly string[];
  /** The rooms. */
  readonly rooms: { names(): ReturnType<CompletionFacts["rooms"]> };
  /** Who holds the people that are on. */
  readonly mail: { readonly people: { names(): ReturnType<CompletionFacts["people"]> } };
}

/**
 * A {@linkcode LineContext}; before {@linkcode attend} it knows nobody. What it knows of commands is
 * loaded when it is asked: the prompt is there before that.
 */
export class PromptContext implements LineContext, AsyncDisposable {
  /** Keeps the commands for the next session. */
  readonly store?: HistoryStore & AsyncDisposable;
  #names: Names | undefined;
  #loop: Pick<InputLoop, "asking"> | undefined;
  #completionsAt: typeof import("./line_completion.ts").completionsAt | undefined;

  /**
   * Touches no file yet.
   *
   * @param open Opens what keeps the lines, given what says whether one may be kept.
   */
  constructor(
    open: (keeps: Keeps) => (HistoryStore & AsyncDisposable) | undefined,
  ) {
    const store = open(async (line) => {
      // What it is for now, and not when the rest is loaded.
      const { use } = this;
      const { isKept } = await import("./kept_lines.ts");
      return isKept(line, use);
    });
    if (store !== undefined) this.store = store;
  }

  /** What the line is for: an answer, a room, or a command. */
  get use(): LineUse {
    if (this.#loop?.asking) return "answer";
    return this.#names?.chatting ? "room" : "command";
  }

  /**
   * Takes whom to ask from now on, and answers at once from then on.
   *
   * @param names Knows the rooms and who is present.
   * @param loop Knows whether a question was asked.
   */
  async attend(names: Names, loop: Pick<InputLoop, "asking">): Promise<void> {
    this.#names = names;
    this.#loop = loop;
    await this.#load();
  }

  /**
   * Says what could stand at the cursor.
   *
   * @param left What stands before it.
   * @returns The candidates; a promise if somebody has to be asked, or something to be loaded.
   */
  complete(left: string): Completions | Promise<Completions> {
    const facts: CompletionFacts = {
      use: this.use,
      rooms: () => this.#names?.rooms.names() ?? [],
      members: () => this.#names?.present ?? [],
      people: () => this.#names?.mail.people.names() ?? [],
    };
    if (this.#completionsAt !== undefined) return this.#completionsAt(left, facts);
    return this.#load().then((completionsAt) => completionsAt(left, facts));
  }

  /** Waits until what is kept is written. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.store?.[Symbol.asyncDispose]();
  }

  async #load(): Promise<typeof import("./line_completion.ts").completionsAt> {
    const { completionsAt } = await import("./line_completion.ts");
    return this.#completionsAt = completionsAt;
  }
}

/**
 * Opens the history in the platform's state folder, as far as the permissions of the program reach.
 *
 * @param keeps Says whether a line may be kept.
 * @returns The history; undefined if the folder cannot be known.
 */
export function openHistory(keeps: Keeps): HistoryFile | undefined {
  const path = stateFile(Deno.build.os, grantedEnv, "client_history");
  return path === undefined ? undefined : new HistoryFile(path, keeps);
}

/** A variable that may be read without a question to the user. */
function grantedEnv(variable: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  return state === "granted" ? Deno.env.get(variable) : undefined;
}
