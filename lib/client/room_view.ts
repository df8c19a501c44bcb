/**
 * What a person sees of a room: without those who are ignored, marked, remembered and written along.
 *
 * @module
 */

import type { Room } from "../directory/room.ts";
import { foldName } from "../people/names.ts";
import type { RoomEvent, RoomLine, RoomMember } from "../room/room_event.ts";
import { sanitise } from "../text.ts";
import { ChatLog, type LogFile } from "./chat_log.ts";
import { Ignored } from "./ignored.ts";
import { lookAlikeOf, NameMarks } from "./name_marks.ts";
import { sentenceOf } from "./path_words.ts";
import { type Presence, sentenceOfPresence } from "./presence_words.ts";
import type { RoomScreen } from "./room_screen.ts";
import { countOf, RoomTools } from "./room_tools.ts";
import { actionOf, parseSaidLine, type SaidLine } from "./said_line.ts";
import { SeenLines } from "./seen_lines.ts";
import { SYSTEM_MARK, withoutMark } from "./style/system_mark.ts";
import type { Console } from "./terminal/console.ts";

/** Look-alikes that are told of in one stay: who makes up more wants to fill the screen. */
const MAX_WARNINGS = 20;

/** What a {@linkcode RoomView} works with. */
export interface RoomViewOptions {
  /** Shows the room. */
  readonly screen: RoomScreen;
  /** Where answers go. */
  readonly console: Pick<Console, "print" | "status">;
  /** Opens a log. */
  readonly openLog: (path: string) => Promise<LogFile>;
  /**
   * Whose lines are hidden.
   *
   * @default Nobody's, until somebody is ignored.
   */
  readonly ignored?: Ignored | undefined;
  /** What `~` stands for, if that is known. */
  readonly home?: string | undefined;
  /** The time in milliseconds since 1970. */
  readonly now: () => number;
}

/** The people of a room. */
export interface RoomPeople {
  /** The name one speaks under, and where that comes from. */
  own(): Pick<RoomMember, "name" | "source">;
  /** The others. */
  members(): readonly RoomMember[];
}

/** Between a room and the screen. It lasts for the session, and knows at most one room at a time. */
export class RoomView implements AsyncDisposable {
  /** What can be done with it. */
  readonly tools: RoomTools;
  readonly #options: RoomViewOptions;
  readonly #ignored: Ignored;
  readonly #log: ChatLog;
  #seen = new SeenLines();
  #warned = new Set<string>();
  #room: Room | undefined;
  #people: RoomPeople | undefined;
  #marks: NameMarks | undefined;

