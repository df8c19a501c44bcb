// On loopback and the real port 5353, which parallel tests and the system's own responder share:
// every test uses names of its own and looks at those only.

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { type AnnounceOptions, announceServer, defaultServerName } from "../../lib/net/announce.ts";
import { type DatagramPort, type SocketAddress, systemDatagrams } from "../../lib/net/datagram.ts";
import { discoverServers, type FoundServer } from "../../lib/net/discover.ts";
import { decodeMessage, type DnsMessage, encodeMessage } from "../../lib/net/dns_message.ts";
import { announcement, goodbye, MDNS_GROUP, rivalOf } from "../../lib/net/dns_sd.ts";
import type { InterfaceAddress } from "../../lib/net/interfaces.ts";
import { MdnsLink } from "../../lib/net/mdns_link.ts";
import { Inbox, LOOPBACK, sockets } from "./loopback.ts";

const LO: InterfaceAddress = { name: "lo", family: "IPv4", address: LOOPBACK, mac: "" };

/** Short, since nobody answers late on loopback. */
const PROBE_INTERVAL = 60;

const COMMON = {
  port: 50001,
  host: LOOPBACK,
  interfaces: [LO],
  probeInterval: PROBE_INTERVAL,
  onProblem: (sentence: string) => reportError(new Error(sentence)),
} satisfies Partial<AnnounceOptions>;

function uniqueName(): string {
  return `test ${crypto.randomUUID().slice(0, 13)}`;
}

/** Looks for servers whose names begin so; others belong to other tests. */
async function find(name: string, firstAfter = Infinity): Promise<FoundServer[]> {
  const found = await discoverServers({ interfaces: [LO], timeout: 400, firstAfter });
  return found.filter((server) => server.name.startsWith(name));
}

/** Hears everything on loopback, decoded. */
async function overhear(onMessage: (message: DnsMessage) => void): Promise<MdnsLink> {
  return await MdnsLink.open({
    interfaceAddress: LOOPBACK,
    member: true,
    onMessage: (message) => onMessage(message),
    onError: (error) => reportError(error),
  });
}

Deno.test("announceServer() and discoverServers() find each other", async () => {
  const name = uniqueName();
  await using server = announceServer({ ...COMMON, name, txt: { version: "1.2.3" } });
  assertEquals(await server.announced, true);
  assertEquals(await find(name), [{
    name,
    host: LOOPBACK,
    port: 50001,
    txt: { protocol: "1", version: "1.2.3" },
    interface: "lo",
  }]);
});

Deno.test("discoverServers() lists two servers", async () => {
  const name = uniqueName();
  await using one = announceServer({ ...COMMON, name: `${name} one`, port: 1001 });
  await using two = announceServer({ ...COMMON, name: `${name} two`, port: 1002 });
  await Promise.all([one.announced, two.announced]);
  assertEquals((await find(name)).map(({ port }) => port), [1001, 1002]);
});

Deno.test("discoverServers() finds nothing where nothing is", async () => {
  assertEquals(await find(uniqueName()), []);
  assertEquals(await discoverServers({ interfaces: [] }), []);
});

Deno.test("discoverServers() does not wait the whole time once a server has answered", async () => {
  const name = uniqueName();
  await using server = announceServer({ ...COMMON, name });
  await server.announced;
  // Far longer than a test may take: it passes only by ending early.
  const found = await discoverServers({ interfaces: [LO], timeout: 3_600_000, firstAfter: 200 });
  assert(found.some((server) => server.name === name));
});

Deno.test("discoverServers() ends at once when it is aborted", async () => {
  const aborter = new AbortController();
  const looking = discoverServers({
    interfaces: [LO],
    timeout: 3_600_000,
    firstAfter: Infinity,
    signal: aborter.signal,
  });
  aborter.abort();
  await assertRejects(() => looking, DOMException, "aborted");
  await assertRejects(
    () => discoverServers({ interfaces: [LO], signal: AbortSignal.abort() }),
    DOMException,
  );
});

Deno.test("announceServer() says goodbye when it is disposed, even twice", async () => {
  const name = uniqueName();
  const gone = Promise.withResolvers<void>();
  await using _ear = await overhear(({ answers }) => {
    const ours = answers.filter((record) => record.name[0] === name);
    if (ours.length > 0 && ours.every(({ ttl }) => ttl === 0)) gone.resolve();
  });
  const server = announceServer({ ...COMMON, name });
  await server.announced;
  await Promise.all([server[Symbol.asyncDispose](), server[Symbol.asyncDispose]()]);
  await gone.promise;
  assertEquals(await find(name), []);
});

