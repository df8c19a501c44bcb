import { assert, assertEquals } from "@std/assert";
import { HistoryFile } from "../../lib/client/history_file.ts";
import { MAX_HISTORY } from "../../lib/client/terminal/history.ts";
import { TempFolder } from "../helpers/temp_folder.ts";

/** Gives lines to a history of its own and waits until it wrote them. */
async function keep(path: string, ...lines: string[]): Promise<void> {
  await using history = new HistoryFile(path, (line) => !line.includes("secret"));
  await history.load();
  for (const line of lines) history.add(line);
}

function read(path: string): Promise<readonly string[]> {
  return new HistoryFile(path, () => true).load();
}

Deno.test("HistoryFile.add() keeps lines for the next session, in a file of the user's own", async () => {
  using folder = new TempFolder();
  const path = folder.file("state/crds/client_history");
  await keep(path, "connect", "getdir", "getdir", "msg secret", " chat lobby ");
  assertEquals(await read(path), ["connect", "getdir", "chat lobby"]);
  await keep(path, "chat lobby", "bye");
  assertEquals(await read(path), ["connect", "getdir", "chat lobby", "bye"]);
  if (Deno.build.os !== "windows") {
    assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
    assertEquals((await Deno.stat(folder.file("state/crds"))).mode! & 0o777, 0o700);
  }
});

Deno.test("HistoryFile.load() gives nothing where there is nothing", async () => {
  using folder = new TempFolder();
  assertEquals(await read(folder.file("none")), []);
  assertEquals(await read(folder.path), []);
  await keep(folder.path, "getdir");
});

Deno.test("HistoryFile.load() shortens a file that has become long", async () => {
  using folder = new TempFolder();
  const path = folder.file("history");
  const lines = Array.from({ length: 2 * MAX_HISTORY + 1 }, (_, i) => `help ${i}`);
  await Deno.writeTextFile(path, lines.join("\n") + "\n");
  assertEquals(await read(path), lines.slice(-MAX_HISTORY));
  assertEquals(await Deno.readTextFile(path), lines.slice(-MAX_HISTORY).join("\n") + "\n");
  assertEquals(Array.from(Deno.readDirSync(folder.path), ({ name }) => name), ["history"]);
});

Deno.test("HistoryFile.load() reads the end of a file that is far too long", async () => {
  using folder = new TempFolder();
  const path = folder.file("history");
  await Deno.writeTextFile(path, "x".repeat(3 * 1024 * 1024) + "\ngetdir\nbye\n");
  assertEquals(await read(path), ["getdir", "bye"]);
  assertEquals(await Deno.readTextFile(path), "getdir\nbye\n");
});

Deno.test("HistoryFile.add() keeps no line that is no command any more", async () => {
  using folder = new TempFolder();
  const path = folder.file("history");
  await keep(path, "help " + "x".repeat(2000), "bye");
  assertEquals(await read(path), ["bye"]);
});

Deno.test("HistoryFile.add() keeps the order of lines of which it learns later that they are kept", async () => {
  using folder = new TempFolder();
  const path = folder.file("history");
  const answers: PromiseWithResolvers<boolean>[] = [];
  {
    await using history = new HistoryFile(path, () => {
      const answer = Promise.withResolvers<boolean>();
      answers.push(answer);
      return answer.promise;
    });
    for (const line of ["connect", "psst", "faulty", "bye", " bye "]) history.add(line);
    assertEquals(answers.length, 5);
    answers[2]?.reject(new Error("nobody can say"));
    for (const at of [4, 3, 0]) answers[at]?.resolve(true);
    answers[1]?.resolve(false);
  }
  assertEquals(await read(path), ["connect", "bye"]);
});

Deno.test({
  name: "HistoryFile() asks for no permission, and does without",
  permissions: { read: false, write: false },
  async fn() {
    await using history = new HistoryFile("/nowhere/history", () => true);
    assertEquals(await history.load(), []);
    history.add("getdir");
    assert((await Deno.permissions.query({ name: "write" })).state !== "granted");
  },
});
