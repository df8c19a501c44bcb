/**
 * The processes of one run of the rooms part: a speaker, and those who hear it.
 *
 * @module
 */

import { BenchError } from "./programs.ts";
import type { WayName } from "./rooms_links.ts";
import type { Command, Said, Told } from "./rooms_member.ts";

const PROGRAM = new URL("rooms_member.ts", import.meta.url).pathname;

/** Most processes that hear: with more on a few processors, it is starting them that is measured. */
export const MAX_HEARING = 10;

/** A process that did not answer for so long, in milliseconds, does not any more. */
const PATIENCE_MS = 60_000;

/** Where a chat is. */
export interface Place {
  /** How one takes part. */
  readonly way: WayName;
  /** The group's address, or the chat server's. */
  readonly address: string;
  /** Its port. */
  readonly port: number;
}

/** One speaker and some who hear, in processes. */
export class Crew implements AsyncDisposable {
  readonly #speaker: Member;
  readonly #hearing: readonly Member[];

  private constructor(speaker: Member, hearing: readonly Member[]) {
    this.#speaker = speaker;
    this.#hearing = hearing;
  }

  /**
   * Starts the processes; returns when all members are in the chat and know each other.
   *
   * @param place Where the chat is.
   * @param count How many hear; the speaker comes to them.
   * @returns The crew.
   * @throws {BenchError} If they do not find together.
   */
  static async start(place: Place, count: number): Promise<Crew> {
    const members: Member[] = [];
    try {
      const processes = Math.min(count, MAX_HEARING);
      members.push(new Member(place, 0, 1));
      for (let i = 0, first = 1; i < processes; i++) {
        const size = Math.floor(count / processes) + (i < count % processes ? 1 : 0);
        members.push(new Member(place, first, size));
        first += size;
      }
      await Promise.all(members.map((member) => member.answer()));
      const settled = await Promise.all(
        members.map((member) => member.ask<{ missing: number }>({ do: "settle", others: count })),
      );
      if (settled.some(({ missing }) => missing > 0)) {
        throw new BenchError(`Cannot measure "${place.way}": the members do not find together.`);
      }
    } catch (error) {
      await Promise.all(members.map((member) => member[Symbol.asyncDispose]()));
      throw error;
    }
    return new Crew(members[0]!, members.slice(1));
  }

  /**
   * Tells all to hear a series of lines from now on.
   *
   * @param series Its number.
   * @param lines How many there will be; infinite if nobody knows.
   * @param until Until when they count as in time, by the clock of the processes.
   */
  async hear(series: number, lines: number, until: number): Promise<void> {
    // JSON has no Infinity.
    const command: Command = { do: "hear", series, lines: Math.min(lines, 1e9), until };
    await Promise.all(this.#hearing.map((member) => member.ask(command)));
  }

  /**
   * Has the speaker say something.
   *
   * @param command What.
   * @returns What it took.
   */
  say(command: Command & { do: "pace" | "paste" | "flood" }): Promise<Said> {
    return this.#speaker.ask<Said>(command);
  }

  /**
   * Asks all what they heard, when they have heard everything or it is too late.
   *
   * @param until When that is.
   * @param latencies Whether to tell of each line.
   * @returns What they heard, per process.
   */
  tell(until: number, latencies: boolean): Promise<Told[]> {
    return Promise.all(
      this.#hearing.map((member) => member.ask<Told>({ do: "tell", until, latencies })),
    );
  }

  /** Ends all processes. */
  async [Symbol.asyncDispose](): Promise<void> {
    const members = [this.#speaker, ...this.#hearing];
    await Promise.all(members.map((member) => member[Symbol.asyncDispose]()));
  }
}

/** A process. */
class Member implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader<string>;
  #rest = "";

  constructor({ way, address, port }: Place, first: number, count: number) {
    const args = ["run", "--no-prompt", "--allow-net", "--allow-sys=networkInterfaces"];
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [...args, PROGRAM, way, address, ...[port, first, count].map(String)],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#reader = this.#child.stdout
      .pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader();
  }

  async ask<Answer = unknown>(command: Command): Promise<Answer> {
    try {
      await this.#writer.write(new TextEncoder().encode(`${JSON.stringify(command)}\n`));
    } catch {
      throw new BenchError("Cannot measure a chat: a process of its members ended.");
    }
    return await this.answer<Answer>();
  }

  async answer<Answer = unknown>(): Promise<Answer> {
    const timer = setTimeout(() => this.#kill(), PATIENCE_MS);
    try {
      for (;;) {
        const end = this.#rest.indexOf("\n");
        if (end !== -1) {
          const line = this.#rest.slice(0, end);
          this.#rest = this.#rest.slice(end + 1);
          return JSON.parse(line) as Answer;
        }
        const { value, done } = await this.#reader.read();
        if (done) throw new BenchError("Cannot measure a chat: a process of its members ended.");
        this.#rest += value;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#kill();
    await this.#writer.abort().catch(() => {});
    await this.#reader.cancel().catch(() => {});
    await this.#child.status;
  }

  /** SIGKILL: leaving is not measured here. */
  #kill(): void {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
  }
}
