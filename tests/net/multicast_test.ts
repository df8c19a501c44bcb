import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { createSocket } from "node:dgram";
import { UserError } from "../../lib/errors.ts";
import {
  type BindOptions,
  type DatagramSocket,
  type SocketAddress,
  systemDatagrams,
} from "../../lib/net/datagram.ts";
import {
  MAX_DATAGRAM_BYTES,
  MAX_UNSENT_DATAGRAMS,
  MulticastLink,
  type MulticastOptions,
} from "../../lib/net/multicast.ts";
import { freeGroup, Inbox, LOOPBACK, randomGroup, sockets } from "./loopback.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytes = (text: string) => new TextEncoder().encode(text);

/** Opens a link on loopback whose datagrams end in an inbox; an error fails the test. */
async function open(
  group: SocketAddress,
  changes: Partial<MulticastOptions> = {},
): Promise<{ link: MulticastLink; inbox: Inbox<string> }> {
  const inbox = new Inbox<string>();
  const link = await MulticastLink.open({
    group,
    interfaceAddress: LOOPBACK,
    onDatagram: (bytes) => inbox.add(text(bytes)),
    onError: (error) => reportError(error),
    ...changes,
  });
  return { link, inbox };
}

/** A socket that does nothing, for error paths. */
function fakeSocket(changes: Partial<DatagramSocket> = {}): DatagramSocket {
  return {
    local: { address: LOOPBACK, port: 4711 },
    join: () => {},
    setMulticast: () => {},
    send: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
    ...changes,
  };
}

function coded(code: string): Error {
  return Object.assign(new Error(code), { code });
}

const GROUP = { address: "239.255.7.1", port: 20100 };

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

Deno.test("MulticastLink passes on what a handler throws", async () => {
  const group = await freeGroup();
  const errors = new Inbox<unknown>();
  const { link: listener } = await open(group, {
    onDatagram: (bytes) => {
      throw new Error(`bug at ${text(bytes)}`);
    },
    onError: errors.add,
  });
  await using _listener = listener;
  const { link } = await open(group);
  await using sender = link;

  await sender.send(bytes("one"));
  await sender.send(bytes("two"));
  assertEquals((await errors.waitFor(2)).map(String), ["Error: bug at one", "Error: bug at two"]);
});

Deno.test("MulticastLink.open() says that a program does not share the port", async () => {
  const group = await freeGroup();
  await using _greedy = await systemDatagrams.bind({
    local: group,
    onError: (error) => reportError(error),
  });
  const error = await assertRejects(() => open(group), UserError);
  assertStringIncludes(error.message, `another program uses UDP port ${group.port}`);
});

Deno.test({
  name: "MulticastLink.open() says that the permission is missing, instead of ending the process",
  permissions: { net: [LOOPBACK] },
  fn: async () => {
    const error = await assertRejects(() => open(GROUP), UserError);
    assertEquals(
      error.message,
      "Cannot join 239.255.7.1:20100: the program was not given the permission. " +
        "Run it with --allow-net.",
    );
  },
});

Deno.test("MulticastLink.open() refuses a TTL that no packet can have", async () => {
  for (const ttl of [0, 256, 1.5, NaN]) {
    await assertRejects(() => open(GROUP, { ttl }), UserError, `Cannot use the TTL "${ttl}"`);
  }
});

Deno.test("MulticastLink.open() binds to the group, on Windows to every address", async () => {
  for (const [os, address] of [["linux", GROUP.address], ["windows", "0.0.0.0"]] as const) {
    const bound: BindOptions[] = [];
    const calls: unknown[] = [];
    const port = sockets({
      os,
      bind: (options) => {
        bound.push(options);
        return Promise.resolve(fakeSocket({
          join: (...args) => calls.push(args),
          setMulticast: (...args) => calls.push(args),
        }));
      },
    });
    const { link } = await open(GROUP, { port, ttl: 4 });
    await link[Symbol.asyncDispose]();
    assertEquals(bound.map(({ local, shared }) => [local, shared]), [
      [{ address, port: 20100 }, true],
      [{ address: LOOPBACK, port: 0 }, undefined],
    ]);
    assertEquals(calls, [[GROUP.address, LOOPBACK], [LOOPBACK, 4, true]]);
  }
});

Deno.test("MulticastLink.open() closes what it opened when it fails, and says why", async () => {
  let closed = 0;
  const dispose = { [Symbol.asyncDispose]: () => Promise.resolve(void closed++) };
  const failing = fakeSocket({
    ...dispose,
    join: () => {
      throw coded("EINVAL");
    },
  });
  const port = sockets({ bind: () => Promise.resolve(failing), interfaces: () => [] });
  const error = await assertRejects(() => open(GROUP, { port, label: 'room "lab"' }), UserError);
  assertEquals(
    error.message,
    'Cannot join room "lab": this machine no longer has the address 127.0.0.1. ' +
      "Connect that network again, or choose another interface with --iface.",
  );
  assertEquals(closed, 1);

  let bindings = 0;
  const second = sockets({
    bind: () =>
      ++bindings === 1 ? Promise.resolve(fakeSocket(dispose)) : Promise.reject(coded("EACCES")),
    interfaces: () => {
      throw new Deno.errors.NotCapable("sys");
    },
  });
  await assertRejects(() => open(GROUP, { port: second }), UserError, "firewall");
  assertEquals(closed, 2);
});

