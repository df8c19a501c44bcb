import { assert, assertEquals } from "@std/assert";
import { Attempts, MAX_LOCK, MAX_REMEMBERED } from "../../lib/people/attempts.ts";

/** Fails so often, always for another name from another address unless told, and tells the last answer. */
function fail(attempts: Attempts, times: number, name: string, address: string, now: number) {
  let last = { left: 0, seconds: 0 };
  for (let time = 0; time < times; time++) last = attempts.failed(name, address, now);
  return last;
}

Deno.test("Attempts lock a name, each further time for twice as long, at most an hour", () => {
  const attempts = new Attempts({ lock: 10_000 });
  let now = 0;
  for (let time = 0; time < 12; time++) {
    const seconds = Math.min(MAX_LOCK / 1000, 10 * 2 ** time);
    for (const [at, left] of [2, 1].entries()) {
      // From other addresses each time: those are not locked.
      const address = `10.${time}.0.${at}`;
      assertEquals(attempts.failed("mel", address, now), { left, seconds: 0 });
    }
    assertEquals(attempts.failed("mel", `10.${time}.0.2`, now), { left: 0, seconds });
    assertEquals(attempts.lockedFor("mel", "10.9.9.9", now + seconds * 1000 - 1), 1);
    now += seconds * 1000;
    assertEquals(attempts.lockedFor("mel", "10.9.9.9", now), 0);
  }
});

Deno.test("Attempts lock an address, whatever the names; other addresses go on", () => {
  const attempts = new Attempts({ lock: 10_000 });
  attempts.failed("a", "10.0.0.5", 0);
  attempts.failed("b", "10.0.0.5", 0);
  assertEquals(attempts.failed("c", "10.0.0.5", 0), { left: 0, seconds: 10 });
  assertEquals(attempts.lockedFor("mel", "10.0.0.5", 0), 10);
  assertEquals(attempts.lockedFor("mel", "10.0.0.6", 0), 0);
});

Deno.test("Attempts forget a person's mistakes when the password was right", () => {
  const attempts = new Attempts({ lock: 10_000 });
  for (let day = 0; day < 9; day++) {
    assertEquals(fail(attempts, 2, "mel", "10.0.0.5", 0), { left: 1, seconds: 0 });
    attempts.succeeded("mel", "10.0.0.5");
  }
  assertEquals(attempts.remembered, 0);
});

Deno.test("Attempts let nobody guess on between two logins of their own", () => {
  const attempts = new Attempts({ lock: 10_000 });
  for (const victim of ["a", "b"]) {
    attempts.failed(victim, "10.0.0.5", 0);
    attempts.succeeded("mallory", "10.0.0.5");
  }
  assertEquals(attempts.failed("c", "10.0.0.5", 0).seconds, 10);
});

Deno.test("Attempts forget mistakes after an hour, and locks an hour after their end", () => {
  const attempts = new Attempts({ lock: 10_000 });
  fail(attempts, 2, "mel", "10.0.0.5", 0);
  assertEquals(attempts.failed("mel", "10.0.0.5", MAX_LOCK), { left: 2, seconds: 0 });
  fail(attempts, 2, "mel", "10.0.0.5", MAX_LOCK);
  const later = 2 * MAX_LOCK + 10_000;
  assertEquals(fail(attempts, 3, "mel", "10.0.0.5", later - 1).seconds, 20);
  const muchLater = later + 20_000 + 2 * MAX_LOCK;
  assertEquals(fail(attempts, 3, "mel", "10.0.0.5", muchLater).seconds, 10);
});

Deno.test("Attempts remember only so much, the youngest", () => {
  const attempts = new Attempts({ lock: 10_000 });
  for (let at = 0; at < 2 * MAX_REMEMBERED; at++) attempts.failed(`name${at}`, `address${at}`, at);
  assertEquals(attempts.remembered, 2 * MAX_REMEMBERED);
  const last = 2 * MAX_REMEMBERED - 1;
  assertEquals(attempts.failed(`name${last}`, "x", last).left, 1);
  assert(attempts.failed("name0", "y", last).left === 2);
});

Deno.test("Attempts do not forget a lock because of many others", () => {
  const attempts = new Attempts({ lock: 10_000 });
  assertEquals(fail(attempts, 3, "mel", "10.0.0.5", 0).seconds, 10);
  for (let at = 0; at < 2 * MAX_REMEMBERED; at++) attempts.failed(`name${at}`, `address${at}`, 1);
  assertEquals(attempts.remembered, 2 * MAX_REMEMBERED);
  assertEquals(attempts.lockedFor("mel", "x", 1), 10);
  assertEquals(attempts.lockedFor("x", "10.0.0.5", 1), 10);
  // One that is over is no reason to keep it.
  const later = 10_000;
  for (let at = 0; at < MAX_REMEMBERED; at++) attempts.failed(`new${at}`, `new${at}`, later);
  assertEquals(fail(attempts, 3, "mel", "x", later).seconds, 10);
});

Deno.test("Attempts count a new name's mistakes even if all that is remembered is locked", () => {
  const attempts = new Attempts({ lock: 10_000 });
  for (let at = 0; at < MAX_REMEMBERED; at++) fail(attempts, 3, `name${at}`, `address${at}`, 0);
  assertEquals(fail(attempts, 3, "mel", "10.0.0.5", 0).seconds, 10);
});

Deno.test("Attempts count all addresses of an IPv6 host as one, but not those of a link", () => {
  const attempts = new Attempts({ lock: 10_000 });
  const three = ["2001:db8::1", "2001:db8:0:0:ffff::", "2001:0DB8::0:0:3:4%eth0"];
  for (const [at, address] of three.entries()) attempts.failed(`name${at}`, address, 0);
  assertEquals(attempts.lockedFor("mel", "2001:db8::9", 0), 10);
  assertEquals(attempts.lockedFor("mel", "2001:db8:0:1::9", 0), 0);
  for (const host of ["fe80::1", "fe80::2", "fe80::3", "::ffff:10.0.0.1", "::ffff:10.0.0.2"]) {
    attempts.failed(`of ${host}`, host, 0);
  }
  assertEquals(attempts.lockedFor("mel", "fe80::4", 0), 0);
  assertEquals(attempts.lockedFor("mel", "::ffff:10.0.0.3", 0), 0);
  fail(attempts, 2, "y", "10.0.0.1", 0);
  assertEquals(attempts.lockedFor("mel", "::ffff:10.0.0.1", 0), 10);
});
