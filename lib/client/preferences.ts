/**
 * What people can set, as a table: reading, showing and changing follow from it. Pure.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import { sanitise } from "../text.ts";
import { BELL_WISHES, type BellWish } from "./style/bell.ts";
import { COLOR_WISHES, type ColorWish } from "./style/color_wish.ts";
import { formatTable } from "./table.ts";

/** The lines that a member can tell a newcomer of: as many as rooms keep. */
export const MAX_HISTORY_LINES = 50;

/** How the client looks and sounds at a terminal. */
export interface Preferences {
  /** Whether there is colour. */
  readonly color: ColorWish;
  /** Whether the time stands before each line. */
  readonly times: boolean;
  /** When the terminal's bell rings. */
  readonly bell: BellWish;
  /** Whether it is told who comes and goes. */
  readonly joins: boolean;
  /** Whether it is told who logs on and off. */
  readonly presence: boolean;
  /** How many lines from before are shown on entering a room, 0 to {@linkcode MAX_HISTORY_LINES}. */
  readonly historyLines: number;
}

/** What holds when nothing is set. */
export const DEFAULT_PREFERENCES: Preferences = {
  color: "auto",
  times: true,
  bell: "mention",
  joins: true,
  presence: true,
  historyLines: MAX_HISTORY_LINES,
};

type Value = Preferences[keyof Preferences];

interface Kind {
  /** What it can be, for people. */
  readonly range: string;
  /** Understands a word; undefined if it is none of them. */
  parse(word: string): Value | undefined;
}

/** What is kept as `true` and `false` is typed as `on` and `off`. */
const SWITCHES = new Map([["on", true], ["off", false], ["true", true], ["false", false]]);

const SWITCH: Kind = { range: "on, off", parse: (word) => SWITCHES.get(word) };

function oneOf(words: readonly (ColorWish | BellWish)[]): Kind {
  return { range: words.join(", "), parse: (word) => words.find((each) => each === word) };
}

function number(max: number): Kind {
  return {
    range: `0-${max}`,
    parse: (word) => /^\d{1,4}$/.test(word) && Number(word) <= max ? Number(word) : undefined,
  };
}

const KINDS: Readonly<Record<keyof Preferences, Kind>> = {
  color: oneOf(COLOR_WISHES),
  times: SWITCH,
  bell: oneOf(BELL_WISHES),
  joins: SWITCH,
  presence: SWITCH,
  historyLines: number(MAX_HISTORY_LINES),
};

const KEYS = Object.keys(KINDS) as (keyof Preferences)[];

/** What a settings file says. */
export interface ReadPreferences {
  /** The settings: the defaults where it says nothing. */
  readonly preferences: Preferences;
  /** All that stands in it, also what this version does not know. */
  readonly kept: Readonly<Record<string, unknown>>;
}

/**
 * Understands the text of a settings file.
 *
 * @param text JSON: one object; nothing at all counts as an empty one.
 * @returns What it says.
 * @throws {Error} If it is damaged: why, fit to stand after a colon.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(readPreferences('{"times": false}').preferences.times, false);
 * ```
 */
export function readPreferences(text: string): ReadPreferences {
  if (text.trim() === "") return { preferences: DEFAULT_PREFERENCES, kept: {} };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error("it is no JSON");
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new Error("it is no JSON object");
  }
  const kept = json as Record<string, unknown>;
  const preferences: Record<string, Value> = { ...DEFAULT_PREFERENCES };
  for (const key of KEYS) {
    if (!Object.hasOwn(kept, key)) continue;
    const value = kept[key];
    const parsed = typeof value === "object" ? undefined : KINDS[key].parse(String(value));
    if (parsed === undefined) throw new Error(`"${key}" is none of ${KINDS[key].range}`);
    preferences[key] = parsed;
  }
  return { preferences: preferences as unknown as Preferences, kept };
}

/**
 * Writes the text of a settings file.
 *
 * @param kept What stood in it.
 * @param change What is different.
 * @returns The text: what is not known is kept.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(writePreferences({ later: [1] }, { times: false }), `{
 *   "later": [
 *     1
 *   ],
 *   "times": false
 * }
 * `);
 * ```
 */
export function writePreferences(
  kept: Readonly<Record<string, unknown>>,
  change: Partial<Preferences>,
): string {
  return JSON.stringify({ ...kept, ...change }, undefined, 2) + "\n";
}

/**
 * Understands a change.
 *
 * @param name What is to be set, whatever the case.
 * @param word What it is to be.
 * @returns The change.
 * @throws {UserError} If there is no such setting, or it cannot be that.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseChange("historylines", "20"), { historyLines: 20 });
 * ```
 */
export function parseChange(name: string, word: string): Partial<Preferences> {
  const key = KEYS.find((each) => each.toLowerCase() === name.toLowerCase());
  if (key === undefined) {
    throw new UserError(
      `Cannot set "${sanitise(name)}": there is no such setting. There are ${KEYS.join(", ")}.`,
    );
  }
  const value = KINDS[key].parse(word.toLowerCase());
  if (value === undefined) {
    throw new UserError(
      `Cannot set ${key} to "${sanitise(word)}": it can be one of ${KINDS[key].range}.`,
    );
  }
  return { [key]: value };
}

/**
 * Shows the settings.
 *
 * @param preferences The settings.
 * @returns A table.
 */
export function formatPreferences(preferences: Preferences): string {
  return formatTable([
    ["NAME", "VALUE", "CAN BE"],
    ...KEYS.map((key) => [key, formatValue(preferences[key]), KINDS[key].range]),
  ]);
}

/**
 * Shows a change.
 *
 * @param change What is different.
 * @returns Such as `times is off`.
 */
export function formatChange(change: Partial<Preferences>): string {
  return Object.entries(change).map(([key, value]) => `${key} is ${formatValue(value)}`).join(", ");
}

function formatValue(value: Value): string {
  return typeof value === "boolean" ? (value ? "on" : "off") : String(value);
}
