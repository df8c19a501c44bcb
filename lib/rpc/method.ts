/**
 * Methods as data: one table drives the check of parameters and the document.
 *
 * @module
 */

import { isRecord } from "../json.ts";

/**
 * The longest string parameter, in UTF-16 units: more than any method has a use for. The sentence of
 * a refusal repeats what it refuses, and must fit a line.
 */
export const MAX_TEXT_LENGTH = 2048;

/** The type of one parameter. */
export type FieldType = "string" | "integer" | "boolean" | "object";

/** One parameter of a method. */
export interface Field {
  /** What it must be. */
  readonly type: FieldType;
  /** Whether it may be left out. */
  readonly optional?: true;
  /** Whether it may be `null`. */
  readonly nullable?: true;
  /** Whether it must not be logged. */
  readonly secret?: true;
  /** Whether it says nothing that an operator would want to read in the log. */
  readonly dull?: true;
  /** What it means, for the document. */
  readonly doc: string;
}

/** The parameters of a method, by name. */
export type Fields = Readonly<Record<string, Field>>;

/** One method or notification of the session protocol. */
export interface Method {
  /** `noun.verb`. */
  readonly name: string;
  /** What it does, for the document. */
  readonly doc: string;
  /** Its parameters. */
  readonly params: Fields;
  /** What it answers, for the document; notifications answer nothing. */
  readonly result?: string;
  /**
   * Whether programs call it by themselves: then it is no sign of life of a person, and the operator
   * is told only of refusals.
   */
  readonly automatic?: true;
  /**
   * Whether it is nobody's business whom or what it is about: of a refusal the operator is told the
   * code, and not the sentence.
   */
  readonly discreet?: true;
  /** The codes of the errors it may answer, for the document. */
  readonly errors?: readonly string[];
  /** Example parameters and result, for the document; a test sends them. */
  readonly example: { readonly params: unknown; readonly result?: unknown };
}

/**
 * Says what is wrong with parameters.
 *
 * @param fields The parameters that the method takes.
 * @param params What came; by name, as an object. Unknown names are let through: a newer client
 *   may send more than this version knows.
 * @returns The fault in a few words, or undefined if they are fine.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const fields = { name: { type: "string", doc: "the room's name" } } as const;
 * assertEquals(faultOfParams(fields, { name: "lobby" }), undefined);
 * assertEquals(faultOfParams(fields, { name: 7 }), '"name" must be a string');
 * assertEquals(faultOfParams(fields, {}), '"name" is missing');
 * ```
 */
export function faultOfParams(fields: Fields, params: unknown): string | undefined {
  if (params !== undefined && (typeof params !== "object" || params === null)) {
    return "parameters are given by name, as an object";
  }
  if (Array.isArray(params)) return "parameters are given by name, as an object, not by position";
  const given = (params ?? {}) as Record<string, unknown>;
  for (const [name, field] of Object.entries(fields)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined) {
      if (field.optional) continue;
      return `"${name}" is missing`;
    }
    if (value === null && field.nullable) continue;
    if (!fits(field.type, value)) {
      return `"${name}" must be ${/^[io]/.test(field.type) ? "an" : "a"} ${field.type}`;
    }
    if (typeof value === "string" && value.length > MAX_TEXT_LENGTH) {
      return `"${name}" must have at most ${MAX_TEXT_LENGTH} characters`;
    }
  }
  return undefined;
}

function fits(type: FieldType, value: unknown): boolean {
  if (type === "integer") return Number.isSafeInteger(value);
  if (type === "object") return isRecord(value);
  const kind = typeof value;
  return kind === type;
}
