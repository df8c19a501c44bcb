import { assert, assertEquals } from "@std/assert";
import {
  formatTicketKey,
  makeTicket,
  MAX_USED_IDS,
  parseTicketKey,
  TICKET_KEY_BYTES,
  TICKET_LIFETIME_MS,
  type TicketClaims,
  TicketGate,
} from "../../lib/people/ticket.ts";
import { MAX_TICKET_LENGTH } from "../../lib/people/peer_methods.ts";
import { seededRandom, withSeed } from "../helpers/seeded_random.ts";

const KEY = new Uint8Array(TICKET_KEY_BYTES).fill(7);
const OTHER_KEY = new Uint8Array(TICKET_KEY_BYTES).fill(8);

/** The server is a year ahead of this machine. */
const SERVER_NOW = 1_800_000_000_000;
const HERE = 5_000;

const CLAIMS: TicketClaims = {
  id: "4ee2c9a0-6d50-4cc4-9c0d-1a7f0a2f8b11",
  from: "Mel",
  account: true,
  to: "Ann",
  expires: SERVER_NOW + TICKET_LIFETIME_MS,
};

function gate(): TicketGate {
  return new TicketGate({ key: KEY, serverNow: SERVER_NOW, now: HERE });
}

/** A signed body of any kind: what a server that is wrong might make. */
function signed(value: unknown): string {
  return makeTicket(KEY, value as TicketClaims);
}

Deno.test("TicketGate lets a good ticket in, whatever the clocks of the machines say", () => {
  for (const claims of [CLAIMS, { ...CLAIMS, session: "s1" }, { ...CLAIMS, account: false }]) {
    assertEquals(gate().admit(makeTicket(KEY, claims), "ann", HERE + 29_999), { claims });
  }
});

Deno.test("TicketGate refuses a ticket that is used again, for as long as it would be good", () => {
  const it = gate();
  const ticket = makeTicket(KEY, CLAIMS);
  assert("claims" in it.admit(ticket, "Ann", HERE));
  assertEquals(it.admit(ticket, "Ann", HERE + 1), { fault: "USED" });
  assertEquals(it.admit(ticket, "Ann", HERE + 29_999), { fault: "USED" });
  assertEquals(it.admit(ticket, "Ann", HERE + 30_000), { fault: "EXPIRED" });
});

const REFUSED: [what: string, ticket: string, now: number, own: string, fault: string][] = [
  ["is expired", makeTicket(KEY, CLAIMS), 30_000, "Ann", "EXPIRED"],
  ["was good long ago", makeTicket(KEY, { ...CLAIMS, expires: 0 }), 0, "Ann", "EXPIRED"],
  ["is for somebody else", makeTicket(KEY, CLAIMS), 0, "Bob", "NOT_FOR_ME"],
  ["has another recipient's key", makeTicket(OTHER_KEY, CLAIMS), 0, "Ann", "BAD_TICKET"],
  ["is good for too long", makeTicket(KEY, { ...CLAIMS, expires: 1e15 }), 0, "Ann", "BAD_TICKET"],
  ["is empty", "", 0, "Ann", "BAD_TICKET"],
  ["is a dot", ".", 0, "Ann", "BAD_TICKET"],
  ["has no signature", makeTicket(KEY, CLAIMS).split(".")[0]!, 0, "Ann", "BAD_TICKET"],
  ["has an empty signature", `${makeTicket(KEY, CLAIMS).split(".")[0]}.`, 0, "Ann", "BAD_TICKET"],
  ["has two signatures", `${makeTicket(KEY, CLAIMS)}.AAAA`, 0, "Ann", "BAD_TICKET"],
  ["has padding", `${makeTicket(KEY, CLAIMS)}=`, 0, "Ann", "BAD_TICKET"],
  ["is too long", "x".repeat(MAX_TICKET_LENGTH + 1), 0, "Ann", "BAD_TICKET"],
  ["has no claims", signed("hello"), 0, "Ann", "BAD_TICKET"],
  ["has a list of claims", signed([CLAIMS]), 0, "Ann", "BAD_TICKET"],
  ["has no id", signed({ ...CLAIMS, id: undefined }), 0, "Ann", "BAD_TICKET"],
  ["has a long id", signed({ ...CLAIMS, id: "x".repeat(65) }), 0, "Ann", "BAD_TICKET"],
  ["has an odd id", signed({ ...CLAIMS, id: "a b" }), 0, "Ann", "BAD_TICKET"],
  ["has an odd name", signed({ ...CLAIMS, from: "\x1b[2J" }), 0, "Ann", "BAD_TICKET"],
  ["has a name with a colon", signed({ ...CLAIMS, from: "a:b" }), 0, "Ann", "BAD_TICKET"],
  ["has no recipient", signed({ ...CLAIMS, to: 5 }), 0, "Ann", "BAD_TICKET"],
  ["has a strange account", signed({ ...CLAIMS, account: "yes" }), 0, "Ann", "BAD_TICKET"],
  ["has a strange time", signed({ ...CLAIMS, expires: "soon" }), 0, "Ann", "BAD_TICKET"],
  ["has a strange session", signed({ ...CLAIMS, session: {} }), 0, "Ann", "BAD_TICKET"],
];

