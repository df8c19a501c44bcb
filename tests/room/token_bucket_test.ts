import { assertEquals } from "@std/assert";
import { TokenBucket } from "../../lib/room/token_bucket.ts";

Deno.test("TokenBucket lets a burst through, then its rate", () => {
  const bucket = new TokenBucket(1000, 500);
  assertEquals([bucket.take(500, 0), bucket.take(1, 0)], [true, false]);
  assertEquals(bucket.readyAt(100, 0), 100);
  assertEquals([bucket.take(100, 99), bucket.take(100, 100)], [false, true]);
  assertEquals(
    [bucket.take(500, 9999), bucket.take(1, 9999)],
    [true, false],
    "never above its depth",
  );
});

Deno.test("TokenBucket.drain() runs into debt and puts back, within its depth", () => {
  const bucket = new TokenBucket(1000, 500);
  bucket.drain(5000, 0);
  assertEquals(bucket.readyAt(1, 0), 501);
  bucket.drain(-5000, 0);
  assertEquals([bucket.take(500, 0), bucket.take(1, 0)], [true, false]);
});

Deno.test("TokenBucket does not mind a clock that goes back", () => {
  const bucket = new TokenBucket(1000, 500);
  bucket.take(500, 1000);
  assertEquals(bucket.take(1, 0), false);
});
