/**
 * Private sessions between real clients at a real server, over TLS.
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Program } from "../helpers/processes.ts";
import { startPerson, startTlsServer } from "../helpers/tls_people.ts";

const PASSWORD = "correct horse";

/** Ann begins a private session with Mel, or whatever they are called, who accepts. */
async function talking(ann: Program, mel: Program, name = "Mel"): Promise<void> {
  await ann.write(`startprivate ${name}\n`);
  await mel.next(/Ann( \(a guest\))? wants a private session with you.*\n/, "stderr");
  await mel.write("y\n");
  await mel.next(/Private session with Ann.*\n/, "stderr");
  await ann.next(new RegExp(`Private session with ${name}.*\n`), "stderr");
}

Deno.test("a private session between two scripts: asked, declined, accepted, said, stopped", async () => {
  await using server = await startTlsServer();
  await using ann = await startPerson(server, "Ann");
  await using mel = await startPerson(server, "Mel");
  await ann.write("startprivate Mel\n");
  await mel.next(/Ann \(a guest\) wants a private session with you\. "y" accepts/, "stderr");
  await mel.write("n\n");
  await ann.next(
    /Cannot begin a private session with "Mel": they do not want to, or did/,
    "stderr",
  );
  await talking(ann, mel);
  await ann.write("private Mel Grüße \u{1f44b}\nprivate mel two\n");
  await mel.next(
    /^Ann \(private session, guest\): Grüße \u{1f44b}\nAnn \(private session, guest\): two\n/u,
  );
  await mel.write("private Ann three\nstopprivate Ann\nquit\n");
  await ann.next(/^Mel \(private session, guest\): three\n/);
  await ann.next(/Your private session with Mel is over: Mel ended it\.\n/, "stderr");
  await ann.write("private Mel four\nquit\n");
  await ann.next(/Cannot say something in a private session with "Mel": there is none/, "stderr");
  assertEquals((await mel.status).code, 0);
  // Something failed: a session was declined.
  assertEquals((await ann.status).code, 1);
  // The server has seen who asked, and nothing of what was said.
  assertEquals(/Grüße|three/.test(server.program.stdout), false);
});

Deno.test("both sides start a private session at once", async () => {
  await using server = await startTlsServer();
  await using ann = await startPerson(server, "Ann");
  await using mel = await startPerson(server, "Mel");
  await Promise.all([ann.write("startprivate Mel\n"), mel.write("startprivate Ann\n")]);
  // Who was a moment later may have been asked already: then to start is to accept.
  await ann.next(/Private session with Mel.*\n/, "stderr");
  await mel.next(/Private session with Ann.*\n/, "stderr");
  await ann.write("private Mel one\n");
  await mel.next(/Ann \(private session, guest\): one\n/);
});

Deno.test("a client that is killed ends its private sessions; what is said then fails aloud", async () => {
  await using server = await startTlsServer();
  await using ann = await startPerson(server, "Ann");
  await using mel = await startPerson(server, "Mel");
  await talking(ann, mel);
  await mel.stop("SIGKILL");
  await ann.next(
    /Your private session with Mel is over: the connection to Mel is gone\.\n/,
    "stderr",
  );
  await ann.write("private Mel hello?\nmsg Mel hello?\nquit\n");
  await ann.next(/Cannot say something in a private session with "Mel": there is none/, "stderr");
  await ann.next(/Cannot send a message to "Mel": nobody of that name is on/, "stderr");
  assertEquals((await ann.status).code, 1);
});

Deno.test("an idle timeout ends private sessions, and both are told", async () => {
  await using server = await startTlsServer(["--idle-timeout", "3"]);
  await using ann = await startPerson(server, "Ann");
  await using mel = await startPerson(server, "Mel");
  await mel.write(`register Mel\n${PASSWORD}\n${PASSWORD}\n`);
  await mel.next(/you are logged in/, "stderr");
  await talking(ann, mel);
  await ann.next(/Your private session with Mel is over: Mel ended it\.\n/, "stderr");
  await mel.next(/Your private session with Ann is over: you are not at the server/, "stderr");
});

Deno.test("a logout ends private sessions, and both are told", async () => {
  await using server = await startTlsServer();
  await using ann = await startPerson(server, "Ann");
  await using mel = await startPerson(server, "Mel");
  await mel.write(`register Mel\n${PASSWORD}\n${PASSWORD}\n`);
  await mel.next(/you are logged in/, "stderr");
  await talking(ann, mel);
  await mel.write("logout\n");
  await ann.next(/Your private session with Mel is over: Mel ended it\.\n/, "stderr");
  await mel.next(/Your private session with Ann is over: you are not at the server/, "stderr");
});

Deno.test("names with odd characters have private sessions and get messages", async () => {
  await using server = await startTlsServer();
  const odd = "Zoë O'Neil \u{1f600}";
  await using ann = await startPerson(server, "Ann");
  await using zoe = await startPerson(server, odd);
  await ann.write(`startprivate ZOË  o'neil \u{1f600}\n`);
  await zoe.next(/Ann \(a guest\) wants/, "stderr");
  await zoe.write("accept ann\n");
  await ann.next(/Private session with Zoë O'Neil/, "stderr");
  await ann.write(`private zoë o'neil \u{1f600} hi there\nmsg "${odd}" and here\n`);
  await zoe.next(/^Ann \(private session, guest\): hi there\nAnn \(private, guest\): and here\n/);
});

Deno.test("--json tells a program of private sessions, one object each", async () => {
  await using server = await startTlsServer();
  await using ann = await startPerson(server, "Ann", ["--json"]);
  await using mel = await startPerson(server, "Mel");
  await mel.write("startprivate Ann\n");
  await ann.next(/session-asked.*\n/);
  await ann.write("accept Mel\n");
  await ann.next(/session-opened.*\n/);
  await mel.write('private Ann \\"quoted\\"\nstopprivate Ann\n');
  await ann.next(/session-ended.*\n/);
  const events = ann.stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(
    events.map(({ kind, name, room, account }) => [kind, name, room, account]),
    ["session-asked", "session-opened", "session", "session-ended"]
      .map((kind) => [kind, "Mel", null, false]),
  );
  assertEquals(events[2].text, '\\"quoted\\"');
  for (const { time, text } of events) {
    assertMatch(time, /^\d{4}-\d\d-\d\dT.*Z$/);
    assert(text.length > 0);
  }
});

Deno.test("who takes the name of a guest in a private session does not end it by asking", async () => {
  await using server = await startTlsServer();
  await using ann = await startPerson(server, "Ann");
  await using gus = await startPerson(server, "Gus");
  await talking(ann, gus, "Gus");
  await gus.write("name Gustav\n");
  await gus.next(/Gustav.*\n/, "stderr");
  await using other = await startPerson(server, "Eve");
  await other.write("name Gus\nstartprivate Ann\n");
  await ann.next(/Gus \(a guest\) wants a private session with you.*\n/, "stderr");
  await ann.write("private Gus still there?\n");
  await gus.next(/^Ann \(private session, guest\): still there\?\n/);
  // To accept is to end the other one; a script waits until the new one is open.
  await ann.write("accept Gus\nprivate Gus hello\n");
  await ann.next(/Your private session with Gus is over: you accepted a new one\.\n/, "stderr");
  await gus.next(/Your private session with Ann is over: Ann ended it\.\n/, "stderr");
  await other.next(/^Ann \(private session, guest\): hello\n/);
});
