/**
 * Scripts that make a shell complete the client's commands and flags.
 *
 * @module
 */

import type { Flag } from "../flags.ts";

/** The shells there are scripts for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** One of {@linkcode SHELLS}. */
export type Shell = "bash" | "zsh" | "fish";

/** A word that may be completed, and what it does. */
export interface Completion {
  /** The word. */
  readonly name: string;
  /** What it does, in half a line. */
  readonly summary: string;
}

/** What stands after the commands that take a room: the rooms of the server, asked at that moment. */
const ROOMS =
  `crds-client getdir --json 2>/dev/null | grep -oE '"name":"[^"\\\\]+"' | cut -d'"' -f4`;

/** Commands after which a room is named. */
const ROOM_COMMANDS = [
  "chat",
  "join_group",
  "deleteroom",
  "doctor",
  "who",
  "list_members",
] as const;

/**
 * Writes the script for a shell.
 *
 * @param shell The shell.
 * @param commands The commands that can be given to the program.
 * @param flags Its flags.
 * @returns The script, for `source` or the shell's completion folder.
 */
export function completionScript(
  shell: Shell,
  commands: readonly Completion[],
  flags: readonly Flag[],
): string {
  const make = { bash, zsh, fish }[shell];
  return make(commands, flags);
}

function bash(commands: readonly Completion[], flags: readonly Flag[]): string {
  const words = [...commands.map(({ name }) => name), ...flags.map(({ name }) => `--${name}`)];
  return `# bash completion for crds-client: source <(crds-client completions bash)
_crds_client() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} room
  COMPREPLY=()
  case $previous in
    ${ROOM_COMMANDS.join("|")})
      # Not compgen -W, which would run what stands in a room's name: \`$(...)\`.
      while IFS= read -r room; do
        if [[ $room == "$current"* ]]; then COMPREPLY+=("$(printf %q "$room")"); fi
      done < <(${ROOMS}) ;;
    completions) COMPREPLY=($(compgen -W "${SHELLS.join(" ")}" -- "$current")) ;;
    *) COMPREPLY=($(compgen -W "${words.join(" ")}" -- "$current")) ;;
  esac
}
complete -F _crds_client crds-client
`;
}

function zsh(commands: readonly Completion[], flags: readonly Flag[]): string {
  const described = commands.map(({ name, summary }) => `    ${quote(`${name}:${summary}`)}`);
  const options = flags.map(({ name, value, help }) =>
    `    ${quote(`--${name}[${plain(help)}]${value === undefined ? "" : `:${value}:`}`)}`
  );
  return `#compdef crds-client
# zsh completion for crds-client: source <(crds-client completions zsh)
_crds_client_command() {
  local -a commands=(
${described.join("\n")}
  )
  _describe 'command' commands
}
_crds_client() {
  local -a options=(
${options.join("\n")}
  )
  case $words[CURRENT-1] in
    ${ROOM_COMMANDS.join("|")}) compadd -- \${(f)"$(${ROOMS})"} ;;
    completions) compadd ${SHELLS.join(" ")} ;;
    *) _arguments $options '1:command:_crds_client_command' ;;
  esac
}
compdef _crds_client crds-client
`;
}

function fish(commands: readonly Completion[], flags: readonly Flag[]): string {
  const lines = commands.map(({ name, summary }) =>
    `complete -c crds-client -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`
  );
  const options = flags.map(({ name, value, help }) =>
    `complete -c crds-client -l ${name}${value === undefined ? "" : " -x"} -d ${quote(plain(help))}`
  );
  const rooms = ROOM_COMMANDS.map((name) =>
    `complete -c crds-client -n '__fish_seen_subcommand_from ${name}' -a ${quote(`(${ROOMS})`)}`
  );
  return `# fish completion for crds-client: crds-client completions fish | source
complete -c crds-client -f
${[...lines, ...options, ...rooms].join("\n")}
complete -c crds-client -n '__fish_seen_subcommand_from completions' -a '${SHELLS.join(" ")}'
`;
}

/** One line without the characters that mean something in a description. */
function plain(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[[\]:]/g, " ");
}

/** Single quotes, as all three shells understand them. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
