import { assert, assertEquals } from "@std/assert";
import type { PrivateEffect, PrivateMove } from "../../lib/people/private_news.ts";
import { CAREFUL_MS, PrivateSessions } from "../../lib/people/private_sessions.ts";
import { MAX_QUESTIONS, MAX_SESSIONS } from "../../lib/people/private_states.ts";
import { PrivateAsks } from "../../lib/people/private_asks.ts";
import { seededRandom, withSeed } from "../helpers/seeded_random.ts";

const ANN = { name: "Ann", account: true };
const BOB = { name: "Bob", account: false };

/** What is to be done, each in one word or two. */
function words(effects: readonly PrivateEffect[] | undefined): string[] {
  return (effects ?? []).map((effect) => {
    switch (effect.kind) {
      case "tell": {
        const { kind, partner } = effect.news;
        return `tell ${kind} ${partner.name}${kind === "ended" ? ` ${effect.news.why}` : ""}`;
      }
      case "answer":
        return `answer ${effect.id} ${effect.accept ? "yes" : "no"}`;
      case "ask":
      case "withdraw":
        return `${effect.kind} ${effect.to}`;
      default:
        return `${effect.kind} ${effect.id}`;
    }
  });
}

function moved(move: PrivateMove): string[] {
  return "fault" in move ? [move.fault] : words(move.effects);
}

/** A client with an open session, which the other one asked for. */
function withOpen(): PrivateSessions {
  const it = new PrivateSessions();
  it.asked({ id: "1", partner: ANN });
  it.answer(true, undefined, 0);
  it.arrived("1", ANN);
  return it;
}

Deno.test("PrivateSessions: who asks and hears yes connects", () => {
  const it = new PrivateSessions();
  assertEquals(moved(it.start("ann")), ["ask ann", "tell asking ann"]);
  assertEquals(moved(it.start("ANN")), ["asking-already"]);
  assertEquals(it.askAnswered("ann", { id: "1", partner: ANN, waits: false }), []);
  assertEquals(moved(it.start("ann")), ["open-already"]);
  assertEquals(it.sessionWith("ann"), { fault: "not-open" });
  assertEquals(words(it.connected("1")), ["tell opened Ann"]);
  assertEquals(it.open.map(({ partner }) => partner), [ANN]);
  assertEquals(
    words(it.over("1", "stopped-there")),
    ["tell ended Ann stopped-there"].toSpliced(
      0,
      0,
      "hang-up 1",
    ),
  );
  assertEquals([it.partners, it.over("1", "lost")], [[], []]);
});

Deno.test("PrivateSessions: who is asked answers, and waits for the other", () => {
  const it = new PrivateSessions();
  assertEquals(words(it.asked({ id: "1", partner: ANN })), ["tell asked Ann"]);
  assertEquals(moved(it.answer(true, undefined, 0)), ["answer 1 yes", "wait 1"]);
  assertEquals(moved(it.answer(true, undefined, 0)), ["none"]);
  // Neither another person nor another session is let in, nor the same one twice.
  assertEquals(it.arrived("1", BOB), undefined);
  assertEquals(it.arrived("2", ANN), undefined);
  assertEquals(it.connected("1"), undefined);
  assertEquals(words(it.arrived("1", ANN)), ["tell opened Ann"]);
  assertEquals(it.arrived("1", ANN), undefined);
  assertEquals(it.late("1"), []);
});

Deno.test("PrivateSessions: a no, and an answer to nobody", () => {
  const it = new PrivateSessions();
  assertEquals(moved(it.answer(false, undefined, 0)), ["none"]);
  it.asked({ id: "1", partner: ANN });
  assertEquals(moved(it.answer(false, "bob", 0)), ["none"]);
  assertEquals(moved(it.answer(false, "ANN", 0)), ["answer 1 no", "tell declined Ann"]);
  assertEquals(it.arrived("1", ANN), undefined);
  assertEquals(it.partners, []);
});

