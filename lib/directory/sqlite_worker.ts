/**
 * The storage thread: the disk makes it wait, and not the server. A program of its own, that
 * {@linkcode SqliteStore} starts; `deno compile` must be told to `--include` it.
 *
 * @module
 */

import { reasonOf } from "../errors.ts";
import { DirectoryFile } from "./sqlite_file.ts";
import type { StorageMessage, StorageReply } from "./sqlite_messages.ts";

/** What the global scope of a worker has (the compiler's settings know only that of a program). */
interface WorkerScope {
  onmessage: (event: MessageEvent<StorageMessage>) => void;
  postMessage(reply: StorageReply): void;
}

const scope = globalThis as unknown as WorkerScope;
let file: DirectoryFile | undefined;

/** Does what a message asks for. */
function answer(message: StorageMessage): StorageReply {
  switch (message.kind) {
    case "open":
      file = new DirectoryFile(message.options);
      return { kind: "done" };
    case "apply":
      if (file === undefined) return { kind: "done", failure: "No directory file is open." };
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
