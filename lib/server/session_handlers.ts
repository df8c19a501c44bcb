/**
 * What stands before the handlers of a session: checks, the operator's log, signs of life.
 *
 * @module
 */

import { ROOM_METHODS } from "../directory/room_methods.ts";
import { reasonOf } from "../errors.ts";
import { ACCOUNT_METHODS } from "../people/account_methods.ts";
import { MESSAGE_METHODS } from "../people/message_methods.ts";
import { PEER_SERVER_METHODS } from "../people/peer_methods.ts";
import { PEOPLE_METHODS } from "../people/people_methods.ts";
import { ROOM_LINK_METHODS } from "../room/relay_methods.ts";
import { faultOfParams, type Method } from "../rpc/method.ts";
import type { RpcHandler } from "../rpc/methods.ts";
import { refusal, RpcCode, RpcError } from "../rpc/rpc_error.ts";
import { outcomeOf } from "./session_outcome.ts";
import type { SessionService } from "./session_service.ts";
import type { StatusLog } from "./status_event.ts";

/** How much of a parameter is logged, in characters. */
const MAX_LOGGED_LENGTH = 100;

/** How much of an outcome is logged, in characters: its sentence may repeat a parameter. */
const MAX_OUTCOME_LENGTH = 300;

/** All methods of the server. */
export const SERVER_METHODS: readonly Method[] = [
  ...Object.values(PEOPLE_METHODS),
  ...Object.values(ROOM_METHODS),
  ...ROOM_LINK_METHODS,
  ...Object.values(ACCOUNT_METHODS),
  ...Object.values(PEER_SERVER_METHODS),
  ...Object.values(MESSAGE_METHODS),
];

type Params = Readonly<Record<string, unknown>>;

/**
 * Wraps the handlers of a session: parameters are checked against the method's table, nothing but
 * `hello` is answered before `hello`, and each call and its outcome is told to the operator.
 *
 * @param service The session.
 * @param log Where calls are told.
 * @param peer The client, as `address:port`.
 * @param onCall Called with each request that is well-formed, and whether it is `hello` without a name.
 * @returns The handlers by method, for an `RpcPeer`.
 */
export function guardHandlers(
  service: SessionService,
  log: StatusLog,
  peer: string,
  onCall: (isNamelessHello: boolean) => void = () => {},
): Record<string, RpcHandler> {
  const guarded: Record<string, RpcHandler> = Object.create(null);
  const handlers = service.allHandlers;
  for (const method of SERVER_METHODS) {
    const handler = handlers[method.name];
    if (handler === undefined) continue;
    guarded[method.name] = (params) => {
      const done = log.verbose ? teller(log, peer, method, params) : undefined;
      try {
        check(service, method, params);
        onCall(method.name === "hello" && !Object.hasOwn(params as Params, "name"));
        if (!method.automatic) service.touch();
        const result = handler(params);
        if (!(result instanceof Promise)) {
          done?.answered(result);
          return result;
        }
        return done === undefined ? result : result.then(
          (value) => {
            done.answered(value);
            return value;
          },
          (error) => {
            done.refused(error);
            throw error;
          },
        );
      } catch (error) {
        done?.refused(error);
        throw error;
      }
    };
  }
  return guarded;
}

function check(service: SessionService, method: Method, params: unknown): void {
  if (!service.greeted && method.name !== "hello") {
    throw refusal("HELLO_FIRST", `Cannot call ${method.name}: the first request must be hello.`);
  }
  const fault = faultOfParams(method.params, params);
  if (fault !== undefined) {
    throw new RpcError(RpcCode.invalidParams, `Cannot call ${method.name}: ${fault}.`);
  }
}

function teller(
  log: StatusLog,
  peer: string,
  method: Method,
  params: unknown,
): { answered: (result: unknown) => void; refused: (error: unknown) => void } {
  const request = { op: method.name, params: loggable(method, params as Params) };
  const tell = (text: string, refused: boolean): void => {
    if (method.automatic && !refused) return;
    const outcome = shorten(text, MAX_OUTCOME_LENGTH);
    log.report({ event: "request", peer, request, outcome, refused });
  };
  return {
    answered: (result) => tell(outcomeOf(method.name, result), false),
    // The sentence ends with a full stop, and so does the status line.
    refused: (error) => tell(refusalOf(method, error), true),
  };
}

function refusalOf({ discreet }: Method, error: unknown): string {
  const code = error instanceof RpcError ? error.data?.code : undefined;
  return discreet && code !== undefined ? code : reasonOf(error).replace(/\.$/, "");
}

/** Only parameters of the method that are worth reading: no secrets, nothing long. */
function loggable(method: Method, params: Params): Params {
  const shown: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(method.params)) {
    const value = Object.hasOwn(params, name) ? params[name] : undefined;
    if (value === undefined || field.secret || field.dull) continue;
    shown[name] = typeof value === "string"
      ? shorten(value, MAX_LOGGED_LENGTH)
      : typeof value === "object" && value !== null
      ? "..."
      : value;
  }
  return shown;
}

function shorten(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}...` : text;
}
