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

/** Presence in which some names belong to accounts. */
function reserving(
  ...keys: string[]
): { presence: Presence; changes: PresenceChange[]; reserved: Set<string> } {
  const reserved = new Set(keys);
  const presence = new Presence({ isReserved: (key) => reserved.has(key) });
  const changes: PresenceChange[] = [];
  presence.watch((change) => changes.push({ ...change, person: { ...change.person } }));
  return { presence, changes, reserved };
}

/** What a change says in short. */
function shortOf({ kind, person, formerly, account }: PresenceChange): string {
  return [kind, formerly, person.name, account].filter((word) => word !== undefined).join(" ");
}

Deno.test("Presence keeps the names of accounts from guests, whatever secret they know", () => {
  const { presence } = reserving("mel", "mel2");
  for (const name of ["Mel", "ＭＥＬ", "m\u200del"]) {
    const claim = { name, secret: "s1", now: 1 };
    const error = assertThrows(() => presence.enter(session(), claim), PresenceError);
    assertEquals(error.code, "NAME_TAKEN");
  }
  const guest = session();
  assertEquals(presence.enter(guest, { name: "Mel", orSimilar: true, now: 1 }).name, "Mel3");
  const error = assertThrows(() => presence.rename(guest, "mel", 2), PresenceError);
  assertEquals(
    error.message,
    'Cannot use the name "mel": it belongs to an account. Log in to have it, or take "mel4".',
  );
  const owner = session();
  presence.enter(owner, { secret: "s1", now: 1 });
  presence.logIn(owner, "Mel", 2);
  // The connection is lost; whoever comes back as a guest is none but a guest.
  const back = session();
  assertThrows(() => presence.enter(back, { name: "Mel", secret: "s1", now: 3 }), PresenceError);
  assertEquals(owner.displacements, 0);
});

Deno.test("Presence.logIn() gives a session the account's name, logOut() the one before", () => {
  const { presence, changes } = reserving("mel");
  const bob = session();
  presence.enter(bob, { name: "Bob", now: 1 });
  presence.move(bob, LOBBY, 1);
  assertEquals(presence.logIn(bob, "Mel", 2), {
    ...{ name: "Mel", address: "10.0.0.5", since: 1, active: 2, room: LOBBY, account: true },
  });
  // Again: another token, the same person.
  presence.logIn(bob, "Mel", 3);
  assertEquals(presence.enter(bob, { now: 4 }).name, "Mel");
  assertEquals(presence.enter(bob, { name: "mel", now: 4 }).name, "Mel");
  assertEquals(
    assertThrows(() => presence.rename(bob, "Bob", 5), PresenceError).message,
    'Cannot use the name "Bob": you are logged in as "Mel". Log out first.',
  );
  assertEquals(presence.membersOf(LOBBY), 1);
  assertEquals(presence.logOut(bob, 6)?.name, "Bob");
  assertEquals(presence.logOut(bob, 7)?.name, "Bob");
  presence.leave(bob);
  assertEquals(presence.logOut(bob, 8), undefined);
  assertEquals(changes.map(shortOf), [
    "came Bob",
    "changed Bob",
    "changed Bob Mel on",
    "changed Mel Bob off",
    "left Bob",
  ]);
});

Deno.test("Presence tells of accounts that come and leave without a guest's name", () => {
  const { presence, changes, reserved } = reserving("mel");
  const mel = session();
  presence.enter(mel, { now: 1 });
  presence.logIn(mel, "Mel", 2);
  assertEquals(presence.logOut(mel, 3)?.name, "Mel2");
  presence.logIn(mel, "Mel", 4);
  // Who has unregistered keeps the name, as a guest.
  reserved.delete("mel");
  presence.logOut(mel, 5);
  reserved.add("mel");
  presence.logIn(mel, "Mel", 6);
  presence.leave(mel);
  assertEquals(changes.map(shortOf), [
    "came Mel on",
    "changed Mel Mel2 off",
    "changed Mel2 Mel on",
    "changed Mel Mel2 off",
    "changed Mel2 Mel on",
    "left Mel off",
  ]);
});

Deno.test("Presence lets a guest keep the name that is being registered by that very guest", () => {
  const { presence, changes, reserved } = reserving();
  const mel = session();
  presence.enter(mel, { name: "mel", now: 1 });
  reserved.add("mel");
  presence.enter(mel, { name: "mel", now: 2 });
  presence.logIn(mel, "Mel", 3);
  reserved.delete("mel");
  assertEquals(presence.logOut(mel, 4)?.name, "mel");
  assertEquals(changes.map(shortOf), ["came mel", "changed mel Mel on", "changed Mel mel off"]);
});
