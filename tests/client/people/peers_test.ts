import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { UserError } from "../../../lib/errors.ts";
import { type Person, person } from "../../helpers/mail_person.ts";
import { MailServer } from "../../helpers/mail_server.ts";

/** Two people in a private session, which Mel began. */
async function talking(one: Person, other: Person): Promise<void> {
  await one.type("startprivate Ann");
  await other.console.until(/wants a private session/);
  await other.type("y");
  await one.console.until(/Private session with Ann/);
  await other.console.until(/Private session with Mel/);
}

async function refused(work: () => Promise<void>): Promise<string> {
  return (await assertRejects(work, UserError)).message;
}

Deno.test("msg goes directly: the server sees no text, and one connection carries the next ones", async () => {
  await using server = await MailServer.start("ann", "mel");
  await using ann = await person(server, "Ann");
  await using mel = await person(server, "Mel");
  const puts: unknown[] = [];
  const { mailStore } = server.rig;
  const put = mailStore.put.bind(mailStore);
  mailStore.put = (...args) => (puts.push(args), put(...args));
  for (const text of ["one", "two", "three"]) await mel.type(`msg ann ${text}`);
  assertEquals(mel.client.peers.direct.connections, 1);
  assertMatch(ann.console.text, /Mel \(private\): one\n.*Mel \(private\): two\n.*: three/);
  assertEquals(puts, []);
  // Another name is another person.
  await mel.type("name Zoe");
  assertEquals(mel.client.peers.direct.connections, 0);
  await mel.type("msg ann four");
  assertMatch(ann.console.text, /Zoe \(private, guest\): four/);
});

Deno.test("msg: who is not reached directly gets it through the server", async () => {
  await using server = await MailServer.start("ann", "mel");
  await using ann = await person(server, "Ann");
  await using mel = await person(server, "Mel");
  // Her port is not where she says.
  const session = server.rig.presence.holderOf("Ann")!;
  const listening = server.rig.exchange.listeningOf(session)!;
  using dead = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = dead.addr;
  dead.close();
  server.rig.exchange.listen({ ...listening, port });
  await mel.type("msg Ann Lunch?");
  assertMatch(ann.console.text, /Mel \(private\): Lunch\?/);
  // Somebody else is where she says.
  await using zoe = await person(server, "Zoe");
  server.rig.exchange.listen({ ...listening, port: zoe.client.peers.port! });
  await mel.type("msg Ann Tea?");
  assertMatch(ann.console.text, /Mel \(private\): Tea\?/);
  assertEquals(zoe.console.text.includes("Tea?"), false);
});

Deno.test("a private session is asked for, goes both ways, and ends for both", async () => {
  await using server = await MailServer.start("ann", "mel");
  await using ann = await person(server, "Ann");
  await using mel = await person(server, "Mel");
  await talking(mel, ann);
  await mel.type("private ann  psst,  Ann ");
  await ann.type("private MEL yes?");
  assertMatch(ann.console.text, /¤ Mel \(private session\): psst, {2}Ann$/m);
  assertMatch(mel.console.text, /¤ Ann \(private session\): yes\?$/m);
  assertMatch(await refused(() => mel.type("startprivate Ann")), /there is one already/);
  assertMatch(
    await refused(() => mel.type(`private Ann ${"x".repeat(2_001)}`)),
    /it has 2001 characters/,
  );
  await mel.type("stopprivate Ann");
  await ann.console.until(/Your private session with Mel is over: Mel ended it\./);
  assertMatch(mel.console.text, /Your private session with Ann is over: you ended it\./);
  assertMatch(await refused(() => mel.type("private Ann hello?")), /there is none/);
  assertMatch(await refused(() => ann.type("stopprivate Mel")), /there is none/);
});

