/**
 * The thread of a directory file: a program of its own, that `SqliteStore` starts.
 *
 * @module
 */

import { serveStorage } from "../store/storage_worker.ts";
import { openDirectoryFile } from "./sqlite_file.ts";

serveStorage(openDirectoryFile);
