import { assertEquals } from "@std/assert";
import { CappedTransport } from "../../lib/room/capped_transport.ts";
import { duplex } from "../helpers/duplex.ts";

Deno.test("CappedTransport reads so many bytes, then the end; it writes and closes as ever", async () => {
  const [end, other] = duplex();
  const capped = new CappedTransport(end, 10);
  await other.say("0123456789abc");
  const buffer = new Uint8Array(8);
  assertEquals(await capped.read(buffer), 8);
  assertEquals(await capped.read(buffer), 2);
  assertEquals(await capped.read(buffer), null);
  await capped.write(new TextEncoder().encode("hi"));
  assertEquals(await other.hear(), "hi");
  capped.close();
  assertEquals(end.closed, true);
});
