import { assertEquals, assertStrictEquals } from "@std/assert";
import { ServiceRig } from "../helpers/service_rig.ts";

Deno.test("News makes one line of a change, however many watch", async () => {
  using rig = await ServiceRig.open();
  const made: unknown[] = [];
  const roomChange = rig.records.roomChange.bind(rig.records);
  rig.records.roomChange = (change) => {
    made.push(change);
    return roomChange(change);
  };
  const heard: string[] = [];
  const watches = Array.from(
    { length: 100 },
    () => rig.news.watchRooms((line) => heard.push(line)),
  );
  await rig.directory.create("lobby");
  assertEquals([heard.length, made.length], [100, 1]);
  for (const line of heard) assertStrictEquals(line, heard[0]);
  for (const watch of watches.splice(50)) watch[Symbol.dispose]();
  await rig.directory.delete("lobby");
  assertEquals([heard.length, made.length], [150, 2]);
  for (const watch of watches) watch[Symbol.dispose]();
  await rig.directory.create("annex");
  assertEquals([heard.length, made.length], [150, 2], "nobody watches: nothing is made");
});

Deno.test("News goes on for those who watch again", async () => {
  using rig = await ServiceRig.open();
  const heard: string[] = [];
  using viewer = rig.client();
  const { session } = viewer;
  rig.news.watchPeople((line) => heard.push(line), session)[Symbol.dispose]();
  using _first = rig.named("Mel");
  using _watch = rig.news.watchPeople((line) => heard.push(line), session);
  using _second = rig.named("Ann");
  assertEquals(heard.map((line) => JSON.parse(line).params.person.name), ["Ann"]);
});