Deno.test("PrivateSessions: with several questions an answer says whom it is for", () => {
  const it = new PrivateSessions();
  it.asked({ id: "1", partner: ANN });
  it.asked({ id: "2", partner: BOB });
  assertEquals(it.questions, [ANN, BOB]);
  assertEquals(moved(it.answer(true, undefined, 0)), ["several"]);
  assertEquals(moved(it.answer(true, "bob", 0)), ["answer 2 yes", "wait 2"]);
  assertEquals(moved(it.answer(false, undefined, 0)), ["answer 1 no", "tell declined Ann"]);
});

Deno.test("PrivateSessions: an answer to a question that has just gone is for no other one", () => {
  const it = new PrivateSessions();
  it.asked({ id: "1", partner: ANN });
  assertEquals(words(it.withdrawn("1", 100)), ["answer 1 no", "tell withdrawn Ann"]);
  assertEquals(moved(it.answer(true, undefined, 101)), ["none"]);
  it.asked({ id: "2", partner: BOB });
  assertEquals(moved(it.answer(true, undefined, 99 + CAREFUL_MS)), ["just-gone"]);
  assertEquals(moved(it.answer(true, undefined, 100 + CAREFUL_MS)), ["answer 2 yes", "wait 2"]);
  assertEquals(it.withdrawn("7", 0), []);
});

Deno.test("PrivateSessions: a question that is taken back while the yes is on its way", () => {
  const it = new PrivateSessions();
  it.asked({ id: "1", partner: ANN });
  it.answer(true, "Ann", 0);
  assertEquals(words(it.withdrawn("1", 0)), ["answer 1 no", "tell withdrawn Ann"]);
  assertEquals(it.arrived("1", ANN), undefined);
});

Deno.test("PrivateSessions: to start what the other one asked for is a yes", () => {
  const it = new PrivateSessions();
  it.asked({ id: "1", partner: ANN });
  assertEquals(moved(it.start("ann")), ["answer 1 yes", "wait 1"]);
});

for (const isAskedFirst of [true, false]) {
  const order = isAskedFirst ? "the question" : "the answer";
  Deno.test(`PrivateSessions: both ask at once, ${order} comes first`, () => {
    const it = new PrivateSessions();
    it.start("ann");
    const asked = () => words(it.asked({ id: "1", partner: ANN }));
    const answered = () => words(it.askAnswered("ann", { id: "1", partner: ANN, waits: true }));
    if (isAskedFirst) {
      assertEquals(asked(), ["answer 1 yes", "wait 1"]);
      assertEquals(answered(), []);
    } else assertEquals(answered(), ["wait 1"]);
    assertEquals(words(it.arrived("1", ANN)), ["tell opened Ann"]);
    // A refusal of what was asked here is no news now.
    assertEquals(it.askRefused("ann"), false);
  });
}

Deno.test("PrivateSessions: what is refused is news, once", () => {
  const it = new PrivateSessions();
  it.start("ann");
  assertEquals([it.askRefused("ann"), it.askRefused("ann"), it.partners.length], [true, false, 0]);
});

Deno.test("PrivateSessions: what one does not want any more is not begun", () => {
  const it = new PrivateSessions();
  it.start("ann");
  assertEquals(moved(it.stop("Ann")), ["withdraw ann", "tell unasked ann"]);
  assertEquals(words(it.askAnswered("ann", { id: "1", partner: ANN, waits: false })), [
    "hang-up 1",
  ]);
  assertEquals(it.connected("1"), undefined);
  assertEquals(moved(it.stop("Ann")), ["none"]);
});

Deno.test("PrivateSessions: stop() ends what is open or agreed, and declines", () => {
  const open = withOpen();
  assertEquals(moved(open.stop("ann")), ["hang-up 1", "tell ended Ann stopped"]);
  const asked = new PrivateSessions();
  asked.asked({ id: "1", partner: ANN });
  assertEquals(moved(asked.stop("ann")), ["answer 1 no", "tell declined Ann"]);
  asked.asked({ id: "2", partner: ANN });
  asked.answer(true, "ann", 0);
  assertEquals(moved(asked.stop("ann")), ["hang-up 2", "tell ended Ann stopped"]);
});

Deno.test("PrivateSessions: who does not come in time is told of", () => {
  const it = new PrivateSessions();
  it.asked({ id: "1", partner: ANN });
  it.answer(true, "ann", 0);
  assertEquals(words(it.late("1")), ["hang-up 1", "tell ended Ann unreachable"]);
  assertEquals([words(it.late("1")), it.arrived("1", ANN)], [[], undefined]);
});

