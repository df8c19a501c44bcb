import { assertEquals } from "@std/assert";
import { PLAIN } from "../../lib/client/style/paint.ts";
import { RoomStyle } from "../../lib/client/style/room_style.ts";
import { StyledConsole } from "../../lib/client/styled_console.ts";
import { FakeConsole } from "../helpers/fake_console.ts";

Deno.test("StyledConsole marks what the program says in a room, and nothing else", () => {
  const console = new FakeConsole(true);
  let inRoom = false;
  const styled = new StyledConsole(console, {
    style: new RoomStyle({
      paint: () => ({ ...PLAIN, dim: (text) => `<${text}>` }),
      times: () => false,
    }),
    inRoom: () => inRoom,
    now: () => 0,
  });
  styled.status("Connected.");
  inRoom = true;
  styled.status("a\nb");
  styled.status("Cannot do that.");
  styled.print("¤ an answer");
  styled.line("Bob: hi", 0);
  assertEquals(console.shown, [
    "err Connected.",
    "err <¤ a>",
    "err <¤ b>",
    "err <¤ >Cannot do that.",
    "out ¤ an answer",
    "out Bob: hi",
  ]);
});
