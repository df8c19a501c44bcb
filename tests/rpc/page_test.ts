import { assert, assertEquals } from "@std/assert";
import { MAX_LINE_BYTES } from "../../lib/framing/json_lines.ts";
import { MAX_ID_LENGTH } from "../../lib/rpc/message.ts";
import { MAX_PAGE_BYTES, takePage } from "../../lib/rpc/page.ts";

/** A JSON string of so many bytes, quotes included. */
function item(bytes: number): string {
  return "x".repeat(bytes - 2);
}

Deno.test("takePage() of nothing is an empty page and no more", () => {
  assertEquals(takePage([]), { page: [], more: false });
});

Deno.test("takePage() fills a page to the byte, commas included", () => {
  const half = MAX_PAGE_BYTES / 2;
  assertEquals(takePage([item(half - 1), item(half - 1)]).more, false);
  const { page, more } = takePage([item(half - 1), item(half)]);
  assertEquals([page.length, more], [1, true]);
});

Deno.test("takePage() counts bytes of UTF-8 and of escapes, not characters", () => {
  for (const text of ["ส", "\u{1f600}", "\n", "\u0001", '"', "\ud800"]) {
    const items = Array<string>(100_000).fill(text.repeat(100));
    const { page, more } = takePage(items);
    const size = new TextEncoder().encode(JSON.stringify(page)).length;
    assert(more && size <= MAX_PAGE_BYTES + 1 && size > MAX_PAGE_BYTES - 1_000, `${size} bytes`);
  }
});

Deno.test("takePage() gives one item even if it is too long: the caller goes on behind it", () => {
  assertEquals(takePage([item(MAX_PAGE_BYTES + 1), 1]), {
    page: [item(MAX_PAGE_BYTES + 1)],
    more: true,
  });
  assertEquals(takePage([item(MAX_PAGE_BYTES + 1)]).more, false);
});

Deno.test("takePage() takes no more of a long list than it needs", () => {
  let taken = 0;
  function* items(): Generator<string> {
    for (;; taken++) yield item(1_000);
  }
  const { page } = takePage(items());
  assertEquals(taken, page.length);
});

Deno.test("takePage() leaves room in the line for all around the page", () => {
  const around = {
    jsonrpc: "2.0",
    id: "\u0001".repeat(MAX_ID_LENGTH),
    result: { next: item(400) },
  };
  assert(JSON.stringify(around).length + MAX_PAGE_BYTES + 100 < MAX_LINE_BYTES);
});
