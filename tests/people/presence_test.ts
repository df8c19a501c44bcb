import { assertEquals, assertThrows } from "@std/assert";
import { PresenceError } from "../../lib/people/names.ts";
import { Presence, type PresenceChange, type Session } from "../../lib/people/presence.ts";

const LOBBY = { name: "lobby", address: "239.255.7.1", port: 20100 };

function session(address = "10.0.0.5"): Session & { displacements: number } {
  const made = { address, displacements: 0, displaced: () => void made.displacements++ };
  return made;
}

function watched(): { presence: Presence; changes: PresenceChange[] } {
  const presence = new Presence();
  const changes: PresenceChange[] = [];
  presence.watch((change) => changes.push({ ...change, person: { ...change.person } }));
  return { presence, changes };
}

Deno.test("Presence.enter() gives a name to one session at a time, whatever its case or width", () => {
  const { presence } = watched();
  presence.enter(session(), { name: "Mel", now: 1 });
  const spellings = ["Mel", "mel", "MEL", " Mel ", "Ｍｅｌ", "Me\u200dl", "Mel\ufe0f", "M\u200cel"];
  for (const name of spellings) {
    const error = assertThrows(() => presence.enter(session(), { name, now: 2 }), PresenceError);
    assertEquals((error as PresenceError).code, "NAME_TAKEN");
  }
  assertEquals(presence.size, 1);
});

Deno.test("Presence.enter() suggests a name that is free and short enough", () => {
  const { presence } = watched();
  const long = "x".repeat(32);
  for (const name of ["Mel", "Mel2", long]) presence.enter(session(), { name, now: 1 });
  const suggestionFor = (name: string): string | undefined =>
    (assertThrows(
      () => presence.enter(session(), { name, now: 2 }),
      PresenceError,
    ) as PresenceError)
      .suggestion;
  assertEquals(suggestionFor("Mel"), "Mel3");
  assertEquals(suggestionFor(long), "x".repeat(31) + "2");
});

Deno.test("Presence.enter() gives a name back to who knows the secret of the lost session", () => {
  const { presence, changes } = watched();
  const lost = session();
  presence.enter(lost, { name: "Mel", secret: "s1", now: 1 });
  assertThrows(() => presence.enter(session(), { name: "Mel", secret: "s2", now: 2 }));
  assertThrows(() => presence.enter(session(), { name: "Mel", now: 2 }));
  const back = session();
  assertEquals(presence.enter(back, { name: "Mel", secret: "s1", now: 3 }).name, "Mel");
  assertEquals(lost.displacements, 1);
  assertEquals(presence.people().map(({ name }) => name), ["Mel"]);
  assertEquals(changes.map(({ kind }) => kind), ["came", "left", "came"]);
  presence.leave(lost);
  assertEquals(presence.size, 1, "the displaced session ends without taking the name along");
});

Deno.test("Presence.enter() without a secret never matches a session without one", () => {
  const { presence } = watched();
  presence.enter(session(), { name: "Mel", now: 1 });
  assertThrows(() => presence.enter(session(), { name: "Mel", secret: undefined, now: 2 }));
});

Deno.test("Presence.enter() refuses names that are no names, and names of the nameless", () => {
  const { presence, changes } = watched();
  for (
    const name of [
      "",
      "  ",
      "a:b",
      "x\x1b[2J",
      "y".repeat(33),
      "anonymous@10.0.0.1",
      "Anonymous@x",
      "anony\u200dmous@x",
      "\ufe0fanonymous@x",
      "ａnonymous＠x",
      "anonymous\u200c@10.0.0.1",
    ]
  ) {
    const error = assertThrows(() => presence.enter(session(), { name, now: 1 }), PresenceError);
    assertEquals((error as PresenceError).code, "BAD_NAME");
  }
  assertEquals([presence.size, changes.length], [0, 0]);
});

