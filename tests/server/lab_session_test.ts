import { assert, assertEquals, assertInstanceOf, assertLessOrEqual } from "@std/assert";
import { concat } from "@std/bytes/concat";
import { Directory } from "../../lib/directory/directory.ts";
import { MemoryStore } from "../../lib/directory/memory_store.ts";
import { UserError } from "../../lib/errors.ts";
import { LabSession } from "../../lib/server/lab_session.ts";
import { ListingReplies } from "../../lib/server/listing_replies.ts";
import { formatStatusText } from "../../lib/server/status_event.ts";
import {
  byteByByte,
  bytes,
  chat,
  deleteroom,
  everySplit,
  field,
  GETDIR,
  listing,
  makeroom,
} from "../helpers/bytes.ts";
import { FakeStore, RecordingLog } from "../helpers/fakes.ts";

const LAB = makeroom("lab", "239.1.2.3", "50100");
const LAB_LINE = "lab: 239.1.2.3:50100\n";
const PEER = "127.0.0.1:9";

interface Rig {
  session: LabSession;
  directory: Directory;
  log: RecordingLog;
  lines: () => string[];
}

async function rig(
  {
    store = new MemoryStore(),
    maxReplyBytes = 1000,
    log = new RecordingLog(),
    ownerDeletes = false,
  } = {} as {
    ownerDeletes?: boolean;
    store?: MemoryStore | FakeStore;
    maxReplyBytes?: number;
    log?: RecordingLog;
  },
): Promise<Rig> {
  if (store instanceof FakeStore) store.snapshotted.resolve({ revision: 0, rooms: [] });
  const directory = await Directory.open(store, { ownerDeletes });
  const replies = new ListingReplies(directory, maxReplyBytes);
  const session = new LabSession({
    directory,
    replies,
    log,
    peer: PEER,
    owner: "lab@127.0.0.1",
    maxReplyBytes,
  });
  return { session, directory, log, lines: () => log.events.map(formatStatusText) };
}

/** Everything that a session answers to some pieces. */
async function answers(session: LabSession, pieces: Iterable<Uint8Array>): Promise<Uint8Array> {
  const sent: Uint8Array[] = [];
  for (const piece of pieces) {
    session.push(piece);
    for (;;) {
      const next = await session.next();
      if (next === undefined) break;
      sent.push(next);
    }
  }
  return concat(sent);
}

Deno.test("LabSession answers a pipeline in order, at every split point", async () => {
  const sent = bytes(
    GETDIR,
    LAB,
    GETDIR,
    GETDIR,
    LAB,
    makeroom("b", "239.1.2.3", "50100"),
    GETDIR,
    deleteroom("lab"),
    deleteroom("lab"),
    GETDIR,
    LAB,
    chat("lab"),
    GETDIR,
  );
  const expected = bytes(
    listing(""),
    listing(LAB_LINE),
    listing(LAB_LINE),
    listing(LAB_LINE),
    listing(""),
    field("239.1.2.3"),
    field("50100"),
  );
  for (const pieces of everySplit(sent)) {
    const { session } = await rig();
    assertEquals(await answers(session, pieces), expected);
    assertEquals([session.over, session.fault, session.pending], [true, undefined, false]);
  }
});