Deno.test("announceServer() can be disposed at once and was never announced then", async () => {
  const name = uniqueName();
  const server = announceServer({ ...COMMON, name });
  await server[Symbol.asyncDispose]();
  assertEquals(await server.announced, false);
});

Deno.test("announceServer() takes another name when somebody has it", async () => {
  const name = uniqueName();
  await using first = announceServer({ ...COMMON, name, port: 1001 });
  await first.announced;
  await using second = announceServer({ ...COMMON, name, port: 1002 });
  await second.announced;
  assertEquals([first.name, second.name], [name, `${name} (2)`]);
  const found = await find(name);
  assertEquals(found.map(({ name, port }) => [name, port]), [[name, 1001], [`${name} (2)`, 1002]]);
});

Deno.test("announceServer() agrees with others who want the same name at the same time", async () => {
  const name = uniqueName();
  const settled = Promise.withResolvers<void>();
  await using _ear = await overhear(({ response, answers }) => {
    if (response && answers.some((record) => record.name[0] === `${name} (3)`)) settled.resolve();
  });
  await using servers = new AsyncDisposableStack();
  const three = [1001, 1002, 1003].map((port) =>
    servers.use(announceServer({ ...COMMON, name, port }))
  );
  await settled.promise;
  const names = new Set(three.map(({ name }) => name));
  assertEquals(names, new Set([name, `${name} (2)`, `${name} (3)`]));
});

Deno.test("announceServer() gives its name up to a stronger one that appears later", async () => {
  const name = uniqueName();
  await using server = announceServer({ ...COMMON, name });
  await server.announced;
  const renamed = Promise.withResolvers<void>();
  await using ear = await overhear(({ response, answers }) => {
    if (response && answers.some((record) => record.name[0] === `${name} (2)`)) renamed.resolve();
  });
  // As after two networks were joined: "z" comes after every "crds-...".
  const rival = { instance: name, target: "z", port: 9, txt: {} };
  await ear.send(announcement(rival, [LOOPBACK]));
  await renamed.promise;
  assertEquals(server.name, `${name} (2)`);
  await ear.send(goodbye(rival, [LOOPBACK]));
});

Deno.test("announceServer() defends its name against a weaker one", async () => {
  const name = uniqueName();
  await using server = announceServer({ ...COMMON, name });
  await server.announced;
  const rival = { instance: name, target: "a", port: 9, txt: {} };
  const defended = Promise.withResolvers<void>();
  await using ear = await overhear((message) => {
    if (message.response && rivalOf(message, rival)?.startsWith("crds-")) defended.resolve();
  });
  await ear.send(announcement(rival, [LOOPBACK]));
  await defended.promise;
  assertEquals(server.name, name);
});

Deno.test("announceServer() gives up, and says so, when all names are taken", async () => {
  const name = uniqueName();
  await using thief = await overhear(({ response, authorities }) => {
    const [wanted] = authorities;
    if (response || wanted === undefined || !wanted.name[0]?.startsWith(name)) return;
    const [instance = ""] = wanted.name;
    void thief.send(announcement({ instance, target: "thief", port: 9, txt: {} }, [LOOPBACK]));
  });
  const problems: string[] = [];
  const onProblem = (sentence: string) => void problems.push(sentence);
  await using server = announceServer({ ...COMMON, name, onProblem });
  assertEquals(await server.announced, false);
  assertMatch(
    problems.join(),
    /^Cannot announce this server as "test [^"]+": .* are taken\. .*\.$/,
  );
});

Deno.test("announceServer() survives malformed packets and foreign records", async () => {
  const name = uniqueName();
  await using server = announceServer({ ...COMMON, name });
  await server.announced;
  await using sender = await systemDatagrams.bind({
    local: { address: LOOPBACK, port: 0 },
    onError: (error) => reportError(error),
  });
  sender.setMulticast(LOOPBACK, 1, true);
  const good = encodeMessage(announcement({ instance: "x", target: "y", port: 1, txt: {} }, []));
  for (let i = 0; i < good.length; i += 3) {
    const changed = good.slice();
    changed[i] = 0xff;
    await sender.send(changed, MDNS_GROUP);
    await sender.send(good.subarray(0, i), MDNS_GROUP);
  }
  assertEquals((await find(name)).map((found) => found.name), [name]);
});

