/**
 * A storage thread: the disk makes it wait, and not the server.
 *
 * @module
 */

import { reasonOf } from "../errors.ts";
import type { StorageMessage, StorageReply } from "./storage_messages.ts";
import type { StoreFile } from "./store_file.ts";

/** What the global scope of a worker has (the compiler's settings know only that of a program). */
interface WorkerScope {
  onmessage: (event: MessageEvent<StorageMessage>) => void;
  postMessage(reply: StorageReply): void;
}

/**
 * Makes the worker that calls it a storage thread. `deno compile` must be told to `--include` the
 * worker's module.
 *
 * @param open Opens the file of a path, with the options that were given to `StoreQueue.open()`.
 */
export function serveStorage<Options>(open: (path: string, options: Options) => StoreFile): void {
  const scope = globalThis as unknown as WorkerScope;
  let file: StoreFile | undefined;

  function answer(message: StorageMessage): StorageReply {
    switch (message.kind) {
      case "open":
        file = open(message.path, message.options as Options);
        return { kind: "done" };
      case "apply":
        if (file === undefined) return { kind: "done", failure: "No file is open." };
        return { kind: "applied", outcome: file.apply(message.requests) };
      case "close":
        file?.[Symbol.dispose]();
        return { kind: "done" };
    }
  }

  scope.onmessage = ({ data }) => {
    let reply: StorageReply;
    try {
      reply = answer(data);
    } catch (error) {
      reply = { kind: "done", failure: reasonOf(error) };
    }
    scope.postMessage(reply);
  };
}