Deno.test("LabSession reports each request with its outcome or its refusal", async () => {
  const { session, lines } = await rig({ store: new MemoryStore({ maxRooms: 1 }) });
  const sent = bytes(
    GETDIR,
    LAB,
    GETDIR,
    GETDIR,
    LAB,
    makeroom("b", "239.1.2.3", "50100"),
    makeroom("c", "239.1.2.4", "1"),
    makeroom("d", "224.0.0.1", "1"),
    makeroom("d", "239.1.2.4", "abc"),
    makeroom("d\x1b", "239.1.2.4", "1"),
    deleteroom("x"),
    deleteroom("lab"),
    chat("lab"),
  );
  await answers(session, [sent]);
  assertEquals(lines(), [
    `${PEER} getdir: 0 rooms.`,
    `${PEER} makeroom lab 239.1.2.3 50100: created.`,
    `${PEER} getdir x2: 1 room.`,
    `${PEER} makeroom lab 239.1.2.3 50100: refused: the name is taken (239.1.2.3:50100).`,
    `${PEER} makeroom b 239.1.2.3 50100: refused: 239.1.2.3:50100 belongs to room "lab".`,
    `${PEER} makeroom c 239.1.2.4 1: refused: the directory is full (1 rooms); delete one first.`,
    `${PEER} makeroom d 224.0.0.1 1: refused: "224.0.0.1" is no group address of this directory; choose one in 239.0.0.0-239.255.255.255.`,
    `${PEER} makeroom d 239.1.2.4 abc: refused: "abc" is no port; choose a number in 1-65535.`,
    `${PEER} makeroom d\ufffd 239.1.2.4 1: refused: the name holds a control character; use letters, digits, - or _.`,
    `${PEER} deleteroom x: refused: there is no room of that name.`,
    `${PEER} deleteroom lab: deleted.`,
    `${PEER} chat lab: refused: there is no room of that name.`,
  ]);
});

Deno.test("LabSession lists a sealed room with a mark, knows no way into it, and can delete it", async () => {
  const { session, directory, lines } = await rig();
  await directory.create("vault", "239.1.2.3", "50100", { sealed: "A".repeat(22) });
  const sent = bytes(GETDIR, makeroom("b(sealed)", "239.1.2.4", "2"), chat("vault"));
  assertEquals(
    await answers(session, [sent]),
    bytes(listing("vault(sealed): 239.1.2.3:50100\n"), 0),
  );
  assertEquals(lines().slice(1), [
    `${PEER} makeroom b(sealed) 239.1.2.4 2: refused: names ending in (sealed) look like sealed ` +
    "rooms; choose another.",
    `${PEER} chat vault: refused: the room is sealed.`,
  ]);
  const other = await rig();
  await other.directory.create("vault", "239.1.2.3", "50100", { sealed: "A".repeat(22) });
  await answers(other.session, [bytes(deleteroom("vault(sealed)"))]);
  assertEquals(other.directory.size, 0);
});

Deno.test("LabSession deletes what came from its address only, if the server says so", async () => {
  const { session, directory, lines } = await rig({ ownerDeletes: true });
  await directory.create("mels", "239.1.2.3", "1", {
    owner: "guest:mel@10.0.0.5",
    createdBy: "Mel",
  });
  await directory.create("other", "239.1.2.3", "2", { owner: "lab@127.0.0.2" });
  const sent = bytes(LAB, deleteroom("mels"), deleteroom("other"), deleteroom("lab"), GETDIR);
  const left = listing("mels: 239.1.2.3:1\nother: 239.1.2.3:2\n");
  assertEquals(await answers(session, [sent]), left);
  assertEquals(lines().slice(1, 4), [
    `${PEER} deleteroom mels: refused: on this server only who made it may (Mel); ask them.`,
    `${PEER} deleteroom other: refused: on this server only who made it may; ask them.`,
    `${PEER} deleteroom lab: deleted.`,
  ]);
});

Deno.test("LabSession builds no events when nobody wants them", async () => {
  const { session, log } = await rig({ log: new RecordingLog(false) });
  await answers(session, [bytes(GETDIR, LAB, LAB, deleteroom("x"), chat("lab"))]);
  assertEquals(log.events, []);
});

Deno.test("LabSession.next() answers without a promise where no store is asked", async () => {
  const { session } = await rig();
  session.push(bytes(GETDIR, GETDIR));
  assertEquals(session.next(), bytes(listing(""), listing("")));
  assertEquals(session.next(), undefined);
  session.push(chat("lab"));
  assertEquals(session.next(), bytes(0));
});

