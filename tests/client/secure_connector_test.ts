import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { ConnectOptions } from "../../lib/client/connector.ts";
import { type KnownServers, RememberedServers } from "../../lib/client/known_servers.ts";
import type { RoomDirectory } from "../../lib/client/room_directory.ts";
import { SecureConnector } from "../../lib/client/secure_connector.ts";
import { UntrustedServer } from "../../lib/client/untrusted_server.ts";
import { UserError } from "../../lib/errors.ts";
import { knownAs } from "../../lib/net/known_servers.ts";
import { prepareTls, type ServerTls } from "../../lib/server/server_tls.ts";
import { HostileServer, type Misdeed } from "../helpers/hostile_server.ts";
import { ScriptedLabServer } from "../helpers/scripted_lab_server.ts";
import { SessionServer } from "../helpers/session_server.ts";

const NEW = await prepareTls({ kind: "ephemeral" });
const OTHER = await prepareTls({ kind: "ephemeral" });
/** As those are that a server keeps. */
const [KEPT, CHANGED]: ServerTls[] = [{ ...NEW, ephemeral: false }, { ...OTHER, ephemeral: false }];

const ME: ConnectOptions = { name: "Mel", resume: "0123456789abcdef", onChange() {} };
const AGAIN: ConnectOptions = { ...ME, sessionsOnly: true };

/** A connector, what it said, and what is known. */
function client(known: KnownServers = new Kept()) {
  const told: string[] = [];
  const connector = new SecureConnector({ known, tell: (sentence) => told.push(sentence) });
  return { connector, told, known };
}

/** Known servers that are kept, as far as the connector can tell. */
class Kept extends RememberedServers {
  override async keep(...what: Parameters<KnownServers["keep"]>): Promise<boolean> {
    await super.keep(...what);
    return true;
  }
}

/** What a session is, and whether the server has it under its name. */
async function look(
  directory: RoomDirectory,
): Promise<[secure: boolean | undefined, names: string]> {
  const people = await directory.people?.list() ?? [];
  return [directory.session?.secure, people.map(({ name }) => name).join()];
}

/** The methods that were called in clear, with those parameters that tell of the client. */
function heardInClear(server: SessionServer): string[] {
  const secure = new Set<string>();
  for (const event of server.log.events) {
    if (event.event === "opened" && event.secure) secure.add(event.peer);
  }
  return server.log.events.flatMap((event) => {
    if (event.event !== "request" || secure.has(event.peer) || !("params" in event.request)) {
      return [];
    }
    const { op, params: { client: _, ...params } } = event.request;
    return [`${op} ${JSON.stringify(params)}`];
  });
}

const untrusted = (connecting: () => Promise<unknown>): Promise<UntrustedServer> =>
  assertRejects(connecting, UntrustedServer);

Deno.test("a new server is asked in clear whether it has TLS, told nothing, and trusted", async () => {
  await using server = await SessionServer.start({ tls: KEPT! });
  const { connector, told, known } = client();
  {
    await using directory = await connector.connect(server.endpoint, ME);
    assertEquals(await look(directory), [true, "Mel"]);
    assertEquals(directory.session?.fingerprint, KEPT!.fingerprint);
    assertEquals(directory.where, server.where);
  }
  assertEquals(heardInClear(server), ["hello {}"]);
  assertEquals(told, [
    `The CRDS at ${server.where} is new: trusted from now on as ${KEPT!.fingerprint} ` +
    `(it shows that when it starts).`,
  ]);
  const { anchor: { certificate, name }, fingerprint } = KEPT!;
  const found = await known.find(knownAs(server.endpoint));
  assertEquals(
    found && { ...found, ephemeral: undefined },
    { certificate, name, fingerprint, port: server.tlsPort, ephemeral: undefined },
  );
  assertEquals(await connector.knows(server.endpoint), true);

  // The next time, and by another client, nothing is said in clear, and nothing to the user.
  const later = client(known);
  await using directory = await later.connector.connect(server.endpoint, ME);
  assertEquals(await look(directory), [true, "Mel"]);
  assertEquals([heardInClear(server).length, later.told], [1, []]);
});

Deno.test("a server without TLS is told who comes, in the same session", async () => {
  await using server = await SessionServer.start();
  const { connector, told } = client();
  await using directory = await connector.connect(server.endpoint, ME);
  assertEquals(await look(directory), [false, "Mel"]);
  assertEquals(directory.session?.fingerprint, undefined);
  assertEquals(heardInClear(server).slice(0, 3), [
    "hello {}",
    'hello {"name":"Mel"}',
    "rooms.watch {}",
  ]);
  assertEquals(told, []);
});

