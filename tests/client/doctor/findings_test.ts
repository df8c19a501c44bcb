import { assertEquals } from "@std/assert";
import { formatFinding, formatVerdict } from "../../../lib/client/doctor/findings.ts";

Deno.test("formatFinding() has a sign for each mark, and advice below", () => {
  const common = { title: "Send", detail: "it is so" };
  const lines = (["ok", "warn", "bad", "skip"] as const)
    .map((mark) => formatFinding({ mark, ...common }));
  const [ok, warn, bad, skip] = lines;
  assertEquals([ok, warn], ["✓ Send: it is so", "! Send: it is so"]);
  assertEquals([bad, skip], ["✗ Send: it is so", "- Send: it is so"]);
  const advice = formatFinding({ mark: "bad", ...common, advice: "Do that." });
  assertEquals(advice, "✗ Send: it is so\n  Do that.");
});

Deno.test("formatFinding() and formatVerdict() sanitise what others wrote", () => {
  const text = formatFinding({ mark: "ok", title: "Members", detail: "M\x1b[2Jel" });
  assertEquals(text, "✓ Members: M\ufffd[2Jel");
  assertEquals(formatVerdict({ mark: "ok", cause: "a\nb" }), "a\ufffdb.");
});

Deno.test("formatVerdict() says what is likely only of what is wrong", () => {
  assertEquals(formatVerdict({ mark: "ok", cause: "All is well" }), "All is well.");
  assertEquals(
    formatVerdict({ mark: "bad", cause: "it broke", advice: "Mend it." }),
    "Likely cause: it broke.\nMend it.",
  );
});
