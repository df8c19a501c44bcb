import { assertEquals, assertRejects } from "@std/assert";
import { KnownPeople } from "../../../lib/client/people/known_people.ts";
import type { RoomDirectory } from "../../../lib/client/room_directory.ts";
import { UserError } from "../../../lib/errors.ts";

const NEVER = new AbortController().signal;

function rigOf(list: () => Promise<string[]>) {
  let asked = 0;
  const people = {
    list: async () => {
      asked++;
      return (await list()).map((name) => ({ name, address: "10.0.0.5", since: 0, idle: 0 }));
    },
  };
  const directory = { people } as unknown as RoomDirectory;
  const rig = {
    time: 0,
    directory: directory as RoomDirectory | undefined,
    known: undefined! as KnownPeople,
  };
  rig.known = new KnownPeople({
    link: {
      get directory() {
        return rig.directory;
      },
      use: () =>
        rig.directory === undefined
          ? Promise.reject(new UserError("there is no connection"))
          : Promise.resolve(rig.directory),
    },
    members: () => ["Bob", "Simple"],
    now: () => rig.time,
  });
  return { rig, asked: () => asked };
}

Deno.test("KnownPeople.names() asks now and then, and one question at a time", async () => {
  const { rig, asked } = rigOf(() => Promise.resolve(["Ann", "Bob", "anonymous@10.0.0.7"]));
  const [one, two] = await Promise.all([rig.known.names(), rig.known.names()]);
  assertEquals([one, two], [["Ann", "Bob", "Simple"], ["Ann", "Bob", "Simple"]]);
  assertEquals(rig.known.names(), ["Ann", "Bob", "Simple"]);
  assertEquals(asked(), 1);
  rig.time = 2_000;
  await rig.known.names();
  assertEquals(asked(), 2);
  rig.directory = undefined;
  assertEquals(rig.known.names(), ["Bob", "Simple"]);
});

Deno.test("KnownPeople.names() never fails, KnownPeople.fresh() does, and always asks", async () => {
  let names = ["Ann"];
  let fails = false;
  const { rig, asked } = rigOf(() =>
    fails ? Promise.reject(new UserError("it did not answer")) : Promise.resolve(names)
  );
  assertEquals(await rig.known.fresh("send", NEVER), ["Ann", "Bob", "Simple"]);
  names = ["Ann", "Ann Lee"];
  assertEquals(await rig.known.fresh("send", NEVER), ["Ann", "Ann Lee", "Bob", "Simple"]);
  assertEquals(asked(), 2);
  fails = true;
  rig.time = 9_000;
  assertEquals(await rig.known.names(), ["Ann", "Ann Lee", "Bob", "Simple"]);
  await assertRejects(() => rig.known.fresh("send", NEVER), UserError, "it did not answer");
  rig.directory = undefined;
  await assertRejects(() => rig.known.fresh("send", NEVER), UserError, "there is no connection");
});