Deno.test("a private session is declined, withdrawn, and not asked of anybody who cannot", async () => {
  await using server = await MailServer.start("ann");
  await using ann = await person(server, "Ann");
  await using mel = await person(server, "Mel");
  await mel.type("startprivate Ann");
  await ann.console.until(/Mel \(a guest\) wants a private session with you\. "y" accepts/);
  await ann.type("n");
  await mel.console.until(/Cannot begin a private session with "Ann": they do not want to, or/);
  assertMatch(await refused(() => ann.type("n")), /nobody asks for one/);
  assertMatch(await refused(() => ann.type("accept Bob")), /nobody of that name asks for one/);

  await mel.type("startprivate Ann");
  await ann.console.until(/(wants a private session[^]*){2}/);
  await mel.type("stopprivate ann");
  await ann.console.until(/Mel does not ask for a private session any more/);
  await mel.type("startprivate Nobody");
  await mel.console.until(/Cannot begin a private session with "Nobody": nobody of that name/);
  await mel.type('startprivate "Mel"');
  await mel.console.until(/Cannot begin a private session with "Mel": that is you/);
});

Deno.test("both ask for a private session at the same moment: there is one, and nobody is asked", async () => {
  await using server = await MailServer.start("ann", "mel");
  await using ann = await person(server, "Ann");
  await using mel = await person(server, "Mel");
  await Promise.all([mel.type("startprivate Ann"), ann.type("startprivate Mel")]);
  await Promise.all([
    mel.console.until(/Private session with Ann/),
    ann.console.until(/Private session with Mel/),
  ]);
  await mel.type("private Ann one");
  await ann.type("private Mel two");
  assertMatch(ann.console.text, /Mel \(private session\): one/);
  assertMatch(mel.console.text, /Ann \(private session\): two/);
  assertEquals(/wants a private/.test(ann.console.text + mel.console.text), false);
});

Deno.test("with several who ask, an answer says whom it is for; there may be several sessions", async () => {
  await using server = await MailServer.start("ann", "mel", "ann lee");
  await using ann = await person(server, "Ann");
  await using mel = await person(server, "Mel");
  await using lee = await person(server, "Ann Lee");
  await mel.type("startprivate Ann");
  await ann.console.until(/Mel wants/);
  await lee.type("startprivate Ann");
  await ann.console.until(/Ann Lee wants .*"accept Ann Lee" or "decline Ann Lee": 2 people ask/);
  assertMatch(await refused(() => ann.type("y")), /it could be with "Mel", "Ann Lee"/);
  await ann.type("accept ann lee");
  await ann.type("y");
  await ann.console.until(/(Private session with[^]*){2}/);
  await Promise.all([mel, lee].map(({ console }) => console.until(/Private session with Ann/)));
  await ann.type("private ann lee to you");
  await ann.type("private mel and to you");
  assertMatch(lee.console.text, /Ann \(private session\): to you/);
  assertMatch(mel.console.text, /Ann \(private session\): and to you/);
});

Deno.test("bye, and a client that is gone, end a private session for both", async () => {
  await using server = await MailServer.start("ann", "mel");
  await using ann = await person(server, "Ann");
  const mel = await person(server, "Mel");
  await talking(mel, ann);
  await ann.type("bye");
  await mel.console.until(/Your private session with Ann is over: Ann ended it/);
  assertMatch(ann.console.text, /is over: you are not at the server any more/);
  await ann.type("connect");
  await ann.client.peers.settled();
  await mel.type("startprivate Ann");
  await ann.console.until(/(wants a private session[^]*){2}/);
  await ann.type("y");
  await mel.console.until(/(Private session with[^]*){2}/);
  await mel[Symbol.asyncDispose]();
  await ann.console.until(/Your private session with Mel is over: Mel ended it/);
});

Deno.test("a lost server ends no private session; being back, one can be asked for others", async () => {
  await using server = await MailServer.start("ann", "mel");
  await using ann = await person(server, "Ann");
  await using mel = await person(server, "Mel");
  await talking(mel, ann);
  await server.drop();
  await mel.type("private Ann still here");
  assertMatch(ann.console.text, /Mel \(private session\): still here/);
  await Promise.all([ann, mel].map(({ console }) => console.until(/Connected to .* again/)));
  await Promise.all([ann, mel].map(({ client }) => client.peers.settled()));
  await using zoe = await person(server, "Zoe");
  await zoe.type("startprivate Ann");
  await ann.console.until(/Zoe \(a guest\) wants/);
});

