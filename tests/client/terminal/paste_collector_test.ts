import { assertEquals } from "@std/assert";
import { MAX_PASTE_LENGTH, PasteCollector } from "../../../lib/client/terminal/paste_collector.ts";

Deno.test("PasteCollector.push() finds the end mark wherever the text is cut", () => {
  const text = "one\r\ntwo\x1b[2\rthree\x1b[201~rest";
  for (let at = 0; at <= text.length; at++) {
    const paste = new PasteCollector();
    const first = paste.push(text.slice(0, at));
    const rest = first === undefined ? paste.push(text.slice(at)) : first + text.slice(at);
    assertEquals([rest, paste.end()], ["rest", { text: "one\ntwo\x1b[2\nthree", cut: false }]);
  }
});

Deno.test("PasteCollector.end() without the mark gives all there is, and begins anew", () => {
  const paste = new PasteCollector();
  paste.push("one\x1b[20");
  assertEquals(paste.end(), { text: "one\x1b[20", cut: false });
  paste.push("two\x1b[201~");
  assertEquals(paste.end(), { text: "two", cut: false });
});

Deno.test("PasteCollector keeps no more than a limit, and says so", () => {
  const paste = new PasteCollector();
  for (let i = 0; i < 20; i++) paste.push("x".repeat(MAX_PASTE_LENGTH / 10));
  const { text, cut } = paste.end();
  assertEquals([cut, text.length <= MAX_PASTE_LENGTH], [true, true]);
});
