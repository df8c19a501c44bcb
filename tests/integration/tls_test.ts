/**
 * Transport security with real programs: trust on first use, what is refused later, what is on the wire.
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { makeAuthority } from "../helpers/certificates.ts";
import { homeIn } from "../helpers/own_home.ts";
import { ownHost } from "../helpers/own_host.ts";
import { type Program, type ServerProgram, startServer, startTask } from "../helpers/processes.ts";
import { SessionClient } from "../helpers/session_client.ts";
import { Tap } from "../helpers/tap.ts";
import { TempFolder } from "../helpers/temp_folder.ts";

const LOOPBACK = { CRDS_IFACE: "127.0.0.1" };
const SHOWN =
  /TLS on port (\d+), the certificate's fingerprint is (SHA256:\S+?)( \(of this run only\))?\.\n/;

/** Starts a server with TLS; says what it shows of that. */
async function serve(
  args: readonly string[],
): Promise<ServerProgram & { tlsPort: number; fingerprint: string }> {
  const tls = args.some((word) => /^--(no-)?tls/.test(word)) ? [] : ["--tls-port", "0"];
  const server = await startServer([...tls, ...args]);
  const [, port, fingerprint = ""] = await server.program.waitFor(SHOWN);
  return { ...server, tlsPort: Number(port), fingerprint };
}

/** What one user types, at home in a folder. */
class User {
  constructor(readonly folder: TempFolder, readonly where: string) {}

  get file(): string {
    return this.folder.file(
      Deno.build.os === "darwin"
        ? "Library/Application Support/crds/known_servers"
        : "crds/known_servers",
    );
  }

  get known(): string {
    try {
      return Deno.readTextFileSync(this.file);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "";
      throw error;
    }
  }

  start(...args: string[]): Program {
    const flags = ["--server", this.where, "--name", "Mel"];
    return startTask("client", [...flags, ...args], { ...LOOPBACK, ...homeIn(this.folder.path) });
  }

  /** Runs the client to its end; with lines for its prompt, or as a command of a shell. */
  async run(
    input: string | readonly string[],
  ): Promise<{ code: number; out: string; err: string }> {
    await using program = this.start(...typeof input === "string" ? [] : input);
    if (typeof input === "string") await program.write(input);
    await program.closeStdin();
    const { code } = await program.status;
    return { code, out: program.stdout, err: program.stderr };
  }
}

const newHere = (where: string, fingerprint: string, until: string): string =>
  `The CRDS at ${where} is new: trusted ${until} as ${fingerprint} (it shows that when it starts).\n`;

Deno.test("a server is trusted on first use; then nothing is said in clear", async () => {
  using folder = new TempFolder();
  using home = new TempFolder();
  await using server = await serve(["--data", folder.file("lab.db"), "--log", "text"]);
  const mel = new User(home, `127.0.0.1:${server.port}`);
  const first = await mel.run("connect\nmakeroom lobby\n");
  assertEquals([first.code, first.out], [0, ""]);
  assertStringIncludes(first.err, newHere(mel.where, server.fingerprint, "from now on"));
  assertStringIncludes(first.err, 'Created room "lobby"');
  assertMatch(mel.known, new RegExp(`^${mel.where} ${RegExp.escape(server.fingerprint)} `));
  if (Deno.build.os !== "windows") assertEquals(Deno.statSync(mel.file).mode! & 0o777, 0o600);
  await server.program.waitFor(/created lobby/);

  const before = server.program.stdout.length;
  const second = await mel.run("connect\ngetdir\n");
  assertEquals([second.code, second.err], [0, `Connected to the CRDS at ${mel.where}.\n`]);
  const shell = await mel.run(["getdir", "--json"]);
  assertEquals([shell.code, shell.err, JSON.parse(shell.out).length], [0, "", 1]);
  await server.program.stop();
  const opened = server.program.stdout.slice(before).match(/Connection received .*/g) ?? [];
  assertEquals(opened.map((line) => /over TLS\.$/.test(line)), [true, true]);
});

