/**
 * The version of both programs.
 *
 * @module
 */

import config from "../deno.json" with { type: "json" };

/** The version in `deno.json`, as `--version` prints it. */
export const VERSION: string = config.version;