Deno.test("Presence lists clients without a name, and announces nobody but people with one", () => {
  const { presence, changes } = watched();
  const client = session("10.0.0.7");
  presence.enter(client, { now: 5 });
  presence.enter(session("10.0.0.7"), { now: 6 });
  assertEquals(presence.people().map(({ name }) => name), [
    "anonymous@10.0.0.7",
    "anonymous@10.0.0.7",
  ]);
  assertEquals(changes, []);
  presence.rename(client, "Mel", 7);
  assertEquals(changes, [{
    kind: "came",
    person: { name: "Mel", address: "10.0.0.7", since: 5, active: 7 },
  }]);
});

Deno.test("Presence.rename() frees the old name and tells both", () => {
  const { presence, changes } = watched();
  const mel = session();
  presence.enter(mel, { name: "Mel", now: 1 });
  presence.rename(mel, "Melanie", 2);
  presence.rename(mel, "MELANIE", 3);
  presence.enter(session(), { name: "Mel", now: 4 });
  assertEquals(changes.map(({ kind, formerly }) => [kind, formerly]), [
    ["came", undefined],
    ["changed", "Mel"],
    ["changed", "Melanie"],
    ["came", undefined],
  ]);
});

Deno.test("Presence.move() counts members, and leave() counts them off", () => {
  const { presence, changes } = watched();
  const [mel, bob] = [session(), session()];
  presence.enter(mel, { name: "Mel", now: 1 });
  presence.enter(bob, { name: "Bob", now: 1 });
  presence.move(mel, LOBBY, 2);
  presence.move(mel, { ...LOBBY, topic: "tea" }, 3);
  presence.move(bob, LOBBY, 3);
  assertEquals(presence.membersOf(LOBBY), 2);
  presence.move(mel, undefined, 4);
  assertEquals([presence.membersOf(LOBBY), presence.people()[0]?.room], [1, undefined]);
  presence.leave(bob);
  presence.leave(bob);
  assertEquals([presence.membersOf(LOBBY), presence.membersOf({ ...LOBBY, name: "x" })], [0, 0]);
  assertEquals(changes.map(({ kind }) => kind), [
    "came",
    "came",
    "changed",
    "changed",
    "changed",
    "left",
  ]);
});

Deno.test("Presence.move() to the same room is told to nobody and seen in the list", () => {
  const { presence, changes } = watched();
  const mel = session();
  presence.enter(mel, { name: "Mel", now: 1 });
  presence.move(mel, LOBBY, 2);
  presence.move(mel, LOBBY, 9);
  assertEquals([presence.people()[0]?.active, presence.membersOf(LOBBY)], [9, 1]);
  presence.move(mel, undefined, 10);
  presence.move(mel, undefined, 11);
  assertEquals(presence.people()[0]?.active, 11);
  assertEquals(changes.map(({ person }) => person.active), [1, 2, 10]);
});

Deno.test("Presence counts members of a room, not of its name", () => {
  const { presence, changes } = watched();
  const mel = session();
  presence.enter(mel, { name: "Mel", now: 1 });
  presence.move(mel, LOBBY, 2);
  const anew = { ...LOBBY, address: "239.255.7.2" };
  assertEquals([presence.membersOf(LOBBY), presence.membersOf(anew)], [1, 0]);
  presence.move(mel, anew, 3);
  assertEquals([presence.membersOf(LOBBY), presence.membersOf(anew)], [0, 1]);
  assertEquals(changes.length, 3);
});

Deno.test("Presence.touch() is told to nobody and seen in the list", () => {
  const { presence, changes } = watched();
  const mel = session();
  presence.enter(mel, { name: "Mel", now: 1 });
  presence.touch(mel, 9);
  presence.touch(session(), 9);
  assertEquals(presence.people()[0]?.active, 9);
  assertEquals(changes.length, 1);
});

Deno.test("Presence.enter() holds a similar name if that will do", () => {
  const { presence, changes } = watched();
  const names = ["Mel", "mel", "MEL"].map((name) =>
    presence.enter(session(), { name, orSimilar: true, now: 1 }).name
  );
  assertEquals(names, ["Mel", "mel2", "MEL3"]);
  assertEquals(changes.map(({ person }) => person.name), names);
  assertThrows(() => presence.enter(session(), { name: "a:b", orSimilar: true, now: 2 }));
});