Deno.test("PrivateSessions: who asks anew has no use for the old session, or question", () => {
  const it = withOpen();
  assertEquals(words(it.asked({ id: "2", partner: ANN })), [
    "hang-up 1",
    "tell ended Ann anew",
    "tell asked Ann",
  ]);
  assertEquals(words(it.asked({ id: "3", partner: ANN })), ["answer 2 no", "tell asked Ann"]);
  assertEquals(it.questions.length, 1);
});

Deno.test("PrivateSessions: who asks under a guest's name ends no session until that is accepted", () => {
  const withGuest = (): PrivateSessions => {
    const it = new PrivateSessions();
    it.asked({ id: "1", partner: BOB });
    it.answer(true, undefined, 0);
    it.arrived("1", BOB);
    assertEquals(words(it.asked({ id: "2", partner: BOB })), ["tell asked Bob"]);
    assertEquals(words(it.asked({ id: "3", partner: BOB })), ["answer 2 no", "tell asked Bob"]);
    assertEquals(it.open.map(({ id }) => id), ["1"]);
    assertEquals(it.sessionWith("bob"), { kind: "open", partner: BOB, id: "1" } as object);
    assertEquals([it.questions, it.partners], [[BOB], [BOB]]);
    return it;
  };
  const isOpen = (it: PrivateSessions): boolean => it.open.length === 1;
  const accepted = ["hang-up 1", "tell ended Bob replaced", "answer 3 yes", "wait 3"];
  assertEquals(moved(withGuest().answer(true, "bob", 0)), accepted);
  assertEquals(moved(withGuest().start("bob")), accepted);

  const declined = withGuest();
  assertEquals(moved(declined.answer(false, "bob", 0)), ["answer 3 no", "tell declined Bob"]);
  assertEquals([isOpen(declined), declined.questions], [true, []]);

  const withdrawn = withGuest();
  assertEquals(words(withdrawn.withdrawn("3", 0)), ["answer 3 no", "tell withdrawn Bob"]);
  assertEquals(isOpen(withdrawn), true);

  const over = withGuest();
  assertEquals(words(over.over("1", "lost")), ["hang-up 1", "tell ended Bob lost"]);
  assertEquals(moved(over.answer(true, "bob", 0)), ["answer 3 yes", "wait 3"]);

  const stopped = withGuest();
  assertEquals(moved(stopped.stop("bob")), [
    "answer 3 no",
    "tell declined Bob",
    "hang-up 1",
    "tell ended Bob stopped",
  ]);
  assertEquals(stopped.partners, []);
});

Deno.test("PrivateSessions: too many questions are declined unseen, too many sessions not begun", () => {
  const it = new PrivateSessions();
  const ask = (id: string) => words(it.asked({ id, partner: { name: id, account: false } }));
  for (let id = 0; id < MAX_QUESTIONS; id++) assertEquals(ask(`${id}`), [`tell asked ${id}`]);
  assertEquals(ask("x"), ["answer x no"]);
  assertEquals(words(it.asked({ id: "y", partner: { name: "0" } })), [
    "answer 0 no",
    "tell asked 0",
  ]);
  for (let id = MAX_QUESTIONS; id < MAX_SESSIONS; id++) it.start(`${id}`);
  assertEquals(moved(it.start("more")), ["too-many"]);
});

Deno.test("PrivateSessions: to log off ends everything", () => {
  const it = withOpen();
  it.start("Bob");
  it.asked({ id: "2", partner: { name: "Eve" } });
  assertEquals(words(it.logOff()), [
    "hang-up 1",
    "tell ended Ann logged-off",
    "withdraw Bob",
    "answer 2 no",
  ]);
  assertEquals(it.partners, []);
});

Deno.test("PrivateSessions: whatever two people and the network do, both agree in the end", () =>
  withSeed((seed) => {
    const random = seededRandom(seed);
    for (let round = 0; round < 500; round++) run(random);
  }));

