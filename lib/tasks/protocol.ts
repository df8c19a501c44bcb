/**
 * `deno task protocol`: writes the references in `docs/PROTOCOL.md` anew.
 *
 * @module
 */

import { exitCodeOf } from "../program.ts";
import { withReferences } from "./protocol_doc.ts";

const DOCUMENT = new URL("../../docs/PROTOCOL.md", import.meta.url);

async function main(): Promise<void> {
  const before = await Deno.readTextFile(DOCUMENT);
  const after = withReferences(before);
  if (after !== before) await Deno.writeTextFile(DOCUMENT, after);
  console.log(`docs/PROTOCOL.md ${after === before ? "is up to date" : "was refreshed"}.`);
}

if (import.meta.main) Deno.exit(await exitCodeOf(main));
