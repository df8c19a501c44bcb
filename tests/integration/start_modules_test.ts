/**
 * What is loaded before the prompt shows. Nobody should wait for what they do not need yet, so each
 * module is here for a reason; how long it takes tells `deno task bench --only terminal`.
 */

import { assert, assertEquals } from "@std/assert";
import { ROOT } from "../helpers/processes.ts";

/** What may be loaded before the prompt; a folder stands for what is directly in it. */
const BEFORE_PROMPT: readonly string[] = [
  "client.ts",
  "deno.json",
  // What the command line says, and what is wrong with it.
  "lib/client/run.ts",
  "lib/client/settings.ts",
  "lib/client/config_folder.ts",
  "lib/client/style/color_wish.ts",
  "lib/directory/state_folder.ts",
  "lib/errors.ts",
  "lib/flags.ts",
  "lib/framing/chat_name.ts",
  "lib/net/endpoint.ts",
  "lib/net/interfaces.ts",
  "lib/net/ttl.ts",
  "lib/program.ts",
  "lib/signals.ts",
  "lib/text.ts",
  "lib/version.ts",
  // The line editor, and the commands of earlier sessions.
  "lib/client/terminal/",
  "lib/client/prompt_context.ts",
  "lib/client/history_file.ts",
  "lib/private_files.ts",
];

/** Of the line editor's folder, what is for those who have none. */
const WITHOUT_EDITOR: readonly string[] = [
  "lib/client/terminal/open_pipe.ts",
  "lib/client/terminal/pipe_console.ts",
  "lib/client/terminal/secret_input.ts",
  "lib/client/terminal/shell_input.ts",
];

/** What is used of what `deno info --json` prints. */
interface ModuleGraph {
  readonly roots: readonly string[];
  readonly redirects?: Readonly<Record<string, string>>;
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly code?: { readonly specifier?: string };
      readonly isDynamic?: boolean;
    }[];
  }[];
}

/**
 * Finds the modules that are loaded when the client starts, each with the one that imports it; also those
 * that it may load later (`import()`), if they are asked for.
 */
async function modulesOfClient(
  { later }: { later: boolean },
): Promise<Map<string, string | undefined>> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "client.ts"],
    cwd: ROOT,
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  const graph: ModuleGraph = JSON.parse(new TextDecoder().decode(stdout));
  const modules = new Map(graph.modules.map((module) => [module.specifier, module]));
  const found = new Map<string, string | undefined>(graph.roots.map((root) => [root, undefined]));
  // What is added while it goes on is visited too.
  for (const specifier of found.keys()) {
    for (const { code, isDynamic } of modules.get(specifier)?.dependencies ?? []) {
      const wanted = code?.specifier;
      if (wanted === undefined || (isDynamic && !later)) continue;
      const target = graph.redirects?.[wanted] ?? wanted;
      if (!found.has(target)) found.set(target, specifier);
    }
  }
  return found;
}

/** A module of this project, as people write it; others as they are. */
function nameOf(specifier: string): string {
  return specifier.replace(new URL("../../", import.meta.url).href, "");
}

/** How a module comes to be loaded. */
function wayTo(module: string, found: ReadonlyMap<string, string | undefined>): string {
  const way: string[] = [];
  for (let at: string | undefined = module; at !== undefined; at = found.get(at)) way.unshift(at);
  return way.map(nameOf).join(" -> ");
}

function isBeforePrompt(name: string): boolean {
  if (name.startsWith("npm:")) return true;
  if (WITHOUT_EDITOR.includes(name)) return false;
  return BEFORE_PROMPT.includes(name) ||
    BEFORE_PROMPT.includes(name.slice(0, name.lastIndexOf("/") + 1));
}

Deno.test("client loads nothing before its prompt that the prompt does not need", async () => {
  const found = await modulesOfClient({ later: false });
  const names = [...found.keys()].map(nameOf);
  // Nothing would be wrong with nothing.
  for (const name of ["client.ts", "lib/client/run.ts", "lib/client/terminal/editor.ts"]) {
    assert(names.includes(name), `${name} is not among what is loaded: ${names.join(", ")}`);
  }
  const tooMuch = [...found.keys()].filter((specifier) => !isBeforePrompt(nameOf(specifier)));
  assertEquals(
    tooMuch.map((module) => wayTo(module, found)),
    [],
    "The prompt would show later, for modules that it does not need (each with how it is imported). " +
      "Import them behind the seam, from lib/client/at_prompt.ts, or with `import type`. " +
      "What the prompt really needs belongs in the list of this test.",
  );
});

Deno.test("client names what it loads later so that deno compile takes it along", async () => {
  const names = [...(await modulesOfClient({ later: true })).keys()].map(nameOf);
  for (
    const name of [
      "lib/client/at_prompt.ts",
      "lib/client/run_command.ts",
      "lib/client/terminal/pipe_console.ts",
      "lib/client/kept_lines.ts",
      "lib/client/line_completion.ts",
      "lib/client/people/client_people.ts",
      "lib/client/doctor/examine.ts",
      "lib/room/room_link.ts",
      "lib/net/tls.ts",
    ]
  ) {
    assert(
      names.includes(name),
      `${name} is not found: import() needs a plain text, no expression`,
    );
  }
});