/** Two clients and the server, with messages that take their time but keep their order. */
function run(random: () => number): void {
  const names = ["Ann", "Bob"] as const;
  const sides = names.map(() => new PrivateSessions());
  let ids = 0;
  const asks = new PrivateAsks<number>(() => `${++ids}`);
  /** To the server from each, from the server to each, and between the two. */
  const queues: (() => void)[][] = [[], [], [], [], []];
  const own = (side: number) => names[side]!;
  const other = (side: number) => 1 - side;

  const apply = (side: number, effects: readonly PrivateEffect[]): void => {
    for (const effect of effects) {
      if (effect.kind === "ask") queues[side]!.push(() => ask(side));
      if (effect.kind === "withdraw") {
        queues[side]!.push(() => {
          const found = asks.between(side, other(side));
          if (found !== undefined) end(found, "gone");
        });
      }
      if (effect.kind === "answer") {
        queues[side]!.push(() => {
          const found = asks.between(other(side), side);
          if (found?.id === effect.id) end(found, effect.accept ? "yes" : "no");
        });
      }
      if (effect.kind === "hang-up") {
        queues[4]!.push(() =>
          apply(other(side), sides[other(side)]!.over(effect.id, "stopped-there"))
        );
      }
    }
  };
  const end = (ask: { id: string; from: number; to: number }, how: "yes" | "no" | "gone") => {
    asks.end(asks.between(ask.from, ask.to)!, how);
    queues[2 + ask.from]!.push(() => {
      if (how !== "yes") return void sides[ask.from]!.askRefused(own(ask.to));
      const partner = { name: own(ask.to) };
      apply(
        ask.from,
        sides[ask.from]!.askAnswered(own(ask.to), {
          id: ask.id,
          partner,
          waits: false,
        }),
      );
      queues[4]!.push(() => {
        const arrived = sides[ask.to]!.arrived(ask.id, { name: own(ask.from) });
        if (arrived === undefined) return apply(ask.from, sides[ask.from]!.late(ask.id));
        const connected = sides[ask.from]!.connected(ask.id);
        if (connected === undefined) apply(ask.to, sides[ask.to]!.over(ask.id, "lost"));
      });
    });
    if (how === "gone") {
      queues[2 + ask.to]!.push(() => apply(ask.to, sides[ask.to]!.withdrawn(ask.id, 0)));
    }
  };
  const ask = (side: number): void => {
    const crossing = asks.between(other(side), side);
    if (crossing !== undefined) {
      end(crossing, "yes");
      const partner = { name: own(other(side)) };
      queues[2 + side]!.push(() =>
        apply(
          side,
          sides[side]!.askAnswered(own(other(side)), {
            id: crossing.id,
            partner,
            waits: true,
          }),
        )
      );
      return;
    }
    const before = asks.between(side, other(side));
    if (before !== undefined) end(before, "gone");
    const { id } = asks.begin(side, other(side))!;
    queues[2 + other(side)]!.push(() =>
      apply(other(side), sides[other(side)]!.asked({ id, partner: { name: own(side) } }))
    );
  };
  const drain = (steps: number): void => {
    for (let step = 0; step < steps; step++) {
      const waiting = queues.filter((queue) => queue.length > 0);
      waiting[Math.floor(random() * waiting.length)]?.shift()?.();
      if (waiting.length === 0) return;
    }
  };
  for (let move = 0; move < 12; move++) {
    const side = Math.floor(random() * 2);
    const it = sides[side]!;
    const name = own(other(side));
    const done = [
      () => it.start(name),
      () => it.start(name),
      () => it.answer(true, undefined, 1e6),
      () => it.answer(false, undefined, 1e6),
      () => it.stop(name),
    ][Math.floor(random() * 5)]!();
    if ("effects" in done) apply(side, done.effects);
    drain(Math.floor(random() * 4));
  }
  drain(10_000);
  // Who still waits for somebody who does not come gives up.
  for (let side = 0; side < 2; side++) {
    for (let id = 1; id <= ids; id++) apply(side, sides[side]!.late(`${id}`));
  }
  drain(10_000);
  const open = sides.map((side) => side.open.map(({ id }) => id));
  assertEquals(open[0], open[1]);
  assert(open[0]!.length <= 1);
}
