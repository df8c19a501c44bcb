import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { FIRST_PAUSE, LONGEST_PAUSE } from "../../lib/client/reconnect.ts";
import type { PeopleDirectory, RoomDirectory } from "../../lib/client/room_directory.ts";
import { PATIENCE, ServerLink } from "../../lib/client/server_link.ts";
import { UserError } from "../../lib/errors.ts";
import type { Endpoint } from "../../lib/net/endpoint.ts";
import { hurryTimers } from "../helpers/hurried_timers.ts";

const A = { host: "10.0.0.1", port: 1 };
const B = { host: "10.0.0.2", port: 2 };
const { signal } = new AbortController();
const isPause = (ms: number) => ms >= FIRST_PAUSE / 2 && ms <= LONGEST_PAUSE * 1.5;

interface FakeDirectory extends RoomDirectory {
  lose(why?: string): void;
  disposed: boolean;
}

function directoryAt({ host, port }: Endpoint, sessions = true): FakeDirectory {
  const closed = Promise.withResolvers<string>();
  const never = () => Promise.reject(new Error("nobody asks in this test"));
  return {
    where: `${host}:${port}`,
    localAddress: "10.0.0.9",
    closed: closed.promise,
    people: sessions ? {} as PeopleDirectory : undefined,
    relays: undefined,
    session: undefined,
    list: never,
    create: never,
    delete: never,
    find: never,
    disposed: false,
    lose: (why = "it broke") => closed.resolve(why),
    [Symbol.asyncDispose](): Promise<void> {
      this.disposed = true;
      closed.resolve("it was closed here");
      return Promise.resolve();
    },
  };
}

type Attempt = (endpoint: Endpoint, again: boolean, signal?: AbortSignal) => Promise<RoomDirectory>;

/** A link whose attempts to connect are a list; after its end, nobody answers. */
function linkOf(...attempts: Attempt[]) {
  const told: string[] = [];
  let changed = Promise.withResolvers<void>();
  const ring = () => {
    changed.resolve();
    changed = Promise.withResolvers();
  };
  const say = (sentence: string) => {
    told.push(sentence);
    ring();
  };
  const link: ServerLink = new ServerLink({
    connect: (endpoint, again, signal) => (attempts.shift() ?? hang)(endpoint, again, signal),
    tell: say,
    tellLost: say,
    onChange: ring,
  });
  const until = async (done: () => boolean) => {
    while (!done()) await changed.promise;
  };
  return { link, told, until };
}

const hang: Attempt = (_endpoint, _again, signal) =>
  new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
const refuse: Attempt = () => Promise.reject(new UserError("nobody listens there"));

Deno.test("ServerLink.open() opens, and closes the one before when the new one stands", async () => {
  const [a, b] = [directoryAt(A), directoryAt(B)];
  const { link, told } = linkOf(() => Promise.resolve(a), refuse, () => Promise.resolve(b));
  assertEquals([link.wanted, link.directory], [false, undefined]);
  assertStrictEquals(await link.open(A), a);
  await assertRejects(() => link.open(B), UserError, "nobody listens there");
  assertStrictEquals(link.directory, a);
  await link.open(B);
  assertEquals([link.directory === b, a.disposed, b.disposed], [true, true, false]);
  assertEquals(await link.close(), "10.0.0.2:2");
  assertEquals(await link.close(), undefined);
  assertEquals([link.wanted, b.disposed], [false, true]);
  assertEquals(told, ["Closed the connection to the CRDS at 10.0.0.1:1."]);
});

Deno.test("ServerLink.open() to the same server takes the end of the old session for no loss", async () => {
  const [old, fresh] = [directoryAt(A), directoryAt(A)];
  const replace: Attempt = async () => {
    old.lose("the other side closed the connection");
    await old.closed;
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    return fresh;
  };
  const { link, told } = linkOf(() => Promise.resolve(old), replace);
  await link.open(A);
  await link.open(A);
  assertStrictEquals(link.directory, fresh);
  assertEquals(told, ["Closed the connection to the CRDS at 10.0.0.1:1."]);
  await link.close();
});

Deno.test("ServerLink gets a lost connection back, and says so once", async () => {
  using _hurry = hurryTimers(isPause);
  const [a, again] = [directoryAt(A), directoryAt(A)];
  const { link, told, until } = linkOf(
    () => Promise.resolve(a),
    refuse,
    refuse,
    refuse,
    () => Promise.resolve(again),
  );
  await link.open(A);
  a.lose();
  await until(() => link.directory === again);
  assertEquals(told, [
    "The connection to the CRDS at 10.0.0.1:1 is gone: it broke. Trying to get it back.",
    "Connected to the CRDS at 10.0.0.1:1 again.",
  ]);
  await link.close();
});

Deno.test("ServerLink.use() waits for a connection that is being got back", async () => {
  const [a, again] = [directoryAt(A), directoryAt(A)];
  const back = Promise.withResolvers<RoomDirectory>();
  const { link, told, until } = linkOf(() => Promise.resolve(a), () => back.promise);
  await assertRejects(
    () => link.use("list the rooms", signal),
    UserError,
    'Cannot list the rooms: there is no connection. "connect" opens one.',
  );
  await link.open(A);
  assertStrictEquals(await link.use("list the rooms", signal), a);
  using _hurry = hurryTimers(isPause);
  a.lose();
  await until(() => link.directory === undefined);
  assertEquals(link.wanted, true);
  const waiting = link.use("list the rooms", signal);
  back.resolve(again);
  assertStrictEquals(await waiting, again);
  assertEquals(told.slice(1), [
    "Waiting for the CRDS at 10.0.0.1:1...",
    "Connected to the CRDS at 10.0.0.1:1 again.",
  ]);
  await link.close();
});

