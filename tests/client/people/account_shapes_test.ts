import { assertEquals, assertThrows } from "@std/assert";
import {
  accountTurn,
  endedLogin,
  idleSeconds,
  loginResult,
  logoutResult,
  sincePage,
} from "../../../lib/client/people/account_shapes.ts";
import { nameOnly } from "../../../lib/client/people/account_commands.ts";
import { parseDuration } from "../../../lib/client/people/recent_list.ts";
import { ShapeError } from "../../../lib/client/server_shapes.ts";
import { UserError } from "../../../lib/errors.ts";

/** What a server may send instead of something. */
const ODD: unknown[] = [undefined, null, 7, "Mel", [], {}, { name: 7 }, { name: "a:b\x1b" }];

Deno.test("what a server sends about accounts is taken as it should be, and nothing else", () => {
  const token = "x".repeat(43);
  assertEquals(loginResult({ name: "Mel", token, more: 1 }), { name: "Mel", token });
  assertEquals(logoutResult({ name: "Mel2" }), { name: "Mel2" });
  assertEquals(endedLogin({ why: "idle", name: "Mel2" }), { why: "idle", name: "Mel2" });
  assertEquals(endedLogin({ why: "something new", name: "Mel2" }).why, "elsewhere");
  assertEquals(idleSeconds({ seconds: 60 }), 60);
  for (const odd of ODD) {
    for (const read of [loginResult, logoutResult, endedLogin, idleSeconds]) {
      assertThrows(() => read(odd), ShapeError);
    }
  }
  for (const odd of ["", 7, "x".repeat(257)]) {
    const error = assertThrows(() => loginResult({ name: "Mel", token: odd }), ShapeError);
    assertEquals(error.message, "no token");
  }
});

Deno.test("accountTurn() tells who went on or off, under the account's name", () => {
  const person = { name: "Bob" };
  assertEquals(accountTurn({ account: "on", person }), { kind: "on", name: "Bob" });
  assertEquals(accountTurn({ account: "off", person }), { kind: "off", name: "Bob" });
  const renamed = { account: "off", person, formerly: "Mel" };
  assertEquals(accountTurn(renamed), { kind: "off", name: "Mel" });
  assertEquals(accountTurn({ account: "on", person, formerly: "Mel" })?.name, "Bob");
  for (const other of [...ODD, { person }]) assertEquals(accountTurn(other), undefined);
  assertThrows(() => accountTurn({ account: "on", person: { name: "\x1b" } }), ShapeError);
});

Deno.test("sincePage() takes pages that lead on", () => {
  const people = [{ name: "Ann", last: 9, on: true }, { name: "Mel", last: 8 }];
  assertEquals(sincePage({ people, from: 1 }, undefined), { people, from: 1 } as never);
  assertEquals(sincePage({ people, from: 1, next: 2 }, undefined).next, 2);
  for (
    const odd of [
      ...ODD,
      { people, from: -1 },
      { people: [{ name: "Mel" }], from: 1 },
      { people: [{ name: "\x1b", last: 1 }], from: 1 },
      { people, from: 1, next: 2, after: 2 },
      { people: [], from: 1, next: 7 },
    ]
  ) assertThrows(() => sincePage(odd, 2), ShapeError);
});

Deno.test("parseDuration() takes numbers with units", () => {
  for (const odd of ["", "15", "m", "-5m", "1.5h", "15 m", "15x", "9999999999s", "\x1b[2J"]) {
    assertThrows(() => parseDuration(odd), UserError, "Use a number with s, m, h or d");
  }
  assertThrows(() => parseDuration("367d"), UserError, "a year is the longest");
  assertEquals(parseDuration("1H"), 3_600);
});

Deno.test("nameOnly() shows nothing of what may be a password", () => {
  const error = assertThrows(() => nameOnly("mel hunter2"), UserError);
  assertEquals(error.message.includes("hunter2"), false);
  assertEquals(nameOnly(" mel "), "mel");
  assertEquals(nameOnly('"DJ Пётр"'), "DJ Пётр");
});
