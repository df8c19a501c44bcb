import { assertEquals, assertRejects } from "@std/assert";
import type { Client } from "../../lib/client/client.ts";
import { InputLoop } from "../../lib/client/input_loop.ts";
import { askNewSecret, askSecret } from "../../lib/client/secrets.ts";
import { askNewPassword } from "../../lib/client/people/new_password.ts";
import type { InputEvent } from "../../lib/client/terminal/console.ts";
import { UserError } from "../../lib/errors.ts";
import { faultOfPassword } from "../../lib/people/passwords.ts";
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

Deno.test("askNewSecret() asks no second time for what may not be used", async () => {
  const { ask, asked } = script("short", "short");
  const check = (secret: string) => {
    throw new UserError(`${secret.length} are too few`);
  };
  await assertRejects(() => askNewSecret(ask, { ...question, check }), UserError, "5 are too few");
  assertEquals(asked, ["Passphrase: true"]);
});

Deno.test("askNewPassword() has the rule of the server, and says what is wrong at once", async () => {
  const to = 'register "Melissa"';
  const asking = { what: "Password", to, name: "Melissa", how: "with this password" };
  for (const password of ["seven77", "melissa", "x".repeat(257)]) {
    const { ask, asked } = script(password, password);
    const fault = faultOfPassword(password, "Melissa");
    await assertRejects(
      () => askNewPassword(ask, asking),
      UserError,
      `Cannot ${to} with this password: ${fault}.`,
    );
    assertEquals(asked.length, 1);
  }
  const good = script("correct horse", "correct horse");
  assertEquals(await askNewPassword(good.ask, asking), "correct horse");
  assertEquals(good.asked.length, 2);
});

Deno.test("a new passphrase or password of a script that is refused at once is no command on its second line", async () => {
  const typed = ["makeroom vault --sealed", "quit", "quit", "makeroom --sealed", "1", "2"];
  const console = new FakeConsole(false, [...typed, "makeroom tea a b c --sealed", "3", "4"]);
  const loop = new InputLoop(console);
  const client = { chatting: false, makeroom: () => console.status("made") } as unknown as Client;
  await loop.run(client, new AbortController().signal);
  assertEquals(console.shown, [
    'err Cannot create room "vault": the passphrase has 4 characters. Choose one of 8 to 256: ' +
    "a few words are safer than a short riddle.",
    "err Cannot makeroom: the name is missing. For example: makeroom vault --sealed",
    'err Cannot makeroom: "c" is too much. What a room is about comes after "about".',
  ]);
});
