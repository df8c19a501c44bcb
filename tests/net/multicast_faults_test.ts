import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { UserError } from "../../lib/errors.ts";
import { type BindOptions, systemDatagrams } from "../../lib/net/datagram.ts";
import { MAX_UNSENT_DATAGRAMS } from "../../lib/net/multicast.ts";
import { freeGroup, Inbox, LOOPBACK, sockets } from "./loopback.ts";
import { bytes, coded, fakeSocket, GROUP, open, text } from "./multicast_rig.ts";

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
