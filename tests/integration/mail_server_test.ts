// Private messages, broadcasts and blocks at the real server, over TLS.

import { assert, assertEquals, assertRejects } from "@std/assert";
import type { TakeParams } from "../../lib/people/message_methods.ts";
import { RpcError } from "../../lib/rpc/rpc_error.ts";
import { startServer } from "../helpers/processes.ts";
import { PASSWORD, SecureSession } from "../helpers/secure_session.ts";
import { SessionClient } from "../helpers/session_client.ts";
import { TempFolder } from "../helpers/temp_folder.ts";
import { WireTap } from "../helpers/wire_tap.ts";

const TLS = ["--tls-port", "0"];

/** A session that takes messages. */
async function taker(
  port: number,
  name: string,
  via?: number,
): Promise<{ session: SecureSession; taken: TakeParams[] }> {
  const taken: TakeParams[] = [];
  const session = await SecureSession.open(port, {
    name,
    onTake: (message) => (taken.push(message), {}),
    ...(via === undefined ? {} : { via }),
  });
  await session.ask("message.ready");
  return { session, taken };
}

async function register(session: SecureSession, name: string): Promise<void> {
  assertEquals((await session.ask("account.register", { name, password: PASSWORD })).name, name);
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return (await assertRejects(() => work, RpcError)).data?.code;
}

function put(from: SecureSession, to: string, text: string): Promise<Record<string, unknown>> {
  return from.ask("message.put", { to, text, id: crypto.randomUUID() });
}

Deno.test("a broadcast reaches all who take messages over TLS, and is counted", async () => {
  await using server = await startServer(TLS);
  const [ann, bob, mel] = await Promise.all(
    ["Ann", "Bob", "Mel"].map((name) => taker(server.port, name)),
  );
  await using _a = ann!.session;
  await using b = bob!.session;
  await using m = mel!.session;
  using plain = await SessionClient.greet(server.port, { name: "Plain" });
  const refused = await plain.ask("message.ready");
  assertEquals(refused.error?.data?.code, "NOT_SECURE");
  await register(b, "Bob");
  await b.ask("block.add", { name: "Mel" });
  const id = crypto.randomUUID();
  const told = await m.ask("message.broadcast", { id, text: "Fire drill!" });
  assertEquals(told, { delivered: 1, missed: 1 });
  assertEquals(ann!.taken.map(({ from, kind, text }) => [from, kind, text]), [
    ["Mel", "broadcast", "Fire drill!"],
  ]);
  assertEquals(bob!.taken, []);
  assertEquals(await codeOf(put(m, "Bob", "Why?")), "REFUSED");
});

Deno.test("names with odd characters are found in every spelling, and told apart from look-alikes", async () => {
  await using server = await startServer(TLS);
  const names = ["Zoë 👩‍👩‍👧", "สมชาย ใจดี", "Ｆｕｌｌ", "O'Neil; DROP TABLE mail--", "%_", "𝕄el"];
  const all = await Promise.all(names.map((name) => taker(server.port, name)));
  const { session: sender } = await taker(server.port, "Sender");
  for (const [at, name] of names.entries()) {
    await register(all[at]!.session, name);
    assertEquals(await put(sender, ` ${name.toUpperCase()} `, `for ${name}`), {
      outcome: "delivered",
    });
    await all[at]!.session[Symbol.asyncDispose]();
    assertEquals(await put(sender, name.toLowerCase(), `later ${name}`), { outcome: "stored" });
  }
  for (const [at, name] of names.entries()) {
    assertEquals(all[at]!.taken.map(({ text }) => text), [`for ${name}`]);
    const { session, taken } = await taker(server.port, "guest");
    await session.ask("account.login", { name, password: PASSWORD });
    await session.ask("message.ready");
    // What is asked later is answered after the inbox was delivered to who acknowledges at once.
    assertEquals(await put(sender, name, "now"), { outcome: "delivered" });
    assertEquals(taken.map(({ text }) => text), [`later ${name}`, "now"]);
    await session[Symbol.asyncDispose]();
  }
  assertEquals(await codeOf(put(sender, "Zoé 👩‍👩‍👧", "x")), "NO_SUCH_PERSON");
  await sender[Symbol.asyncDispose]();
});

Deno.test("whoever listens on the way sees nothing of a login and of a private message", async () => {
  await using server = await startServer(TLS);
  using ask = await SessionClient.open(server.port);
  const { result } = await ask.ask("hello", { client: "t", protocol: 1 });
  await using tap = new WireTap(result.tls.port);
  const { session: ann, taken } = await taker(server.port, "Annabella", tap.port);
  const { session: mel } = await taker(server.port, "Melisande", tap.port);
  await register(mel, "Melisande");
  await put(mel, "Annabella", "the treasure is under the oak");
  assertEquals(taken.length, 1);
  assert(tap.size > 1_000);
  for (const word of ["Annabella", "Melisande", "treasure is under", PASSWORD, "message.put"]) {
    assertEquals(tap.saw(word), false, word);
  }
  await ann[Symbol.asyncDispose]();
  await mel[Symbol.asyncDispose]();
  // The tap sees what there is to be seen.
  await using open = new WireTap(server.port);
  using plain = await SessionClient.open(open.port);
  await plain.ask("hello", { client: "t", protocol: 1, name: "Annabella" });
  assertEquals(open.saw("Annabella"), true);
});

Deno.test("messages and blocks are in no log, and those of an account end with it", async () => {
  using folder = new TempFolder();
  const flags = [...TLS, "--data", folder.file("crds.db")];
  await using server = await startServer(flags);
  const { session: ann } = await taker(server.port, "Ann");
  const { session: mel } = await taker(server.port, "Mel");
  await register(ann, "Ann");
  await ann.ask("block.add", { name: "Somebody Else" });
  await ann[Symbol.asyncDispose]();
  assertEquals(await put(mel, "Ann", "for the old Ann"), { outcome: "stored" });
  const { session: back, taken } = await taker(server.port, "guest");
  await back.ask("account.login", { name: "Ann", password: PASSWORD });
  await back.ask("account.unregister", { password: PASSWORD });
  await register(back, "Ann");
  await back.ask("message.ready");
  assertEquals(await put(mel, "Ann", "for the new Ann"), { outcome: "delivered" });
  assertEquals(taken.map(({ text }) => text), ["for the new Ann"]);
  assertEquals(await back.ask("block.list"), { names: [] });
  assertEquals(await codeOf(put(mel, "Zacharias", "x")), "NO_SUCH_PERSON");
  assertEquals(await codeOf(back.ask("block.remove", { name: "Zacharias" })), "NOT_BLOCKED");
  await back[Symbol.asyncDispose]();
  await mel[Symbol.asyncDispose]();
  await server.program.stop();
  const log = server.program.stdout + server.program.stderr;
  assert(log.includes("message.put"), log);
  for (const word of ["Zacharias", "to=", "for the", "Somebody", PASSWORD]) {
    assertEquals(log.includes(word), false, word);
  }
});
