/**
 * The terminal client: flags in, parts wired, exit code out.
 *
 * @module
 */

import { runPrompt } from "./lib/client/run.ts";
import { promptSettings } from "./lib/client/settings.ts";
import { exitCodeOf } from "./lib/program.ts";

async function main(args: string[]): Promise<number> {
  return await exitCodeOf(async () => {
    const env = (name: string): string | undefined => Deno.env.get(name);
    const settings = promptSettings(args, env);
    if (settings !== undefined) return await runPrompt(settings);
    const { runCommandLine } = await import("./lib/client/run_command.ts");
    return await runCommandLine(args, env);
  });
}

if (import.meta.main) Deno.exit(await main(Deno.args));
