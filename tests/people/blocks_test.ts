import { assertEquals, assertRejects } from "@std/assert";
import { UserError } from "../../lib/errors.ts";
import { type BlockChange, BlockError, Blocks } from "../../lib/people/blocks.ts";
import { type Block, MAX_BLOCKS } from "../../lib/people/mail.ts";
import { MemoryMailStore } from "../../lib/people/memory_mail_store.ts";
import { PresenceError } from "../../lib/people/names.ts";

async function watched(): Promise<
  { blocks: Blocks; changes: BlockChange[]; store: MemoryMailStore }
> {
  const store = new MemoryMailStore();
  const blocks = await Blocks.open(store);
  const changes: BlockChange[] = [];
  blocks.watch((change) => changes.push(change));
  return { blocks, changes, store };
}

Deno.test("Blocks goes by all spellings of a name, in one direction", async () => {
  const { blocks, changes } = await watched();
  assertEquals(blocks.empty, true);
  assertEquals(await blocks.add("ann", " Ｂob "), "Ｂob");
  assertEquals(await blocks.add("ann", "BOB"), "BOB", "once more changes nothing");
  assertEquals(blocks.of("ann"), ["Ｂob"]);
  assertEquals([blocks.has("ann", "bob"), blocks.has("bob", "ann")], [true, false]);
  assertEquals([blocks.has(undefined, "bob"), blocks.has("ann", undefined)], [false, false]);
  assertEquals(await blocks.remove("ann", "bOb"), "Ｂob");
  assertEquals(blocks.has("ann", "bob"), false);
  assertEquals(blocks.empty, true);
  assertEquals(changes.map(({ kind, who }) => `${kind} ${who}`), ["began bob", "ended bob"]);
});

Deno.test("Blocks refuses one's own name, what is no name, and too many", async () => {
  const { blocks } = await watched();
  const code = async (work: Promise<unknown>): Promise<string> =>
    (await assertRejects(() => work, BlockError)).code;
  assertEquals(await code(blocks.add("ann", "ANN")), "BAD_NAME");
  assertEquals(await code(blocks.remove("ann", "bob\x1b[2J")), "NOT_BLOCKED");
  const { message } = await assertRejects(() => blocks.remove("ann", "\x1b[2J"), UserError);
  assertEquals(message, 'Cannot unblock "\ufffd[2J": you do not block that name.');
  for (const name of ["", "a:b", "x".repeat(33), "\x1b[2J", "anonymous@10.0.0.1"]) {
    await assertRejects(() => blocks.add("ann", name), PresenceError);
  }
  for (let number = 0; number < MAX_BLOCKS; number++) await blocks.add("ann", `guest${number}`);
  assertEquals(await code(blocks.add("ann", "one more")), "BLOCKS_FULL");
  assertEquals(await blocks.add("ann", "guest7"), "guest7", "that one is there already");
  assertEquals(blocks.of("ann").length, MAX_BLOCKS);
});

Deno.test("Blocks follows its store: what cannot be kept does not hold", async () => {
  const failing = {
    block: () => Promise.reject(new UserError("the disk is full")),
    unblock: () => Promise.reject(new UserError("the disk is full")),
  };
  const blocks = new Blocks(failing, [{ account: "ann", who: "bob", name: "Bob" }]);
  await assertRejects(() => blocks.add("ann", "Mel"), UserError);
  await assertRejects(() => blocks.remove("ann", "Bob"), UserError);
  assertEquals(blocks.of("ann"), ["Bob"]);
});

/** A store that keeps a block when it is told to. */
class SlowStore extends MemoryMailStore {
  readonly #gate = Promise.withResolvers<void>();

  go(): void {
    this.#gate.resolve();
  }

  override async block(block: Block): Promise<void> {
    await this.#gate.promise;
    await super.block(block);
  }
}

Deno.test("Blocks that are asked for at once are no more than those asked for in turn", async () => {
  const store = new SlowStore();
  const blocks = new Blocks(store);
  const adding = Array.from({ length: MAX_BLOCKS + 10 }, (_, at) => blocks.add("ann", `p${at}`));
  const done = Promise.allSettled(adding);
  store.go();
  const refused = (await done).filter(({ status }) => status === "rejected");
  assertEquals([blocks.of("ann").length, refused.length], [MAX_BLOCKS, 10]);
  await blocks.remove("ann", "p0");
  assertEquals(await blocks.add("ann", "again"), "again");
});

Deno.test("Blocks.add() for an account that is deleted meanwhile leaves nothing", async () => {
  const store = new SlowStore();
  const blocks = new Blocks(store);
  const before = blocks.add("ann", "Bob");
  const refused = assertRejects(() => before, BlockError, "the account was deleted");
  blocks.forget("ann");
  const after = blocks.add("ann", "Mel");
  store.go();
  assertEquals((await refused).code, "NOT_LOGGED_IN");
  await after;
  assertEquals(blocks.of("ann"), ["Mel"], "another account of that name has its own");
});

Deno.test("Blocks.forget() ends those of an account that is no more", async () => {
  const { blocks, changes, store } = await watched();
  await blocks.add("ann", "Bob");
  await blocks.add("ann", "Mel");
  await blocks.add("bob", "Ann");
  await store.forget("ann");
  blocks.forget("ann");
  assertEquals([blocks.of("ann"), blocks.of("bob")], [[], ["Ann"]]);
  assertEquals(changes.slice(3).map(({ kind, who }) => `${kind} ${who}`), [
    "ended bob",
    "ended mel",
  ]);
  assertEquals((await Blocks.open(store)).of("bob"), ["Ann"]);
});
