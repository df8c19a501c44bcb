import { assertEquals } from "@std/assert";
import { PathLease } from "../../lib/room/path_lease.ts";
import { FakeClock, settled } from "../helpers/fake_clock.ts";

function makeLease() {
  const clock = new FakeClock();
  let changes = 0;
  const lease = new PathLease(clock, () => changes++);
  return { clock, lease, changes: () => changes };
}

Deno.test("PathLease is held while the server promises, and renewed before it ends", async () => {
  const { lease, changes } = makeLease();
  assertEquals([lease.held, lease.nextDeadline], [false, Infinity]);
  lease.rent(() => Promise.resolve(60));
  assertEquals([lease.held, lease.nextDeadline, changes()], [false, Infinity, 0]);
  await settled();
  assertEquals([lease.held, lease.nextDeadline, changes()], [true, 30_000, 1]);
});

Deno.test("PathLease ends with a refusal, and asks again later", async () => {
  const { clock, lease } = makeLease();
  lease.rent(() => Promise.resolve(60));
  await clock.advance(30_000);
  lease.rent(() => Promise.reject(new Error("no")));
  assertEquals(lease.held, true, "until it is refused");
  await settled();
  assertEquals([lease.held, lease.nextDeadline], [false, 60_000]);
});

Deno.test("PathLease hears the last answer only, and none after its end", async () => {
  const { lease, changes } = makeLease();
  const [first, second, third] = [1, 2, 3].map(() => Promise.withResolvers<number>());
  lease.rent(() => first!.promise);
  lease.rent(() => second!.promise);
  second!.resolve(10);
  await settled();
  first!.reject(new Error("no"));
  await settled();
  assertEquals([lease.held, lease.nextDeadline, changes()], [true, 5000, 1]);
  lease.rent(() => third!.promise);
  lease.end();
  third!.resolve(10);
  await settled();
  assertEquals([lease.held, lease.nextDeadline, changes()], [false, Infinity, 1]);
});
