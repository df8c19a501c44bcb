import { assertEquals, assertRejects } from "@std/assert";
import type { Client } from "../../lib/client/client.ts";
import { InputLoop } from "../../lib/client/input_loop.ts";
import { askNewSecret, askSecret } from "../../lib/client/secrets.ts";
import type { InputEvent } from "../../lib/client/terminal/console.ts";
import { FakeConsole } from "../helpers/fake_console.ts";

type Typed = string | InputEvent | (() => Promise<unknown>);

/** Plays what is typed to a client whose `bye` asks for a secret; returns the answers. */
async function play(interactive: boolean, typed: readonly Typed[]) {
  const answers: (string | undefined)[] = [];
  const console: FakeConsole = new FakeConsole(interactive, typed);
  const loop = new InputLoop(console);
  const client = {
    chatting: false,
    bye: async () => {
      answers.push(await loop.ask("Passphrase: ", { secret: true }));
      console.status(`asked ${answers.length}`);
    },
  };
  loop.setPrompt("crds> ");
  await loop.run(client as unknown as Client, new AbortController().signal);
  return { answers, console };
}

const secret = (text: string): InputEvent => ({ kind: "line", text, secret: true });

Deno.test("InputLoop.ask() for a secret takes the next line of a script", async () => {
  const { answers, console } = await play(false, ["bye", " hunter2 ", "help quit", "bye", "3"]);
  assertEquals(answers, [" hunter2 ", "3"]);
  assertEquals(console.text.includes("hunter2"), false);
  assertEquals(console.text.includes("ends the program"), true);
});

Deno.test("InputLoop.ask() for a secret is not answered by the end of a script", async () => {
  assertEquals((await play(false, ["bye"])).answers, [undefined]);
  assertEquals((await play(false, ["bye", { kind: "leave" }])).answers, [undefined]);
});

Deno.test("InputLoop.ask() for a secret takes what was typed for it, and no line from before", async () => {
  const { answers, console } = await play(true, [
    "bye",
    "help quit",
    secret("hunter2"),
    secret("too late"),
  ]);
  assertEquals(answers, ["hunter2"]);
  // The line from before is a command, in its turn; a secret never is one.
  assertEquals(console.text.includes("ends the program"), true);
  assertEquals(/hunter2|too late/.test(console.text), false);
  assertEquals(console.prompts.at(-1), "crds> ");
});

for (const kind of ["interrupt", "leave", "end"] as const) {
  Deno.test(`InputLoop.ask() for a secret is called off by ${kind}`, async () => {
    const { answers } = await play(true, ["bye", { kind }, secret("late")]);
    assertEquals(answers, [undefined]);
  });
}

/** Answers questions from a list, and keeps them. */
function script(...lines: string[]) {
  const asked: string[] = [];
  const ask = (question: string, options?: { secret?: boolean }) => {
    asked.push(`${question}${options?.secret}`);
    return Promise.resolve(lines.shift());
  };
  return { ask, asked };
}

const question = { what: "Passphrase", to: 'create room "vault"' };

Deno.test("askSecret() and askNewSecret() ask, once and twice", async () => {
  const { ask, asked } = script("one", "two", "two");
  assertEquals(await askSecret(ask, question), "one");
  assertEquals(await askNewSecret(ask, question), "two");
  assertEquals(asked, ["Passphrase: true", "Passphrase: true", "Passphrase again: true"]);
});

Deno.test("askSecret() and askNewSecret() say what is wrong, but not what was typed", async () => {
  const none = 'Cannot create room "vault": no passphrase was given.';
  await assertRejects(() => askSecret(script().ask, question), Error, none);
  await assertRejects(() => askNewSecret(script("").ask, question), Error, none);
  await assertRejects(() => askNewSecret(script("hunter2").ask, question), Error, none);
  const other = script("hunter2", "hunter3");
  const error = await assertRejects(() => askNewSecret(other.ask, question), Error);
  assertEquals(
    error.message,
    'Cannot create room "vault": the two are not the same. Try again.',
  );
});
