/**
 * What a server may send about other clients and private sessions, checked where it comes in.
 *
 * @module
 */

import { isRecord } from "../../json.ts";
import {
  type AskAnswer,
  type AskedParams,
  MAX_CERTIFICATE_LENGTH,
  MAX_TICKET_LENGTH,
  type PeerTicket,
} from "../../people/peer_methods.ts";
import { isChatName, ShapeError, show } from "../server_shapes.ts";

/** UTF-16 units of an IP address: IPv6 with a zone, and to spare. */
const MAX_ADDRESS_LENGTH = 100;

/** What an IP address is made of: no name of a host, which would be looked up. */
const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*(%\w+)?)$/;

/** What ids of sessions are made of. */
const ID = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Reads the answer to `peer.ticket`.
 *
 * @param value What the server sent.
 * @returns The way to somebody.
 * @throws {ShapeError} If it is no such answer.
 */
export function peerTicket(value: unknown): PeerTicket {
  return { name: nameIn(value), ...way(value) };
}

/**
 * Reads the answer to `private.ask`.
 *
 * @param value What the server sent.
 * @returns The session, and the way to the other one.
 * @throws {ShapeError} If it is no such answer.
 */
export function askAnswer(value: unknown): AskAnswer {
  const { id, account, connect } = isRecord(value) ? value : {};
  if (!isSessionId(id)) throw new ShapeError(`the session ${show(id)}`);
  if (typeof account !== "boolean") throw new ShapeError(`the account ${show(account)}`);
  const answer = { id, name: nameIn(value), account };
  return connect === undefined ? answer : { ...answer, connect: way(connect) };
}

/**
 * Reads what a server asks with `private.asked`.
 *
 * @param value What the server sent.
 * @returns Who asks, and for which session.
 * @throws {ShapeError} If it is no such question.
 */
export function askedParams(value: unknown): AskedParams {
  const { id, from, account } = isRecord(value) ? value : {};
  if (!isSessionId(id)) throw new ShapeError(`the session ${show(id)}`);
  if (typeof from !== "string" || !isChatName(from)) throw new ShapeError(`the name ${show(from)}`);
  if (typeof account !== "boolean") throw new ShapeError(`the account ${show(account)}`);
  return { id, from, account };
}

/**
 * Says whether something can be the id of a private session.
 *
 * @param value Anything.
 * @returns True if it can.
 */
export function isSessionId(value: unknown): value is string {
  return typeof value === "string" && ID.test(value);
}

function nameIn(value: unknown): string {
  const name = isRecord(value) ? value.name : undefined;
  if (typeof name === "string" && isChatName(name)) return name;
  throw new ShapeError(`the name ${show(name)}`);
}

function way(value: unknown): Omit<PeerTicket, "name"> {
  const { address, port, certificate, ticket } = isRecord(value) ? value : {};
  if (
    typeof address !== "string" || address.length > MAX_ADDRESS_LENGTH || !ADDRESS.test(address)
  ) throw new ShapeError(`the address ${show(address)}`);
  if (!Number.isSafeInteger(port) || (port as number) < 1 || (port as number) > 65_535) {
    throw new ShapeError(`the port ${show(port)}`);
  }
  if (typeof certificate !== "string" || certificate.length > MAX_CERTIFICATE_LENGTH) {
    throw new ShapeError(`the certificate ${show(certificate)}`);
  }
  if (typeof ticket !== "string" || ticket.length > MAX_TICKET_LENGTH) {
    throw new ShapeError("a ticket that is none");
  }
  return { address, port: port as number, certificate, ticket };
}
