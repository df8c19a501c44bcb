import { assertEquals, assertRejects } from "@std/assert";
import type { InputEvent } from "../../lib/client/terminal/console.ts";
import { TypedLine } from "../../lib/client/typed_line.ts";
import { UserError } from "../../lib/errors.ts";
import { FakeConsole } from "../helpers/fake_console.ts";

/** Makes a line; what is done with it is noted. */
function type(
  event: InputEvent & { kind: "line" | "pasted" },
  fault?: string,
): { typed: TypedLine; console: FakeConsole; said: unknown[][] } {
  const console = new FakeConsole(true);
  const said: unknown[][] = [];
  const say = (...args: unknown[]): Promise<void> => {
    said.push(args);
    return fault === undefined ? Promise.resolve() : Promise.reject(new UserError(fault));
  };
  return { typed: new TypedLine(event, { client: { say }, console }), console, said };
}

const NEW = { kind: "line", text: "hi", echo: "> hi" } as const;

Deno.test("TypedLine.show() shows a line as it was typed, once", () => {
  const { typed, console } = type(NEW);
  typed.show();
  typed.show();
  assertEquals(console.shown, ["out > hi"]);
});

Deno.test("TypedLine.show() leaves what is on the screen, and pastes, as they are", () => {
  for (const event of [{ kind: "line", text: "hi" }, { kind: "pasted", text: "a\nb" }] as const) {
    const { typed, console } = type(event);
    typed.show();
    assertEquals(console.shown, []);
  }
});

Deno.test("TypedLine.say() says whether the line is on the screen; it is not shown then", async () => {
  for (
    const [event, isShown] of [
      [NEW, false],
      [{ kind: "line", text: "hi" }, true],
      [{ kind: "pasted", text: "a\nb" }, false],
    ] as const
  ) {
    const { typed, console, said } = type(event);
    await typed.say("said");
    typed.show();
    assertEquals([said, console.shown], [[["said", isShown]], []]);
  }
});

Deno.test("TypedLine.say() shows what is said also behind a question", async () => {
  const { typed, said } = type({ kind: "line", text: "/me", echo: "> /me" });
  typed.show();
  await typed.say("/me waves");
  assertEquals(said, [["/me waves", false]]);
});

Deno.test("TypedLine.say() gives back what was refused, if it is not on the screen", async () => {
  for (
    const [event, shown] of [
      [NEW, ["back hi"]],
      [{ kind: "line", text: "hi" }, []],
      [{ kind: "pasted", text: "a\nb" }, ["back a\nb"]],
    ] as const
  ) {
    const { typed, console } = type(event, "Cannot send.");
    await assertRejects(() => typed.say(event.text), UserError, "Cannot send.");
    typed.show();
    assertEquals(console.shown, [...shown]);
  }
});
