/**
 * The Chat Room Directory Server: flags in, parts wired, exit code out.
 *
 * @module
 */

import { Directory } from "./lib/directory/directory.ts";
import { exitCodeOf } from "./lib/program.ts";
import { importAccounts, listAccounts } from "./lib/server/admin.ts";
import { announce } from "./lib/server/announce.ts";
import { openAccounts } from "./lib/server/open_accounts.ts";
import { DirectoryServer, type TlsOptions } from "./lib/server/directory_server.ts";
import { prepareTls, type TlsSource } from "./lib/server/server_tls.ts";
import { parseServerArgs, SERVER_HELP, type ServerSettings } from "./lib/server/settings.ts";
import { StatusWriter } from "./lib/server/status_writer.ts";
import { openStore } from "./lib/server/storage.ts";
import { untilSignal } from "./lib/signals.ts";
import { VERSION } from "./lib/version.ts";

/** How long an operator's terminal or pipe may take to read the last lines, in milliseconds. */
const FLUSH_TIMEOUT = 1_000;

const env = (name: string): string | undefined => Deno.env.get(name);

const ADMIN = { env, print: console.log, status: console.error };

async function serve(settings: ServerSettings): Promise<void> {
  const log = new StatusWriter({
    write: (bytes) => Deno.stdout.write(bytes),
    now: Date.now,
    format: settings.log,
    quiet: settings.quiet,
  });
  const { host, port, relay, ownerDeletes } = settings;
  const { maxConnections, maxRelays, requestTimeout } = settings;
  const limits = { maxConnections, maxRelays, requestTimeout };
  const { store, file } = await openStore(settings, env);
  {
    await using _store = store;
    using directory = await Directory.open(store, { ownerDeletes });
    const tls = await openTls(settings, file);
    await using people = await openAccounts(settings, env);
    const options = { ...people.options, host, port, tls, directory, log, relay, limits };
    await using server = new DirectoryServer(options);
    if (file !== null) log.report({ event: "directory", rooms: directory.size, file });
    if (people.file !== null) log.report({ event: "accounts", ...people.told, file: people.file });
    await using _announcement = announce(settings, server, log);
    log.report({ event: "stopping", why: await untilSignal(["SIGINT", "SIGTERM"]) });
  }
  log.report({ event: "stopped" });
  await log.flush(FLUSH_TIMEOUT);
}

async function openTls(
  { tls }: ServerSettings,
  data: string | null,
): Promise<TlsOptions | undefined> {
  if (tls === undefined) return undefined;
  const { port, orAny, given } = tls;
  const source: TlsSource = given !== undefined
    ? { kind: "given", ...given }
    : data === null
    ? { kind: "ephemeral" }
    : { kind: "beside", data };
  return { ...await prepareTls(source), port, orAny };
}

async function main(args: string[]): Promise<void> {
  const command = parseServerArgs(args);
  if (command.kind === "help") console.log(SERVER_HELP.trimEnd());
  else if (command.kind === "version") console.log(`crds-server ${VERSION}`);
  else if (command.kind === "import") await importAccounts(command, ADMIN);
  else if (command.kind === "users") await listAccounts(command, ADMIN);
  else await serve(command.settings);
}

if (import.meta.main) Deno.exit(await exitCodeOf(() => main(Deno.args)));
