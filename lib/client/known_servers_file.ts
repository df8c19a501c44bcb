/**
 * The servers that the user trusts, in a file of the user's own.
 *
 * @module
 */

import { reasonOf, UserError } from "../errors.ts";
import {
  formatKnownServer,
  type KnownLine,
  type KnownServer,
  parseKnownServers,
} from "../net/known_servers.ts";
import { fingerprintOf } from "../net/trust_anchor.ts";
import { appendToPrivateFile, replacePrivateFile } from "../private_files.ts";
import { sanitise } from "../text.ts";
import { type KnownServers, RememberedServers } from "./known_servers.ts";

/** Bytes of the file: some thousand servers. */
const MAX_FILE_BYTES = 1024 * 1024;

/** Who could write it could make the user trust a stranger; nobody else need read it. */
const WRITE_BY_OTHERS = 0o022;

/** What is in the file. */
interface Content {
  readonly lines: readonly KnownLine[];
  /** Whether the last line has its end. */
  readonly isWhole: boolean;
}

/**
 * A file of {@linkcode KnownServers}. It is read anew each time, since several clients may share it,
 * and made when the first server is kept. A new line is added at its end; all other changes replace the
 * file as a whole, so that nobody reads half of it.
 */
export class KnownServersFile implements KnownServers {
  readonly #path: string;

  /**
   * Touches nothing yet.
   *
   * @param path The file.
   */
  constructor(path: string) {
    this.#path = path;
  }

  /** Looks one up; see {@linkcode KnownServers}. */
  async find(where: string): Promise<KnownServer | undefined> {
    return await serverOf((await this.#read()).lines, where, this.#path);
  }

  /** Keeps one; see {@linkcode KnownServers}. */
  async keep(where: string, server: KnownServer): Promise<boolean> {
    const { lines, isWhole } = await this.#read();
    const line = formatKnownServer(where, server);
    try {
      if (lines.some((each) => each.where === where)) {
        const others = lines.filter((each) => each.where !== where).map(({ text }) => text);
        await replacePrivateFile(this.#path, textOf([...others, line]));
      } else await appendToPrivateFile(this.#path, `${isWhole ? "" : "\n"}${line}\n`);
    } catch (error) {
      throw this.#failure("keep the certificate in", error);
    }
    return true;
  }

  /** Forgets one; see {@linkcode KnownServers}. */
  async forget(where: string): Promise<boolean> {
    const { lines } = await this.#read();
    const others = lines.filter((each) => each.where !== where).map(({ text }) => text);
    if (others.length === lines.length) return false;
    try {
      await replacePrivateFile(this.#path, textOf(others));
    } catch (error) {
      throw this.#failure("forget what is in", error);
    }
    return true;
  }

  /** Reads the file now; see {@linkcode KnownServers}. */
  async snapshot(): Promise<KnownServers> {
    const { lines } = await this.#read();
    return new RememberedServers((where) => serverOf(lines, where, this.#path));
  }

  async #read(): Promise<Content> {
    try {
      using file = await Deno.open(this.#path);
      const { mode, size } = await file.stat();
      if (mode !== null && (mode & WRITE_BY_OTHERS) !== 0) {
        throw new UserError(
          `Cannot trust the known servers in "${
            sanitise(this.#path)
          }": others can write it. Forbid them to: chmod 600.`,
        );
      }
      if (size > MAX_FILE_BYTES) throw new Error("it is too large");
      const text = await new Response(file.readable).text();
      return { lines: parseKnownServers(text), isWhole: text === "" || text.endsWith("\n") };
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return { lines: [], isWhole: true };
      throw error instanceof UserError ? error : this.#failure("read the known servers in", error);
    }
  }

  #failure(what: string, error: unknown): UserError {
    return new UserError(
      `Cannot ${what} "${sanitise(this.#path)}": ${
        reasonOf(error)
      }. Correct that, or name another file with --known-servers.`,
      { cause: error },
    );
  }
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

async function serverOf(
  lines: readonly KnownLine[],
  where: string,
  path: string,
): Promise<KnownServer | undefined> {
  const line = lines.find((each) => each.where === where);
  if (line === undefined) return undefined;
  const { server } = line;
  const found = server && await fingerprintOf(server.certificate);
  if (server !== undefined && found === server.fingerprint) return server;
  // To take it for unknown would be to trust whoever answers.
  throw new UserError(
    `Cannot trust the CRDS at ${sanitise(where)}: its line in "${
      sanitise(path)
    }" is damaged. Restore it, or "forget ${sanitise(where)}" and connect again.`,
  );
}
