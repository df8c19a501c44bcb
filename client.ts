/**
 * The terminal client: flags in, parts wired, exit code out.
 *
 * @module
 */

import { completionScript } from "./lib/client/completions.ts";
import { runOnce, runPrint, runPrompt } from "./lib/client/run.ts";
import { CLIENT_FLAGS, parseClientArgs, SHELL_COMPLETIONS } from "./lib/client/settings.ts";
import { exitCodeOf } from "./lib/program.ts";
import { VERSION } from "./lib/version.ts";

async function main(args: string[]): Promise<number> {
  return await exitCodeOf(async () => {
    const command = parseClientArgs(args, (name) => Deno.env.get(name));
    switch (command.kind) {
      case "help":
        return await runPrint(command.text);
      case "version":
        return await runPrint(`crds-client ${VERSION}`);
      case "completions":
        return await runPrint(completionScript(command.shell, SHELL_COMPLETIONS, CLIENT_FLAGS));
      case "command":
        return await runOnce(command.line, command.settings, command.command);
      case "run":
        return await runPrompt(command.settings, command.first);
    }
  });
}

if (import.meta.main) Deno.exit(await main(Deno.args));
