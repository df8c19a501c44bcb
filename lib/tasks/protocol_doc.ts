/**
 * The reference in `docs/PROTOCOL.md`, made from the tables that the server checks requests with.
 *
 * @module
 */

import { ROOM_NOTIFICATIONS } from "../directory/room_methods.ts";
import { UserError } from "../errors.ts";
import { MESSAGE_QUESTIONS } from "../people/message_methods.ts";
import { PEER_LINK_ERROR_WORDS, PEER_LINK_METHODS } from "../people/peer_link_methods.ts";
import { PRIVATE_ASKED, PRIVATE_WITHDRAWN } from "../people/peer_methods.ts";
import { ACCOUNT_ERROR_WORDS, ACCOUNT_NOTIFICATIONS } from "../people/account_methods.ts";
import { PEOPLE_NOTIFICATIONS } from "../people/people_methods.ts";
import { PEER_ERROR_WORDS, PEER_METHODS } from "../room/peer_methods.ts";
import { ROOM_LINK_NOTIFICATIONS } from "../room/relay_methods.ts";
import type { Field, Fields, Method } from "../rpc/method.ts";
import { SERVER_METHODS } from "../server/session_handlers.ts";

/** The lines before the reference; the formatter leaves what follows as it is. */
export const REFERENCE_BEGIN: string = "<!-- deno-fmt-ignore-start -->\n" +
  '<!-- Made by "deno task protocol" from the tables of methods: change those. -->';

/** The lines before the reference of what clients ask each other. */
export const PEER_REFERENCE_BEGIN: string = "<!-- deno-fmt-ignore-start -->\n" +
  '<!-- Made by "deno task protocol" from lib/room/peer_methods.ts: change that. -->';

/** The lines before the reference of what clients ask each other in TLS. */
export const PEER_LINK_REFERENCE_BEGIN: string = "<!-- deno-fmt-ignore-start -->\n" +
  '<!-- Made by "deno task protocol" from lib/people/peer_link_methods.ts: change that. -->';

/** The line behind a reference. */
export const REFERENCE_END = "<!-- deno-fmt-ignore-end -->";

/** The notifications that a server sends. */
export const SERVER_NOTIFICATIONS: readonly Method[] = [
  ...Object.values(PEOPLE_NOTIFICATIONS),
  ...Object.values(ACCOUNT_NOTIFICATIONS),
  ...Object.values(ROOM_NOTIFICATIONS),
  ...ROOM_LINK_NOTIFICATIONS,
  PRIVATE_WITHDRAWN,
];

/** What a server asks a client. */
export const SERVER_REQUESTS: readonly Method[] = [
  PRIVATE_ASKED,
  ...Object.values(MESSAGE_QUESTIONS),
];

/** What each word in `data.code` means, and what else `data` has. */
export const ERROR_WORDS: Readonly<Record<string, string>> = {
  ...ACCOUNT_ERROR_WORDS,
  ADDRESS_IN_USE: "another room has this pair of address and port; `by` is that room",
  BAD_ADDRESS: "the address is none in 239.0.0.0-239.255.255.255, in dotted decimal",
  BAD_CERTIFICATE: "it is no certificate in PEM, or longer than 2,000 characters",
  BAD_HELLO: "`client` or `resume` is too short or too long",
  BAD_ID: "the `id` is no string, number or null, or longer than `maxLength`",
  BAD_MESSAGE_ID: "the message's `id` is not 1-64 letters, digits and hyphens",
  BAD_NAME: "it can be no name of a room (1-64 bytes, no white space, no control characters) or " +
    "of a person (1-32 characters, no `:`, not beginning with `anonymous@`)",
  BAD_PORT: "the port is none in 1-65535",
  BAD_PROTOCOL: "the client's version of the protocol is too old; `protocol` is the server's",
  BAD_TEXT: "the text is empty, longer than 2,000 characters, or not one line",
  BAD_SEAL: "the check value of a sealed room is not 16 bytes in base64url",
  BAD_TOPIC: "the topic is empty, longer than 120 characters, or not one line of text",
  BATCH_TOO_LONG: "a batch has more messages than `maxLength`; none was looked at",
  BLOCKED: "one has blocked that person oneself",
  BLOCKS_FULL: "the account blocks 200 people, or the server has no place for another block",
  BUSY: "too many requests are under way, or too many replies unread; ask again later",
  DECLINED: "they do not want to, did not answer, or have blocked who asks",
  DIRECTORY_FULL: "the directory has no place for another room",
  HELLO_FIRST: "the session has not begun: send `hello`",
  INBOX_FULL: "the recipient's inbox has no place, for this sender or for anybody",
  INVALID_UTF8: "the line is no UTF-8",
  LINE_TOO_LONG: "the line is longer than `maxBytes`; it was not looked at",
  NAME_TAKEN: "somebody else has the name, be it in other letters' case; `suggestion` is free",
  NOT_BLOCKED: "the account does not block that name",
  NOT_LISTENING: "their client takes no connections of others, or none from where this one is",
  NOT_LOGGED_IN: "the session has no account: log in first",
  NOT_ON: "there is an account of that name, and nobody is logged in to it",
  NOT_SECURE: "that is possible over TLS only",
  NO_NAME: "the session has no name: say one in `hello`, or take one",
  NO_SUCH_PERSON: "nobody of that name is here, nor is there such an account; or it is oneself",
  NOT_OWNER:
    "the server runs with --owner-deletes, and somebody else made the room; `by` is the room",
  NO_SUCH_ROOM: "there is no room of that name",
  REFUSED: "they have blocked who asks or sends",
  RELAY_FAILED: "the server cannot join the room's group itself; its operator knows why",
  RELAY_FULL: "as many members are relayed as the server, or a session (4), may have",
  RELAY_OFF: "the server does not relay (`--no-relay`)",
  ROOM_EXISTS: "there is a room of that name; `by` is that room",
  STORE_FAILED: "the server could not write its file: nothing has changed, its operator knows why",
  TOO_FAST: "that was asked too often; ask again in some seconds, or after `retryAfter` ms",
  UNREACHABLE: "the recipient is on and does not take messages, and has no account to keep it for",
};

