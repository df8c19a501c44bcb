/**
 * Compiles both programs into `dist/`, for this system or (`--all`) for five. Exit code 0 if all
 * were made, 1 if not (then `dist/` is as it was), 2 for wrong flags.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { format } from "@std/fmt/bytes";
import { UsageError, UserError } from "../errors.ts";
import { type Flag, formatFlags, parseFlags } from "../flags.ts";
import { exitCodeOf } from "../program.ts";
import { untilSignal } from "../signals.ts";
import { type Build, builds, compileArgs, fileName, missingRuntime } from "./compile_plan.ts";

const DIST = "dist";

const FLAGS: readonly Flag[] = [
  { name: "all", help: "for Linux, Windows and macOS, with a SHA256SUMS" },
  { name: "help", help: "print this text" },
];

/** Compiles everything aside first, so that `dist/` never holds half of it. */
async function compileAll(all: boolean, signal: AbortSignal): Promise<void> {
  if (all && Deno.env.get("DENORT_BIN")) {
    throw new UserError(
      "Cannot compile for all systems with DENORT_BIN: it is the base runtime of one. " +
        "Unset it, or leave --all out.",
    );
  }
  await Deno.mkdir(DIST, { recursive: true });
  const aside = await Deno.makeTempDir({ dir: DIST, prefix: ".unfinished-" });
  try {
    const names: string[] = [];
    for (const build of builds(all)) {
      const name = fileName(build, Deno.build.os);
      await compile(build, `${aside}/${name}`, signal);
      names.push(name);
    }
    if (all) await Deno.writeTextFile(`${aside}/SHA256SUMS`, await checksums(aside, names));
    for (const name of all ? [...names, "SHA256SUMS"] : names) {
      await Deno.rename(`${aside}/${name}`, `${DIST}/${name}`);
      const { size } = await Deno.stat(`${DIST}/${name}`);
      console.log(`${DIST}/${name}  ${format(size, { binary: true })}`);
    }
  } finally {
    await Deno.remove(aside, { recursive: true });
  }
}

async function compile(build: Build, output: string, signal: AbortSignal): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: compileArgs(build, output),
    signal,
  }).output();
  if (signal.aborted) throw new UserError("Interrupted: nothing was compiled.");
  if (success) return;
  const what = `Cannot compile crds-${build.program}`;
  const why = missingRuntime(new TextDecoder().decode(stderr));
  if (why === undefined) {
    await Deno.stderr.write(stdout);
    await Deno.stderr.write(stderr);
    throw new UserError(`${what}: "deno compile" failed; what it said stands above.`);
  }
  throw new UserError(
    `${what}: the base runtime (denort ${Deno.version.deno} for ${
      build.target ?? Deno.build.target
    }) cannot be had (${why}); ` +
      "get that file elsewhere and set DENORT_BIN to its path.",
  );
}

/** In the form that `sha256sum --check` reads. */
async function checksums(folder: string, names: readonly string[]): Promise<string> {
  let text = "";
  for (const name of names) {
    const hash = createHash("sha256");
    using file = await Deno.open(`${folder}/${name}`);
    const buffer = new Uint8Array(1024 * 1024);
    for (let count; (count = await file.read(buffer)) !== null;) {
      hash.update(buffer.subarray(0, count));
    }
    text += `${hash.digest("hex")}  ${name}\n`;
  }
  return text;
}

async function main(args: string[]): Promise<void> {
  const { switches, words } = parseFlags(args, FLAGS, "deno task compile");
  if (words.length > 0) {
    throw new UsageError(
      `Cannot understand "${words[0]}": flags only. See "deno task compile --help".`,
    );
  }
  if (switches.has("help")) {
    console.log(formatFlags(FLAGS));
    return;
  }
  const ended = new AbortController();
  untilSignal(["SIGINT", "SIGTERM"]).then(() => ended.abort());
  await compileAll(switches.has("all"), ended.signal);
}

if (import.meta.main) Deno.exit(await exitCodeOf(() => main(Deno.args)));
