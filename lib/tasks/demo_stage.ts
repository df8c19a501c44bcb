/**
 * The stage of the demonstration: starts programs, prints what they say, checks what happens.
 *
 * @module
 */

import { blue, bold, cyan, gray, green, magenta, red, yellow } from "@std/fmt/colors";
import { UserError } from "../errors.ts";
import { sanitise } from "../text.ts";
import { DemoProgram } from "./demo_program.ts";

/** How long a check waits: each of them takes milliseconds where the programs work. */
export const CHECK_TIMEOUT = 8_000;

/** Each program has a colour of its own, in the order of their entrance. */
const COLOURS = [cyan, yellow, magenta, green, blue];

/** A program on the stage, with the lines it printed since the present step began. */
export interface Actor {
  /** Who it is in the story. */
  readonly name: string;
  /** What it printed in this step; the stage adds to it. */
  readonly heard: string[];
}

interface Entry extends Actor {
  readonly program: DemoProgram;
  readonly colour: (text: string) => string;
}

/** Where and how a {@linkcode Stage} plays. */
export interface StageOptions {
  /** Prints a line. */
  readonly print: (line: string) => void;
  /** Ends the play: whoever waits for something gets its reason. */
  readonly signal: AbortSignal;
}

/** The stage. When it is disposed, none of its programs runs any more. */
export class Stage implements AsyncDisposable {
  readonly #options: StageOptions;
  readonly #cast: Entry[] = [];
  readonly #colours = new Map<string, (text: string) => string>();
  /** Whoever waits for something looks again when this resolves. */
  #news: PromiseWithResolvers<void> = Promise.withResolvers();
  #steps = 0;
  #checks = 0;
  #closed = false;

  /**
   * Makes an empty stage.
   *
   * @param options Where and how it plays.
   */
  constructor(options: StageOptions) {
    this.#options = options;
    options.signal.addEventListener("abort", () => this.#ring());
  }

  /** How many checks held. */
  get checks(): number {
    return this.#checks;
  }

  /**
   * Begins a numbered step.
   *
   * @param headline What the step shows.
   */
  step(headline: string): void {
    this.headline(`${++this.#steps}  ${headline}`);
  }

  /**
   * Begins a part of the play: what was heard before counts no more.
   *
   * @param headline What the part shows.
   */
  headline(headline: string): void {
    for (const { heard } of this.#cast) heard.length = 0;
    this.#options.print(`\n${bold(headline)}`);
  }

  /**
   * Starts a program.
   *
   * @param name Who it is in the story, at most 9 letters.
   * @param args What `deno` is started with.
   * @returns The actor.
   */
  enter(name: string, args: readonly string[]): Actor {
    const colour = this.#colours.get(name) ??
      COLOURS[this.#colours.size % COLOURS.length] ?? gray;
    this.#colours.set(name, colour);
    const heard: string[] = [];
    const program = new DemoProgram({
      name,
      args,
      onLine: (line) => {
        heard.push(line);
        if (!this.#closed) this.#line(colour, name, "│", sanitise(line));
        this.#ring();
      },
      onEnd: () => this.#ring(),
    });
    const entry = { name, heard, program, colour };
    this.#cast.push(entry);
    return entry;
  }

  /**
   * Types a line into a program.
   *
   * @param actor The program.
   * @param line The line; a leading 0x1d is shown as `Ctrl-]`.
   */
  async type(actor: Actor, line: string): Promise<void> {
    const { program, colour } = this.#entry(actor);
    this.#line(colour, actor.name, "›", bold(line.replace("\x1d", "Ctrl-]")));
    await program.type(line);
  }

  /**
   * Checks that something happens in time.
   *
   * @param claim What is claimed, for people.
   * @param actor Whose lines are looked at.
   * @param found Looks at the lines of this step; anything but undefined and false holds.
   * @param timeout How long it may take, in milliseconds.
   * @returns What `found` found.
   * @throws {UserError} If it does not happen: what was seen instead.
   */
  async check<T>(
    claim: string,
    actor: Actor,
    found: (heard: readonly string[]) => T | undefined | false,
    timeout: number = CHECK_TIMEOUT,
  ): Promise<T> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#ring();
    }, timeout);
    try {
      for (;;) {
        this.#options.signal.throwIfAborted();
        const result = found(actor.heard);
        if (result !== undefined && result !== false) {
          this.#checks++;
          this.#options.print(`   ${green("✓")} ${claim}`);
          return result;
        }
        const over = this.#entry(actor).program.over;
        if (over || late) throw this.#failure(claim, actor, over, timeout);
        await this.#news.promise;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Checks that a line is printed in time.
   *
   * @param claim What is claimed, for people.
   * @param actor Who prints it.
   * @param line The whole line, or what it looks like.
   * @param timeout How long it may take, in milliseconds.
   * @returns The match of the pattern, or the line alone.
   * @throws {UserError} If it is not printed: what was seen instead.
   */
  hears(
    claim: string,
    actor: Actor,
    line: string | RegExp,
    timeout: number = CHECK_TIMEOUT,
  ): Promise<string[]> {
    const look = (each: string): string[] | null =>
      typeof line === "string" ? each === line ? [each] : null : line.exec(each);
    return this.check(
      claim,
      actor,
      (heard) => heard.map(look).find((match) => match !== null) ?? undefined,
      timeout,
    );
  }

  /**
   * Waits until a program has ended, and looks at how.
   *
   * @param actor The program.
   * @param how `typed` if it was told at its prompt, `signal` to end it as an operator does.
   * @throws {UserError} If it does not end, or not with exit code 0.
   */
  async ends(actor: Actor, how: "typed" | "signal"): Promise<void> {
    const { program } = this.#entry(actor);
    if (how === "signal") program.stop();
    const late = Promise.withResolvers<"late">();
    const timer = setTimeout(() => late.resolve("late"), CHECK_TIMEOUT);
    const code = await Promise.race([program.ended, late.promise]);
    clearTimeout(timer);
    this.#options.signal.throwIfAborted();
    if (code === 0) return;
    const what = code === "late" ? "still runs" : `ended with exit code ${code}`;
    throw new UserError(`Everybody was to go home, but ${actor.name} ${what}.`);
  }

  /** Ends every program that still runs, whose last words count no more. May be called twice. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#cast.map(({ program }) => program[Symbol.asyncDispose]()));
  }

  #line(colour: (text: string) => string, name: string, mark: string, text: string): void {
    this.#options.print(`   ${colour(`${name.padStart(9)} ${mark}`)} ${text}`);
  }

  #failure(claim: string, actor: Actor, over: boolean, timeout: number): UserError {
    this.#options.print(`   ${red("✗")} ${claim}`);
    const why = over ? `${actor.name} has ended` : `it did not happen within ${timeout / 1000} s`;
    const seen = actor.heard.length === 0
      ? `${actor.name} printed nothing`
      : `${actor.name} printed ${actor.heard.map((line) => `"${sanitise(line)}"`).join(", ")}`;
    return new UserError(`The check "${claim}" failed: ${why}. Instead, ${seen}.`);
  }

  #entry(actor: Actor): Entry {
    const entry = this.#cast.find((each) => each === actor);
    if (entry === undefined) throw new TypeError(`Cannot use "${actor.name}": it never entered`);
    return entry;
  }

  #ring(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }
}
