import { assertEquals } from "@std/assert";
import { UserError } from "../../lib/errors.ts";
import type { Member } from "../../lib/room/member_table.ts";
import type { ShowLine } from "../../lib/room/room_effect.ts";
import { RoomTeller } from "../../lib/room/room_teller.ts";

const SOURCE = { address: "10.0.0.7", port: 5000 };

function makeTeller(fault?: unknown) {
  const told: unknown[] = [];
  const problems: string[] = [];
  const handler = (what: unknown): void => {
    if (fault !== undefined) throw fault;
    told.push(what);
  };
  const options = {
    onLine: handler,
    onEvent: handler,
    onProblem: (message: string) => problems.push(message),
  };
  return { teller: new RoomTeller(options, 'room "lab"'), told, problems };
}

function show(text: string): ShowLine {
  const common = { kind: "show", source: SOURCE, member: undefined, name: undefined } as const;
  const bytes = new TextEncoder().encode(text);
  return { ...common, bytes, seq: 0, saidAt: 0, recovered: true, place: 3 };
}

function member(name: string): Member {
  const times = { since: 0, heardAt: 0, patienceMs: 0 };
  return { id: "00000000000000aa", name, source: SOURCE, tcpPort: 0, relayed: false, ...times };
}

Deno.test("RoomTeller makes everything of others safe, and tells no empty line", () => {
  const { teller, told, problems } = makeTeller();
  teller.line(show("Mel: \x1b[2Jhi\n"));
  teller.line(show("\n"));
  const past = (text: string, at: number) => ({
    bytes: new TextEncoder().encode(text),
    source: SOURCE,
    at,
  });
  teller.history([past("a\x1bb", -500), past("", 0), past("c\u202e", 100)], 1000);
  teller.effect({ kind: "memberJoined", member: member("M\x07el") });
  teller.effect({ kind: "memberLeft", member: member("M\u009bel"), why: "silent" });
  teller.effect({ kind: "memberRenamed", member: member("M\x07el"), before: "B\x07ob" });
  teller.effect({ kind: "lost", member: "00000000000000aa", name: "M\x07el", count: 2 });
  teller.effect({ kind: "lost", member: "00000000000000aa", name: undefined, count: 1 });
  teller.effect({ kind: "warning", from: SOURCE, why: "A report is ignored" });
  assertEquals(told, [
    { text: "Mel: \ufffd[2Jhi", source: SOURCE, member: undefined, recovered: true, place: 3 },
    {
      kind: "history",
      lines: [{ text: "a\ufffdb", age: 1500 }, { text: "c\ufffd", age: 900 }],
    },
    { kind: "joined", name: "M\ufffdel", address: "10.0.0.7" },
    { kind: "left", name: "M\ufffdel", why: "silent" },
    { kind: "renamed", name: "M\ufffdel", before: "B\ufffdob" },
    { kind: "lost", name: "M\ufffdel", count: 2 },
    { kind: "lost", name: "somebody", count: 1 },
    { kind: "warning", from: "10.0.0.7:5000", why: "A report is ignored" },
  ]);
  assertEquals(problems, []);
});

Deno.test("RoomTeller tells no history of lines that show nothing", () => {
  const { teller, told } = makeTeller();
  teller.history([{ bytes: new TextEncoder().encode("\n"), source: SOURCE, at: 0 }], 0);
  assertEquals(told, []);
});

Deno.test("RoomTeller loses no fault of a handler", () => {
  const { teller, problems } = makeTeller(new Error("no room \x1b[2J"));
  teller.line(show("Mel: hi"));
  teller.event({ kind: "unheard", text: "Mel: hi" });
  assertEquals(problems, Array(2).fill('Cannot show a message of room "lab": no room \ufffd[2J'));
  const other = makeTeller(new UserError("Cannot write: no."));
  other.teller.line(show("Mel: hi"));
  assertEquals(other.problems, ["Cannot write: no."]);
});
