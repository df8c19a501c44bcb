import { assert, assertEquals, assertLessOrEqual, assertThrows } from "@std/assert";
import { UserError } from "../../lib/errors.ts";
import {
  decodeChatLine,
  encodeChatLines,
  MAX_CHAT_LINE_BYTES,
} from "../../lib/framing/chat_line.ts";

const PREFIX = "Mel: ";
const ROOM = MAX_CHAT_LINE_BYTES - PREFIX.length;
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Encodes as Mel, checks what holds for every datagram, and returns the texts without the name. */
function parts(text: string): string[] {
  return encodeChatLines("Mel", text).map((bytes) => {
    assertLessOrEqual(bytes.length, MAX_CHAT_LINE_BYTES);
    const line = strict.decode(bytes);
    assert(line.startsWith(PREFIX));
    return line.slice(PREFIX.length);
  });
}

Deno.test("encodeChatLines() makes the bytes that every client of this kind sends", () => {
  assertEquals(encodeChatLines("Mel", "Good morning!"), [
    new TextEncoder().encode("Mel: Good morning!"),
  ]);
  assertEquals(encodeChatLines("Jürgen", "żółw 🐢"), [
    new TextEncoder().encode("Jürgen: żółw 🐢"),
  ]);
});

Deno.test("encodeChatLines() makes a message of each line and none of a blank one", () => {
  assertEquals(parts("a\nb\r\nc\rd\u2028e\u2029f\u0085g"), ["a", "b", "c", "d", "e", "f", "g"]);
  assertEquals(parts("\n\na\n \n\tb  \n"), ["a", "\tb  "]);
  assertEquals(parts(""), []);
  assertEquals(parts("\r\n \n"), []);
});

Deno.test("encodeChatLines() keeps a line whole up to the limit and divides it beyond", () => {
  assertEquals(parts("x".repeat(ROOM)), ["x".repeat(ROOM)]);
  assertEquals(parts("x".repeat(ROOM + 1)), ["x".repeat(ROOM), "x"]);
});

Deno.test("encodeChatLines() divides between words", () => {
  const words = Array.from({ length: 900 }, (_, i) => `wört${i}`);
  const found = parts(words.join(" "));
  assertEquals(found.join(" "), words.join(" "));
  assertEquals(found.length, Math.ceil(new TextEncoder().encode(words.join(" ")).length / ROOM));

  const half = "x".repeat(700);
  assertEquals(parts(`${half}   ${half}  `), [half, half]);
  assertEquals(parts(`  ${half} ${half}`), [`  ${half}`, half]);
  assertEquals(parts(`${" ".repeat(2000)}x${" ".repeat(2000)}`), ["x"]);
  assertEquals(parts(`${half} a\u00a0${half}`), [half, `a\u00a0${half}`], "no-break space");
});

Deno.test("encodeChatLines() cuts a word that is too long, behind the words before it", () => {
  const long = "x".repeat(2 * ROOM);
  assertEquals(parts(`see ${long} ok`), [
    `see ${"x".repeat(ROOM - 4)}`,
    "x".repeat(ROOM),
    "xxxx ok",
  ]);
  const before = "y".repeat(ROOM - 1);
  assertEquals(parts(`${before} ${long}`), [before, "x".repeat(ROOM), "x".repeat(ROOM)]);
});

Deno.test("encodeChatLines() cuts neither characters nor grapheme clusters", () => {
  for (const cluster of ["é", "e\u0301", "€", "🐢", "👩‍👩‍👧", "🇹🇭", "กำ", "한"]) {
    for (let shift = 0; shift < 30; shift++) {
      const text = "a".repeat(shift) + cluster.repeat(400);
      const found = parts(text);
      assertEquals(found.join(""), text);
      for (const part of found) {
        assertEquals(part.replace(/^a+/, "").replaceAll(cluster, ""), "");
      }
    }
  }
});

Deno.test("encodeChatLines() cuts a cluster longer than a datagram between code points", () => {
  const zalgo = "e" + "\u0301".repeat(3000);
  const found = parts(`a ${zalgo} b`);
  assertEquals(found.join(""), `a ${zalgo} b`);
  assertEquals(found.length, 6);
});

Deno.test("encodeChatLines() sends a lone surrogate as U+FFFD and counts its bytes", () => {
  assertEquals(parts("\ud800".repeat(800)).join("").replaceAll("\ufffd", ""), "");
  assertEquals(parts("a\udc00b"), ["a\ufffdb"]);
});

