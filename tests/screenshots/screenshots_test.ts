import { assert, assertEquals, assertThrows } from "@std/assert";
import { Tmux, tmuxTest } from "../helpers/tmux.ts";
import { playEightSteps, SIZE } from "./eight_steps.ts";
import { withCapture } from "./readme_capture.ts";
import { parseRows } from "./styled_text.ts";
import { DARK, drawRows, paletteColor } from "./svg.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("parseRows() takes apart what the client paints", () => {
  const row = "\x1b[2m10:42 \x1b[0m\x1b[1mMel\x1b[0m: \x1b[38;5;129m\x1b[49mBob\x1b[39m, " +
    "\x1b[1;7mhi\x1b[22;27m!";
  assertEquals(parseRows(`plain\n${row}`), [[{ text: "plain" }], [
    { text: "10:42 ", dim: true },
    { text: "Mel", bold: true },
    { text: ": " },
    { text: "Bob", color: 129 },
    { text: ", ", color: undefined },
    { text: "hi", bold: true, inverse: true, color: undefined },
    { text: "!", bold: false, dim: false, inverse: false, color: undefined },
  ]]);
  assertThrows(() => parseRows("\x1b[31mred"), Error, "Cannot draw the code 31");
  assertThrows(() => parseRows("\x1b[2J"), Error, "Cannot draw");
});

Deno.test("drawRows() puts each piece where the terminal has it", () => {
  const svg = drawRows([[{ text: "你 <" }, { text: "x", inverse: true }]], "a & b", DARK);
  // Two cells, a space and a sign.
  assert(svg.includes('textLength="33.6"'), svg);
  assert(svg.includes('<rect x="47.6" y="14" width="8.4"'), svg);
  assert(svg.includes("<title>a &amp; b</title>") && svg.includes("你 &lt;</text>"), svg);
});

Deno.test("paletteColor() knows the cube and the greys", () => {
  const colors = [16, 129, 231, 232, 255].map(paletteColor);
  assertEquals(colors, ["#000000", "#af00ff", "#ffffff", "#080808", "#eeeeee"]);
  assertThrows(() => paletteColor(7), RangeError);
});

Deno.test("withCapture() replaces what it wrote before, and nothing else", () => {
  const [begin, end] = [
    "<!-- written by deno task screenshots -->",
    "<!-- end of what it wrote -->",
  ];
  const readme = `one\n${begin}\nold\n${end}\ntwo`;
  const once = withCapture(readme, ["a", "b"]);
  assertEquals(once, `one\n${begin}\n\n\`\`\`console\na\nb\n\`\`\`\n\n${end}\ntwo`);
  assertEquals(withCapture(once, ["a", "b"]), once);
  assertThrows(() => withCapture("none", []), Error, "Cannot find");
});

Deno.test("the README shows pictures that load nothing from elsewhere", async () => {
  const readme = await Deno.readTextFile(new URL("README.md", ROOT));
  for (const name of ["docs/chat-dark.svg", "docs/chat-light.svg"]) {
    assert(readme.includes(`"${name}"`), name);
    const svg = await Deno.readTextFile(new URL(name, ROOT));
    assert(svg.length < 20_000, `${svg.length}`);
    assertEquals(svg.match(/https?:[^"]*/g), ["http://www.w3.org/2000/svg"]);
    assertEquals(/<script|<image|href|@import|url\(/.test(svg), false);
  }
});

tmuxTest("the eight steps can be typed, as the README shows them", async () => {
  await using tmux = await Tmux.start(SIZE.columns, SIZE.rows);
  const rows = await (await playEightSteps(tmux, "0")).rows();
  const readme = await Deno.readTextFile(new URL("README.md", ROOT));
  // Times of day and the port differ.
  const plain = (text: string): string =>
    text.replaceAll(/\b\d\d:\d\d\b/g, "HH:MM").replaceAll(/(?<=127\.0\.0\.1:)\d+/g, "PORT")
      .replaceAll(/\b\d+s\b/g, "0s");
  assert(plain(withCapture(readme, rows)) === plain(readme), rows.join("\n"));
});