Deno.test("LabSession waits for the store before it answers the next request", async () => {
  const store = new FakeStore();
  const { session } = await rig({ store });
  session.push(bytes(GETDIR, LAB, GETDIR, deleteroom("lab"), GETDIR));
  const next = session.next();
  assertInstanceOf(next, Promise);
  assertEquals(store.calls.map((call) => call.what), ["create lab"]);
  store.calls[0]?.finish();
  // The reply of the first getdir is as the directory was, the second sees the room.
  while (store.calls.length < 2) await Promise.resolve();
  store.calls[1]?.finish();
  assertEquals(await next, bytes(listing(""), listing(LAB_LINE), listing("")));
  assertEquals(await session.next(), undefined);
});

Deno.test("LabSession sees a room that somebody else takes while it waits", async () => {
  const store = new FakeStore();
  const { session, lines } = await rig({ store });
  session.push(bytes(LAB, GETDIR));
  const next = session.next();
  const other = { name: "lab", address: "239.9.9.9", port: 9 };
  store.report({ revision: 1, kind: "created", room: other });
  store.calls[0]?.finish({ kind: "name-taken", by: other });
  assertEquals(await next, listing("lab: 239.9.9.9:9\n"));
  assertEquals(
    lines()[0],
    `${PEER} makeroom lab 239.1.2.3 50100: refused: the name is taken (239.9.9.9:9).`,
  );
});

const STORE_FAULTS: [error: Error, problem: string][] = [
  [
    new UserError("Cannot write crds.db: the disk is full."),
    "Cannot write crds.db: the disk is full.",
  ],
  [
    new TypeError("x is no function"),
    `Cannot carry out makeroom of ${PEER}: x is no function (a fault of crds-server).`,
  ],
];

for (const [error, problem] of STORE_FAULTS) {
  Deno.test(`LabSession takes a ${error.name} of the store for a refusal, and tells the operator`, async () => {
    const store = new FakeStore();
    const { session, lines } = await rig({ store });
    session.push(bytes(GETDIR, LAB, GETDIR, deleteroom("x"), GETDIR));
    const next = session.next();
    store.calls[0]?.fail(error);
    while (store.calls.length < 2) await Promise.resolve();
    store.calls[1]?.finish();
    assertEquals(await next, bytes(listing(""), listing(""), listing("")));
    assertEquals(lines().slice(1, 3), [
      problem,
      `${PEER} makeroom lab 239.1.2.3 50100: refused: the server could not store it.`,
    ]);
    assertEquals([session.over, session.fault], [false, undefined]);
  });
}

Deno.test("LabSession tells of a store that fails also when nobody wants ordinary events", async () => {
  const store = new FakeStore();
  const { session, log, lines } = await rig({ store, log: new RecordingLog(false) });
  session.push(LAB);
  const next = session.next();
  store.calls[0]?.fail(new UserError("Cannot write crds.db: the disk is full."));
  assertEquals([await next, log.verbose], [undefined, false]);
  assertEquals(lines(), ["Cannot write crds.db: the disk is full."]);
});

Deno.test("LabSession.cancel() drops what was not handed out, and carries out nothing more", async () => {
  const store = new FakeStore();
  const { session, lines } = await rig({ store });
  session.push(bytes(GETDIR, LAB, GETDIR, deleteroom("lab"), GETDIR));
  const next = session.next();
  session.cancel();
  store.calls[0]?.finish();
  assertEquals([await next, session.next(), session.over], [undefined, undefined, true]);
  assertEquals(store.calls.map(({ what }) => what), ["create lab"]);
  assertEquals(lines().at(-1), `${PEER} makeroom lab 239.1.2.3 50100: created.`);
  const large = await rig({ maxReplyBytes: 10 });
  large.session.push(bytes(GETDIR, GETDIR, GETDIR));
  large.session.next();
  large.session.cancel();
  assertEquals(large.session.next(), undefined);
});

