import { assertEquals } from "@std/assert";
import { LEFT_PLACE_MS, MAX_PLACES, OwnPlaces } from "../../lib/room/own_places.ts";

function at(port: number): { address: string; port: number } {
  return { address: "10.0.0.1", port };
}

Deno.test("OwnPlaces.has() knows the present socket always, and those left lately", () => {
  const places = new OwnPlaces(at(1));
  assertEquals([places.has(at(1), 1e9), places.has(at(2), 0)], [true, false]);
  places.moved(at(2), 1000);
  assertEquals([places.has(at(1), 1000), places.has(at(2), 1e9)], [true, true]);
  assertEquals(places.has(at(1), 1000 + LEFT_PLACE_MS), false, "it may be somebody else's");
  places.moved(at(1), 2000);
  assertEquals([places.has(at(1), 1e9), places.has(at(2), 2000)], [true, true]);
});

Deno.test("OwnPlaces remembers a number of sockets, the present one among them", () => {
  const places = new OwnPlaces(at(0));
  for (let port = 1; port <= 1000; port++) places.moved(at(port), 0);
  const known = Array.from({ length: 1001 }, (_, port) => port).filter((port) =>
    places.has(at(port), 0)
  );
  assertEquals([known.length, known.at(-1)], [MAX_PLACES, 1000]);
});
