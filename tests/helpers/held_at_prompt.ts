/**
 * Stands in for `lib/client/at_prompt.ts`: it is loaded as soon as the test says so (see
 * `held_client.ts`), which waits where `--server` points to.
 *
 * @module
 */

import { UserError } from "../../lib/errors.ts";

const [hostname = "", port] = (Deno.args[Deno.args.indexOf("--server") + 1] ?? "").split(":");
using gate = await Deno.connect({ hostname, port: Number(port) });
await gate.write(new TextEncoder().encode(`${Deno.pid}\n`));
if (await new Response(gate.readable).text() === "fail") {
  throw new UserError("Cannot load the rest: the test says so.");
}

/** See there. It is looked for past the import map that brought this module here. */
export const { runCommands } = await import("../../lib/client/at_prompt.ts");
