import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { createSocket, type Socket } from "node:dgram";
import { UserError } from "../../lib/errors.ts";
import { systemDatagrams } from "../../lib/net/datagram.ts";
import { MAX_UNSENT_DATAGRAMS } from "../../lib/net/multicast.ts";
import type { RoomAddress } from "../../lib/room/room_address.ts";
import type { RoomLine } from "../../lib/room/room_event.ts";
import { joinRoom, type JoinRoomOptions, type RoomLink } from "../../lib/room/room_link.ts";
import { freeGroup, Inbox, LOOPBACK, randomGroup, sockets } from "../net/loopback.ts";

/** Returns a room that nobody else is in. */
async function freeRoom(name = "lab"): Promise<RoomAddress> {
  return { name, ...await freeGroup() };
}

/** Joins on loopback; lines end in an inbox, a problem fails the test. */
async function join(
  room: RoomAddress,
  chatName: string,
  changes: Partial<JoinRoomOptions> = {},
): Promise<{ link: RoomLink; lines: Inbox<string> }> {
  const lines = new Inbox<string>();
  const link = await joinRoom({
    room,
    interface: { name: "lo", address: LOOPBACK },
    chatName,
    // Where it belongs: a busy machine loses datagrams, which come later then.
    onLine: ({ text, place }) => lines.insert(text, place === "late" ? 0 : place),
    linger: 0,
    onProblem: (message) => reportError(new Error(message)),
    ...changes,
  });
  return { link, lines };
}

/** A member of the room made of nothing but node:dgram. */
class PlainMember implements AsyncDisposable {
  readonly heard = new Inbox<Uint8Array>();
  #socket: Socket = createSocket({ type: "udp4", reuseAddr: true });
  #room: RoomAddress;

  private constructor(room: RoomAddress) {
    this.#room = room;
  }

  static async join(room: RoomAddress): Promise<PlainMember> {
    const member = new PlainMember(room);
    const socket = member.#socket;
    await new Promise<void>((resolve) => socket.bind(room.port, room.address, resolve));
    socket.on("message", (data) => member.heard.add(new Uint8Array(data)));
    socket.addMembership(room.address, LOOPBACK);
    socket.setMulticastInterface(LOOPBACK);
    return member;
  }