Deno.test("commands of a shell keep nothing, and forget takes out one server", async () => {
  using folder = new TempFolder();
  using home = new TempFolder();
  await using server = await serve(["--data", folder.file("lab.db")]);
  const mel = new User(home, `127.0.0.1:${server.port}`);
  assertEquals((await mel.run(["getdir"])).code, 0);
  assertEquals(mel.known, "");
  const unknown = await mel.run(["forget", mel.where]);
  assertEquals(unknown.code, 1);
  assertEquals(unknown.err, `Cannot forget the CRDS at ${mel.where}: it is not known.\n`);
  await mel.run("connect\n");
  assert(mel.known !== "");
  assertEquals((await mel.run(["forget", mel.where])).code, 0);
  assertEquals(mel.known, "");
  const again = await mel.run(`connect\nforget ${mel.where}\nforget ${mel.where}\n`);
  assertEquals(again.code, 1);
  assertStringIncludes(
    again.err,
    `Forgot the CRDS at ${mel.where}: "connect" takes it for a new one.`,
  );
  assertEquals(mel.known, "");
  // The file may be another one.
  const own = await mel.run(["--known-servers", home.file("mine"), "forget", mel.where]);
  assertEquals(own.code, 1);
});

Deno.test("another certificate, or none, is refused loudly; forget takes the new one", async () => {
  using folder = new TempFolder();
  using home = new TempFolder();
  const host = ownHost();
  const data = folder.file("lab.db");
  const at = (port: number): string[] => ["--host", host, "--port", `${port}`, "--data", data];
  await using first = await serve(at(0));
  const { port } = first;
  const mel = new User(home, `${host}:${port}`);
  await mel.run("connect\n");
  const { known } = mel;
  await first.program.stop();

  Deno.removeSync(folder.file("lab-tls.pem"));
  {
    await using changed = await serve(at(port));
    const why = `Cannot trust the CRDS at ${mel.where}: ITS CERTIFICATE HAS CHANGED (known is ` +
      `${first.fingerprint}, it shows ${changed.fingerprint}). `;
    for (const input of ["connect\n", ["who"], ["makeroom", "lobby"]]) {
      const { code, out, err } = await mel.run(input);
      assertEquals([code, out, err.startsWith(why)], [1, "", true], err);
      assertEquals(err.trim().split("\n").length, 1);
    }
    // Doctor says it too, and that something is wrong.
    const doctor = await mel.run(["doctor"]);
    assertEquals(doctor.code, 1);
    assertStringIncludes(doctor.out, "ITS CERTIFICATE HAS CHANGED");
    assertEquals(mel.known, known);
    await changed.program.stop();
    // It heard nobody's name.
    assertEquals(changed.program.stdout.includes("Mel"), false);
  }
  {
    await using without = await startServer([...at(port), "--no-tls"]);
    const { code, err } = await mel.run("connect\n");
    assertEquals(code, 1);
    assertMatch(err, /^Cannot trust the CRDS at .*: IT HAS NO TLS ANY MORE\. /);
    assertMatch((await mel.run("chat lobby\n")).err, /IT HAS NO TLS ANY MORE/);
    await without.program.stop();
  }
  await using changed = await serve(at(port));
  const { code, err } = await mel.run(`forget ${mel.where}\nconnect\n`);
  assertEquals(code, 0);
  assertStringIncludes(err, newHere(mel.where, changed.fingerprint, "from now on"));
});

