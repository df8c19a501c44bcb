import { assert, assertEquals } from "@std/assert";
import { Holdings, MAX_HELD_BYTES } from "../../lib/room/holdings.ts";
import { seededRandom } from "../helpers/seeded_random.ts";

const OVERHEAD = 64;

function datagram(length: number, mark: number): Uint8Array {
  return new Uint8Array(length).fill(mark & 255);
}

Deno.test("Holdings: what is kept is found, whatever comes and goes meanwhile (20 seeds)", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = seededRandom(seed);
    const limit = 20_000;
    const holdings = new Holdings(limit);
    const model = new Map<number, Uint8Array>();
    const cost = (): number =>
      [...model.values()].reduce((sum, { length }) => sum + length + OVERHEAD, 0);
    for (let i = 0; i < 3000; i++) {
      const tickets = [...model.keys()];
      if (random() < 0.4 && tickets.length > 0) {
        // Mostly the oldest, as windows move; and some from the middle.
        const index = random() < 0.7 ? 0 : Math.floor(random() * tickets.length);
        holdings.drop(tickets[index]!);
        holdings.drop(tickets[index]!);
        model.delete(tickets[index]!);
        continue;
      }
      const bytes = datagram(Math.floor(random() * 1200 * random()), i);
      model.set(holdings.keep(bytes), bytes.slice());
      bytes.fill(7);
      while (cost() > limit) model.delete(model.keys().next().value!);
      assertEquals(holdings.bytes, cost());
    }
    for (const [ticket, bytes] of model) assertEquals(holdings.get(ticket), bytes, `seed ${seed}`);
    for (let ticket = 0; ticket < 3100; ticket++) {
      assertEquals(holdings.has(ticket), model.has(ticket));
      if (!model.has(ticket)) assertEquals(holdings.get(ticket), undefined);
    }
    assert(holdings.size < 4 * limit, `${holdings.size}`);
  }
});

Deno.test("Holdings: what was let go takes no memory, however much passes through", () => {
  const holdings = new Holdings();
  const tickets: number[] = [];
  for (let i = 0; i < 200_000; i++) {
    tickets.push(holdings.keep(datagram(70, i)));
    if (tickets.length > 1024) holdings.drop(tickets.shift()!);
  }
  assertEquals(holdings.bytes, 1024 * (70 + OVERHEAD));
  assert(holdings.size < 400_000, `${holdings.size}`);
});

Deno.test("Holdings: one old datagram stays while 65,535 newer ones come and go", () => {
  const holdings = new Holdings();
  const old = holdings.keep(datagram(10, 1));
  for (let i = 0; i < 65_534; i++) holdings.drop(holdings.keep(datagram(10, 2)));
  assertEquals(holdings.get(old), datagram(10, 1));
  for (let i = 0; i < 2; i++) holdings.drop(holdings.keep(datagram(10, 2)));
  assertEquals(holdings.get(old), undefined, "the numbers of what is kept lie close together");
  assert(holdings.size < 1_000_000, `${holdings.size}`);
});

Deno.test("Holdings: empty datagrams, and one larger than the limit", () => {
  const holdings = new Holdings(200);
  const empty = holdings.keep(new Uint8Array());
  assertEquals(holdings.get(empty), new Uint8Array());
  const large = holdings.keep(datagram(1000, 3));
  assertEquals(holdings.get(empty), undefined);
  assertEquals(holdings.get(large), datagram(1000, 3));
  assertEquals(holdings.has(holdings.keep(datagram(1, 4))), true);
  assertEquals(holdings.get(large), undefined);
});

Deno.test("Holdings: never more than the limit of a room", () => {
  const holdings = new Holdings();
  for (let i = 0; i < 10_000; i++) {
    holdings.keep(datagram(1200, i));
    assert(holdings.bytes <= MAX_HELD_BYTES);
  }
  assert(holdings.size <= 3 * MAX_HELD_BYTES, `${holdings.size}`);
});
