import { assertEquals } from "@std/assert";
import type { Mail, MailLimits } from "../../lib/people/mail.ts";
import { MemoryPeopleStore, type PeopleStore } from "../../lib/people/people_store.ts";
import { SqlitePeopleStore } from "../../lib/people/sqlite_people_store.ts";
import { TempFolder } from "../helpers/temp_folder.ts";

/** Every store keeps these. */
const STORES: [
  name: string,
  open: (folder: TempFolder, mail?: Partial<MailLimits>) => Promise<PeopleStore>,
][] = [
  ["MemoryMailStore", (_folder, mail) => Promise.resolve(new MemoryPeopleStore(mail))],
  [
    "SqliteMailStore",
    (folder, mail = {}) => SqlitePeopleStore.open(folder.file("crds-people.db"), { mail }),
  ],
];

const WEEK = 7 * 24 * 3600 * 1000;

function mailOf(sender: string, id: string, at = 0): Mail {
  return {
    sender,
    id,
    from: sender.toUpperCase(),
    account: sender !== "guest",
    text: `t${id}`,
    at,
  };
}

async function withAccounts(store: PeopleStore): Promise<PeopleStore["mail"]> {
  const accounts = ["ann", "bob"].map((key) => ({ key, name: key, password: "x", since: 0 }));
  await store.accounts.add(accounts);
  return store.mail;
}

for (const [name, open] of STORES) {
  Deno.test(`${name} keeps messages in order, each inbox by itself`, async () => {
    using folder = new TempFolder();
    await using store = await open(folder);
    const mail = await withAccounts(store);
    assertEquals(await mail.next("ann"), undefined);
    const first = { ...mailOf("guest", "1", 5), text: "ก e\u0301 👩‍👩‍👧 'x' \"y\" ; DROP" };
    assertEquals(await mail.put("ann", first), { kind: "stored", seq: 1 });
    assertEquals(await mail.put("bob", mailOf("ann", "1")), { kind: "stored", seq: 2 });
    assertEquals(await mail.put("ann", mailOf("bob", "2")), { kind: "stored", seq: 3 });
    assertEquals(await mail.next("ann"), { ...first, seq: 1 });
    assertEquals(await mail.next("ann"), { ...first, seq: 1 }, "reading takes nothing out");
    await mail.taken("bob", 1);
    await mail.taken("ann", 99);
    assertEquals((await mail.next("ann"))?.seq, 1, "another's, or none, is not taken");
    await mail.taken("ann", 1);
    assertEquals((await mail.next("ann"))?.id, "2");
    await mail.taken("ann", 3);
    assertEquals(await mail.next("ann"), undefined);
    assertEquals((await mail.next("bob"))?.id, "1");
  });

  Deno.test(`${name} keeps a message once, whatever the sender repeats`, async () => {
    using folder = new TempFolder();
    await using store = await open(folder);
    const mail = await withAccounts(store);
    assertEquals(await mail.seen("bob", "1"), undefined);
    await mail.put("ann", mailOf("bob", "1"));
    assertEquals(await mail.seen("bob", "1"), { delivered: false });
    const again = await mail.put("ann", { ...mailOf("bob", "1"), text: "other" });
    assertEquals(again, { kind: "seen", delivered: false });
    assertEquals((await mail.put("ann", mailOf("guest", "1"))).kind, "stored", "another sender");
    await mail.taken("ann", 1);
    assertEquals(await mail.seen("bob", "1"), { delivered: true });
    assertEquals(await mail.put("ann", mailOf("bob", "1")), { kind: "seen", delivered: true });
    assertEquals((await mail.next("ann"))?.sender, "guest");
  });

  Deno.test(`${name} is bounded: an inbox, a sender in it, all together`, async () => {
    using folder = new TempFolder();
    await using store = await open(folder, { perInbox: 3, perSender: 2, total: 4 });
    const mail = await withAccounts(store);
    const put = async (to: string, from: string, id: string): Promise<string> => {
      const outcome = await mail.put(to, mailOf(from, id));
      return outcome.kind === "full" ? `full ${outcome.of}` : outcome.kind;
    };
    assertEquals(await put("ann", "bob", "1"), "stored");
    assertEquals(await put("ann", "bob", "2"), "stored");
    assertEquals(await put("ann", "bob", "3"), "full sender");
    assertEquals(await put("ann", "guest", "1"), "stored");
    assertEquals(await put("ann", "guest", "2"), "full inbox");
    assertEquals(await put("bob", "guest", "3"), "stored");
    assertEquals(await put("bob", "guest", "4"), "full server");
    assertEquals(await mail.seen("guest", "4"), undefined, "what was refused may come again");
    await mail.taken("ann", 1);
    assertEquals(await put("ann", "bob", "3"), "stored");
  });

  Deno.test(`${name} takes all guests for one sender, and leaves room for accounts`, async () => {
    using folder = new TempFolder();
    const limits = { perInbox: 10, perSender: 2, total: 10, totalOfGuests: 3 };
    await using store = await open(folder, limits);
    const mail = await withAccounts(store);
    const put = async (to: string, from: string, account: boolean): Promise<string> => {
      const outcome = await mail.put(to, { ...mailOf(from, crypto.randomUUID()), account });
      return outcome.kind === "full" ? `full ${outcome.of}` : outcome.kind;
    };
    assertEquals(await put("ann", "eve1", false), "stored");
    assertEquals(await put("ann", "eve2", false), "stored");
    assertEquals(await put("ann", "eve3", false), "full guests");
    assertEquals(await put("ann", "bob", true), "stored", "an account has its own place");
    assertEquals(await put("ann", "eve1", true), "stored", "also under a name a guest had");
    assertEquals(await put("bob", "eve4", false), "stored");
    assertEquals(await put("bob", "eve5", false), "full server");
    assertEquals(await put("bob", "ann", true), "stored");
    await mail.taken("ann", 1);
    assertEquals(await put("bob", "eve5", false), "stored");
  });

  Deno.test(`${name} keeps a message for 30 days`, async () => {
    using folder = new TempFolder();
    await using store = await open(folder, { total: 2 });
    const mail = await withAccounts(store);
    const month = 30 * 24 * 3600 * 1000;
    await mail.put("ann", mailOf("bob", "1", 0));
    await mail.put("ann", mailOf("bob", "2", 1));
    const early = await mail.put("bob", mailOf("ann", "3", month - 1));
    assertEquals(early, { kind: "full", of: "server" });
    assertEquals((await mail.next("ann"))?.id, "1");
    assertEquals((await mail.put("bob", mailOf("ann", "3", month))).kind, "stored");
    assertEquals((await mail.next("ann"))?.id, "2");
  });

  Deno.test(`${name} forgets ids after a week, or when there are too many`, async () => {
    using folder = new TempFolder();
    await using store = await open(folder, { seen: 3 });
    const mail = await withAccounts(store);
    await mail.put("ann", mailOf("bob", "1", 0));
    await mail.put("ann", mailOf("bob", "2", WEEK - 1));
    assertEquals(await mail.seen("bob", "1"), { delivered: false });
    await mail.put("ann", mailOf("bob", "3", WEEK));
    assertEquals(await mail.seen("bob", "1"), undefined);
    assertEquals(await mail.seen("bob", "2"), { delivered: false });
    await mail.put("ann", mailOf("bob", "4", WEEK));
    await mail.put("ann", mailOf("bob", "5", WEEK));
    assertEquals(await mail.seen("bob", "2"), undefined);
    assertEquals(await mail.seen("bob", "3"), { delivered: false });
    assertEquals((await mail.next("ann"))?.id, "1", "the messages stay");
  });

  Deno.test(`${name} keeps blocks in order, and replaces one for the same two`, async () => {
    using folder = new TempFolder();
    await using store = await open(folder);
    const mail = await withAccounts(store);
    await mail.block({ account: "ann", who: "mel", name: "Mel" });
    await mail.block({ account: "ann", who: "bob", name: "Bob" });
    await mail.block({ account: "ann", who: "mel", name: "MEL" });
    await mail.block({ account: "bob", who: "ann", name: "Ann" });
    await mail.unblock("bob", "mel");
    assertEquals(await mail.blocks(), [
      { account: "ann", who: "mel", name: "MEL" },
      { account: "ann", who: "bob", name: "Bob" },
      { account: "bob", who: "ann", name: "Ann" },
    ]);
    await mail.unblock("ann", "mel");
    assertEquals((await mail.blocks()).map(({ who }) => who), ["bob", "ann"]);
  });

  Deno.test(`${name} forgets what belongs to an account that is no more`, async () => {
    using folder = new TempFolder();
    await using store = await open(folder);
    const mail = await withAccounts(store);
    await mail.put("ann", mailOf("bob", "1"));
    await mail.put("bob", mailOf("ann", "1"));
    await mail.block({ account: "ann", who: "mel", name: "Mel" });
    await store.accounts.delete("ann");
    await mail.forget("ann");
    assertEquals(await mail.next("ann"), undefined);
    assertEquals(await mail.blocks(), []);
    assertEquals((await mail.next("bob"))?.id, "1");
  });
}