for (const [what, ticket, later, own, fault] of REFUSED) {
  Deno.test(`TicketGate refuses a ticket that ${what}, and remembers nothing of it`, () => {
    const it = gate();
    assertEquals(it.admit(ticket, own, HERE + later), { fault } as never);
    assertEquals(it.remembered, 0);
  });
}

Deno.test("TicketGate refuses every ticket of which one bit is another", () => {
  const it = gate();
  const ticket = makeTicket(KEY, CLAIMS);
  for (let at = 0; at < ticket.length; at++) {
    for (let bit = 0; bit < 7; bit++) {
      const code = ticket.charCodeAt(at) ^ (1 << bit);
      const other = ticket.slice(0, at) + String.fromCharCode(code) + ticket.slice(at + 1);
      assert("fault" in it.admit(other, "Ann", HERE), other);
    }
  }
  assertEquals(it.remembered, 0);
  assert("claims" in it.admit(ticket, "Ann", HERE));
});

Deno.test("TicketGate remembers no more than it may, and forgets what is over", () => {
  const it = gate();
  const use = (id: number, later: number): unknown => {
    const expires = SERVER_NOW + later + TICKET_LIFETIME_MS;
    const result = it.admit(
      makeTicket(KEY, { ...CLAIMS, id: `${id}`, expires }),
      "Ann",
      HERE + later,
    );
    return "fault" in result ? result.fault : "in";
  };
  for (let id = 0; id < MAX_USED_IDS; id++) assertEquals(use(id, id), "in");
  assertEquals(use(-1, MAX_USED_IDS), "BUSY");
  // Those that are over make room, and are refused by their age.
  assertEquals(use(-2, TICKET_LIFETIME_MS + MAX_USED_IDS), "in");
  assertEquals(it.remembered, 1);
});

Deno.test("parseTicketKey() reads what formatTicketKey() writes, and nothing else", () => {
  assertEquals(parseTicketKey(formatTicketKey(KEY)), KEY);
  const key = formatTicketKey(KEY);
  for (const bad of ["", "x", `${key}=`, ` ${key}`, `${key}AA`, key.slice(1), "!".repeat(43)]) {
    assertEquals(parseTicketKey(bad), undefined, bad);
  }
});

Deno.test("TicketGate stands 10,000 mutated tickets", () =>
  withSeed((seed) => {
    const random = seededRandom(seed);
    const below = (count: number): number => Math.floor(random() * count);
    const it = gate();
    const good = makeTicket(KEY, CLAIMS);
    for (let i = 0; i < 10_000; i++) {
      const [from, to] = [below(good.length + 1), below(good.length + 1)];
      const piece = String.fromCharCode(...Array.from({ length: below(8) }, () => below(0x3000)));
      const ticket = [good.slice(0, from) + piece + good.slice(to), good + piece, piece][below(3)]!;
      if (ticket === good) continue;
      assert("fault" in it.admit(ticket, "Ann", HERE), ticket);
    }
    assertEquals(it.remembered, 0);
  }));
