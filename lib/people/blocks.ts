/**
 * Who does not want to hear whom. The view of a server: it answers at once and follows the store.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import { type Block, type MailStore, MAX_ALL_BLOCKS, MAX_BLOCKS } from "./mail.ts";
import { sanitise } from "../text.ts";
import { checkPersonName, foldName } from "./names.ts";

/** Why somebody cannot be blocked. */
export class BlockError extends UserError {
  /** The class's name, as errors have it. */
  override readonly name = "BlockError";

  /**
   * Makes the error.
   *
   * @param code The reason, for programs.
   * @param message The sentence for people.
   */
  constructor(
    readonly code: "BAD_NAME" | "BLOCKS_FULL" | "NOT_BLOCKED" | "NOT_LOGGED_IN",
    message: string,
  ) {
    super(message);
  }
}

/** One block that began or ended. */
export interface BlockChange {
  /** What happened. */
  readonly kind: "began" | "ended";
  /** The account that blocks, by its folded name. */
  readonly account: string;
  /** Who is blocked, by the folded name. */
  readonly who: string;
}

/** The blocks of one account that are being stored. */
interface Adding {
  count: number;
}

/**
 * All blocks of a server. People are meant by their folded names: whoever holds a name is who it
 * names, and a guest who takes another one is somebody else.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { MemoryMailStore } from "./memory_mail_store.ts";
 *
 * const blocks = await Blocks.open(new MemoryMailStore());
 * await blocks.add("ann", "Bob");
 * assertEquals([blocks.has("ann", "bob"), blocks.has("bob", "ann")], [true, false]);
 * assertEquals(blocks.of("ann"), ["Bob"]);
 * ```
 */
export class Blocks {
  readonly #store: Pick<MailStore, "block" | "unblock">;
  /** By account, then by whom. */
  readonly #blocks = new Map<string, Map<string, Block>>();
  readonly #listeners = new Set<(change: BlockChange) => void>();
  #count = 0;
  /** By account; who is deleted and made anew has another one. */
  readonly #adding = new Map<string, Adding>();
  #addingAll = 0;

  /**
   * Makes the view.
   *
   * @param store Where blocks are kept from now on.
   * @param blocks Those that are there.
   */
  constructor(store: Pick<MailStore, "block" | "unblock">, blocks: readonly Block[] = []) {
    this.#store = store;
    for (const block of blocks) this.#put(block);
  }

  /**
   * Reads the blocks.
   *
   * @param store Where they are kept.
   * @returns The view.
   */
  static async open(store: Pick<MailStore, "block" | "unblock" | "blocks">): Promise<Blocks> {
    return new Blocks(store, await store.blocks());
  }

  /** Whether nobody blocks anybody. */
  get empty(): boolean {
    return this.#count === 0;
  }

  /**
   * Says whether somebody is blocked.
   *
   * @param account Who may block, by the folded name; undefined for a guest, who blocks nobody.
   * @param who Who may be blocked, by the folded name; undefined for somebody without a name.
   * @returns True if `account` blocks `who`.
   */
  has(account: string | undefined, who: string | undefined): boolean {
    if (account === undefined || who === undefined || this.#count === 0) return false;
    return this.#blocks.get(account)?.has(who) ?? false;
  }

  /**
   * Names those whom an account blocks.
   *
   * @param account The account, by its folded name.
   * @returns The names as they were given, in the order of their blocks.
   */
  of(account: string): readonly string[] {
    return Array.from(this.#blocks.get(account)?.values() ?? [], ({ name }) => name);
  }

  /**
   * Blocks somebody; who is blocked already stays so.
   *
   * @param account The account, by its folded name.
   * @param name Who, in any spelling; nobody needs to have that name now.
   * @returns The name as it is kept.
   * @throws {PresenceError} If it is no name.
   * @throws {BlockError} If it is the account's own, there is no place for another block, or the
   *   account is deleted meanwhile.
   */
  async add(account: string, name: string): Promise<string> {
    const legal = checkPersonName(name);
    const who = foldName(legal);
    if (who === account) throw new BlockError("BAD_NAME", `Cannot block "${legal}": that is you.`);
    if (this.has(account, who)) return legal;
    const cannot = `Cannot block "${legal}": `;
    const adding = this.#adding.get(account) ?? { count: 0 };
    if ((this.#blocks.get(account)?.size ?? 0) + adding.count >= MAX_BLOCKS) {
      throw new BlockError(
        "BLOCKS_FULL",
        `${cannot}you block ${MAX_BLOCKS} people, and that is the most. Unblock one first.`,
      );
    }
    if (this.#count + this.#addingAll >= MAX_ALL_BLOCKS) {
      throw new BlockError("BLOCKS_FULL", `${cannot}the server has no place for another block.`);
    }
    const block = { account, who, name: legal };
    this.#adding.set(account, adding);
    this.#reserve(account, adding, 1);
    try {
      await this.#store.block(block);
      if (this.#adding.get(account) !== adding) {
        throw new BlockError("NOT_LOGGED_IN", `${cannot}the account was deleted.`);
      }
    } finally {
      this.#reserve(account, adding, -1);
    }
    if (this.has(account, who)) return legal;
    this.#put(block);
    this.#tell({ kind: "began", account, who });
    return legal;
  }

  /**
   * Blocks somebody no longer.
   *
   * @param account The account, by its folded name.
   * @param name Who, in any spelling.
   * @returns The name as it was kept.
   * @throws {BlockError} If there is no such block.
   */
  async remove(account: string, name: string): Promise<string> {
    const who = foldName(name);
    const block = this.#blocks.get(account)?.get(who);
    if (block === undefined) {
      throw new BlockError(
        "NOT_BLOCKED",
        `Cannot unblock "${sanitise(name.trim())}": you do not block that name.`,
      );
    }
    await this.#store.unblock(account, who);
    if (this.#delete(account, who)) this.#tell({ kind: "ended", account, who });
    return block.name;
  }

  /**
   * An account is no more, and the store knows it.
   *
   * @param account Which one, by its folded name.
   */
  forget(account: string): void {
    this.#adding.delete(account);
    for (const who of this.#blocks.get(account)?.keys() ?? []) {
      this.#delete(account, who);
      this.#tell({ kind: "ended", account, who });
    }
  }

  /**
   * Reports changes from now on.
   *
   * @param listener Called with each change; must not throw.
   * @returns Stops the reports when disposed.
   */
  watch(listener: (change: BlockChange) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Has a place kept, or gives it back. */
  #reserve(account: string, adding: Adding, change: 1 | -1): void {
    adding.count += change;
    this.#addingAll += change;
    if (adding.count === 0 && this.#adding.get(account) === adding) this.#adding.delete(account);
  }

  #put(block: Block): void {
    const own = this.#blocks.get(block.account) ?? new Map<string, Block>();
    if (!own.has(block.who)) this.#count++;
    this.#blocks.set(block.account, own.set(block.who, block));
  }

  #delete(account: string, who: string): boolean {
    const own = this.#blocks.get(account);
    if (own === undefined || !own.delete(who)) return false;
    if (own.size === 0) this.#blocks.delete(account);
    this.#count--;
    return true;
  }

  #tell(change: BlockChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
