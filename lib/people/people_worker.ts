/**
 * The thread of a people file: a program of its own, that `SqlitePeopleStore` starts.
 *
 * @module
 */

import { serveStorage } from "../store/storage_worker.ts";
import { openPeopleFile } from "./people_file.ts";

serveStorage(openPeopleFile);