Deno.test("LabSession hands out bounded pieces, and all of the replies", async () => {
  const maxReplyBytes = 500;
  const { session } = await rig({ maxReplyBytes });
  await answers(session, [LAB]);
  const one = listing(LAB_LINE);
  const count = 1000;
  session.push(new Uint8Array(count).fill(1));
  let sent = 0;
  for (;;) {
    const piece = await session.next();
    if (piece === undefined) break;
    assertLessOrEqual(piece.length, maxReplyBytes + Math.max(maxReplyBytes, one.length));
    sent += piece.length;
  }
  assertEquals(sent, count * one.length);
});

Deno.test("LabSession hands out a listing that is longer than the bound, one at a time", async () => {
  const { session } = await rig({ maxReplyBytes: 10 });
  await answers(session, [LAB]);
  session.push(bytes(GETDIR, GETDIR, GETDIR));
  for (let at = 0; at < 3; at++) assertEquals(session.next(), listing(LAB_LINE));
  assertEquals(session.next(), undefined);
});

Deno.test("LabSession hands out pieces that do not change when the directory does", async () => {
  const { session, directory } = await rig({ maxReplyBytes: 10_000 });
  await answers(session, [LAB]);
  session.push(bytes(...Array.from({ length: 20 }, () => GETDIR)));
  const piece = await session.next();
  assert(piece !== undefined);
  assertEquals(session.next(), undefined);
  const before = piece.slice();
  await directory.delete("lab");
  await directory.create("other", "239.1.1.1", "1");
  session.push(bytes(GETDIR, GETDIR));
  assertEquals(
    session.next(),
    bytes(listing("other: 239.1.1.1:1\n"), listing("other: 239.1.1.1:1\n")),
  );
  assertEquals(piece, before);
});

Deno.test("LabSession answers the rest of a run with the directory as it is by then", async () => {
  const { session, directory } = await rig({ maxReplyBytes: 60 });
  await answers(session, [LAB]);
  session.push(new Uint8Array(5).fill(1));
  const parts = [await session.next()];
  await directory.delete("lab");
  for (let next = await session.next(); next !== undefined; next = await session.next()) {
    parts.push(next);
  }
  const all = concat(parts.map((part) => part ?? new Uint8Array()));
  const old = Math.round((all.length - 5 * 8) / LAB_LINE.length);
  const expected = Array.from({ length: 5 }, (_, at) => listing(at < old ? LAB_LINE : ""));
  assertEquals(all, bytes(...expected));
});

const FAULTS: [sent: Uint8Array, fault: string][] = [
  [bytes(0), "unknown opcode 0"],
  [bytes(9), "unknown opcode 9"],
  [bytes(0x7b), "unknown opcode 123"],
  [bytes(2, 0), "a field has length 0"],
  [bytes(2, field("lab"), 0), "a field has length 0"],
  [bytes(3, 1, 0xff), "a field is no UTF-8"],
  [bytes(4, 2, 0xc3, 0x28), "a field is no UTF-8"],
];

for (const [sent, fault] of FAULTS) {
  Deno.test(`LabSession is over after ${fault} (${sent}), and answers what came before`, async () => {
    for (const pieces of everySplit(bytes(LAB, GETDIR, sent, GETDIR))) {
      const { session, directory } = await rig();
      assertEquals(await answers(session, pieces), listing(LAB_LINE));
      assertEquals([session.over, session.fault, directory.size], [true, fault, 1]);
      assertEquals(await answers(session, [GETDIR]), bytes());
    }
  });
}

Deno.test("LabSession.completed counts requests, and `pending` says that one was begun", async () => {
  const { session } = await rig();
  const seen: [number, boolean][] = [];
  for (const piece of byteByByte(bytes(GETDIR, deleteroom("a"), GETDIR))) {
    await answers(session, [piece]);
    seen.push([session.completed, session.pending]);
  }
  assertEquals(seen, [[1, false], [1, true], [1, true], [2, false], [3, false]]);
});
