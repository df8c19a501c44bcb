import { assert, assertEquals } from "@std/assert";
import { PromptContext } from "../../lib/client/prompt_context.ts";
import type { LineUse } from "../../lib/client/terminal/line_context.ts";

/** What the context asks when it keeps lines. */
type Keeps = (line: string) => boolean | Promise<boolean>;

/** A client at the prompt or in a room, and whether a question was asked. */
function someone(chatting: boolean, asking: boolean) {
  const people = { names: () => ["Ann"] };
  const rooms = { names: () => Promise.resolve(["lobby"]) };
  return [{ chatting, present: ["Bob"], rooms, mail: { people } }, { asking }] as const;
}

/** Makes a context, and what says which lines it keeps. */
function contextWithStore(): { context: PromptContext; keeps: Keeps; ended: () => boolean } {
  let keeps: Keeps = () => false;
  let isEnded = false;
  const context = new PromptContext((asked) => {
    keeps = asked;
    return {
      load: () => Promise.resolve([]),
      add() {},
      [Symbol.asyncDispose]() {
        isEnded = true;
        return Promise.resolve();
      },
    };
  });
  return { context, keeps: (line) => keeps(line), ended: () => isEnded };
}

Deno.test("PromptContext.complete() finds commands before there is anybody to ask", async () => {
  const { context } = contextWithStore();
  assertEquals(context.use, "command");
  const found = context.complete("dele");
  assert(found instanceof Promise, "what is to be loaded first was there at once");
  assertEquals(await found, { from: 0, candidates: ["deleteroom "] });
  assertEquals(await context.complete("chat l"), { from: 5, candidates: [] });
});

Deno.test("PromptContext.complete() answers at once as soon as there is somebody to ask", async () => {
  const { context } = contextWithStore();
  await context.attend(...someone(true, false));
  assertEquals(context.use, "room");
  assertEquals(context.complete("Hi b"), { from: 3, candidates: ["Bob "] });
  await context.attend(...someone(false, false));
  assertEquals(await context.complete("chat l"), { from: 5, candidates: ["lobby "] });
  assertEquals(context.complete("msg a"), { from: 4, candidates: ["Ann "] });
});

Deno.test("PromptContext keeps lines by what they were for when they were given", async () => {
  const { context, keeps, ended } = contextWithStore();
  const given = async (line: string, use: LineUse): Promise<boolean> => {
    await context.attend(...someone(use === "room", use === "answer"));
    const kept = keeps(line);
    // What comes of it happens before the answer is there.
    await context.attend(...someone(use === "command", false));
    return await kept;
  };
  assertEquals(await keeps("chat lobby"), true);
  assertEquals(await given("chat lobby", "command"), true);
  assertEquals(await given("chat lobby", "room"), false);
  assertEquals(await given("/leave", "room"), true);
  assertEquals(await given("chat lobby", "answer"), false);
  await context[Symbol.asyncDispose]();
  assertEquals(ended(), true);
});
