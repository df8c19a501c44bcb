/**
 * A server that is found by itself, by the real programs (issue 3, acceptance 5), each in a network
 * namespace with nothing but loopback: the network of the machine neither hears nor disturbs it.
 */

import { assertEquals, assertMatch } from "@std/assert";
import { startProgram, taskArgs } from "../helpers/processes.ts";

/** Runs words in a namespace of their own, whose loopback is up. */
const IN_NAMESPACE = ["--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"];

async function whyNot(): Promise<string | undefined> {
  try {
    const { code, stderr } = await new Deno.Command("unshare", {
      args: [...IN_NAMESPACE, "true"],
      stdout: "null",
      stderr: "piped",
    }).output();
    return code === 0 ? undefined : new TextDecoder().decode(stderr).trim();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const reason = await whyNot();
if (reason !== undefined) {
  console.error(
    `Skipped: discovery by real programs needs a network namespace of its own: ${reason}`,
  );
}

/** A server and then a client, in one namespace; the script talks to the client. */
function script(servers: readonly string[]): string {
  const deno = (task: "server" | "client"): string =>
    [Deno.execPath(), ...taskArgs(task)].join(" ");
  const starts = servers.map((name) =>
    `${deno("server")} --memory --port 0 --host 127.0.0.1 --name "${name}" > "$folder/${name}" &`
  );
  const waits = servers.map((name) =>
    `until grep -q Announced "$folder/${name}"; do sleep 0.05; done`
  );
  return [
    "set -eu",
    "folder=$(mktemp -d); trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf \"$folder\"' EXIT",
    ...starts,
    ...waits,
    `unset CRDS_SERVER; printf "%s" "$INPUT" | CRDS_IFACE=127.0.0.1 ${deno("client")} "$@"`,
  ].join("\n");
}

async function run(
  servers: readonly string[],
  input: string,
  args: readonly string[] = [],
): Promise<{ code: number; stdout: string; stderr: string }> {
  await using program = startProgram({
    command: "unshare",
    args: [...IN_NAMESPACE, "bash", "-c", script(servers), "bash", ...args],
    env: { INPUT: input },
  });
  const { code } = await program.status;
  return { code, stdout: program.stdout, stderr: program.stderr };
}

function discovers(name: string, body: () => Promise<void>): void {
  Deno.test({ name, ignore: reason !== undefined, fn: body });
}

discovers("client finds the one server on loopback that it was not told of", async () => {
  const { code, stdout, stderr } = await run(["Lab 7"], "connect\nmakeroom lobby\ngetdir\n");
  assertMatch(
    stderr,
    /Found "Lab 7" at 127\.0\.0\.1:\d+\.\nConnected to the CRDS at 127\.0\.0\.1:/,
  );
  assertMatch(stdout, /^NAME .*\nlobby /);
  assertEquals(code, 0);
});

discovers("client lists several servers, and connects to none of them unasked", async () => {
  const listed = await run(["Lab 7", "Lab 8"], "", ["servers", "--json"]);
  const names = JSON.parse(listed.stdout).map(({ name }: { name: string }) => name);
  assertEquals([listed.code, names.toSorted()], [0, ["Lab 7", "Lab 8"]]);
  const { code, stderr } = await run(["Lab 7", "Lab 8"], "connect\n");
  assertMatch(
    stderr,
    /Several servers announce themselves:\n {2}1 {2}Lab \d {2}127\.0\.0\.1:\d+\n/,
  );
  assertMatch(stderr, /Cannot connect: no server was chosen\. Name one: connect HOST\[:PORT\]\./);
  assertEquals(code, 1);
});

discovers("client says what it tried when there is no server, then tries 127.0.0.1", async () => {
  const { code, stderr } = await run([], "connect\n");
  assertMatch(stderr, /No server announces itself here, .*; trying 127\.0\.0\.1:50001\.\n/);
  assertMatch(stderr, /Cannot connect to "127\.0\.0\.1:50001": nobody listens there\./);
  assertEquals(code, 1);
});
