/**
 * The client as one command of a shell: answer on stdout, all else on stderr, exit codes.
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { PEERS, pythonTest } from "../helpers/python.ts";
import { startProgram, startServer, startTask, taskArgs } from "../helpers/processes.ts";

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(port: number, ...args: string[]): Promise<Ended> {
  const env = { CRDS_IFACE: "127.0.0.1", CRDS_SERVER: `127.0.0.1:${port}`, USER: "mel" };
  await using client = startTask("client", args, env);
  await client.closeStdin();
  const { code } = await client.status;
  return { code, stdout: client.stdout, stderr: client.stderr };
}

Deno.test("client carries out one command: answers and outcomes on stdout, nothing on stderr", async () => {
  await using server = await startServer();
  const { port } = server;
  const made = await run(port, "makeroom", "lobby");
  assertEquals([made.code, made.stderr], [0, ""]);
  const [, endpoint = ""] = /^Created room "lobby" \((239\.255\.[\d.]+:2\d{4})\)\.\n$/
    .exec(made.stdout) ?? [];
  const [address = "", roomPort = ""] = endpoint.split(":");
  const listed = await run(port, "getdir");
  assertEquals([listed.code, listed.stderr], [0, ""]);
  assertMatch(listed.stdout, /^NAME +ADDRESS +PORT +MEMBERS\nlobby /);
  assertStringIncludes(listed.stdout, `${address}  ${roomPort}  0\n`);

  const json = await run(port, "getdir", "--json");
  assertEquals([json.code, json.stderr], [0, ""]);
  const [{ createdAt, ...room }] = JSON.parse(json.stdout);
  assert(Math.abs(Date.now() - createdAt) < 600_000);
  const lobby = { name: "lobby", address, port: Number(roomPort), createdBy: "mel", members: 0 };
  assertEquals(room, lobby);

  const tea = await run(port, "--json", "makeroom", "tea", "239.1.2.3", "7", "about", "Tea & cake");
  const { createdAt: _, ...rest } = JSON.parse(tea.stdout);
  assertEquals(rest, {
    name: "tea",
    address: "239.1.2.3",
    port: 7,
    topic: "Tea & cake",
    createdBy: "mel",
    members: 0,
  });
  const gone = await run(port, "deleteroom", "tea");
  assertEquals(gone, { code: 0, stdout: 'Deleted room "tea" (239.1.2.3:7).\n', stderr: "" });
});

Deno.test("client as a command lists who is there, itself too", async () => {
  await using server = await startServer();
  await using mel = startTask("client", ["--server", `127.0.0.1:${server.port}`, "--name", "Mel"]);
  await mel.write("connect\n");
  await mel.next(/Connected/, "stderr");
  const { code, stdout, stderr } = await run(server.port, "who", "--json");
  assertEquals([code, stderr], [0, ""]);
  const people = JSON.parse(stdout);
  // Who only asks takes no name from anybody.
  const names = people.map(({ name }: { name: string }) => name);
  assertEquals(names, ["Mel", "anonymous@127.0.0.1"]);
  assertEquals(Object.keys(people[0]).sort(), ["address", "idle", "name", "since"]);
  const table = await run(server.port, "who");
  assertMatch(
    table.stdout,
    /^NAME +ADDRESS +SINCE +IDLE\nMel +127\.0\.0\.1 +\d+s +\d+s\nanonymous@/,
  );
});

Deno.test("client as a command answers in JSON that there is nothing, and in words on stderr", async () => {
  await using server = await startServer();
  assertEquals(await run(server.port, "getdir", "--json"), { code: 0, stdout: "[]\n", stderr: "" });
  assertEquals(await run(server.port, "getdir"), {
    code: 0,
    stdout: "",
    stderr: 'There are no rooms. "makeroom" makes one.\n',
  });
});

Deno.test("client as a command looks for servers without needing one", async () => {
  // Only on loopback, where other tests may announce servers at the same time.
  const { code, stdout, stderr } = await run(1, "servers", "--json");
  assertEquals([code, stderr], [0, ""]);
  assert(Array.isArray(JSON.parse(stdout)));
});

Deno.test("client as a command exits with 1 and one sentence when it fails", async () => {
  await using server = await startServer();
  const { port } = server;
  await run(port, "makeroom", "lobby", "239.1.2.3", "7");
  for (
    const [args, message] of [
      [["makeroom", "lobby"], 'Cannot create room "lobby": the name is taken (239.1.2.3:7)'],
      [["makeroom", "two", "239.1.2.3", "7"], '239.1.2.3:7 belongs to room "lobby"'],
      [["makeroom", "two", "10.0.0.1"], '"10.0.0.1" is no group address'],
      [["deleteroom", "nowhere"], "there is no room of that name"],
      [["--server", "127.0.0.1:1", "getdir"], 'Cannot connect to "127.0.0.1:1"'],
    ] as const
  ) {
    for (const more of [[], ["--json"]]) {
      const { code, stdout, stderr } = await run(port, ...args, ...more);
      assertEquals([code, stdout], [1, ""], stderr);
      assertMatch(stderr, /^Cannot .*\n$/);
      assertStringIncludes(stderr, message);
    }
  }
});

Deno.test("client as a command exits with 2 before it connects when the words are wrong", async () => {
  for (
    const [args, message] of [
      [["makeroom"], "Cannot makeroom: the name is missing."],
      [["conect"], "Cannot understand"],
      [["connect"], 'Cannot run "connect" alone'],
      [["--color", "blue"], 'Cannot use --color "blue"'],
      [["getdir", "--jsno"], 'Cannot use flag "--jsno"'],
      [["completions", "tcsh"], "Use one of bash, zsh, fish."],
      [["--name", "a:b", "getdir"], 'Cannot use the name "a:b"'],
      [["chat"], "Cannot chat: the room is missing."],
      [["foo"], '"crds-client help" lists them.'],
      [["--iface", "nope0", "getdir"], 'Cannot use interface "nope0"'],
      [["--iface", "nope0"], 'Cannot use interface "nope0"'],
    ] as const
  ) {
    const { code, stdout, stderr } = await run(1, ...args);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, message);
    assertEquals(stderr.split("\n").length, 2);
  }
});

pythonTest(
  "client as a command works with a lab server, and says what that cannot do",
  async () => {
    await using lab = startProgram({ command: "python3", args: [`${PEERS}lab_server.py`] });
    const [, port = ""] = await lab.next(/listening on (\d+)\n/);
    const made = await run(Number(port), "makeroom", "lobby", "239.1.2.3", "7");
    assertEquals(made, { code: 0, stdout: 'Created room "lobby" (239.1.2.3:7).\n', stderr: "" });
    const listed = await run(Number(port), "getdir", "--json");
    assertEquals(JSON.parse(listed.stdout), [{ name: "lobby", address: "239.1.2.3", port: 7 }]);
    const topic = await run(Number(port), "makeroom", "tea", "about", "Tea");
    assertEquals([topic.code, topic.stdout], [1, ""]);
    assertStringIncludes(topic.stderr, "speaks the lab protocol only, which has no topics");
    const who = await run(Number(port), "who", "--json");
    assertEquals([who.code, who.stdout], [1, ""]);
    assertStringIncludes(who.stderr, "speaks the lab protocol only");
  },
);

Deno.test("client prints completions without a server", async () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    const { code, stdout, stderr } = await run(1, "completions", shell);
    assertEquals([code, stderr], [0, ""]);
    assertStringIncludes(stdout, `${shell} completion for crds-client`);
  }
});

Deno.test("client as a command says that a stopped server does not answer", async () => {
  await using server = await startServer();
  server.program.signal("SIGSTOP");
  const { code, stdout, stderr } = await run(server.port, "getdir");
  server.program.signal("SIGCONT");
  assertEquals([code, stdout], [1, ""]);
  assertMatch(stderr, /^Cannot use the CRDS at 127\.0\.0\.1:\d+: it did not answer in time\..*\n$/);
});

Deno.test("client as a command says that a full server may be full", async () => {
  await using server = await startServer(["--max-connections", "1"]);
  await using mel = startTask("client", ["--server", `127.0.0.1:${server.port}`, "--name", "Mel"]);
  await mel.write("connect\n");
  await mel.next(/Connected/, "stderr");
  const { code, stdout, stderr } = await run(server.port, "getdir");
  assertEquals([code, stdout], [1, ""]);
  assertMatch(stderr, /^Cannot use the CRDS at .*: it closed .* It may be full.*\n$/);
});

Deno.test("client prints its help from the shell", async () => {
  const help = await run(1, "help");
  assertEquals([help.code, help.stderr], [0, ""]);
  assertEquals(help.stdout, (await run(1, "--help")).stdout);
  const more = await run(1, "help", "chat");
  assertEquals([more.code, more.stdout.split("\n")[0]], [0, "chat <room>"]);
});

Deno.test({
  name: "client exits with 1 when standard output cannot be written to",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using server = await startServer();
    const { port } = server;
    await run(port, "makeroom", "lobby");
    const client = [Deno.execPath(), ...taskArgs("client")];
    const lost = "Cannot write to standard output: No space left on device. " +
      "What was printed is incomplete.\n";
    for (
      const [script, stderr] of [
        ['"$@" getdir > /dev/full', lost],
        ['"$@" help > /dev/full', lost],
        [
          'printf "connect\\ngetdir\\nquit\\n" | "$@" 2>&1 > /dev/full | tail -1 >&2; exit ${PIPESTATUS[1]}',
          lost,
        ],
        // Who closes a pipe has had enough: no word.
        ['exec 3> >(exec true); wait $!; "$@" getdir >&3', ""],
      ] as const
    ) {
      await using shell = startProgram({
        command: "bash",
        args: ["-c", script, "bash", ...client],
        env: { CRDS_IFACE: "127.0.0.1", CRDS_SERVER: `127.0.0.1:${port}` },
      });
      await shell.closeStdin();
      assertEquals([(await shell.status).code, shell.stderr], [1, stderr], script);
    }
  },
});

Deno.test("a room that was made from a shell is deleted from there by the same name, and by no other", async () => {
  await using server = await startServer(["--owner-deletes"]);
  const run = async (...args: string[]) => {
    const where = ["--server", `127.0.0.1:${server.port}`, "--iface", "127.0.0.1"];
    await using client = startTask("client", [...args, ...where]);
    const { code } = await client.status;
    return [code, client.stdout + client.stderr];
  };
  assertEquals((await run("create_group", "lab", "239.255.7.6", "20106", "--name", "Ann"))[0], 0);
  assertEquals(await run("deleteroom", "lab", "--name", "Bob"), [
    1,
    'Cannot delete room "lab": on this server only who made it may (Ann); ask them.\n',
  ]);
  assertEquals(await run("deleteroom", "lab", "--name", "Ann"), [
    0,
    'Deleted room "lab" (239.255.7.6:20106).\n',
  ]);
});