/**
 * Writes the reference.
 *
 * @param methods What a client may ask.
 * @param notifications What a server sends by itself.
 * @param words What the words of errors mean.
 * @param requests What a server asks a client.
 * @returns Markdown.
 * @throws {UserError} If a method answers a word that is not among them.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 *
 * assertStringIncludes(referenceOf(), "#### `rooms.create`");
 * ```
 */
export function referenceOf(
  methods: readonly Method[] = SERVER_METHODS,
  notifications: readonly Method[] = SERVER_NOTIFICATIONS,
  words: Readonly<Record<string, string>> = ERROR_WORDS,
  requests: readonly Method[] = SERVER_REQUESTS,
): string {
  const parts = [
    "### Methods",
    ...methods.map((method, at) => sectionOf(method, at + 1, words)),
    "### What the server asks a client",
    ...requests.map((method, at) => sectionOf(method, at + 1, words)),
    "### Notifications",
    ...notifications.map((method) => sectionOf(method, undefined, words)),
    "### Words of errors",
    table(["`data.code`", "answered by", "meaning"], wordRows(methods, words)),
  ];
  return parts.join("\n\n");
}

/**
 * Writes the reference of what clients ask each other.
 *
 * @param methods What a client may ask another.
 * @param words What the words of errors mean.
 * @returns Markdown.
 * @throws {UserError} If a method answers a word that is not among them.
 */
export function peerReferenceOf(
  methods: readonly Method[] = Object.values(PEER_METHODS),
  words: Readonly<Record<string, string>> = PEER_ERROR_WORDS,
): string {
  return [
    ...methods.map((method, at) => sectionOf(method, at + 1, words)),
    table(["`data.code`", "answered by", "meaning"], wordRows(methods, words)),
  ].join("\n\n");
}

/**
 * Brings the references in the document up to date.
 *
 * @param document The document, with all marker lines.
 * @returns The document with them.
 * @throws {UserError} If a marker is missing.
 */
export function withReferences(document: string): string {
  const once = withReference(document, referenceOf());
  const twice = withReference(once, peerReferenceOf(), PEER_REFERENCE_BEGIN);
  const links = peerReferenceOf(Object.values(PEER_LINK_METHODS), PEER_LINK_ERROR_WORDS);
  return withReference(twice, links, PEER_LINK_REFERENCE_BEGIN);
}

/**
 * Puts a reference into the document.
 *
 * @param document The document, with the marker lines.
 * @param reference What is to stand between them.
 * @param marker The lines before it.
 * @returns The document with it.
 * @throws {UserError} If a marker is missing.
 */
export function withReference(
  document: string,
  reference: string,
  marker: string = REFERENCE_BEGIN,
): string {
  const begin = document.indexOf(marker);
  const end = document.indexOf(REFERENCE_END, begin);
  if (begin === -1 || end === -1) {
    throw new UserError(
      `Cannot refresh the reference: a marker is missing. Put the lines back:\n${marker}\n${REFERENCE_END}`,
    );
  }
  const before = document.slice(0, begin + marker.length);
  return `${before}\n\n${reference}\n\n${document.slice(end)}`;
}

function sectionOf(
  method: Method,
  id: number | undefined,
  words: Readonly<Record<string, string>>,
): string {
  const { name, doc, params, result, errors = [], example } = method;
  // One that answers nothing is sent as a notification.
  const isRequest = id !== undefined && result !== undefined;
  const unknown = errors.find((word) => !Object.hasOwn(words, word));
  if (unknown !== undefined) {
    throw new UserError(`Cannot write the reference: nobody says what "${unknown}" means.`);
  }
  const lines = [{
    jsonrpc: "2.0",
    ...(isRequest ? { id } : {}),
    method: name,
    params: example.params,
  }];
  const answers = isRequest ? [{ jsonrpc: "2.0", id, result: example.result }] : [];
  const parts = [
    `#### \`${name}\``,
    doc,
    Object.keys(params).length === 0 ? "No parameters." : paramTable(params),
    ...(result === undefined ? [] : [`Result: ${result}.`]),
    ...(errors.length === 0 ? [] : [`Errors: ${errors.map((word) => `\`${word}\``).join(", ")}.`]),
    ["```jsonl", ...[...lines, ...answers].map((line) => JSON.stringify(line)), "```"].join("\n"),
  ];
  return parts.join("\n\n");
}

function paramTable(params: Fields): string {
  const rows = Object.entries(params).map(([name, field]) => [
    `\`${name}\``,
    typeOf(field),
    field.doc,
  ]);
  return table(["parameter", "type", "meaning"], rows);
}

function typeOf({ type, nullable, optional }: Field): string {
  return `${type}${nullable ? " or null" : ""}${optional ? ", optional" : ""}`;
}

function wordRows(methods: readonly Method[], words: Readonly<Record<string, string>>): string[][] {
  const sorted = Object.entries(words).sort(([a], [b]) => a < b ? -1 : 1);
  return sorted.map(([word, meaning]) => {
    const by = methods.filter(({ errors }) => errors?.includes(word));
    const names = by.map(({ name }) => `\`${name}\``).join(", ");
    return [`\`${word}\``, names === "" ? "any" : names, meaning];
  });
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");
}