Deno.test("MulticastLink goes on after a failed send, without the rest of that batch", async () => {
  const sent: string[] = [];
  const port = sockets({
    bind: () =>
      Promise.resolve(fakeSocket({
        send: (data) => {
          sent.push(text(data));
          return text(data) === "bad" ? Promise.reject(coded("ENETUNREACH")) : Promise.resolve();
        },
      })),
  });
  const { link } = await open(GROUP, { port });
  await using _link = link;
  const outcomes = await Promise.allSettled([
    link.send(bytes("a")),
    link.sendAll([bytes("b"), bytes("bad"), bytes("never")]),
    link.send(bytes("c")),
    link.sendAll([]),
  ]);
  assertEquals(sent, ["a", "b", "bad", "c"]);
  assertEquals(outcomes.map(({ status }) => status), [
    "fulfilled",
    "rejected",
    "fulfilled",
    "fulfilled",
  ]);
  const failed = outcomes[1];
  assert(failed?.status === "rejected");
  assertStringIncludes(failed.reason.message, "there is no way to the network of 127.0.0.1");
});

Deno.test("MulticastLink has a bounded queue", async () => {
  const gate = Promise.withResolvers<void>();
  let sent = 0;
  const port = sockets({
    bind: () => Promise.resolve(fakeSocket({ send: () => gate.promise.then(() => void sent++) })),
  });
  const { link } = await open(GROUP, { port });
  await using _link = link;
  const one = bytes("x");
  const full = link.sendAll(Array<Uint8Array>(MAX_UNSENT_DATAGRAMS - 1).fill(one));
  await assertRejects(() => link.sendAll([one, one]), UserError, "Send fewer at a time");
  const last = link.send(one);
  await assertRejects(() => link.send(one), UserError, "16385 messages would be waiting");
  gate.resolve();
  await Promise.all([full, last]);
  assertEquals(sent, MAX_UNSENT_DATAGRAMS);
  await link.send(one);
});

Deno.test("MulticastLink reports errors of a socket, keeps it, and drops only its own echo", async () => {
  const bound: BindOptions[] = [];
  const errors: unknown[] = [];
  const port = sockets({
    bind: (options) => {
      bound.push(options);
      return Promise.resolve(fakeSocket());
    },
  });
  const { link, inbox } = await open(GROUP, { port, onError: (error) => errors.push(error) });
  const receiver = bound[0];
  assert(receiver?.onDatagram !== undefined);
  receiver.onError(coded("ECONNRESET"));
  assertEquals(errors.map(String), [
    "UserError: Cannot receive from 239.255.7.1:20100: ECONNRESET.",
  ]);
  receiver.onDatagram(bytes("own"), { address: LOOPBACK, port: 4711 });
  receiver.onDatagram(bytes("same port"), { address: "127.0.0.2", port: 4711 });
  receiver.onDatagram(bytes("same host"), { address: LOOPBACK, port: 4712 });
  assertEquals(inbox.items, ["same port", "same host"]);
  await link[Symbol.asyncDispose]();
  receiver.onDatagram(bytes("too late"), { address: LOOPBACK, port: 4712 });
  assertEquals(inbox.items.length, 2);
});

Deno.test("MulticastLink hears what comes while it opens", async () => {
  let receive: BindOptions["onDatagram"];
  const port = sockets({
    bind: ({ onDatagram }) => {
      receive ??= onDatagram;
      // Once for the receiving, once for the sending socket.
      receive?.(bytes("early"), { address: LOOPBACK, port: 1 });
      return Promise.resolve(fakeSocket());
    },
  });
  const { link, inbox } = await open(GROUP, { port });
  await using _link = link;
  assertEquals(inbox.items, ["early", "early"]);
});

Deno.test("MulticastLink never lets a throwing onError pass in silence", async () => {
  const uncaught: string[] = [];
  const listener = (event: ErrorEvent) => {
    event.preventDefault();
    uncaught.push(event.error.message);
  };
  const bound: BindOptions[] = [];
  const port = sockets({
    bind: (options) => {
      bound.push(options);
      return Promise.resolve(fakeSocket());
    },
  });
  globalThis.addEventListener("error", listener);
  try {
    const { link } = await open(GROUP, {
      port,
      onError: () => {
        throw new Error("bug in onError");
      },
    });
    bound[0]?.onError(coded("ECONNRESET"));
    await link[Symbol.asyncDispose]();
  } finally {
    globalThis.removeEventListener("error", listener);
  }
  assertEquals(uncaught, ["bug in onError"]);
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
