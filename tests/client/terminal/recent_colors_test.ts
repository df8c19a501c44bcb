import { assertEquals } from "@std/assert";
import { RecentLines } from "../../../lib/client/terminal/recent_lines.ts";

Deno.test("RecentLines counts no cell for colours, and rings once", () => {
  const recent = new RecentLines();
  const dim = (text: string) => `\x1b[2m${text}\x1b[22m`;
  recent.printed(dim("10:42") + " Mel: one", true);
  recent.printed(`\x07${dim("x".repeat(80))}`, true);
  const size = { columns: 80, rows: 24 };
  assertEquals(
    recent.insert("\x07Mel: late", 1, size),
    `\x1b[1A\x1b[1M\x07Mel: late\r\n${dim("x".repeat(80))}\r\n`,
  );
  assertEquals(
    recent.insert("Mel: later", 2, size),
    `\x1b[2A\x1b[2MMel: later\r\nMel: late\r\n${dim("x".repeat(80))}\r\n`,
  );
});
