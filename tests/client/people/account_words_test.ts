import { assertEquals } from "@std/assert";
import {
  loginCommand,
  sentenceOfEnd,
  sentenceOfOwnName,
} from "../../../lib/client/people/account_words.ts";
import { type OwnLogin, ownName } from "../../../lib/client/people/own_login.ts";

const LOGIN: OwnLogin = {
  where: "lab-7:50001",
  fingerprint: "SHA256:x",
  name: "Mel",
  token: "t",
  guest: "mel",
};

/** A server, as far as it counts. */
const server = (where: string, fingerprint?: string) =>
  ({ where, session: { fingerprint } }) as Parameters<typeof ownName>[2];

Deno.test("ownName() finds the account of a name, in any spelling, at its own server only", () => {
  const there = server("lab-7:50001", "SHA256:x");
  assertEquals(["Mel", "ＭＥＬ", "mel"].map((name) => ownName(LOGIN, name, there)), [
    "Mel",
    "Mel",
    "Mel",
  ]);
  assertEquals(ownName(LOGIN, "Mel2", there), undefined);
  assertEquals(ownName(LOGIN, "Mel", server("lab-8:50001", "SHA256:x")), undefined);
  // It was set up anew, or cannot show who it is.
  assertEquals(ownName(LOGIN, "Mel", server("lab-7:50001", "SHA256:y")), undefined);
  assertEquals(ownName(LOGIN, "Mel", server("lab-7:50001")), undefined);
});

Deno.test("loginCommand() is what can be typed, in a room and for a name with spaces", () => {
  assertEquals([loginCommand("Mel", ""), loginCommand("Mel", "/")], [
    '"login Mel"',
    '"/login Mel"',
  ]);
  assertEquals(loginCommand("Ann Lee", ""), `'login "Ann Lee"'`);
});

Deno.test("what is said of one's account tells why, as whom one is there, and what to do", () => {
  const now = { name: "Mel\x1b2", slash: "/" };
  assertEquals(
    sentenceOfOwnName("Mel", now),
    '"Mel" is the name of your account there: "/login Mel" gets it back. ' +
      'You are "Mel\ufffd2" now, a guest.',
  );
  assertEquals(
    (["idle", "elsewhere"] as const).map((why) => sentenceOfEnd(why, "Mel", now)),
    [
      'You did nothing for long, so you were logged off. You are "Mel\ufffd2" now, a guest. ' +
      '"/login Mel" logs in again.',
      '"Mel" has logged in elsewhere, so you are logged off here. ' +
      'You are "Mel\ufffd2" now, a guest. "/login Mel" logs in again.',
    ],
  );
});