  /**
   * Makes it, outside of any room.
   *
   * @param options What it works with.
   */
  constructor(options: RoomViewOptions) {
    this.#options = options;
    this.#ignored = options.ignored ?? new Ignored();
    this.#log = new ChatLog({
      open: options.openLog,
      tell: (sentence) => options.console.status(sentence),
    });
    this.tools = new RoomTools({
      ...options,
      ignored: this.#ignored,
      log: this.#log,
      room: () => this.#room,
      own: () => this.#people?.own().name,
      last: (count) => this.#seen.last(count, (name) => this.#ignored.has(name)),
    });
  }

  /** How many lines from before one came are wanted. */
  get wantedPast(): number {
    return this.#options.screen.wantedPast;
  }

  /**
   * A room was entered.
   *
   * @param room The room.
   * @param people Who is in it, at any time.
   */
  entered(room: Room, people: RoomPeople): void {
    this.#room = room;
    this.#people = people;
    this.#seen = new SeenLines();
    this.#warned = new Set();
    this.#marks = new NameMarks({
      members: () => people.members(),
      own: () => people.own(),
      now: () => this.#options.now(),
    });
    this.#options.screen.entered(sanitise(room.name), () => people.own().name);
  }

  /** The room was left. */
  left(): void {
    this.#room = this.#people = this.#marks = undefined;
    this.#options.screen.left();
  }

  /**
   * Takes what somebody said.
   *
   * @param line The line.
   */
  line({ text: raw, source, place }: RoomLine): void {
    const said = parseSaidLine(raw);
    const mark = said.name === undefined ? undefined : this.#marks?.markOf(said.name, source);
    // What is no name by our rules may still look like one.
    const text = said.name === undefined ? this.#marks?.mark({ text: raw, source }) : said.text;
    const line = { name: said.name, text: text ?? raw, mark, at: this.#options.now() };
    const isHidden = this.#ignored.has(said.name);
    const back = this.#seen.add(line, place, isHidden);
    if (isHidden) return;
    this.#options.screen.line({ ...line, raw }, back);
    this.#write(withoutMark(textOf(line, mark)), line.at);
  }

  /**
   * Takes what one said oneself.
   *
   * @param name The name it was said under.
   * @param text What was typed: one line or more.
   * @param isShown Whether it is on the screen, as it was typed.
   */
  said(name: string, text: string, isShown: boolean): void {
    const at = this.#options.now();
    const rows = text.split(/\r\n|[\n\r]/).filter((row) => row.trim() !== "");
    const lines = rows.map((row) => ({ name, text: sanitise(row), at }));
    if (!isShown) this.#options.screen.said(lines);
    for (const line of lines) {
      this.#seen.note(line);
      this.#write(withoutMark(textOf(line)), at);
    }
  }

  /** One has another name. */
  renamed(): void {
    this.#marks?.changed();
  }

  /**
   * Takes what else happened.
   *
   * @param event What.
   */
  event(event: RoomEvent): void {
    const { screen, now } = this.#options;
    switch (event.kind) {
      case "joined":
      case "left":
      case "renamed":
        return this.#presence(event);
      case "history": {
        const lines = event.lines
          .map(({ text, age }) => ({ ...parseSaidLine(text), at: now() - age }))
          .filter(({ name }) => !this.#ignored.has(name))
          .slice(-this.wantedPast);
        for (const line of lines) this.#seen.note(line);
        if (lines.length === 0 || this.wantedPast === 0) return;
        return screen.past(
          lines,
          `${countOf(lines.length)} before you came:`,
          "new since you joined",
        );
      }
      default: {
        const sentence = sentenceOf(event);
        this.#write(`${SYSTEM_MARK} ${withoutMark(sentence)}`, now());
        screen.status(sentence);
      }
    }
  }

  /** Ends the log. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#log[Symbol.asyncDispose]();
  }

  #presence(event: Presence): void {
    this.#marks?.changed();
    const names = event.kind === "renamed" ? [event.name, event.before] : [event.name];
    if (names.some((name) => this.#ignored.has(name))) return;
    const sentence = withoutMark(sentenceOfPresence(event));
    this.#write(`${SYSTEM_MARK} ${sentence}`, this.#options.now());
    this.#options.screen.presence(event, event.kind === "left" ? undefined : this.#warning(event));
  }

  #warning(event: Exclude<Presence, { kind: "left" }>): string | undefined {
    const people = this.#people;
    const key = foldName(event.name);
    if (people === undefined || this.#warned.has(key)) return undefined;
    const present = [people.own().name, ...people.members().map(({ name }) => name)];
    const other = lookAlikeOf(event.name, present);
    if (other === undefined || this.#warned.size >= MAX_WARNINGS) return undefined;
    this.#warned.add(key);
    const where = event.kind === "joined" ? ` (${event.address})` : "";
    return `Take care: "${event.name}"${where} looks like "${
      sanitise(other)
    }", and is another name.`;
  }

  #write(text: string, at: number): void {
    if (this.#room !== undefined) this.#log.write(sanitise(this.#room.name), text, at);
  }
}

/** A line as plain text, with the mark behind the name. */
function textOf({ name, text }: SaidLine, mark?: string): string {
  if (name === undefined) return text;
  const who = mark === undefined ? name : `${name} (${mark})`;
  const action = actionOf(text);
  return action === undefined ? `${who}: ${text}` : `* ${who} ${action}`;
}
