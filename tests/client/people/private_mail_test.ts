import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { DirectOutcome } from "../../../lib/client/people/private_sender.ts";
import { askNobody } from "../../../lib/client/secrets.ts";
import { UserError } from "../../../lib/errors.ts";
import { makeClient } from "../../helpers/client_rig.ts";
import { FakeConsole } from "../../helpers/fake_console.ts";
import { person } from "../../helpers/mail_person.ts";
import { MailServer } from "../../helpers/mail_server.ts";
import { SessionServer } from "../../helpers/session_server.ts";

const NEVER = new AbortController().signal;

Deno.test("msg, broadcast: what is sent is shown to whom it is for, and its sender is told", async () => {
  await using server = await MailServer.start("ann", "mel", "zoe");
  await using ann = await person(server, "Ann");
  await using lee = await person(server, "Ann Lee", false);
  await using mel = await person(server, "Mel");
  await mel.type("msg ann Lunch?");
  await mel.type("MSG ann lee And you?");
  await mel.type("msg Zoe Welcome back");
  await lee.type("msg Mel  me, too ");
  await mel.type("broadcast Fire drill!");
  assertEquals(ann.console.shown.filter((line) => line.includes("Mel (private)")).map(bare), [
    "¤ Mel (private): Lunch?",
  ]);
  assertEquals(lee.console.shown.slice(-2), [
    "err Delivered to Mel.",
    "out Mel (to everybody): Fire drill!",
  ]);
  assertStringIncludes(lee.console.text, "out Mel (private): And you?");
  assertEquals(mel.console.shown.slice(1).map(bare), [
    "Delivered to ann.",
    "Delivered to ann lee.",
    "Stored: Zoe gets it at the next login.",
    "¤ Ann Lee (private, guest): me, too",
    "Delivered to 2 people.",
  ]);
  await using zoe = await person(server, "Zoe");
  await zoe.console.until(/Mel \(private\): Welcome back/);
});

Deno.test("msg tells why somebody gets nothing", async () => {
  await using server = await MailServer.start("ann", "mel");
  await using ann = await person(server, "Ann");
  await using mel = await person(server, "Mel");
  await ann.type("block Mel");
  assertEquals(ann.console.shown.at(-1), 'err You block Mel: "unblock Mel" ends it.');
  const table: [line: string, sentence: string][] = [
    ["msg Ann Hi", 'Cannot send a message to "Ann": they do not want messages from you.'],
    ["msg Nobody Hi", 'Cannot send a message to "Nobody": nobody of that name is on'],
    ["msg Mel Hi", 'Cannot send a message to "Mel": that is you.'],
    ["msg Ann", "Cannot send a message: the text is missing. Usage: msg <name> <text>"],
    ["msg", "Cannot send a message: the name is missing."],
    ["broadcast", "Cannot broadcast: the text is missing."],
    [`msg Ann ${"x".repeat(2001)}`, "it has 2001 characters, and 2000 are the most."],
    ["unblock Ann", 'Cannot unblock "Ann": you do not block that name.'],
  ];
  for (const [line, sentence] of table) {
    const { message } = await assertRejects(() => mel.type(line), UserError);
    assertStringIncludes(message, sentence);
  }
});

Deno.test("msg asks for what is missing", async () => {
  await using server = await MailServer.start("ann lee");
  await using ann = await person(server, "Ann Lee");
  await using mel = await person(server, "Mel");
  const asked: string[] = [];
  const answers = ["Ann Lee", " one ", "two"];
  const ask = (question: string): Promise<string | undefined> => {
    asked.push(question);
    return Promise.resolve(answers.shift());
  };
  await mel.client.mail.send("", ask, NEVER);
  await mel.client.mail.send("ann lee", ask, NEVER);
  await assertRejects(() => mel.client.mail.send("Ann Lee", ask, NEVER), UserError, "missing");
  assertEquals(asked, ["Name: ", "Text: ", "Text: ", "Text: "]);
  assertEquals(ann.console.shown.slice(-2).map(bare), [
    "¤ Mel (private, guest): one",
    "¤ Mel (private, guest): two",
  ]);
});

