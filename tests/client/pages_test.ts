import { assertEquals, assertRejects } from "@std/assert";
import { allPages } from "../../lib/client/pages.ts";
import { ShapeError } from "../../lib/client/server_shapes.ts";

Deno.test("allPages() takes as many entries as may be, and not one more", async () => {
  const ask = (after = 0) =>
    Promise.resolve({ items: [after, after + 1], next: after === 8 ? undefined : after + 2 });
  assertEquals(await allPages(ask, 10), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  await assertRejects(() => allPages(ask, 9), ShapeError, "more than 9 entries");
});
