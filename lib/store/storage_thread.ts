/**
 * The server's end of the storage thread.
 *
 * @module
 */

import type { StorageMessage, StorageReply } from "./storage_messages.ts";

/**
 * A storage thread: one message at a time, one reply to each.
 *
 * It has all permissions of the program, though it needs only to read and write one file:
 * in Deno 2.9 a worker can be given less (`deno: { permissions }`) only with the flag
 * `--unstable-worker-options`, without which such a worker is refused. It runs no code but ours, and
 * what comes from clients reaches it as values that are bound to prepared statements.
 */
export class StorageThread implements Disposable {
  readonly #worker: Worker;
  #waiting: PromiseWithResolvers<StorageReply> | undefined;
  /** Why it answers no more, once it does not. */
  #dead: Error | undefined;

  /**
   * Starts the thread.
   *
   * @param program The module that it runs, which calls `serveStorage()`.
   */
  constructor(program: URL) {
    this.#worker = new Worker(program, { type: "module" });
    this.#worker.onmessage = (event: MessageEvent<StorageReply>) => {
      this.#waiting?.resolve(event.data);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#die(new Error(`the storage thread failed: ${event.message}`));
    };
  }

  /**
   * Says something to the thread. The caller waits for each reply before the next call.
   *
   * @param message What to say.
   * @returns The reply.
   * @throws {Error} If the thread has died.
   */
  call(message: StorageMessage): Promise<StorageReply> {
    if (this.#dead !== undefined) return Promise.reject(this.#dead);
    this.#waiting = Promise.withResolvers();
    this.#worker.postMessage(message);
    return this.#waiting.promise;
  }

  #die(why: Error): void {
    this.#dead ??= why;
    this.#waiting?.reject(this.#dead);
  }

  /** Ends the thread, whatever it is doing. */
  [Symbol.dispose](): void {
    this.#die(new Error("the storage thread was ended"));
    this.#worker.terminate();
  }
}