Deno.test("SqliteMailStore takes no message and no block for an account that is not there", async () => {
  using folder = new TempFolder();
  await using store = await SqlitePeopleStore.open(folder.file("crds-people.db"));
  assertEquals(await store.mail.put("ann", mailOf("bob", "1")), { kind: "no-account" });
  await store.mail.block({ account: "ann", who: "mel", name: "Mel" });
  assertEquals(await store.mail.blocks(), []);
  assertEquals(await store.mail.seen("bob", "1"), undefined);
});

Deno.test("SqliteMailStore keeps messages, what was delivered and blocks over a restart", async () => {
  using folder = new TempFolder();
  const path = folder.file("crds-people.db");
  {
    await using store = await SqlitePeopleStore.open(path);
    const mail = await withAccounts(store);
    for (const id of ["1", "2", "3"]) await mail.put("ann", mailOf("bob", id));
    await mail.taken("ann", 1);
    await mail.taken("ann", 3);
    await mail.block({ account: "ann", who: "mel", name: "Mel" });
  }
  await using store = await SqlitePeopleStore.open(path);
  const { mail } = store;
  assertEquals(await mail.put("ann", mailOf("bob", "1")), { kind: "seen", delivered: true });
  assertEquals(await mail.put("ann", mailOf("bob", "2")), { kind: "seen", delivered: false });
  assertEquals((await mail.next("ann"))?.seq, 2);
  assertEquals(await mail.put("ann", mailOf("bob", "4")), { kind: "stored", seq: 4 });
  assertEquals(await mail.blocks(), [{ account: "ann", who: "mel", name: "Mel" }]);
});
