/**
 * People at a {@linkcode MailServer}, who type.
 *
 * @module
 */

import type { Client } from "../../lib/client/client.ts";
import { runLine } from "../../lib/client/commands.ts";
import { RememberedServers } from "../../lib/client/known_servers.ts";
import { makeClient } from "./client_rig.ts";
import { FakeConsole } from "./fake_console.ts";
import type { MailServer } from "./mail_server.ts";

const NEVER = new AbortController().signal;

/** Somebody with a client. */
export interface Person extends AsyncDisposable {
  /** It. */
  readonly client: Client;
  /** What it shows. */
  readonly console: FakeConsole;
  /** Types a line. */
  readonly type: (line: string) => Promise<void>;
}

/**
 * Connects somebody whom others can reach.
 *
 * @param server Where.
 * @param name The name to hold.
 * @param interactive Whether it is a person, and no script.
 * @returns Somebody; dispose them.
 */
export async function person(
  server: MailServer,
  name: string,
  interactive = true,
): Promise<Person> {
  const console = new FakeConsole(interactive);
  const client = makeClient(server.endpoint, console, { name, known: new RememberedServers() });
  await client.connect(undefined, NEVER);
  await client.mail.ready();
  await client.peers.settled();
  const ask = (): Promise<undefined> => Promise.resolve(undefined);
  const typed = { show() {}, say: () => Promise.resolve() };
  const context = { client, console, ask, quit() {}, typed };
  return {
    client,
    console,
    type: (line) => runLine(line, context, NEVER),
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}