Deno.test("encodeChatLines() never loses or invents a word, whatever the text", () => {
  // A fixed seed (Park-Miller) keeps the run the same every time.
  let state = 20_240_501;
  const random = (below: number) => (state = state * 48_271 % 2_147_483_647) % below;
  const alphabet = ["a", "ß", "€", "🐢", "👩‍👩‍👧", " ", "  ", "\u3000", "e\u0301", "ก", "\u0301"];
  const squeeze = (text: string) => text.replace(/\s+/g, "");
  for (let round = 0; round < 200; round++) {
    const rare = random(50) + 1;
    const text = Array.from(
      { length: random(3000) },
      () => random(rare) === 0 ? " " : alphabet[random(alphabet.length)],
    ).join("");
    assertEquals(squeeze(parts(text).join(" ")), squeeze(text));
  }
});

Deno.test("encodeChatLines() leaves room for text behind the longest name", () => {
  const name = "🐢".repeat(32);
  const datagrams = encodeChatLines(name, "x".repeat(3000));
  assertEquals(datagrams.map((bytes) => bytes.length <= MAX_CHAT_LINE_BYTES), [true, true, true]);
  assertEquals(
    datagrams.map((b) => decodeChatLine(b).replace(`${name}: `, "")).join("").length,
    3000,
  );
});

Deno.test("encodeChatLines() refuses a name that is not legal", () => {
  assertThrows(() => encodeChatLines("a:b", "x"), UserError, 'Cannot use the name "a:b"');
});

Deno.test("encodeChatLines() divides a megabyte", () => {
  const words = "lorem ipsum ".repeat(90_000).trim();
  assertEquals(parts(words).join(" "), words);
  assertEquals(parts("x".repeat(1_000_000)).length, Math.ceil(1_000_000 / ROOM));
});

Deno.test("decodeChatLine() strips one line end or NUL", () => {
  const table: [datagram: string, text: string][] = [
    ["Mel: hi", "Mel: hi"],
    ["Mel: hi\n", "Mel: hi"],
    ["Mel: hi\r\n", "Mel: hi"],
    ["Mel: hi\0", "Mel: hi"],
    ["Mel: hi\n\0", "Mel: hi"],
    ["Mel: hi\n\n", "Mel: hi\ufffd"],
    ["Mel: hi\r", "Mel: hi\ufffd"],
    ["Mel: hi \n", "Mel: hi "],
    ["\ufeffMel: hi", "Mel: hi"],
    ["no name", "no name"],
    ["\n", ""],
    ["", ""],
  ];
  for (const [datagram, text] of table) {
    assertEquals(decodeChatLine(new TextEncoder().encode(datagram)), text);
  }
});

Deno.test("decodeChatLine() makes malicious datagrams harmless", () => {
  const table: [bytes: number[], text: string][] = [
    [[0x1b, 0x5b, 0x32, 0x4a], "\ufffd[2J"],
    [[0x1b, 0x5d, 0x30, 0x3b, 0x78, 0x07], "\ufffd]0;x\ufffd"],
    [[0xc2, 0x9b, 0x32, 0x4a], "\ufffd2J"],
    [[0x9b, 0x32, 0x4a], "\ufffd2J"],
    [[0x61, 0x0d, 0x62], "a\ufffdb"],
    [[0x61, 0x0a, 0x62], "a\ufffdb"],
    [[0x61, 0x00, 0x62], "a\ufffdb"],
    [[0x61, 0x08, 0x7f], "a\ufffd\ufffd"],
    [[0xe2, 0x80, 0xae, 0x78], "\ufffdx"],
    [[0xff, 0xfe, 0x61], "\ufffd\ufffda"],
    [[0xc0, 0xaf], "\ufffd\ufffd"],
    [[0xed, 0xa0, 0x80], "\ufffd\ufffd\ufffd"],
    [[0xf0, 0x9f, 0x90], "\ufffd"],
    [[0x61, 0x09, 0x62], "a b"],
  ];
  for (const [bytes, text] of table) {
    assertEquals(decodeChatLine(new Uint8Array(bytes)), text);
  }
});

Deno.test("decodeChatLine() keeps nothing of one datagram for the next", () => {
  assertEquals(decodeChatLine(new Uint8Array([0xf0, 0x9f])), "\ufffd");
  assertEquals(decodeChatLine(new Uint8Array([0x61])), "a");
});
