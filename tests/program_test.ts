import { assertEquals, assertRejects } from "@std/assert";
import { UsageError, UserError } from "../lib/errors.ts";
import { exitCodeOf } from "../lib/program.ts";

Deno.test("exitCodeOf() turns errors for people into a line and a code", async () => {
  const said: string[] = [];
  const run = (main: () => Promise<number | void>): Promise<number> =>
    exitCodeOf(main, (sentence) => said.push(sentence));
  assertEquals(await run(() => Promise.resolve()), 0);
  assertEquals(await run(() => Promise.resolve(7)), 7);
  assertEquals(said, []);
  assertEquals(await run(() => Promise.reject(new UserError("Cannot a."))), 1);
  assertEquals(await run(() => Promise.reject(new UsageError("Cannot b."))), 2);
  assertEquals(
    await run(() => {
      throw new UsageError("Cannot c.");
    }),
    2,
  );
  assertEquals(said, ["Cannot a.", "Cannot b.", "Cannot c."]);
});

Deno.test("exitCodeOf() lets faults of ours through", async () => {
  const fault = () => exitCodeOf(() => Promise.reject(new TypeError("a bug")));
  await assertRejects(fault, TypeError, "a bug");
});
