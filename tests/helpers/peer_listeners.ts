/**
 * Clients that listen for others at a server, and people who answer questions.
 *
 * @module
 */

import { assert } from "@std/assert";
import { parseTicketKey, type TicketClaims, TicketGate } from "../../lib/people/ticket.ts";
import type { ListenAnswer } from "../../lib/people/peer_methods.ts";
import { RpcTimeout } from "../../lib/rpc/rpc_error.ts";
import { refusalOf, type ServiceClient, ServiceRig } from "./service_rig.ts";

/** A certificate, as far as the server looks. */
export const CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
/** Where a client listens. */
export const LISTEN = { port: 4000, certificate: CERTIFICATE };

/** A server over TLS. */
export async function openSecure(): Promise<ServiceRig> {
  const rig = await ServiceRig.open();
  rig.secure = true;
  return rig;
}

/** Somebody with a name who listens. */
export async function listener(
  rig: ServiceRig,
  name: string,
  host?: string,
): Promise<{ client: ServiceClient; told: ListenAnswer }> {
  const client = rig.named(name, host);
  return { client, told: await client.call["peer.listen"](LISTEN) };
}

/** Opens a ticket, as the client that it leads to. */
export function readTicket(
  ticket: string,
  { ticketKey, now }: ListenAnswer,
  own: string,
): TicketClaims {
  const gate = new TicketGate({ key: parseTicketKey(ticketKey)!, serverNow: now, now: 0 });
  const seen = gate.admit(ticket, own, 0);
  assert("claims" in seen, JSON.stringify(seen));
  return seen.claims;
}

/** The code of a refusal. */
export async function codeOf(call: () => unknown): Promise<unknown> {
  return ((await refusalOf(call)).data as { code: unknown }).code;
}

/** Lets a person answer: resolves what the server asked. */
export function hold(
  client: ServiceClient,
): { asked: unknown[]; answer: (value: unknown) => void } {
  const asked: unknown[] = [];
  const { promise, resolve } = Promise.withResolvers<unknown>();
  client.onAsk = (method, params, options) => {
    asked.push({ method, params });
    const { promise: over, reject } = Promise.withResolvers<never>();
    options?.signal?.addEventListener("abort", () => reject(new RpcTimeout(method, 0)));
    return Promise.race([promise, over]);
  };
  return { asked, answer: resolve };
}
