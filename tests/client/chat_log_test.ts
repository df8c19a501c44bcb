import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { ChatLog, type LogFile, MAX_LOG_PENDING, openLogFile } from "../../lib/client/chat_log.ts";
import { UserError } from "../../lib/errors.ts";
import { TempFolder } from "../helpers/temp_folder.ts";

const AT = new Date(2026, 10, 22, 9, 5, 7).getTime();

/** A log into memory; each write waits for the one before to be let through. */
function memoryLog(append: (text: string) => Promise<void>): {
  log: ChatLog;
  told: string[];
  closed: string[];
} {
  const told: string[] = [];
  const closed: string[] = [];
  const open = (path: string): Promise<LogFile> =>
    Promise.resolve({
      append: (bytes) => append(new TextDecoder().decode(bytes)),
      close: () => void closed.push(path),
    });
  return { log: new ChatLog({ open, tell: (sentence) => void told.push(sentence) }), told, closed };
}

Deno.test("ChatLog writes lines behind what is in a file", async () => {
  using folder = new TempFolder();
  const path = folder.file("chat.log");
  await Deno.writeTextFile(path, "before\n");
  const log = new ChatLog({ open: openLogFile, tell: () => {} });
  log.write("lab", "lost, there is no file", AT);
  await log.start(path);
  assertEquals(log.path, path);
  log.write("lab", "Mel: สวัสดี", AT);
  log.write("tea", "Bob: hi", AT);
  await log.stop();
  assertEquals(log.path, undefined);
  log.write("lab", "too late", AT);
  assertEquals(
    await Deno.readTextFile(path),
    "before\n2026-11-22 09:05:07 [lab] Mel: สวัสดี\n2026-11-22 09:05:07 [tea] Bob: hi\n",
  );
  await log.stop();
});

Deno.test("ChatLog makes a file of its owner's, and refuses what is none", async () => {
  using folder = new TempFolder();
  const log = new ChatLog({ open: openLogFile, tell: () => {} });
  await assertRejects(() => log.start(folder.path), UserError, "it is no plain file. Name another");
  await assertRejects(() => log.start(folder.file("no/x")), UserError, "Cannot log to");
  await log.start(folder.file("new"));
  await log.stop();
  if (Deno.build.os !== "windows") {
    assertEquals((await Deno.stat(folder.file("new"))).mode! & 0o777, 0o600);
  }
});

Deno.test("ChatLog keeps the file it has when another cannot be opened", async () => {
  using folder = new TempFolder();
  const log = new ChatLog({ open: openLogFile, tell: () => {} });
  await log.start(folder.file("one"));
  await assertRejects(() => log.start(folder.path), UserError);
  assertEquals(log.path, folder.file("one"));
  await log.start(folder.file("two"));
  log.write("lab", "x", AT);
  await log.stop();
  assertEquals(await Deno.readTextFile(folder.file("one")), "");
  assertMatch(await Deno.readTextFile(folder.file("two")), /x\n$/);
});

Deno.test("ChatLog tells once that a disk is full, and ends", async () => {
  let writes = 0;
  const failed = Promise.withResolvers<void>();
  const { log, told, closed } = memoryLog(() => {
    writes++;
    queueMicrotask(() => queueMicrotask(failed.resolve));
    return Promise.reject(new Error("No space left on device (os error 28)"));
  });
  await log.start("a.log");
  for (let i = 0; i < 100; i++) log.write("lab", "x", AT);
  await failed.promise;
  log.write("lab", "x", AT);
  await log.stop();
  assertEquals(told, [
    'Cannot write to the log "a.log": No space left on device. It is off, the chat goes on; "/log FILE" begins anew.',
  ]);
  assertEquals([writes, closed, log.path], [1, ["a.log"], undefined]);
});

Deno.test("ChatLog gives up a disk that takes nothing before memory fills", async () => {
  const never = Promise.withResolvers<void>();
  const { log, told } = memoryLog(() => never.promise);
  await log.start("a.log");
  const text = "x".repeat(1200);
  log.write("lab", text, AT);
  await Promise.resolve();
  for (let size = 0; size <= MAX_LOG_PENDING; size += text.length) log.write("lab", text, AT);
  assertEquals(told.length, 1);
  assertMatch(told[0]!, /the disk does not keep up/);
  await log.stop();
  never.resolve();
});

Deno.test("ChatLog writes in one piece what is said at one moment", async () => {
  const pieces: string[] = [];
  const { log } = memoryLog((text) => Promise.resolve(void pieces.push(text)));
  await log.start("a.log");
  for (const text of ["a", "b", "c"]) log.write("lab", text, AT);
  await log.stop();
  assertEquals(pieces.map((piece) => piece.split("\n").length - 1), [3]);
});
