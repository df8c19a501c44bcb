/**
 * What making and entering a sealed room asks of a person. Passphrases go no further than here.
 *
 * @module
 */

import type { Room } from "../directory/room.ts";
import { UserError } from "../errors.ts";
import { sanitise } from "../text.ts";
import { type Ask, askNewSecret, askSecret } from "./secrets.ts";

const WHAT = "Passphrase";

/**
 * Asks for the passphrase of a room that is made, twice.
 *
 * @param ask Asks.
 * @param name The room's name.
 * @returns The check value for the directory.
 * @throws {UserError} If none is given, it is too short or too long, or the two are not the same.
 */
export async function askNewSeal(ask: Ask, name: string): Promise<string> {
  const to = `create room "${sanitise(name)}"`;
  const { checkNewPassphrase, sealKeys } = await import("../framing/seal_keys.ts");
  const check = (passphrase: string): void => checkNewPassphrase(passphrase, to);
  const passphrase = await askNewSecret(ask, { what: WHAT, to, check });
  return (await sealKeys(name, passphrase)).check;
}

/**
 * Asks for the passphrase of a room that is entered, if it is a sealed one.
 *
 * @param ask Asks.
 * @param room The room, as the directory has it.
 * @returns The key of what is said there; undefined for an open room.
 * @throws {UserError} If none is given, or it is another room's.
 */
export async function askSealKey(ask: Ask, room: Room): Promise<Uint8Array | undefined> {
  if (room.sealed === undefined) return undefined;
  const to = `enter room "${sanitise(room.name)}"`;
  const passphrase = await askSecret(ask, { what: WHAT, to });
  const { sealKeys } = await import("../framing/seal_keys.ts");
  const { key, check } = await sealKeys(room.name, passphrase);
  if (check === room.sealed) return key;
  throw new UserError(`Cannot ${to}: that is not its passphrase. Ask who made it.`);
}
