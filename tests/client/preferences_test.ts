import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  DEFAULT_PREFERENCES,
  formatChange,
  formatPreferences,
  parseChange,
  readPreferences,
  writePreferences,
} from "../../lib/client/preferences.ts";
import { UserError } from "../../lib/errors.ts";

Deno.test("readPreferences() has defaults for what is not said", () => {
  for (const text of ["", " \n", "{}"]) {
    assertEquals(readPreferences(text).preferences, DEFAULT_PREFERENCES, text);
  }
  assertEquals(readPreferences('{"bell":"all","historyLines":0}').preferences, {
    ...DEFAULT_PREFERENCES,
    bell: "all",
    historyLines: 0,
  });
  // As they are typed, too.
  assertEquals(readPreferences('{"times":"off"}').preferences.times, false);
});

Deno.test("readPreferences() says in what way a file is damaged", () => {
  for (
    const [text, why] of [
      ["{", "it is no JSON"],
      ["times off", "it is no JSON"],
      ["[]", "it is no JSON object"],
      ["null", "it is no JSON object"],
      ['"x"', "it is no JSON object"],
      ['{"times":1}', '"times" is none of on, off'],
      ['{"times":null}', '"times" is none of on, off'],
      ['{"times":["on"]}', '"times" is none of on, off'],
      ['{"historyLines":51}', '"historyLines" is none of 0-50'],
      ['{"historyLines":-1}', '"historyLines" is none of 0-50'],
      ['{"historyLines":1.5}', '"historyLines" is none of 0-50'],
      ['{"bell":"loud"}', '"bell" is none of off, mention, all'],
    ] as const
  ) assertThrows(() => readPreferences(text), Error, why);
});

Deno.test("readPreferences() takes no setting from where none is", () => {
  const { preferences, kept } = readPreferences('{"__proto__":{"times":false},"toString":1}');
  assertEquals(preferences, DEFAULT_PREFERENCES);
  assertEquals(writePreferences(kept, {}).includes('"toString": 1'), true);
});

Deno.test("writePreferences() keeps what it does not know", () => {
  const text = '{"color":"never","fromTomorrow":{"a":[1,null]}}';
  const written = writePreferences(readPreferences(text).kept, { times: false });
  assertEquals(JSON.parse(written), {
    color: "never",
    fromTomorrow: { a: [1, null] },
    times: false,
  });
  assertEquals(readPreferences(written).preferences.color, "never");
});

Deno.test("parseChange() understands each setting, and refuses in one sentence", () => {
  assertEquals(parseChange("times", "off"), { times: false });
  assertEquals(parseChange("HISTORYLINES", "7"), { historyLines: 7 });
  assertEquals(parseChange("color", "Always"), { color: "always" });
  for (
    const [name, word, message] of [
      ["tmies", "off", 'Cannot set "tmies": there is no such setting. There are color, times,'],
      ["times", "maybe", 'Cannot set times to "maybe": it can be one of on, off.'],
      ["bell", "\x1b", 'Cannot set bell to "\ufffd"'],
      ["toString", "on", 'Cannot set "toString"'],
      ["times", "constructor", "Cannot set times"],
    ] as const
  ) assertThrows(() => parseChange(name, word), UserError, message);
});

Deno.test("formatPreferences() shows all of them as they are typed", () => {
  const text = formatPreferences(DEFAULT_PREFERENCES);
  assertEquals(text.split("\n").map((row) => row.split(/ {2,}/)), [
    ["NAME", "VALUE", "CAN BE"],
    ["color", "auto", "auto, always, never"],
    ["times", "on", "on, off"],
    ["bell", "mention", "off, mention, all"],
    ["joins", "on", "on, off"],
    ["presence", "on", "on, off"],
    ["historyLines", "50", "0-50"],
  ]);
  assert(formatChange({ times: false }) === "times is off");
});
