/**
 * What the server tells its operator: events, and how they read as text and as JSON.
 *
 * @module
 */

import type { LabRequest } from "../framing/lab.ts";
import { escapeUnsafe, sanitise } from "../text.ts";

/** One thing that happened. `peer` is `address:port` of a client. */
export type StatusEvent =
  | { readonly event: "listening"; readonly host: string; readonly port: number }
  | {
    readonly event: "tls";
    readonly port: number;
    /** Of the certificate that clients are to trust. */
    readonly fingerprint: string;
    /** Whether there will be another one after a restart. */
    readonly ephemeral: boolean;
  }
  | { readonly event: "directory"; readonly rooms: number; readonly file: string }
  | { readonly event: "accounts"; readonly accounts: number; readonly file: string }
  | { readonly event: "announced"; readonly name: string }
  | { readonly event: "opened"; readonly peer: string; readonly secure?: true }
  | {
    readonly event: "request";
    readonly peer: string;
    readonly request: LabRequest | SessionCall;
    readonly outcome: string;
    /** Whether the request was refused; then `outcome` says why. */
    readonly refused: boolean;
  }
  | { readonly event: "closed"; readonly peer: string; readonly why?: string }
  | { readonly event: "relay-opened"; readonly peer: string; readonly room: string }
  | {
    readonly event: "relay-closed";
    readonly peer: string;
    readonly room: string;
    readonly why: string;
  }
  | { readonly event: "turned-away"; readonly peer: string; readonly why: string }
  | { readonly event: "problem"; readonly what: string }
  | { readonly event: "stopping"; readonly why: string }
  | { readonly event: "stopped" };

/** A request of a session, fit to be logged. */
export interface SessionCall {
  /** The method. */
  readonly op: string;
  /** Its parameters that are worth reading, without secrets. */
  readonly params: Readonly<Record<string, unknown>>;
}

/** Takes events; cheap to ask whether anybody wants them. */
export interface StatusLog {
  /** Whether ordinary events are wanted; when false, callers need not build them. */
  readonly verbose: boolean;
  /**
   * Takes one event.
   *
   * @param event What happened.
   */
  report(event: StatusEvent): void;
}

/**
 * Writes an event as a status line.
 *
 * @param event What happened.
 * @returns One line without its end, safe to show.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   formatStatusText({ event: "listening", host: "0.0.0.0", port: 50001 }),
 *   "Chat Room Directory Server listening on port 50001...",
 * );
 * ```
 */
export function formatStatusText(event: StatusEvent): string {
  switch (event.event) {
    case "listening":
      return `Chat Room Directory Server listening on port ${event.port}...`;
    case "tls": {
      const certificate = `${event.fingerprint}${event.ephemeral ? " (of this run only)" : ""}`;
      return `TLS on port ${event.port}, the certificate's fingerprint is ${certificate}.`;
    }
    case "directory": {
      const rooms = `${event.rooms} ${event.rooms === 1 ? "room" : "rooms"}`;
      return sanitise(`The directory is in ${event.file} (${rooms}).`);
    }
    case "accounts": {
      const accounts = `${event.accounts} ${event.accounts === 1 ? "account" : "accounts"}`;
      return sanitise(`The accounts are in ${event.file} (${accounts}).`);
    }
    case "announced":
      return sanitise(`Announced on the network as "${event.name}".`);
    case "opened":
      return `Connection received from ${event.peer}${event.secure ? " over TLS" : ""}.`;
    case "request": {
      const outcome = event.refused ? `refused: ${event.outcome}` : event.outcome;
      return sanitise(`${event.peer} ${formatRequest(event.request)}: ${outcome}.`);
    }
    case "closed":
      return event.why === undefined
        ? `Connection closed: ${event.peer}.`
        : sanitise(`Connection closed: ${event.peer} (${event.why}).`);
    case "relay-opened":
      return sanitise(`Relay opened: ${event.peer} is in room ${event.room} through the server.`);
    case "relay-closed":
      return sanitise(`Relay closed: ${event.peer}, room ${event.room} (${event.why}).`);
    case "turned-away":
      return `Connection turned away: ${event.peer} (${event.why}).`;
    case "problem":
      return sanitise(event.what);
    case "stopping":
      return `Stopping (${event.why}): finishing what is under way.`;
    case "stopped":
      return "Stopped.";
  }
}

/**
 * Writes an event as one JSON object.
 *
 * @param event What happened.
 * @param time When, in milliseconds since 1970.
 * @returns One line of JSON without its end.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   formatStatusJson({ event: "opened", peer: "127.0.0.1:40122" }, 0),
 *   '{"time":"1970-01-01T00:00:00.000Z","event":"opened","peer":"127.0.0.1:40122"}',
 * );
 * ```
 */
export function formatStatusJson(event: StatusEvent, time: number): string {
  const stamp = { time: new Date(time).toISOString() };
  const { request, ...rest } = event.event === "request" ? event : { ...event, request: {} };
  return escapeUnsafe(JSON.stringify({ ...stamp, ...rest, ...request }));
}

function formatRequest(request: LabRequest | SessionCall): string {
  if ("params" in request) {
    const words = Object.entries(request.params).map(([name, value]) => {
      // In quotes if one could not tell where it ends.
      const isPlain = typeof value === "string" && /^[^\s"=]+$/.test(value);
      return `${name}=${isPlain ? value : JSON.stringify(value)}`;
    });
    return [request.op, ...words].join(" ");
  }
  switch (request.op) {
    case "getdir":
      return request.times === 1 ? "getdir" : `getdir x${request.times}`;
    case "makeroom":
      return `makeroom ${request.name} ${request.address} ${request.port}`;
    default:
      return `${request.op} ${request.name}`;
  }
}
