import { assertEquals, assertRejects } from "@std/assert";
import { createSocket } from "node:dgram";
import { UserError } from "../../lib/errors.ts";
import type { SocketAddress } from "../../lib/net/datagram.ts";
import { MAX_DATAGRAM_BYTES } from "../../lib/net/multicast.ts";
import { freeGroup, Inbox, LOOPBACK, randomGroup } from "./loopback.ts";
import { bytes, open, text } from "./multicast_rig.ts";

Deno.test("MulticastLink lets two on one host hear each other and not themselves", async () => {
  const group = await freeGroup();
  const mel = await open(group);
  await using melLink = mel.link;
  const bob = await open(group);
  await using bobLink = bob.link;

  await melLink.send(bytes("from Mel: żółw 🐢"));
  assertEquals(await bob.inbox.waitFor(1), ["from Mel: żółw 🐢"]);
  await bobLink.send(bytes("from Bob"));
  // Had Mel heard herself, that would stand before what Bob sent later.
  assertEquals(await mel.inbox.waitFor(1), ["from Bob"]);
  await melLink.send(bytes("again"));
  assertEquals(await bob.inbox.waitFor(2), ["from Mel: żółw 🐢", "again"]);
});

Deno.test("MulticastLink tells who sent, as the sender knows itself", async () => {
  const group = await freeGroup();
  const sources = new Inbox<SocketAddress>();
  const { link: listener } = await open(group, { onDatagram: (_, source) => sources.add(source) });
  await using _listener = listener;
  const { link } = await open(group);
  await using sender = link;

  await sender.send(bytes("x"));
  assertEquals(await sources.waitFor(1), [sender.local]);
  assertEquals(sender.local.address, LOOPBACK);
});

Deno.test("MulticastLink keeps the order of 1,000 datagrams sent in one tick", async () => {
  const group = await freeGroup();
  const { link: listener, inbox } = await open(group);
  await using _listener = listener;
  const { link } = await open(group);
  await using sender = link;

  const sent = Array.from({ length: 1000 }, (_, i) => `line ${i}`);
  await Promise.all(sent.map((line) => sender.send(bytes(line))));
  assertEquals(await inbox.waitFor(1000), sent);
});

Deno.test("MulticastLink keeps groups on one port apart", async () => {
  const group = await freeGroup();
  const other = { address: randomGroup(), port: group.port };
  await using stack = new AsyncDisposableStack();
  const [here, there, speaker, stranger] = [
    await open(group),
    await open(other),
    await open(group),
    await open(other),
  ];
  for (const { link } of [here, there, speaker, stranger]) stack.use(link);

  await speaker.link.send(bytes("here"));
  await stranger.link.send(bytes("there"));
  await speaker.link.send(bytes("here too"));
  assertEquals(await here.inbox.waitFor(2), ["here", "here too"]);
  assertEquals(await there.inbox.waitFor(1), ["there"]);
});

Deno.test("MulticastLink cuts what is longer than MAX_DATAGRAM_BYTES, from the first on", async () => {
  const group = await freeGroup();
  const { link: listener, inbox } = await open(group);
  await using _listener = listener;
  const { link } = await open(group);
  await using sender = link;

  for (const length of [5000, MAX_DATAGRAM_BYTES, 5000, 0, 3000]) {
    await sender.send(bytes("x".repeat(length)));
  }
  assertEquals((await inbox.waitFor(5)).map(({ length }) => length), [2048, 2048, 2048, 0, 2048]);
});

Deno.test("MulticastLink sends everything before it closes, and closes once", async () => {
  const group = await freeGroup();
  const { link: listener, inbox } = await open(group);
  await using _listener = listener;
  const { link: sender } = await open(group);

  const sending = Array.from({ length: 200 }, (_, i) => sender.send(bytes(`${i}`)));
  await Promise.all([sender[Symbol.asyncDispose](), sender[Symbol.asyncDispose]()]);
  await sender[Symbol.asyncDispose]();
  await Promise.all(sending);
  assertEquals((await inbox.waitFor(200)).length, 200);
  await assertRejects(() => sender.send(bytes("late")), UserError, "it was left");
});

Deno.test("MulticastLink closes at once when aborted, and tells who waits", async () => {
  const group = await freeGroup();
  const controller = new AbortController();
  const { link } = await open(group, { signal: controller.signal });
  const sending = Array.from({ length: 100 }, (_, i) => link.send(bytes(`${i}`)));
  const settled = Promise.allSettled(sending);
  controller.abort();
  const outcomes = await settled;
  assertEquals(outcomes.at(-1)?.status, "rejected");
  await link[Symbol.asyncDispose]();
  await assertRejects(() => link.send(bytes("late")), UserError, "it was left");
});

Deno.test("MulticastLink.open() rejects when aborted before or meanwhile, leaving nothing open", async () => {
  const group = await freeGroup();
  const gone = new Error("changed my mind");
  await assertRejects(() => open(group, { signal: AbortSignal.abort(gone) }), Error, "changed");
  const controller = new AbortController();
  const opening = open(group, { signal: controller.signal });
  controller.abort(gone);
  await assertRejects(() => opening, Error, "changed");
});

Deno.test("MulticastLink understands a plain socket, and a plain socket understands it", async () => {
  const group = await freeGroup();
  const { link, inbox } = await open(group);
  await using _link = link;
  const heard = new Inbox<string>();
  const plain = createSocket({ type: "udp4", reuseAddr: true });
  await new Promise<void>((resolve) => plain.bind(group.port, group.address, resolve));
  try {
    plain.on("message", (data) => heard.add(text(data)));
    plain.addMembership(group.address, LOOPBACK);
    plain.setMulticastInterface(LOOPBACK);
    await link.send(bytes("to plain"));
    assertEquals(await heard.waitFor(1), ["to plain"]);
    plain.send(bytes("from plain"), group.port, group.address);
    assertEquals(await inbox.waitFor(1), ["from plain"]);
  } finally {
    await new Promise<void>((resolve) => plain.close(resolve));
  }
});
