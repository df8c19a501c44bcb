import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../lib/errors.ts";
import { type Flag, formatFlags, numberFlag, parseFlags } from "../lib/flags.ts";

const FLAGS: readonly Flag[] = [
  { name: "port", value: "N", help: "the port" },
  { name: "host", value: "ADDR", help: "the address\n(a second line)" },
  { name: "quiet", help: "say less" },
];

const parse = (...args: string[]): ReturnType<typeof parseFlags> => parseFlags(args, FLAGS, "crds");

const GOOD: [
  args: string[],
  values: Record<string, string>,
  switches: string[],
  words: string[],
][] = [
  [[], {}, [], []],
  [["--port", "7"], { port: "7" }, [], []],
  [["--port=7"], { port: "7" }, [], []],
  [["--port", "007"], { port: "007" }, [], []],
  [["--port=-1"], { port: "-1" }, [], []],
  [["--port", "-1"], { port: "-1" }, [], []],
  [["--port", "-1", "--quiet"], { port: "-1" }, ["quiet"], []],
  [["--quiet", "--", "--port", "-1"], {}, ["quiet"], ["--port", "-1"]],
  [["--port", "1", "--port", "2"], { port: "2" }, [], []],
  [["--quiet", "word"], {}, ["quiet"], ["word"]],
  [["--quiet", "--quiet"], {}, ["quiet"], []],
  [["--host", "::1", "--quiet"], { host: "::1" }, ["quiet"], []],
  [["a", "b", "--quiet"], {}, ["quiet"], ["a", "b"]],
  [["--", "getdir"], {}, [], ["getdir"]],
  [["--quiet", "--", "--port"], {}, ["quiet"], ["--port"]],
  [["007", "1e3", "0x10", "1.50"], {}, [], ["007", "1e3", "0x10", "1.50"]],
];

for (const [args, values, switches, words] of GOOD) {
  Deno.test(`parseFlags() reads: ${args.join(" ")}`, () => {
    const parsed = parse(...args);
    assertEquals(Object.fromEntries(parsed.values), values);
    assertEquals([...parsed.switches], switches);
    assertEquals([...parsed.words], words);
  });
}

const WRONG: [args: string[], message: string][] = [
  [["--prot", "7"], 'Cannot use flag "--prot": there is no such flag. See "crds --help".'],
  [["--prot=7"], "there is no such flag"],
  [["-p", "7"], 'Cannot use flag "-p"'],
  [["-q"], 'Cannot use flag "-q"'],
  [["--no-quiet"], 'Cannot use flag "--no-quiet"'],
  [["--constructor"], 'Cannot use flag "--constructor"'],
  [["--__proto__=x"], "there is no such flag"],
  [["--port.x=3"], "there is no such flag"],
  [["--port"], 'Cannot use flag "--port": its value is missing. See "crds --help".'],
  [["--port="], "its value is missing"],
  [["--port", ""], "its value is missing"],
  [["--port", "--quiet"], 'Cannot use flag "--port": its value is missing'],
  [["--port", "1", "--port"], "its value is missing"],
  [["--quiet=no"], 'Cannot use flag "--quiet=no": --quiet takes no value. See "crds --help".'],
  [["--quiet=true"], "--quiet takes no value"],
  [["-1"], 'Cannot use flag "-1"'],
];

for (const [args, message] of WRONG) {
  Deno.test(`parseFlags() refuses: ${args.join(" ")}`, () => {
    assertThrows(() => parse(...args), UsageError, message);
  });
}

const range = { min: 1, max: 100, otherwise: 10 };

Deno.test("numberFlag() returns the value, or the default without the flag", () => {
  assertEquals(numberFlag(parse(), "port", range), 10);
  assertEquals(numberFlag(parse("--port", "1"), "port", range), 1);
  assertEquals(numberFlag(parse("--port", "100"), "port", range), 100);
  assertEquals(numberFlag(parse("--port", "007"), "port", range), 7);
});

for (const value of ["0", "101", "abc", "-1", "1.5", "1e1", "0x1", " 1", "9".repeat(30), "٣"]) {
  Deno.test(`numberFlag() refuses "${value}"`, () => {
    assertThrows(
      () => numberFlag(parse(`--port=${value}`), "port", range),
      UsageError,
      `Cannot use --port "${value}": it is no whole number in 1-100. Leave it out for 10.`,
    );
  });
}

Deno.test("formatFlags() aligns the explanations", () => {
  assertEquals(
    formatFlags(FLAGS),
    "  --port N     the port\n" +
      "  --host ADDR  the address\n" +
      "               (a second line)\n" +
      "  --quiet      say less",
  );
});
