import { assertEquals } from "@std/assert";
import type { PeopleDirectory } from "../../lib/client/room_directory.ts";
import { ACTIVITY_INTERVAL, Whereabouts } from "../../lib/client/whereabouts.ts";
import type { RoomChange } from "../../lib/directory/room_methods.ts";

const LAB = { name: "lab", address: "239.1.2.3", port: 7 };

function created(room: typeof LAB): RoomChange {
  return { revision: 1, kind: "created", room: { ...room, members: 0 } };
}

function make() {
  const moves: (string | undefined)[] = [];
  const clock = { now: 0 };
  const people = {
    move: (room: string | undefined) => {
      moves.push(room);
      return Promise.reject(new Error("nobody minds"));
    },
  } as Partial<PeopleDirectory> as PeopleDirectory;
  const whereabouts = new Whereabouts({ people: () => people, now: () => clock.now });
  return { moves, clock, whereabouts };
}

Deno.test("Whereabouts tells of rooms that are entered and left, and again when connected", () => {
  const { moves, whereabouts } = make();
  whereabouts.connected();
  whereabouts.moved(LAB);
  whereabouts.connected();
  whereabouts.moved(undefined);
  assertEquals(moves, ["lab", "lab", undefined]);
});

Deno.test("Whereabouts.active() tells no more than now and then", () => {
  const { moves, clock, whereabouts } = make();
  whereabouts.moved(LAB);
  whereabouts.active();
  clock.now = ACTIVITY_INTERVAL - 1;
  whereabouts.active();
  assertEquals(moves, ["lab"]);
  clock.now = ACTIVITY_INTERVAL;
  whereabouts.active();
  whereabouts.active();
  assertEquals(moves, ["lab", "lab"]);
});

Deno.test("Whereabouts.changed() tells again when the room is created again, and only then", () => {
  const { moves, whereabouts } = make();
  whereabouts.changed(created(LAB));
  whereabouts.moved(LAB);
  whereabouts.changed({ ...created(LAB), kind: "deleted" });
  whereabouts.changed(created({ ...LAB, name: "other" }));
  assertEquals(moves, ["lab"]);
  whereabouts.changed(created(LAB));
  assertEquals(moves, ["lab", "lab"]);
  // A room of that name somewhere else is not the one this client is in.
  whereabouts.changed(created({ ...LAB, port: 8 }));
  whereabouts.connected();
  assertEquals(moves.slice(2), [undefined, undefined]);
});
