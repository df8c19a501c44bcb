/**
 * docs/PROTOCOL.md says what the code does.
 */

import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { UserError } from "../../lib/errors.ts";
import { encodeChatLines } from "../../lib/framing/chat_line.ts";
import { encodeLabRequest } from "../../lib/framing/lab.ts";
import { encodeListing, encodeRoomReply } from "../../lib/framing/lab_reply.ts";
import { ACCOUNT_METHODS } from "../../lib/people/account_methods.ts";
import { peerHandlers } from "../../lib/room/peer_handlers.ts";
import {
  type ListenParams,
  PEER_SERVER_METHODS,
  PRIVATE_ASKED,
} from "../../lib/people/peer_methods.ts";
import { PEER_LINK_METHODS } from "../../lib/people/peer_link_methods.ts";
import { PEER_ERROR_WORDS, PEER_METHODS } from "../../lib/room/peer_methods.ts";
import { RoomHistory } from "../../lib/room/room_history.ts";
import type { RpcContext } from "../../lib/rpc/methods.ts";
import { guardHandlers, SERVER_METHODS } from "../../lib/server/session_handlers.ts";
import {
  ERROR_WORDS,
  PEER_LINK_REFERENCE_BEGIN,
  PEER_REFERENCE_BEGIN,
  peerReferenceOf,
  REFERENCE_BEGIN,
  REFERENCE_END,
  referenceOf,
  SERVER_NOTIFICATIONS,
  SERVER_REQUESTS,
  withReference,
  withReferences,
} from "../../lib/tasks/protocol_doc.ts";
import { settled } from "../helpers/fake_clock.ts";
import { RecordingLog } from "../helpers/fakes.ts";
import { refusalOf, type ServiceClient, ServiceRig } from "../helpers/service_rig.ts";

const ROOT = new URL("../../", import.meta.url);
const DOCUMENT = Deno.readTextFileSync(new URL("docs/PROTOCOL.md", ROOT));

/** Where words of errors come from: all that refuses a session's request. */
const SOURCES = [
  "lib/server/session_service.ts",
  "lib/server/session_handlers.ts",
  "lib/server/session_connection.ts",
  "lib/server/session_rooms.ts",
  "lib/server/room_relays.ts",
  "lib/server/session_peers.ts",
  "lib/server/session_mail.ts",
  "lib/server/session_blocks.ts",
  "lib/server/post_office.ts",
  "lib/people/blocks.ts",
  "lib/directory/directory_error.ts",
  "lib/people/names.ts",
  "lib/people/account_error.ts",
  "lib/server/logins.ts",
  "lib/server/session_accounts.ts",
  "lib/rpc/calls.ts",
  "lib/rpc/message.ts",
];

/** What clients ask each other. */
const CLIENT_METHODS = Object.values(PEER_METHODS);

/** What each hex example must be. */
const EXAMPLES: Record<string, (...args: string[]) => Uint8Array> = {
  "getdir-request": () => encodeLabRequest({ op: "getdir", times: 1 }),
  "getdir-reply-one-room": (text = "") => encodeListing(text),
  "getdir-reply-empty": () => encodeListing(""),
  "makeroom-request": (name = "", address = "", port = "") =>
    encodeLabRequest({ op: "makeroom", name, address, port }),
  "deleteroom-request": (name = "") => encodeLabRequest({ op: "deleteroom", name }),
  "chat-request": (name = "") => encodeLabRequest({ op: "chat", name }),
  "chat-reply": (address = "", port = "") => encodeRoomReply({ address, port: Number(port) }),
  "chat-reply-unknown": () => encodeRoomReply(undefined),
  "chat-line": (line = "") => {
    const [, name = "", text = ""] = /^(.*?): (.*)$/.exec(line) ?? [];
    return encodeChatLines(name, text)[0]!;
  },
};