Deno.test("ServerLink.use() fails when it waited too long, and trying goes on", async () => {
  const [a, again] = [directoryAt(A), directoryAt(A)];
  const back = Promise.withResolvers<RoomDirectory>();
  const { link, until } = linkOf(() => Promise.resolve(a), () => back.promise);
  await link.open(A);
  {
    using _hurry = hurryTimers((ms) => isPause(ms) || ms === PATIENCE);
    a.lose();
    await until(() => link.directory === undefined);
    await assertRejects(
      () => link.use('create room "lab"', signal),
      UserError,
      'Cannot create room "lab": the CRDS at 10.0.0.1:1 is not back. Trying goes on; "bye" ends it.',
    );
  }
  back.resolve(again);
  await until(() => link.directory === again);
  await link.close();
});

Deno.test("ServerLink.use() can be interrupted while it waits", async () => {
  const a = directoryAt(A);
  const { link, until } = linkOf(() => Promise.resolve(a));
  await link.open(A);
  a.lose();
  await until(() => link.directory === undefined);
  const stop = new AbortController();
  const waiting = link.use("list the rooms", stop.signal);
  stop.abort(new Error("enough"));
  await assertRejects(() => waiting, Error, "enough");
  await link.close();
});

Deno.test("ServerLink.close() ends the trying, in a pause and in an attempt", async () => {
  for (const hurry of [false, true]) {
    using _hurry = hurry ? hurryTimers(isPause) : undefined;
    const a = directoryAt(A);
    const reached = Promise.withResolvers<void>();
    const attempt: Attempt = (endpoint, again, signal) => {
      reached.resolve();
      return hang(endpoint, again, signal);
    };
    const { link, told, until } = linkOf(() => Promise.resolve(a), attempt);
    await link.open(A);
    a.lose();
    await until(() => link.directory === undefined);
    if (hurry) await reached.promise;
    assertEquals(await link.close(), "10.0.0.1:1");
    assertEquals([link.wanted, told.length], [false, 1]);
  }
});

Deno.test("ServerLink.close() closes a connection that comes back in that very moment", async () => {
  using _hurry = hurryTimers(isPause);
  const [a, late] = [directoryAt(A), directoryAt(A)];
  const reached = Promise.withResolvers<void>();
  const back = Promise.withResolvers<RoomDirectory>();
  const { link, told } = linkOf(() => Promise.resolve(a), () => {
    reached.resolve();
    return back.promise;
  });
  await link.open(A);
  a.lose();
  await reached.promise;
  const closing = link.close();
  back.resolve(late);
  await closing;
  assertEquals([late.disposed, link.wanted, told.length], [true, false, 1]);
});

Deno.test("ServerLink does not get back a lab server", async () => {
  const lab = directoryAt(A, false);
  const { link, told, until } = linkOf(() => Promise.resolve(lab));
  await link.open(A);
  lab.lose();
  await until(() => told.length > 0);
  assertEquals(link.wanted, false);
  assertEquals(told, [
    'The connection to the CRDS at 10.0.0.1:1 is gone: it broke. "connect" opens a new one.',
  ]);
});

Deno.test("ServerLink asks for no less than sessions when it gets a connection back", async () => {
  using _hurry = hurryTimers(isPause);
  const attempts: boolean[] = [];
  const directories = [directoryAt(A), directoryAt(A), directoryAt(B, false)];
  const { link, until } = linkOf(...directories.map((directory): Attempt => (_to, again) => {
    attempts.push(again);
    return Promise.resolve(directory);
  }));
  await link.open(A);
  directories[0]!.lose();
  await until(() => link.directory === directories[1]);
  await link.open(B);
  assertEquals(attempts, [false, true, false]);
  await link.close();
});

Deno.test("ServerLink disposes a connection that cannot be used, and goes on trying", async () => {
  using _hurry = hurryTimers(isPause);
  const [a, useless, good] = [directoryAt(A), directoryAt(A), directoryAt(A)];
  const left: RoomDirectory[] = [a, useless, good];
  const told: string[] = [];
  const back = Promise.withResolvers<void>();
  const link: ServerLink = new ServerLink({
    connect: () => Promise.resolve(left.shift()!),
    tell: (sentence) => told.push(sentence),
    tellLost: () => {},
    onChange: () => {
      if (link.directory === useless) throw new UserError("it cannot be used");
      if (link.directory === good) back.resolve();
    },
  });
  await link.open(A);
  a.lose();
  await back.promise;
  assertEquals([useless.disposed, good.disposed, link.directory === good], [true, false, true]);
  await link.close();
  assertEquals(told, ["Connected to the CRDS at 10.0.0.1:1 again."]);
});

Deno.test("ServerLink.open() that cannot use its connection leaves none", async () => {
  const useless = directoryAt(A);
  const link: ServerLink = new ServerLink({
    connect: () => Promise.resolve(useless),
    tell: () => {},
    tellLost: () => {},
    onChange: () => {
      if (link.directory !== undefined) throw new UserError("it cannot be used");
    },
  });
  await assertRejects(() => link.open(A), UserError, "it cannot be used");
  assertEquals([useless.disposed, link.wanted], [true, false]);
});
