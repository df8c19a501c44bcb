/**
 * The terminal and its plain counterpart: all that the client needs of them.
 *
 * @module
 */

export type { Console, InputEvent, PromptOptions } from "./console.ts";
export type { HistoryStore, LineContext, LineUse } from "./line_context.ts";
export { openConsole, openPipe } from "./open_console.ts";
export { ShellInput } from "./shell_input.ts";
export type { TerminalConsoleOptions } from "./terminal_console.ts";