Deno.test("a client whose server comes back as another one says so, and waits for the right one", async () => {
  using folder = new TempFolder();
  using home = new TempFolder();
  const host = ownHost();
  const at = (port: number): string[] => [
    "--host",
    host,
    "--port",
    `${port}`,
    "--data",
    folder.file("lab.db"),
  ];
  await using server = await serve(at(0));
  const user = new User(home, `${host}:${server.port}`);
  await using mel = user.start();
  await mel.write("connect\n");
  await mel.next(/Connected to .*\n/, "stderr");
  // Back with the same certificate, it is the same server, at whatever port its TLS is.
  await server.program.stop("SIGKILL");
  {
    await using back = await serve(at(server.port));
    assertEquals(back.fingerprint, server.fingerprint);
    await mel.next(/Connected to the CRDS at .* again\.\n/, "stderr");
    await back.program.stop("SIGKILL");
  }
  Deno.renameSync(folder.file("lab-tls.pem"), folder.file("kept.pem"));
  await using other = await serve(at(server.port));
  await mel.next(/Cannot trust the CRDS at .*: ITS CERTIFICATE HAS CHANGED .*\n/, "stderr");
  await other.program.stop("SIGKILL");
  assertEquals(other.program.stdout.includes("Mel"), false);
  // The right one comes back.
  Deno.renameSync(folder.file("kept.pem"), folder.file("lab-tls.pem"));
  await using right = await serve(at(server.port));
  await mel.next(/Connected to the CRDS at .* again\.\n/, "stderr");
  await mel.write("quit\n");
  await mel.status;
  assertEquals(right.fingerprint, server.fingerprint);
});

Deno.test("a server in memory is trusted for now, and never kept", async () => {
  using home = new TempFolder();
  const host = ownHost();
  await using server = await serve(["--host", host, "--memory"]);
  const mel = new User(home, `${host}:${server.port}`);
  const first = await mel.run("connect\nwho\n");
  assertEquals(first.code, 0);
  // On another machine it would be told; here nobody is in between.
  assertEquals(first.err.includes(" is new: "), false, first.err);
  assertEquals(mel.known, "");
  await server.program.stop();
  await using other = await serve(["--host", host, "--memory", "--port", `${server.port}`]);
  assert(other.fingerprint !== server.fingerprint);
  const second = await mel.run("connect\nwho\n");
  assertEquals(second.code, 0);
  assertEquals(second.err.includes(" is new: "), false, second.err);
});

Deno.test("--tls-cert takes a certificate that an authority signed, and a wrong one ends the start", async () => {
  using folder = new TempFolder();
  using home = new TempFolder();
  const authority = await makeAuthority();
  const leaf = await authority.sign();
  const write = (name: string, text: string): string => {
    Deno.writeTextFileSync(folder.file(name), text, { mode: 0o600 });
    return folder.file(name);
  };
  const key = write("key.pem", leaf.key);
  const good = write("good.pem", leaf.certificate + authority.identity.certificate);
  const files = (certificate: string): string[] => ["--tls-cert", certificate, "--tls-key", key];
  const data = ["--data", folder.file("lab.db")];
  await using server = await serve([...files(good), ...data, "--tls-port", "0"]);
  const mel = new User(home, `127.0.0.1:${server.port}`);
  const first = await mel.run("connect\n");
  assertStringIncludes(first.err, newHere(mel.where, server.fingerprint, "from now on"));
  const { port } = server;
  await server.program.stop();

  // Renewed by the same authority, it is the same server to those who know it.
  const renewed = await authority.sign();
  write("good.pem", renewed.certificate + authority.identity.certificate);
  write("key.pem", renewed.key);
  await using again = await serve([
    ...files(good),
    ...data,
    "--port",
    `${port}`,
    "--tls-port",
    "0",
  ]);
  assertEquals((await mel.run("connect\n")).err, `Connected to the CRDS at ${mel.where}.\n`);
  await again.program.stop();

  for (
    const [certificate, why] of [
      [renewed.certificate, "its issuer's is missing"],
      [authority.identity.certificate, "it is that of an authority"],
      [leaf.certificate + authority.identity.certificate, "the key is not the one"],
    ] as const
  ) {
    const bad = write("bad.pem", certificate);
    const flags = ["--host", "127.0.0.1", "--port", "0", "--no-announce", "--memory"];
    await using program = startTask("server", [...flags, ...files(bad)]);
    assertEquals((await program.status).code, 1);
    assertMatch(
      program.stderr,
      new RegExp(`^Cannot use the certificate ".*bad\\.pem": ${why}.*\n$`),
    );
    assertEquals(program.stdout, "");
  }
});

