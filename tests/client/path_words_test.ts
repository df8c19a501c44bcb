import { assert, assertEquals } from "@std/assert";
import { sentenceOf } from "../../lib/client/path_words.ts";

const over = { name: "wl\x1ban0", address: "10.0.0.1" };

Deno.test("sentenceOf() says everything in one safe sentence", () => {
  const table = [
    [
      { kind: "lost", name: "Mel", count: 1 },
      "A line of Mel is lost: nobody here has it any more.",
    ],
    [
      { kind: "lost", name: "Mel", count: 3 },
      "3 lines of Mel are lost: nobody here has them any more.",
    ],
    [
      { kind: "unheard", text: "Mel: is anybody there?" },
      'Nobody here says to have your line "Mel: is anybody there?".',
    ],
    [
      { kind: "unheard", text: "🐢".repeat(60) },
      `Nobody here says to have your line "${"🐢".repeat(40)}...".`,
    ],
    [
      { kind: "warning", from: "10.0.0.7:5", why: "A report is ignored" },
      "Take care: A report is ignored (from 10.0.0.7:5).",
    ],
    [
      { kind: "path", news: { kind: "relay", why: "it was asked for" } },
      "You are in the room through the CRDS: it was asked for.",
    ],
    [
      { kind: "path", news: { kind: "direct", why: "the relay ended: \x1b[2J\nbye" } },
      "You are in the room directly: the relay ended: \ufffd[2J\ufffdbye.",
    ],
    [
      { kind: "path", news: { kind: "blocked", why: "Cannot relay: it is turned off." } },
      "Others may not hear you: multicast does not get through here, and there is no relay. " +
      'Cannot relay: it is turned off. "crds-client doctor" tells more.',
    ],
    [
      { kind: "path", news: { kind: "gone", over } },
      'The network "wl\ufffdan0" is gone; the room is back as soon as there is one.',
    ],
    [
      { kind: "path", news: { kind: "back", over } },
      "The room is back, over wl\ufffdan0 (10.0.0.1).",
    ],
  ] as const;
  for (const [event, sentence] of table) assertEquals(sentenceOf(event), sentence);
});

Deno.test("sentenceOf() does not let a server fill the screen", () => {
  for (const kind of ["relay", "direct", "blocked"] as const) {
    const sentence = sentenceOf({ kind: "path", news: { kind, why: "x".repeat(60_000) } });
    assert(sentence.length < 400, kind);
  }
});