Deno.test("a lab server is a lab server", async () => {
  await using server = new ScriptedLabServer(() => new Uint8Array(8));
  const { connector, told } = client();
  await using directory = await connector.connect(server.endpoint, { ...ME, helloTimeout: 100 });
  assertEquals([directory.people, directory.session, told], [undefined, undefined, []]);
});

Deno.test("a changed certificate is refused loudly, until the server is forgotten", async () => {
  await using server = await SessionServer.start({ tls: KEPT! });
  const { connector, told } = client();
  await (await connector.connect(server.endpoint, ME))[Symbol.asyncDispose]();
  await server.stop();
  server.tls = CHANGED;
  for (const port of [undefined, 0]) {
    // At the same port, and at another one.
    await server.startAgain(port);
    const error = await untrusted(() => connector.connect(server.endpoint, ME));
    assertEquals(
      error.message,
      `Cannot trust the CRDS at ${server.where}: ITS CERTIFICATE HAS CHANGED (known is ` +
        `${KEPT!.fingerprint}, it shows ${CHANGED!.fingerprint}). Somebody may pretend to be the ` +
        `server, or it was set up anew: ask who runs it, then "forget ${server.where}" and connect again.`,
    );
    await server.stop();
  }
  assertEquals(heardInClear(server).every((call) => call === "hello {}"), true);
  await server.startAgain();
  assertEquals(await connector.forget(server.endpoint), true);
  assertEquals(await connector.forget(server.endpoint), false);
  await using directory = await connector.connect(server.endpoint, ME);
  assertEquals(directory.session?.fingerprint, CHANGED!.fingerprint);
  assertEquals(told.length, 2);
});

Deno.test("an ephemeral certificate never replaces one that is known", async () => {
  await using server = await SessionServer.start({ tls: KEPT! });
  const { connector, known } = client();
  await (await connector.connect(server.endpoint, ME))[Symbol.asyncDispose]();
  await server.stop();
  server.tls = OTHER;
  await server.startAgain();
  const error = await untrusted(() => connector.connect(server.endpoint, ME));
  assertMatch(error.message, /ITS CERTIFICATE HAS CHANGED/);
  assertEquals((await known.find(server.where))?.fingerprint, KEPT!.fingerprint);
});

Deno.test("a server that had TLS and has none is refused, also if it speaks another protocol", async () => {
  await using server = await SessionServer.start({ tls: KEPT! });
  const { connector } = client();
  await (await connector.connect(server.endpoint, ME))[Symbol.asyncDispose]();
  await server.stop();
  server.tls = undefined;
  await server.startAgain();
  const error = await untrusted(() => connector.connect(server.endpoint, ME));
  assertEquals(
    error.message,
    `Cannot trust the CRDS at ${server.where}: IT HAS NO TLS ANY MORE. Somebody may be in between, ` +
      `or it was started with --no-tls: ask who runs it, then "forget ${server.where}" and connect again.`,
  );
  assertEquals(heardInClear(server), ["hello {}", "hello {}"]);

  await using lab = new ScriptedLabServer(() => new Uint8Array(8));
  const there = { ...KEPT!.anchor, fingerprint: KEPT!.fingerprint, port: 1 };
  const known = new RememberedServers(() => Promise.resolve(there));
  const waiting = client(known).connector.connect(lab.endpoint, { ...ME, helloTimeout: 100 });
  await assertRejects(() => waiting, UserError);
});

Deno.test("a known server may have another TLS port, and it is remembered", async () => {
  await using server = await SessionServer.start({ tls: KEPT! });
  const { connector, told, known } = client();
  await (await connector.connect(server.endpoint, ME))[Symbol.asyncDispose]();
  const { tlsPort } = server;
  await server.stop();
  // Somebody else has that port now.
  using _taken = Deno.listen({ hostname: "127.0.0.1", port: tlsPort });
  await server.startAgain(0);
  _taken.close();
  await using directory = await connector.connect(server.endpoint, ME);
  assertEquals(await look(directory), [true, "Mel"]);
  assert(server.tlsPort !== tlsPort);
  assertEquals((await known.find(server.where))?.port, server.tlsPort);
  assertEquals(told.length, 1);
});