Deno.test("a server tells its certificate in JSON too, and to who wants it quiet", async () => {
  await using server = await startServer(["--log", "json", "--quiet", "--tls-port", "0"]);
  await server.program.waitFor(/"event":"tls".*\n/);
  const events = server.program.stdout.trim().split("\n").map((line) => JSON.parse(line));
  const { time: _, port, fingerprint, ...tls } = events[1];
  assertEquals(tls, { event: "tls", ephemeral: true });
  assert(port > 0);
  assertMatch(fingerprint, /^SHA256:[A-Za-z0-9+/]{43}$/);
});

Deno.test("a server takes another port for TLS by itself, but in place of none that was asked for", async () => {
  const hostname = ownHost();
  using taken = Deno.listen({ hostname, port: 0 });
  const { port } = taken.addr;
  const flags = ["--host", hostname, "--no-announce", "--memory"];
  // The one behind its own port is taken.
  await using server = startTask("server", [...flags, "--port", `${port - 1}`]);
  const [, tlsPort] = await server.waitFor(SHOWN);
  assert(Number(tlsPort) !== port);
  await using refused = startTask("server", [...flags, "--port", "0", "--tls-port", `${port}`]);
  assertEquals((await refused.status).code, 1);
  assertMatch(
    refused.stderr,
    /^Cannot listen on "127\.[\d.:]+": the port is taken, .*--tls-port N/,
  );
  assertEquals(refused.stdout, "");
});

Deno.test("TLS keeps what is said from who taps the line", {
  // There, only one address of this machine can be listened on.
  ignore: Deno.build.os === "darwin",
}, async () => {
  using folder = new TempFolder();
  using home = new TempFolder();
  await using server = await serve(["--data", folder.file("lab.db")]);
  const host = ownHost();
  await using plain = new Tap(host, server.port);
  await using secure = new Tap(host, server.tlsPort);
  const mel = new User(home, `${host}:${server.port}`);
  const script = "connect\nname Melusine\nmakeroom hideout about Treasure\ngetdir\nwho\n";
  const first = await mel.run(script);
  assertEquals(first.code, 0, first.err);
  assertStringIncludes(first.out, "Treasure");
  const said = /Mel|hideout|Treasure|resume|rooms\./;
  assertEquals(said.exec(plain.heard), null);
  assertStringIncludes(plain.heard, '"method":"hello"');
  assertEquals([plain.connections, secure.connections], [1, 1]);
  assert(secure.heard.length > 1_000);
  assertEquals(/Mel|hideout|Treasure|resume|hello|rooms\./.exec(secure.heard), null);

  const second = await mel.run("connect\ngetdir\n");
  assertEquals(second.code, 0, second.err);
  assertEquals([plain.connections, secure.connections], [1, 2]);
  assertEquals(/hideout|hello/.exec(secure.heard), null);
});

Deno.test("garbage, half handshakes and silence at the TLS port hold up nobody", async () => {
  await using server = await serve(["--request-timeout", "1"]);
  const sockets = await Promise.all(Array.from({ length: 50 }, async (_, at) => {
    const socket = await Deno.connect({ hostname: "127.0.0.1", port: server.tlsPort });
    const part = at % 3 === 0
      ? crypto.getRandomValues(new Uint8Array(300))
      : Uint8Array.of(22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3).subarray(0, at % 12);
    await socket.write(part);
    return socket;
  }));
  using home = new TempFolder();
  const mel = new User(home, `127.0.0.1:${server.port}`);
  assertEquals((await mel.run("connect\nmakeroom lobby\nwho\n")).code, 0);
  // All of them are closed in time, by the server.
  for (const socket of sockets) {
    while (await socket.read(new Uint8Array(100)).catch(() => null) !== null);
    socket.close();
  }
  using session = await SessionClient.greet(server.port);
  assertEquals((await session.ask("rooms.list", {})).result.rooms.length, 1);
  await server.program.stop();
  assertEquals(server.program.stderr, "");
  assertEquals(/fault|Cannot/.exec(server.program.stdout), null);
});
