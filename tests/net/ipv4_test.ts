import { assertEquals } from "@std/assert";
import { isIPv4 } from "../../lib/net/ipv4.ts";

Deno.test("isIPv4() knows dotted decimal, and nothing else", () => {
  for (const good of ["0.0.0.0", "127.0.0.1", "255.255.255.255", "10.20.30.40"]) {
    assertEquals(isIPv4(good), true, good);
  }
  const wrong = ["", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.-4", "1.2.3.4 ", "::1"];
  for (const bad of [...wrong, "a.b.c.d", "1..2.3", "0x7f.0.0.1", "1.2.3.4\n", "１.2.3.4"]) {
    assertEquals(isIPv4(bad), false, bad);
  }
});
