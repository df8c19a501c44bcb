/**
 * What came of a session's request, in a few words for the operator.
 *
 * @module
 */

import type { RoomAnswer, RoomList, RoomWatch } from "../directory/room_methods.ts";
import { endpointOf } from "../directory/room.ts";
import type { SinceResult } from "../people/account_methods.ts";
import type { BroadcastResult, PutResult } from "../people/message_methods.ts";
import type { HelloResult, PeopleList } from "../people/people_methods.ts";

/**
 * Says what a request was answered with.
 *
 * @param method The method.
 * @param result What it answered; it must be of the method's type.
 * @returns The outcome: which name, which room at which address and port, how many. Not sanitised.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const room = { name: "lobby", address: "239.255.7.1", port: 20100, members: 0 };
 * assertEquals(outcomeOf("rooms.create", { room }), "created lobby (239.255.7.1:20100)");
 * assertEquals(outcomeOf("people.move", {}), "done");
 * ```
 */
export function outcomeOf(method: string, result: unknown): string {
  switch (method) {
    case "hello":
      return `as ${(result as HelloResult).you.name}`;
    case "people.rename":
    case "account.register":
    case "account.login":
    case "account.resume":
    case "account.logout":
    case "account.unregister":
      return `as ${(result as { name: string }).name}`;
    case "people.list": {
      const { people, next } = result as PeopleList;
      return counted(people.length, "person", "people", next !== undefined);
    }
    case "people.since": {
      const { people, next } = result as SinceResult;
      return counted(people.length, "person", "people", next !== undefined);
    }
    case "rooms.list": {
      const { rooms, next } = result as RoomList;
      return counted(rooms.length, "room", "rooms", next !== undefined);
    }
    case "rooms.create":
      return `created ${roomIn(result)}`;
    case "rooms.delete":
      return `deleted ${roomIn(result)}`;
    case "rooms.find":
      return roomIn(result);
    case "rooms.watch": {
      const { changes } = result as RoomWatch;
      return changes === undefined ? "done" : counted(changes.length, "change", "changes", false);
    }
    case "message.put":
      return (result as PutResult).outcome;
    case "message.broadcast": {
      const { delivered, missed } = result as BroadcastResult;
      return `to ${delivered} of ${delivered + missed}`;
    }
    default:
      return "done";
  }
}

function roomIn(result: unknown): string {
  const { room } = result as RoomAnswer;
  return `${room.name} (${endpointOf(room)})`;
}

function counted(count: number, one: string, many: string, more: boolean): string {
  return `${count} ${count === 1 ? one : many}${more ? ", and more" : ""}`;
}