/** The keys of a value, all the way down; of an array, those of its first item. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value !== "object" || value === null) return typeof value;
  const entries = Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1);
  return Object.fromEntries(entries.map(([key, part]) => [key, shapeOf(part)]));
}

Deno.test('docs/PROTOCOL.md holds what "deno task protocol" makes of the tables', () => {
  assertEquals(withReferences(DOCUMENT), DOCUMENT, 'run "deno task protocol"');
});

Deno.test("docs/PROTOCOL.md explains every word that an error may have, and no other", () => {
  const thrown = new Set<string>();
  for (const path of SOURCES) {
    const source = Deno.readTextFileSync(new URL(path, ROOT));
    for (const [, word = ""] of source.matchAll(/(?<!normalize\()"([A-Z][A-Z0-9_]{3,})"/g)) {
      thrown.add(word);
    }
  }
  assertEquals([...thrown].sort(), Object.keys(ERROR_WORDS).sort());
  for (const word of thrown) assertStringIncludes(DOCUMENT, `| \`${word}\` |`);
});

Deno.test("docs/PROTOCOL.md has a section with an example for every method and notification", () => {
  const told = [...SERVER_REQUESTS, ...SERVER_NOTIFICATIONS];
  // A message is taken from the server and from other clients: each reference has its own section.
  const references = [
    [REFERENCE_BEGIN, [...SERVER_METHODS, ...told]],
    [PEER_REFERENCE_BEGIN, CLIENT_METHODS],
    [PEER_LINK_REFERENCE_BEGIN, Object.values(PEER_LINK_METHODS)],
  ] as const;
  for (const [marker, methods] of references) {
    const begin = DOCUMENT.indexOf(marker);
    const section = DOCUMENT.slice(begin, DOCUMENT.indexOf(REFERENCE_END, begin));
    for (const { name } of methods) {
      assertEquals(section.split(`#### \`${name}\`\n`).length, 2, name);
      assertStringIncludes(section, `"method":"${name}","params":`);
    }
  }
});

Deno.test("docs/PROTOCOL.md: every hex example is what the code makes", () => {
  const seen = new Set<string>();
  for (
    const [, name = "", args = "", hex = ""] of DOCUMENT.matchAll(/```hex (\S+)(.*)\n([^`]*)```/g)
  ) {
    const encode = EXAMPLES[name];
    assert(encode !== undefined, `nobody knows the example "${name}"`);
    const words = (args.match(/"(?:[^"\\]|\\.)*"/g) ?? []).map((word) => JSON.parse(word));
    const made = Array.from(encode(...words), (byte) => byte.toString(16).padStart(2, "0"));
    assertEquals(hex.trim().split(/\s+/), made, name);
    seen.add(name);
  }
  assertEquals([...seen].sort(), Object.keys(EXAMPLES).sort());
});

/** Lets somebody listen for others, and say yes to everything. */
async function listen(client: ServiceClient): Promise<void> {
  const { params } = PEER_SERVER_METHODS["peer.listen"].example;
  await client.call["peer.listen"](params as ListenParams);
  client.onAsk = () => Promise.resolve(PRIVATE_ASKED.example.result);
}

/** The account of the examples. */
const LOGIN = ACCOUNT_METHODS["account.login"].example.params as { name: string; password: string };

/** Makes it, where it must be there before. */
async function accountFor(rig: ServiceRig, method: string) {
  if (!/^account\.|since/.test(method) || method === "account.register") return undefined;
  const client = rig.client();
  client.call.hello({ client: "nc", protocol: 1 });
  const { token } = await client.call["account.register"](LOGIN);
  return { token, [Symbol.dispose]: () => client[Symbol.dispose]() };
}

/** Lets somebody take all messages. */
function takeMessages(client: ServiceClient): void {
  client.call["message.ready"]({});
  client.onAsk = () => Promise.resolve({});
}

for (const { name, example } of SERVER_METHODS) {
  Deno.test(`docs/PROTOCOL.md: the example of ${name} is answered as it says`, async () => {
    using rig = await ServiceRig.open();
    rig.secure = true;
    if (/^(peer|private)\./.test(name)) await listen(rig.named("Ann"));
    using account = await accountFor(rig, name);
    if (/^message\./.test(name)) takeMessages(rig.named("Ann"));
    if (/^block\./.test(name)) rig.accounts.add("mel");
    if (/^block\.(remove|list)/.test(name)) await rig.blocking.add("mel", "Bob");
    using client = rig.client();
    const handlers = guardHandlers(client.service, new RecordingLog(), "10.0.0.5:40122");
    const ask = async (method: string, params: unknown): Promise<unknown> =>
      await handlers[method]!(params as Record<string, unknown>, {} as RpcContext);
    const caller = account === undefined ? { name: "Mel" } : {};
    if (name !== "hello") await ask("hello", { client: "nc", protocol: 1, ...caller });
    if (name !== "rooms.create" && name !== "hello") await ask("rooms.create", { name: "lobby" });
    if (name === "people.list") await ask("people.move", { room: "lobby" });
    // The revision of the example is one that this directory has.
    const params = name === "rooms.watch"
      ? { since: rig.directory.revision }
      : name === "account.resume"
      ? { token: account?.token }
      : example.params;
    if (/out|passwd|unregister/.test(name)) await ask("account.login", LOGIN);
    assertEquals(shapeOf(await ask(name, params)), shapeOf(example.result));
  });
}

