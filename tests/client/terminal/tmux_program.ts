/**
 * A small program on the real console, for `tmux_test.ts`: it repeats what it is told, and each
 * SIGUSR1 is a message that arrives.
 *
 * @module
 */

import { DenoTerminal } from "../../../lib/client/terminal/deno_terminal.ts";
import { NodeKeys } from "../../../lib/client/terminal/key_source.ts";
import { openConsole } from "../../../lib/client/terminal/open_console.ts";
import { TerminalConsole } from "../../../lib/client/terminal/terminal_console.ts";

let exitCode = 0;
const onSignal = () => void (exitCode = 143);
// With an argument, keys are read as on Windows.
const terminal = Deno.args.length === 0
  ? await openConsole({ onSignal })
  : new TerminalConsole(new DenoTerminal("windows", new NodeKeys()), { onSignal });
let messages = 0;
Deno.addSignalListener("SIGUSR1", () => terminal.print(`message ${++messages}`));
terminal.setPrompt("> ");
terminal.status(`pid ${Deno.pid}.`);

for await (const event of terminal.events()) {
  if (event.kind === "end") break;
  // Else the prompt that is just being written may come after what restores the terminal: at a sudden
  // end nobody can wait for it.
  await terminal.flush();
  if (event.kind !== "line") {
    terminal.status(`event ${event.kind}.`);
  } else if (event.text === "throw") {
    setTimeout(() => {
      throw new Error("thrown on purpose");
    });
  } else if (event.text === "reject") {
    Promise.reject(new Error("rejected on purpose"));
  } else if (event.text === "exit") {
    Deno.exit(7);
  } else {
    terminal.print(`got "${event.text}"`);
  }
}
await terminal[Symbol.asyncDispose]();
Deno.exit(exitCode);
