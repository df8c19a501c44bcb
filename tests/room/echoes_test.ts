import { assertEquals } from "@std/assert";
import { Echoes } from "../../lib/room/echoes.ts";

Deno.test("Echoes answers a probe a little later, once", () => {
  const echoes = new Echoes(() => 0.5);
  assertEquals(echoes.nextDeadline, Infinity);
  echoes.probed("aa", 1000);
  echoes.probed("aa", 1010);
  assertEquals(echoes.nextDeadline, 1060);
  assertEquals(echoes.due(1059), []);
  assertEquals(echoes.due(1060), ["aa"]);
  assertEquals(echoes.due(1061), []);
});

Deno.test("Echoes leaves it to others who answered twice", () => {
  const echoes = new Echoes(() => 0.5);
  echoes.probed("aa", 0);
  echoes.echoed("aa");
  echoes.echoed("bb");
  assertEquals(echoes.nextDeadline, 60);
  echoes.echoed("aa");
  assertEquals(echoes.nextDeadline, Infinity);
});

Deno.test("Echoes keeps a bounded number of answers", () => {
  const echoes = new Echoes(() => 0);
  for (let i = 0; i < 10_000; i++) echoes.probed(String(i), 0);
  assertEquals(echoes.due(200).length, 16);
});
