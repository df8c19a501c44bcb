/**
 * What an administrator does with accounts while the server does not run.
 *
 * @module
 */

import { reasonOf, UserError } from "../errors.ts";
import type { Account } from "../people/account_store.ts";
import { type ImportLine, parseImport } from "../people/import_file.ts";
import { foldName } from "../people/names.ts";
import { PasswordHasher } from "../people/password_hasher.ts";
import { sanitise } from "../text.ts";
import type { ImportCommand, UsersCommand } from "./admin_args.ts";
import { openPeople, peopleFile } from "./storage.ts";

/** A file of so many bytes has more names than any server takes. */
const MAX_IMPORT_BYTES = 64 * 1024 * 1024;

/** How many faults are told: who sees so many has given the wrong file. */
const MAX_TOLD_FAULTS = 50;

/** How an administrator is talked to. */
export interface AdminIo {
  /** Looks an environment variable up. */
  readonly env: (name: string) => string | undefined;
  /** Takes what was asked for. */
  readonly print: (line: string) => void;
  /** Takes what happens meanwhile, and faults. */
  readonly status: (line: string) => void;
}

/**
 * Makes accounts from a file: all that are new, or none if a line is wrong.
 *
 * @param command What the command line says.
 * @param io Whom to tell.
 * @returns Resolves when the accounts are on the disk.
 * @throws {UserError} If a file cannot be used, or a line of it.
 */
export async function importAccounts(command: ImportCommand, io: AdminIo): Promise<void> {
  const { source, maxAccounts } = command;
  const cannot = `Cannot import accounts from "${sanitise(source)}"`;
  const { lines, faults } = parseImport(await readText(source, cannot));
  for (const { line, why } of faults.slice(0, MAX_TOLD_FAULTS)) {
    io.status(sanitise(`Line ${line}: ${why}.`));
  }
  if (faults.length > 0) {
    const more = faults.length > MAX_TOLD_FAULTS ? ` (${faults.length}, the first are told)` : "";
    const why = `lines are wrong${more}, so nothing was imported`;
    throw new UserError(`${cannot}: ${why}. Correct them and import the file again.`);
  }
  await using store = await openPeople(peopleFile(command, io.env));
  const { accounts } = await store.accounts.load();
  const taken = new Set(accounts.map(({ key }) => key));
  const [known, fresh] = partition(lines, ({ name }) => taken.has(foldName(name)));
  if (accounts.length + fresh.length > maxAccounts) {
    const why = `that would make ${accounts.length + fresh.length} accounts, ` +
      `and ${maxAccounts} are the most`;
    throw new UserError(
      `${cannot}: ${why}. Allow more with --max-accounts, here and at the server.`,
    );
  }
  if (fresh.length > 0) {
    io.status(`Hashing ${counted(fresh.length, "password")}: that takes a while, on purpose.`);
    await store.accounts.add(await hashed(fresh));
  }
  for (const { line, name } of known) {
    io.status(sanitise(`Line ${line}: "${name}" has an account already, and keeps its password.`));
  }
  io.print(`Imported ${counted(fresh.length, "account")}, skipped ${known.length}.`);
  if (lines.length > 0) {
    io.print(sanitise(`Remove "${source}": it has passwords that everybody can read.`));
  }
}

/**
 * Lists the accounts.
 *
 * @param command What the command line says.
 * @param io Whom to tell.
 * @returns Resolves when all is printed.
 * @throws {UserError} If the file cannot be used.
 */
export async function listAccounts(command: UsersCommand, io: AdminIo): Promise<void> {
  const file = peopleFile(command, io.env);
  // Looking must not make a file.
  const isThere = file !== null && await exists(file);
  const accounts = isThere ? await load(file) : [];
  if (command.json) {
    for (const account of accounts) io.print(JSON.stringify(recordOf(account)));
    return;
  }
  if (accounts.length === 0) {
    io.print(sanitise(`There are no accounts in "${file}".`));
    return;
  }
  const rows = accounts.map(({ name, since, lastLogin }) => [
    sanitise(name),
    timeOf(since),
    lastLogin === undefined ? "never" : timeOf(lastLogin),
  ]);
  const widest = Math.max(...rows.map(([name]) => Array.from(name!).length), "name".length);
  for (const [name, ...times] of [["name", "since           ", "last login"], ...rows]) {
    const pad = " ".repeat(widest - Array.from(name!).length);
    io.print([name! + pad, ...times].join("  "));
  }
}

async function load(file: string): Promise<readonly Account[]> {
  await using store = await openPeople(file);
  return (await store.accounts.load()).accounts;
}

/** Never what is kept of the password. */
function recordOf({ name, since, lastLogin }: Account): Record<string, unknown> {
  const iso = (time: number): string => new Date(time).toISOString();
  return { name, since: iso(since), lastLogin: lastLogin === undefined ? null : iso(lastLogin) };
}

/** `2026-11-21 13:40`, in the time of the machine. */
function timeOf(time: number): string {
  const date = new Date(time - new Date(time).getTimezoneOffset() * 60_000);
  return date.toISOString().slice(0, 16).replace("T", " ");
}

async function hashed(lines: readonly ImportLine[]): Promise<Account[]> {
  const workers = navigator.hardwareConcurrency;
  const hasher = new PasswordHasher({ workers, maxWaiting: lines.length });
  return await Promise.all(lines.map(async ({ name, password }) => ({
    key: foldName(name),
    name,
    password: await hasher.hash(password),
    since: Date.now(),
  })));
}

async function readText(path: string, cannot: string): Promise<string> {
  try {
    const { size, isDirectory } = await Deno.stat(path);
    if (isDirectory) throw new UserError(`${cannot}: it is a folder.`);
    if (size > MAX_IMPORT_BYTES) throw new UserError(`${cannot}: it is too large for such a file.`);
    const bytes = await Deno.readFile(path);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const why = error instanceof Deno.errors.NotFound
      ? "there is no such file"
      : error instanceof TypeError
      ? "it is no text in UTF-8"
      : reasonOf(error);
    throw new UserError(`${cannot}: ${why}.`);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    // What else is wrong with it is told by whoever opens it.
    return !(error instanceof Deno.errors.NotFound);
  }
}

function partition<Item>(items: readonly Item[], test: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