Deno.test("a known server that is gone is gone, and nothing worse", async () => {
  const server = await SessionServer.start({ tls: KEPT! });
  const { connector } = client();
  await (await connector.connect(server.endpoint, ME))[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  const error = await assertRejects(() => connector.connect(server.endpoint, ME), UserError);
  assertEquals(error instanceof UntrustedServer, false);
  assertMatch(error.message, /^Cannot connect to "127\.0\.0\.1:\d+": nobody listens there\./);
});

Deno.test("an ephemeral certificate is trusted each time anew, and never kept", async () => {
  await using server = await SessionServer.start({ tls: NEW });
  const { connector, told, known } = client();
  await (await connector.connect(server.endpoint, ME))[Symbol.asyncDispose]();
  assertEquals(await known.find(server.where), undefined);
  assertEquals(await connector.knows(server.endpoint), false);
  // It is on this machine.
  assertEquals(told, []);

  await (await connector.connect(server.endpoint, ME))[Symbol.asyncDispose]();
  // Got back: the same one is no news; another one is told, and its session is another one.
  await (await connector.connect(server.endpoint, AGAIN))[Symbol.asyncDispose]();
  assertEquals(told, []);
  await server.stop();
  server.tls = OTHER;
  await server.startAgain();
  {
    await using directory = await connector.connect(server.endpoint, AGAIN);
    assertEquals(directory.session?.fingerprint, OTHER.fingerprint);
  }
  assertEquals(told, [
    `The CRDS at ${server.where} has another certificate than before: trusted for now as ` +
    `${OTHER.fingerprint} (it shows that when it starts).`,
  ]);
  await server.stop();
  server.tls = undefined;
  await server.startAgain();
  await untrusted(() => connector.connect(server.endpoint, AGAIN));
  // The user may want it nevertheless.
  await using directory = await connector.connect(server.endpoint, ME);
  assertEquals(await look(directory), [false, "Mel"]);
});

/** A server that offers TLS where the test says. */
function offering(tls: unknown): HostileServer {
  const you = { address: "127.0.0.1", port: 1, name: "Mel" };
  return new HostileServer(({ method }): Misdeed =>
    method === "hello"
      ? { result: { server: "x", protocol: 1, you, features: [], tls } }
      : { result: { revision: 1 } }
  );
}

Deno.test("a new server whose TLS cannot be used is used without, and that is said", async () => {
  const { certificate, name } = KEPT!.anchor;
  using closed = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = closed.addr;
  closed.close();
  await using server = offering({ port, name, certificate, ephemeral: false });
  const { connector, told, known } = client();
  await using directory = await connector.connect(server.endpoint, ME);
  assertEquals(directory.session?.secure, false);
  assertEquals(told.length, 1);
  assertMatch(
    told[0] ?? "",
    /^Cannot connect to "127\.0\.0\.1:\d+": nobody .* Without TLS there are no accounts and no private/,
  );
  assertEquals(await known.find(server.where), undefined);
});

Deno.test("nonsense about TLS is an answer that cannot be understood", async () => {
  const good = { port: 1, ...KEPT!.anchor, ephemeral: false };
  const wrong: unknown[] = [
    1,
    [],
    null,
    { ...good, port: 0 },
    { ...good, port: "1" },
    { ...good, name: "a b" },
    { ...good, name: 7 },
    { ...good, certificate: "" },
    { ...good, certificate: good.certificate.repeat(2) },
    { ...good, certificate: good.certificate.slice(0, -30) },
    { ...good, certificate: "\x1b[2J".repeat(2_000) },
  ];
  for (const tls of wrong) {
    await using server = offering(tls);
    const { connector } = client();
    const error = await assertRejects(() => connector.connect(server.endpoint, ME), UserError);
    assertMatch(error.message, /^Cannot understand the CRDS at .*: it answered hello with /);
    // deno-lint-ignore no-control-regex
    assertEquals(/[\x00-\x1f]/.test(error.message), false);
  }
});

Deno.test("what cannot be kept is told, and trusted for now", async () => {
  await using server = await SessionServer.start({ tls: KEPT! });
  class Full extends RememberedServers {
    override keep(): Promise<boolean> {
      return Promise.reject(new UserError("Cannot keep it: the disk is full."));
    }
  }
  const { connector, told } = client(new Full());
  await using directory = await connector.connect(server.endpoint, ME);
  assertEquals(directory.session?.secure, true);
  assertEquals(told[0], "Cannot keep it: the disk is full.");
  assertMatch(told[1] ?? "", / is new: trusted for now as /);
});

Deno.test("connecting can be given up in the middle of a handshake", async () => {
  const { certificate, name } = KEPT!.anchor;
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const came = silent.accept();
  await using server = offering({ port: silent.addr.port, name, certificate, ephemeral: false });
  const { connector } = client();
  const gaveUp = new AbortController();
  const connecting = connector.connect(server.endpoint, ME, gaveUp.signal);
  const connection = await came;
  gaveUp.abort(new Error("enough"));
  await assertRejects(() => connecting, Error, "enough");
  connection.close();
});
