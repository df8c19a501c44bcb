import { assertEquals } from "@std/assert";
import { completionsAt } from "../../lib/client/line_completion.ts";
import type { LineUse } from "../../lib/client/terminal/line_context.ts";

const ROOMS = ["lobby", "Lab", "tea", "evil\x1b[2J"];
const PEOPLE = ["Ann", "Ann Lee", "bob", "evil\x1b[2J"];
const MEMBERS = ["Mel", "mia", "Mel B", "Bob", "Bob"];

function at(use: LineUse, left: string): unknown {
  return completionsAt(left, {
    use,
    rooms: () => ROOMS,
    people: () => PEOPLE,
    members: () => MEMBERS,
  });
}

Deno.test("completionsAt() finds the commands of the prompt", () => {
  assertEquals(at("command", "b"), {
    from: 0,
    candidates: ["block ", "blocked ", "broadcast ", "bye "],
  });
  assertEquals(at("command", "  C"), { from: 2, candidates: ["chat ", "connect "] });
  assertEquals(at("command", "xyz"), { from: 0, candidates: [] });
  assertEquals(at("command", "/w"), { from: 0, candidates: [] });
  assertEquals(at("command", "help de"), { from: 5, candidates: ["decline ", "deleteroom "] });
});

Deno.test("completionsAt() finds aliases where no command begins like that", () => {
  assertEquals(at("command", "cr"), { from: 0, candidates: ["create ", "create_group "] });
  assertEquals(at("command", "list_"), { from: 0, candidates: ["list_groups ", "list_members "] });
  assertEquals(at("command", "join_group t"), { from: 11, candidates: ["tea "] });
  assertEquals(at("room", "/leave_"), { from: 0, candidates: ["/leave_group "] });
  assertEquals(at("room", "/help leave_"), { from: 6, candidates: ["leave_group "] });
});

Deno.test("completionsAt() finds rooms where a room belongs, and none that could do harm", () => {
  for (const command of ["chat", "CHAT", "deleteroom", "doctor"]) {
    const from = command.length + 1;
    assertEquals(at("command", `${command} l`), { from, candidates: ["Lab ", "lobby "] });
  }
  assertEquals(at("command", "chat "), { from: 5, candidates: ["Lab ", "lobby ", "tea "] });
  assertEquals(at("command", "chat e"), { from: 5, candidates: [] });
  assertEquals(at("command", "chat lobby t"), { from: 11, candidates: [] });
  assertEquals(at("command", "makeroom l"), { from: 9, candidates: [] });
  assertEquals(at("room", "/doctor t"), { from: 8, candidates: ["tea "] });
});

Deno.test("completionsAt() waits for rooms that are asked for", async () => {
  const facts = {
    use: "command",
    rooms: () => Promise.resolve(ROOMS),
    members: () => [],
    people: () => Promise.resolve(PEOPLE),
  } as const;
  assertEquals(await completionsAt("chat t", facts), { from: 5, candidates: ["tea "] });
  assertEquals(await completionsAt("msg b", facts), { from: 4, candidates: ["bob "] });
});

Deno.test("completionsAt() finds the names of those present", () => {
  assertEquals(at("room", "me"), { from: 0, candidates: ["Mel: ", "Mel B: "] });
  assertEquals(at("room", "Hi, m"), { from: 4, candidates: ["Mel ", "Mel B ", "mia "] });
  assertEquals(at("room", "Hi Mel b"), { from: 3, candidates: ["Mel B "] });
  assertEquals(at("room", "//b"), { from: 3, candidates: [] });
  assertEquals(at("room", ""), { from: 0, candidates: ["Bob: ", "Mel: ", "Mel B: ", "mia: "] });
});

Deno.test("completionsAt() finds the commands of a room behind a slash", () => {
  assertEquals(at("room", "/le"), { from: 0, candidates: ["/leave "] });
  assertEquals(at("room", "/help le"), { from: 6, candidates: ["leave "] });
  assertEquals(at("room", "/help /le"), { from: 6, candidates: ["/leave "] });
});

Deno.test("completionsAt() finds names behind a command that takes one", () => {
  assertEquals(at("room", "/ignore b"), { from: 8, candidates: ["Bob "] });
  assertEquals(at("room", "/unignore mel b"), { from: 10, candidates: ["Mel B "] });
  assertEquals(at("room", "/me b"), { from: 4, candidates: [] });
});

Deno.test("completionsAt() finds people who are on behind commands about messages and blocks", () => {
  for (const command of ["msg", "block", "unblock"]) {
    const from = command.length + 1;
    assertEquals(at("command", `${command} a`), { from, candidates: ["Ann ", "Ann Lee "] });
    assertEquals(at("command", `${command} e`), { from: from + 1, candidates: [] });
    assertEquals(at("room", `/${command} ann l`), { from: from + 1, candidates: ["Ann Lee "] });
  }
  assertEquals(at("command", "msg bob ask an"), { from: 12, candidates: ["Ann ", "Ann Lee "] });
  assertEquals(at("command", "broadcast a"), { from: 10, candidates: [] });
});

Deno.test("completionsAt() finds nothing for an answer", () => {
  assertEquals(at("answer", "l"), { from: 1, candidates: [] });
});
