/**
 * Where the server keeps its directory, and what people leave with it.
 *
 * @module
 */

import { MemoryStore } from "../directory/memory_store.ts";
import { SqliteStore } from "../directory/sqlite_store.ts";
import { defaultDataFile } from "../directory/state_folder.ts";
import type { DirectoryStore } from "../directory/store.ts";
import { MemoryPeopleStore, type PeopleStore } from "../people/people_store.ts";
import { peopleFileOf, SqlitePeopleStore } from "../people/sqlite_people_store.ts";
import type { ServerSettings } from "./settings.ts";

/**
 * Opens the store that the settings ask for.
 *
 * @param settings What the command line says.
 * @param env Looks an environment variable up, for the default folder.
 * @returns The store and its file, or null for memory.
 * @throws {UserError} If the file cannot be used: why, and what to do about it.
 */
export async function openStore(
  { data, maxRooms }: Pick<ServerSettings, "data" | "maxRooms">,
  env: (name: string) => string | undefined,
): Promise<{ store: DirectoryStore; file: string | null }> {
  if (data === null) {
    // Starts where no server before can have been: a watcher that comes back must not be fooled.
    return { store: new MemoryStore({ maxRooms, revision: Date.now() }), file: null };
  }
  const file = data ?? defaultDataFile(Deno.build.os, env);
  return { store: await SqliteStore.open(file, { maxRooms }), file };
}

/**
 * Names the file of what people leave with the server.
 *
 * @param settings What the command line says.
 * @param env Looks an environment variable up, for the default folder.
 * @returns The file beside that of the directory, or null for memory.
 * @throws {UserError} If there is no default folder.
 */
export function peopleFile(
  { data }: Pick<ServerSettings, "data">,
  env: (name: string) => string | undefined,
): string | null {
  return data === null ? null : peopleFileOf(data ?? defaultDataFile(Deno.build.os, env));
}

/**
 * Opens the store of what people leave with the server.
 *
 * @param file Where it is, or null for memory.
 * @returns The store.
 * @throws {UserError} If the file cannot be used: why, and what to do about it.
 */
export function openPeople(file: string | null): Promise<PeopleStore> {
  return file === null ? Promise.resolve(new MemoryPeopleStore()) : SqlitePeopleStore.open(file);
}