  send(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.send(
        bytes,
        0,
        bytes.length,
        this.#room.port,
        this.#room.address,
        (error) => error ? reject(error) : resolve(),
      );
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return new Promise((resolve) => void this.#socket.close(() => resolve()));
  }
}

Deno.test("RoomLink lets two members talk, each hearing the other only", async () => {
  const room = await freeRoom();
  const { link: mel, lines: melHears } = await join(room, "Mel");
  await using _mel = mel;
  const { link: bob, lines: bobHears } = await join(room, "Żółw");
  await using _bob = bob;

  assertEquals(await mel.say("Good morning! สวัสดี 👩‍👩‍👧"), 1);
  assertEquals(await bobHears.waitFor(1), ["Mel: Good morning! สวัสดี 👩‍👩‍👧"]);
  assertEquals(await bob.say("hi"), 1);
  assertEquals(await melHears.waitFor(1), ["Żółw: hi"]);
  assertEquals([mel.room, mel.interface.name, mel.local.address], [room, "lo", LOOPBACK]);
});

Deno.test("RoomLink tells the source of a line", async () => {
  const room = await freeRoom();
  const lines = new Inbox<RoomLine>();
  const { link: mel } = await join(room, "Mel", { onLine: lines.add });
  await using _mel = mel;
  const { link: bob } = await join(room, "Bob");
  await using _bob = bob;
  await bob.say("hi");
  const [line] = await lines.waitFor(1);
  assertEquals([line?.text, line?.source], ["Bob: hi", bob.local]);
});

Deno.test("RoomLink.say() keeps the order of 1,000 lines said in one tick", async () => {
  const room = await freeRoom();
  const { link: mel, lines } = await join(room, "Mel");
  await using _mel = mel;
  const { link: bob } = await join(room, "Bob");
  await using _bob = bob;

  const said = Array.from({ length: 1000 }, (_, i) => `line ${i}`);
  await Promise.all(said.map((line) => bob.say(line)));
  assertEquals(await lines.waitFor(1000), said.map((line) => `Bob: ${line}`));
});

Deno.test("RoomLink brings a paste of 5,000 lines, in order, to one that reads too slowly", async () => {
  const room = await freeRoom();
  // The system drops what is not read in time: here 400 lines in a row, and then every tenth.
  let count = 0;
  const deaf = sockets({
    bind: (options) => {
      const { onDatagram, local } = options;
      if (onDatagram === undefined || local.port !== room.port) {
        return systemDatagrams.bind(options);
      }
      return systemDatagrams.bind({
        ...options,
        onDatagram: (bytes, source) => {
          count++;
          const isLost = count > 1000 && count <= 1400 || count > 2000 && count % 10 === 0;
          if (!isLost || count > 3000) onDatagram(bytes, source);
        },
      });
    },
  });
  const { link: mel, lines } = await join(room, "Mel", { sockets: deaf });
  await using _mel = mel;
  const { link: bob } = await join(room, "Bob");
  await using _bob = bob;

  const said = Array.from({ length: 5000 }, (_, i) => `line ${i}`);
  assertEquals(await bob.say(said.join("\n")), 5000);
  assertEquals(await lines.waitFor(5000), said.map((line) => `Bob: ${line}`));
});

Deno.test("RoomLink.say() makes a datagram of each line and part, and counts them", async () => {
  const room = await freeRoom();
  const { link: mel, lines } = await join(room, "Mel");
  await using _mel = mel;
  const { link: bob } = await join(room, "Bob");
  await using _bob = bob;

  assertEquals(await bob.say("a\n\nb\n"), 2);
  assertEquals(await bob.say("x".repeat(2000)), 2);
  assertEquals(await bob.say(" \n "), 0);
  const heard = await lines.waitFor(4);
  assertEquals(heard.slice(0, 2), ["Bob: a", "Bob: b"]);
  assertEquals(heard.slice(2).map((line) => line.replace("Bob: ", "")).join(""), "x".repeat(2000));
});

Deno.test("RoomLink.chatName changes what is said afterwards", async () => {
  const room = await freeRoom();
  const { link: mel, lines } = await join(room, "Mel");
  await using _mel = mel;
  const { link: bob } = await join(room, "Bob");
  await using _bob = bob;

  const first = bob.say("one");
  bob.chatName = " Robert ";
  await bob.say("two");
  await first;
  assertEquals(await lines.waitFor(2), ["Bob: one", "Robert: two"]);
  assertThrows(() => (bob.chatName = "a:b"), UserError, 'Cannot use the name "a:b"');
  assertEquals(bob.chatName, "Robert");
});

Deno.test("RoomLink keeps two rooms on one port apart", async () => {
  const here = await freeRoom("here");
  const there = { ...here, name: "there", address: randomGroup() };
  await using stack = new AsyncDisposableStack();
  const members = [
    await join(here, "Mel"),
    await join(there, "Bob"),
    await join(here, "Ann"),
    await join(there, "Eve"),
  ] as const;
  for (const { link } of members) stack.use(link);
  const [mel, bob, ann, eve] = members;
  await mel.link.say("one");
  await bob.link.say("two");
  await mel.link.say("three");
  await bob.link.say("four");
  assertEquals(await ann.lines.waitFor(2), ["Mel: one", "Mel: three"]);
  assertEquals(await eve.lines.waitFor(2), ["Bob: two", "Bob: four"]);
});

Deno.test("RoomLink works in 20 rooms at once", async () => {
  await using stack = new AsyncDisposableStack();
  const port = (await freeRoom()).port;
  const rooms = await Promise.all(Array.from({ length: 20 }, async (_, i) => {
    // Half of them share a port, as rooms named by people may.
    const room = i % 2 === 0 ? { name: `r${i}`, address: randomGroup(), port } : await freeRoom();
    const mel = await join(room, "Mel");
    const bob = await join(room, "Bob");
    stack.use(mel.link);
    stack.use(bob.link);
    return { mel, bob };
  }));
  await Promise.all(rooms.map(({ mel }, i) => mel.link.say(`room ${i}\nbye`)));
  for (const [i, { bob }] of rooms.entries()) {
    assertEquals(await bob.lines.waitFor(2), [`Mel: room ${i}`, "Mel: bye"]);
  }
});

Deno.test("RoomLink delivers everything said before it was disposed of", async () => {
  const room = await freeRoom();
  const { link: mel, lines } = await join(room, "Mel");
  await using _mel = mel;
  const said: Promise<number>[] = [];
  {
    const { link: bob } = await join(room, "Bob");
    await using _bob = bob;
    for (let i = 0; i < 500; i++) said.push(bob.say(`line ${i}`));
  }
  assertEquals((await lines.waitFor(500)).at(-1), "Bob: line 499");
  assertEquals((await Promise.all(said)).length, 500);
});

Deno.test("RoomLink may be disposed of twice, and says nothing afterwards", async () => {
  const { link } = await join(await freeRoom(), "Mel");
  await link[Symbol.asyncDispose]();
  await link[Symbol.asyncDispose]();
  await assertRejects(
    () => link.say("late"),
    UserError,
    'Cannot send to room "lab": it was left.',
  );
});

Deno.test("RoomLink leaves at once when aborted", async () => {
  const controller = new AbortController();
  const { link } = await join(await freeRoom(), "Mel", { signal: controller.signal });
  controller.abort();
  await assertRejects(() => link.say("late"), UserError, "it was left");
  await link[Symbol.asyncDispose]();
});

Deno.test("RoomLink exchanges clean datagrams with a plain socket", async () => {
  const room = await freeRoom();
  await using plain = await PlainMember.join(room);
  const { link: mel, lines } = await join(room, "Mel");
  await using _mel = mel;

  await mel.say("zażółć 🐢");
  assertEquals(await plain.heard.waitFor(1), [new TextEncoder().encode("Mel: zażółć 🐢")]);
  for (const ending of ["", "\n", "\r\n", "\0"]) {
    await plain.send(new TextEncoder().encode(`Plain: ไทย${ending}`));
  }
  assertEquals(await lines.waitFor(4), Array(4).fill("Plain: ไทย"));
});

Deno.test("RoomLink shows malicious datagrams sanitised, and nothing for empty ones", async () => {
  const room = await freeRoom();
  await using plain = await PlainMember.join(room);
  const { link: mel, lines } = await join(room, "Mel");
  await using _mel = mel;

  const text = (text: string) => new TextEncoder().encode(text);
  const table: [datagram: Uint8Array, shown: string | undefined][] = [
    [text("x".repeat(5000)), "x".repeat(2048)],
    [text("\x1b[2J\x1b]0;owned\x07"), "\ufffd[2J\ufffd]0;owned\ufffd"],
    [new Uint8Array(0), undefined],
    [text("\u009b31m red"), "\ufffd31m red"],
    [new Uint8Array([0x9b, 0x41]), "\ufffdA"],
    [text("\n"), undefined],
    [text("Mel\u202e: evil\u2066"), "Mel\ufffd: evil\ufffd"],
    [new Uint8Array([0xff, 0xc0, 0xaf, 0x41]), "\ufffd\ufffd\ufffdA"],
    [text("a\nMel: forged\r\n"), "a\ufffdMel: forged"],
    [text("🐢".repeat(700)), "🐢".repeat(512)],
    [text("a" + "🐢".repeat(700)), "a" + "🐢".repeat(511) + "\ufffd"],
    [text("x".repeat(1300)), "x".repeat(1300)],
  ];
  for (const [datagram] of table) await plain.send(datagram);
  const shown = table.map(([, shown]) => shown).filter((shown) => shown !== undefined);
  assertEquals(await lines.waitFor(shown.length), shown);
});

Deno.test("RoomLink tells what a line's handler throws, and goes on", async () => {
  const room = await freeRoom();
  const problems = new Inbox<string>();
  const { link: mel } = await join(room, "Mel", {
    onLine: ({ text }) => {
      throw new Error(`no room for ${text} \x1b[2J`);
    },
    onProblem: problems.add,
  });
  await using _mel = mel;
  const { link: bob } = await join(room, "Bob");
  await using _bob = bob;
  await bob.say("1\n2");
  assertEquals(await problems.waitFor(2), [
    'Cannot show a message of room "lab": no room for Bob: 1 \ufffd[2J',
    'Cannot show a message of room "lab": no room for Bob: 2 \ufffd[2J',
  ]);
});

Deno.test("RoomLink tells problems of its sockets", async () => {
  const problems: string[] = [];
  const reports: ((error: Error) => void)[] = [];
  const fake = sockets({
    bind: ({ onError }) => {
      reports.push(onError);
      return Promise.resolve({
        local: { address: LOOPBACK, port: 1 },
        join: () => {},
        setMulticast: () => {},
        send: () => Promise.resolve(),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      });
    },
  });
  const { link } = await join({ name: "l\x1bab", address: "239.255.7.1", port: 20100 }, "Mel", {
    sockets: fake,
    onProblem: (message) => problems.push(message),
  });
  await using _link = link;
  reports[0]?.(Object.assign(new Error("recv"), { code: "ECONNRESET" }));
  assertEquals(problems, ['Cannot receive from room "l\ufffdab": recv.']);
});

Deno.test("joinRoom() refuses a name before it opens anything, and says why joining failed", async () => {
  const room = { name: "lab", address: "239.255.7.1", port: 20100 };
  await assertRejects(() => join(room, "a:b"), UserError, 'Cannot use the name "a:b"');
  const fake = sockets({
    bind: () => Promise.reject(Object.assign(new Error("bind"), { code: "EADDRINUSE" })),
  });
  await assertRejects(
    () => join(room, "Mel", { sockets: fake }),
    UserError,
    'Cannot join room "lab": another program uses UDP port 20100',
  );
});

Deno.test("RoomLink.say() refuses more than can wait, and sends nothing of it", async () => {
  const room = await freeRoom();
  const { link: mel, lines } = await join(room, "Mel");
  await using _mel = mel;
  const { link: bob } = await join(room, "Bob");
  await using _bob = bob;
  const paste = "x\n".repeat(MAX_UNSENT_DATAGRAMS + 1);
  await assertRejects(() => bob.say(paste), UserError, "Send fewer at a time");
  await bob.say("short");
  assertEquals(await lines.waitFor(1), ["Bob: short"]);
});