Deno.test("announceServer() answers one who asks from a port of its own directly", async () => {
  const name = uniqueName();
  await using server = announceServer({ ...COMMON, name });
  await server.announced;
  const inbox = new Inbox<[DnsMessage | undefined, SocketAddress]>();
  await using asker = await systemDatagrams.bind({
    local: { address: LOOPBACK, port: 0 },
    onDatagram: (bytes, source) => inbox.add([decodeMessage(bytes), source]),
    onError: (error) => reportError(error),
  });
  asker.setMulticast(LOOPBACK, 1, true);
  // The one question that no other server answers.
  const questions = [{ name: [name, "_crds", "_tcp", "local"], type: 33 }];
  const empty = { answers: [], authorities: [], additionals: [] };
  const query = encodeMessage({ id: 77, response: false, questions, ...empty });
  await asker.send(query, MDNS_GROUP);
  const [[answer, source] = []] = await inbox.waitFor(1);
  assertEquals([answer?.id, answer?.response, source?.port], [77, true, 5353]);
});

Deno.test("announceServer() reports an address that is not ours, and goes on", async () => {
  const problems: string[] = [];
  await using server = announceServer({
    ...COMMON,
    name: uniqueName(),
    host: "2001:db8::1",
    onProblem: (sentence) => void problems.push(sentence),
  });
  assertEquals(await server.announced, false);
  assertMatch(
    problems.join(),
    /^Cannot announce this server: it listens on 2001:db8::1, which .*\.$/,
  );
});

Deno.test("announceServer() is found on other interfaces when one fails, and sends nothing there", async () => {
  const name = uniqueName();
  const problems: string[] = [];
  const broken: InterfaceAddress = { ...LO, name: "eth9", address: "198.51.100.9" };
  const sent: string[] = [];
  await using server = announceServer({
    ...COMMON,
    name,
    host: "0.0.0.0",
    interfaces: [broken, LO],
    datagrams: spied(sent),
    onProblem: (sentence) => void problems.push(sentence),
  });
  assertEquals(await server.announced, true);
  assertMatch(
    problems.join("\n"),
    /^Cannot announce this server on eth9 \(198\.51\.100\.9\): .*\.$/,
  );
  assertEquals((await find(name)).map(({ host }) => host), [LOOPBACK]);
  assertEquals(new Set(sent), new Set([LOOPBACK]));
});

Deno.test("discoverServers() reports an interface that cannot be used once, and sends nothing there", async () => {
  const problems: string[] = [];
  const sent: string[] = [];
  const found = await discoverServers({
    interfaces: [{ ...LO, name: "eth9", address: "198.51.100.9" }],
    datagrams: spied(sent),
    onProblem: (sentence) => problems.push(sentence),
  });
  assertEquals([found, sent], [[], []]);
  assertMatch(problems.join("\n"), /^Cannot look for servers on eth9 \(198\.51\.100\.9\): .*\.$/);
});

Deno.test("announceServer() reports a failing network once, not with each message", async () => {
  const problems: string[] = [];
  const refuse = () => Promise.reject(Object.assign(new Error("send"), { code: "ENETDOWN" }));
  const datagrams = sockets({
    async bind(options) {
      const socket = await systemDatagrams.bind(options);
      return Object.assign(Object.create(socket), {
        local: socket.local,
        send: refuse,
        join: socket.join.bind(socket),
        setMulticast: socket.setMulticast.bind(socket),
        [Symbol.asyncDispose]: () => socket[Symbol.asyncDispose](),
      });
    },
  });
  const onProblem = (sentence: string) => void problems.push(sentence);
  await using server = announceServer({ ...COMMON, name: uniqueName(), datagrams, onProblem });
  await server.announced;
  assertEquals(problems.length, 1);
  assertMatch(problems[0] ?? "", /on lo \(127\.0\.0\.1\): there is no way to that network\. /);
});

/** Real sockets that note by which interface each message was sent. */
function spied(sent: string[]): DatagramPort {
  return sockets({
    async bind(options) {
      const socket = await systemDatagrams.bind(options);
      let by = "the default interface";
      return {
        local: socket.local,
        join: (group, address) => socket.join(group, address),
        setMulticast(address, ttl, loopback) {
          socket.setMulticast(address, ttl, loopback);
          by = address;
        },
        send(bytes, to) {
          sent.push(by);
          return socket.send(bytes, to);
        },
        [Symbol.asyncDispose]: () => socket[Symbol.asyncDispose](),
      };
    },
  });
}

Deno.test("defaultServerName() names the host", () => {
  assertMatch(defaultServerName(), /^CRDS on [^.]+$/);
});

Deno.test({
  name: "defaultServerName() does without the permission to know the host",
  permissions: { sys: false },
  fn: () => assertEquals(defaultServerName(), "CRDS"),
});