Deno.test("docs/PROTOCOL.md: the example of room.history is answered as it says", () => {
  const { params, result } = PEER_METHODS["room.history"].example;
  const history = new RoomHistory();
  const bytes = new TextEncoder().encode("Mel: Good morning!");
  history.said(bytes, { address: "192.168.1.5", port: 40122 }, 0);
  const handlers = peerHandlers({
    room: { address: "239.255.7.1", port: 20100 },
    answer: () => history.answer(61_200),
    onAsked: () => {},
  });
  const told = handlers["room.history"](params as Record<string, unknown>, {} as RpcContext);
  assertEquals<unknown>(told, result);
});

Deno.test("docs/PROTOCOL.md explains every word that clients refuse each other with", () => {
  const source = Deno.readTextFileSync(new URL("lib/room/peer_handlers.ts", ROOT));
  const thrown = [...source.matchAll(/"([A-Z][A-Z0-9_]{3,})"/g)].map(([, word = ""]) => word);
  assertEquals(thrown.sort(), Object.keys(PEER_ERROR_WORDS));
  const section = DOCUMENT.slice(DOCUMENT.indexOf(PEER_REFERENCE_BEGIN));
  for (const word of thrown) assertStringIncludes(section, `| \`${word}\` |`);
});

Deno.test("the examples of notifications are what is sent", async () => {
  using rig = await ServiceRig.open(undefined, { idleTimeout: 60_000 });
  rig.secure = true;
  using watcher = rig.named("Ann");
  watcher.call["rooms.watch"]({});
  watcher.call["people.watch"]({});
  await watcher.call["account.register"]({ name: "Bob", password: "correct horse" });
  for (const passed of [30_000, 30_000]) {
    rig.time += passed;
    rig.logins.check();
  }
  using mel = rig.named("Mel");
  await mel.call["rooms.create"]({ name: "lobby" });
  mel.call["people.move"]({ room: "lobby" });
  await watcher.call["room.join"]({ room: "lobby" });
  const { relay } = await mel.call["room.join"]({ room: "lobby" });
  await mel.call["room.send"]({ relay, data: "TWVsOiBoaQ==" });
  // Now nothing leaves any more, and who tries is told.
  rig.network.failure = new Error("no network");
  await watcher.call["room.send"]({ relay: 1, data: "TWVsOiBoaQ==" });
  await listen(watcher);
  watcher.onAsk = () => new Promise(() => {});
  const asking = refusalOf(() => mel.call["private.ask"]({ to: "Ann" }));
  await settled();
  await mel.call["private.withdraw"]({ to: "Ann" });
  await asking;
  for (const { name, params, example } of SERVER_NOTIFICATIONS) {
    const sent = watcher.notes.findLast(({ method }) => method === name)?.params;
    assertEquals(shapeOf(sent), shapeOf(example.params), name);
    const needed = Object.keys(params).filter((key) => !params[key]?.optional);
    assertEquals(Object.keys(sent as object).sort(), needed.sort(), name);
  }
});

Deno.test("referenceOf() refuses a method that answers a word without a meaning", () => {
  const method = { name: "a.b", doc: "", params: {}, errors: ["ODD"], example: { params: {} } };
  assertThrows(() => referenceOf([method], [], {}), UserError, '"ODD"');
  assertThrows(() => peerReferenceOf([method], {}), UserError, '"ODD"');
});

Deno.test("withReference() refuses a document without the markers, and replaces what is between", () => {
  assertThrows(() => withReference("# nothing", "x"), UserError, "a marker is missing");
  const marker = PEER_REFERENCE_BEGIN;
  assertThrows(() => withReference(REFERENCE_BEGIN, "x", marker), UserError, marker);
  const once = withReference(DOCUMENT, "one");
  assertEquals(withReference(once, referenceOf()), DOCUMENT);
  assertEquals(once.includes("#### `hello`"), false);
});