Deno.test("who is blocked has no private session, not even the one that is open", async () => {
  await using server = await MailServer.start("ann", "mel");
  await using ann = await person(server, "Ann");
  await using mel = await person(server, "Mel");
  await talking(mel, ann);
  await ann.type("block Mel");
  await mel.console.until(/Your private session with Ann is over: Ann ended it/);
});

Deno.test("in a room lines of private sessions are kept, until one talks to them there", async () => {
  await using server = await MailServer.start("ann", "mel");
  await server.rig.directory.create("lobby");
  await using ann = await person(server, "Ann");
  await using mel = await person(server, "Mel");
  await talking(mel, ann);
  await ann.type("chat lobby");
  await mel.type("private Ann one");
  await mel.type("private Ann two");
  const shown = () =>
    ann.console.shown.filter((line) => /private session/.test(line)).slice(1)
      .map((line) => line.replace(/^.*¤ /, ""));
  const discreet =
    'Mel says something in your private session: /inbox shows it, and "/private Mel <text>" answers.';
  assertEquals(shown().slice(-1), [discreet]);
  await ann.type("/inbox");
  assertEquals(shown().slice(-2), [
    "Mel (private session): one",
    "Mel (private session): two",
  ]);
  await mel.type("private Ann three");
  assertEquals(shown().at(-1), discreet);
  await ann.type("/private Mel not now");
  assertEquals(shown().at(-1), "Mel (private session): three");
  await mel.type("private Ann four");
  assertEquals(shown().at(-1), "Mel (private session): four");
  // A lone y or n is said.
  await ann.type("y");
  await ann.type("/leave");
  await ann.type("chat lobby");
  await mel.type("private Ann five");
  await ann.type("/leave");
  assertEquals(shown().at(-1), "Mel (private session): five");
});

Deno.test("a question in a room is answered with a slash; what is typed there is said", async () => {
  await using server = await MailServer.start("ann", "mel");
  await server.rig.directory.create("lobby");
  await using ann = await person(server, "Ann");
  await using mel = await person(server, "Mel");
  await ann.type("chat lobby");
  await mel.type("startprivate Ann");
  await ann.console.until(/Mel wants a private session with you\. "\/y" accepts, "\/n" declines/);
  await ann.type("y");
  await ann.type("n");
  assertEquals(ann.console.text.includes("Private session with Mel"), false);
  await ann.type("/y");
  await ann.console.until(/Private session with Mel/);
});

Deno.test("startprivate says that it asks, and then why nobody was asked: both are true", async () => {
  await using server = await MailServer.start("ann", "mel");
  await using mel = await person(server, "Mel");
  for (
    const [name, why] of [
      ["Nobody", 'nobody of that name is here. "who" lists all.'],
      ["Ann", "they are not here now."],
    ] as const
  ) {
    await mel.type(`startprivate ${name}`);
    await mel.console.until(new RegExp(`Cannot begin a private session with "${name}"`));
    assertEquals(mel.console.shown.slice(-2).map((row) => row.replace(/^.*¤ /, "")), [
      `Asking ${name} for a private session, for up to 60 s. "stopprivate ${name}" takes it back.`,
      `Cannot begin a private session with "${name}": ${why}`,
    ]);
  }
});

Deno.test("a script waits for what comes of startprivate, and fails with it", async () => {
  await using server = await MailServer.start("ann", "mel");
  await using ann = await person(server, "Ann");
  await using mel = await person(server, "Mel", false);
  const asking = mel.type("startprivate Ann");
  await ann.console.until(/wants a private session/);
  await ann.type("y");
  await asking;
  await mel.type("private Ann from a script");
  assertMatch(ann.console.text, /Mel \(private session\): from a script/);
  await mel.type("stopprivate Ann");
  const again = refused(() => mel.type("startprivate Ann"));
  await ann.console.until(/(wants a private session[^]*){2}/);
  await ann.type("decline");
  assertMatch(await again, /they do not want to, or did not answer/);
});