Deno.test("block, unblock, blocked: for the account, and for lines in rooms", async () => {
  await using server = await MailServer.start("ann");
  await using ann = await person(server, "Ann");
  await using gus = await person(server, "Gus");
  await ann.type("blocked");
  assertEquals(ann.console.shown.at(-1), "err You block nobody.");
  await ann.type("block Gus");
  await ann.type("block Some Body");
  await ann.type("blocked");
  assertEquals(ann.console.shown.slice(-2), ["out Gus", "out Some Body"]);
  const { message } = await assertRejects(
    () => Promise.resolve().then(() => ann.client.tools.unignore("gus")),
    UserError,
  );
  assertStringIncludes(message, '"/unblock gus" ends it');
  await ann.type("unblock gus");
  assertEquals(ann.console.shown.at(-1), "err You do not block Gus any more.");
  await gus.type("msg Ann Hi");
  assertStringIncludes(ann.console.text, "Gus (private, guest): Hi");
  const refused = await assertRejects(() => gus.type("block Ann"), UserError);
  assertStringIncludes(refused.message, "you are not logged in");
});

Deno.test("a message whose answer is lost with the connection is sent again, and arrives once", async () => {
  await using server = await MailServer.start("ann", "mel");
  await using ann = await person(server, "Ann");
  await using mel = await person(server, "Mel");
  mel.client.mail.direct = undefined;
  // The server keeps the message, and dies before it can say so.
  const { mailStore } = server.rig;
  const put = mailStore.put.bind(mailStore);
  mailStore.put = async (account, mail) => {
    mailStore.put = put;
    const outcome = await put(account, mail);
    void server.drop();
    return outcome;
  };
  await mel.type("msg Ann Lunch?");
  assertStringIncludes(mel.console.text, "Waiting for the CRDS");
  await ann.console.until(/Lunch\?/);
  assertEquals(ann.console.text.split("Lunch?").length - 1, 1);
  assertEquals(/Delivered to Ann|Stored: Ann/.test(mel.console.text), true);
});

Deno.test("in a room messages are kept, /inbox and leaving show them", async () => {
  await using server = await MailServer.start("ann");
  await server.rig.directory.create("lobby");
  await using ann = await person(server, "Ann");
  await using mel = await person(server, "Mel");
  await ann.type("chat lobby");
  await mel.type("msg Ann one");
  await mel.type("msg Ann two");
  assertEquals(/one|two/.test(ann.console.text), false);
  assertEquals(bare(ann.console.shown.at(-1)!), "¤ 1 private message from Mel: /inbox");
  await ann.type("/inbox");
  assertEquals(ann.console.shown.slice(-2).map(bare), [
    "¤ Mel (private, guest): one",
    "¤ Mel (private, guest): two",
  ]);
  await ann.type("/inbox");
  assertEquals(ann.console.shown.at(-1), "err There are no new messages.");
  await mel.type("msg Ann three");
  await ann.type("/leave");
  assertEquals(ann.console.shown.slice(-2).map(bare), [
    'Left room "lobby".',
    "¤ Mel (private, guest): three",
  ]);
});

Deno.test("the direct way comes first; the server helps where it fails", async () => {
  await using server = await MailServer.start("ann");
  await using ann = await person(server, "Ann");
  await using mel = await person(server, "Mel");
  const outcomes: DirectOutcome[] = [
    "delivered",
    "unreachable",
    { refused: "Cannot send a message: they said no." },
  ];
  const tried: string[] = [];
  mel.client.mail.direct = {
    tryDirect(to, id, text) {
      tried.push(`${to} ${text} ${id.length}`);
      const outcome = outcomes.shift()!;
      // It got there, only the answer was lost.
      const taken = { from: "Mel", account: false, id, text, at: 0, kind: "private" };
      if (outcome === "unreachable") ann.client.mail.take(taken);
      return Promise.resolve(outcome);
    },
  };
  await mel.type("msg Ann one");
  await mel.type("msg Ann two");
  await assertRejects(() => mel.type("msg Ann three"), UserError, "they said no.");
  assertEquals(tried, ["Ann one 36", "Ann two 36", "Ann three 36"]);
  assertEquals(mel.console.shown.slice(-2), ["err Delivered to Ann.", "err Delivered to Ann."]);
  assertEquals(ann.console.text.split("two").length - 1, 1, "shown once, whatever the way");
});

Deno.test("without TLS there are no messages, and that is said", async () => {
  await using server = await SessionServer.start();
  await using client = makeClient(server.endpoint, new FakeConsole(true), { name: "Mel" });
  await assertRejects(
    () => client.mail.send("Ann Hi", askNobody, NEVER),
    UserError,
    "there is no connection",
  );
  await client.connect(undefined, NEVER);
  for (
    const work of [
      () => client.mail.send("Ann Hi", askNobody, NEVER),
      () => client.mail.broadcast("Hi", NEVER),
      () => client.mail.blocked.block("Ann", NEVER),
    ]
  ) {
    await assertRejects(work, UserError, "over TLS");
  }
});

/** Without where it was printed, and when. */
function bare(line: string): string {
  return line.replace(/^(out|err) /, "").replace(/^\d\d:\d\d /, "");
}
