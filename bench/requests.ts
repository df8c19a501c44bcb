/**
 * What the load generator sends to session servers and to Redis. A run of `#` stands for the last
 * digits of a number that is new for each turn of the requests.
 *
 * @module
 */

/** A load of requests that are sent by turns, each answered before the next. */
export interface Requests {
  /** How an answer ends: with a line end, or as the listing that a getdir brings. */
  readonly framing: "lines" | "listing";
  /** The first line of each connection; empty if there is none. */
  readonly greeting: string;
  /** What every answer must contain. */
  readonly expected: string;
  /** The requests, line ends included. */
  readonly requests: readonly string[];
}

const GREETING = call(1, "hello", { client: "bench", protocol: 1 });

function call(id: number | string, method: string, params: unknown): string {
  return `{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${JSON.stringify(params)}}\n`;
}

/** The leading 1 keeps the zeros of the number out of the front, where JSON allows none. */
const ID = "1########";

const NAME = "bench-########";

/** `rooms.find`, for each of 10 rooms in turn. */
export const FIND: Requests = {
  framing: "lines",
  greeting: GREETING,
  expected: `"result":{"room":{`,
  requests: [call(ID, "rooms.find", { name: "room000#" })],
};

/** `rooms.list`. */
export const LIST: Requests = {
  framing: "lines",
  greeting: GREETING,
  expected: `"name":"room0009"`,
  requests: [call(ID, "rooms.list", {})],
};

/** `rooms.create`, with an address that the server chooses, and `rooms.delete` of that room. */
export const CREATE_AND_DELETE: Requests = {
  framing: "lines",
  greeting: GREETING,
  expected: `"result":{"room":{"name":"bench-`,
  requests: [call(ID, "rooms.create", { name: NAME }), call(ID, "rooms.delete", { name: NAME })],
};

/** makeroom and deleteroom; the load generator puts a getdir between them and waits for it. */
export const MAKEROOM_AND_DELETEROOM: Requests = {
  framing: "listing",
  greeting: "",
  expected: `${NAME}: 239.255.7.1:1####\n`,
  requests: [`\x02\x0e${NAME}\x0b239.255.7.1\x051####`, `\x03\x0e${NAME}`],
};

/** Redis' `SET` as an inline command, about as long as a room in our file. */
export const SET: Requests = {
  framing: "lines",
  greeting: "",
  expected: "+OK",
  requests: [`SET ${NAME} 239.255.7.1:20100/1793240000000/anonymous@127.0.0.1\r\n`],
};
