import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { KnownServersFile } from "../../lib/client/known_servers_file.ts";
import { UserError } from "../../lib/errors.ts";
import { formatKnownServer, type KnownServer } from "../../lib/net/known_servers.ts";
import { formatPem } from "../../lib/net/pem.ts";
import { fingerprintOf } from "../../lib/net/trust_anchor.ts";
import { TempFolder } from "../helpers/temp_folder.ts";

const isWindows = Deno.build.os === "windows";

async function server(seed: number, port = 50002): Promise<KnownServer> {
  const certificate = formatPem("CERTIFICATE", new Uint8Array(50).fill(seed));
  const fingerprint = await fingerprintOf(certificate);
  return { certificate, fingerprint, port, name: "crds.invalid" };
}

const [A, B] = [await server(1), await server(2)];

Deno.test("KnownServersFile makes its file when the first server is kept, for the user alone", async () => {
  using folder = new TempFolder();
  const path = folder.file("state/crds/known_servers");
  const known = new KnownServersFile(path);
  assertEquals(await known.find("lab-7:1"), undefined);
  assertEquals(await known.forget("lab-7:1"), false);
  assertEquals([...Deno.readDirSync(folder.path)], []);
  assertEquals(await known.keep("lab-7:1", A), true);
  assertEquals(await known.keep("lab-8:1", B), true);
  assertEquals(
    Deno.readTextFileSync(path),
    `${formatKnownServer("lab-7:1", A)}\n${formatKnownServer("lab-8:1", B)}\n`,
  );
  if (!isWindows) {
    assertEquals(Deno.statSync(path).mode! & 0o777, 0o600);
    assertEquals(Deno.statSync(folder.file("state/crds")).mode! & 0o777, 0o700);
  }
  // Another client reads what this one wrote.
  assertEquals(await new KnownServersFile(path).find("lab-8:1"), B);
});

Deno.test("KnownServersFile changes one line and leaves the others as they are", async () => {
  using folder = new TempFolder();
  const path = folder.file("known_servers");
  const mine = "# mine\nlab-9:1 what is this\n";
  const lines = `${mine}${formatKnownServer("lab-7:1", A)}\n${formatKnownServer("lab-8:1", B)}`;
  Deno.writeTextFileSync(path, lines, { mode: 0o600 });
  const known = new KnownServersFile(path);
  const moved = { ...A, port: 7 };
  await known.keep("lab-7:1", moved);
  assertEquals(await known.find("lab-7:1"), moved);
  await known.keep("lab-6:1", A);
  assertEquals(await known.forget("lab-8:1"), true);
  assertEquals(
    Deno.readTextFileSync(path),
    `${mine}${formatKnownServer("lab-7:1", moved)}\n${formatKnownServer("lab-6:1", A)}\n`,
  );
  assertEquals(folder.contents().map(([name]) => name), ["known_servers"]);
  if (!isWindows) assertEquals(Deno.statSync(path).mode! & 0o777, 0o600);
});

Deno.test("KnownServersFile ends a line that was begun before it adds one", async () => {
  using folder = new TempFolder();
  const path = folder.file("known_servers");
  Deno.writeTextFileSync(path, "lab-9:1 SHA2", { mode: 0o600 });
  const known = new KnownServersFile(path);
  await known.keep("lab-7:1", A);
  assertEquals(await known.find("lab-7:1"), A);
});

Deno.test("KnownServersFile never takes a server for unknown whose line is damaged", async () => {
  using folder = new TempFolder();
  const path = folder.file("known_servers");
  const known = new KnownServersFile(path);
  const good = formatKnownServer("lab-7:1", A);
  for (const line of ["lab-7:1", good.slice(0, -8), good.replace(A.fingerprint, B.fingerprint)]) {
    Deno.writeTextFileSync(path, `${line}\n`, { mode: 0o600 });
    const error = await assertRejects(() => known.find("lab-7:1"), UserError);
    assertMatch(error.message, /^Cannot trust the CRDS at lab-7:1: its line in ".*" is damaged\./);
    assertEquals(await known.find("lab-8:1"), undefined);
    assertEquals(await known.forget("lab-7:1"), true);
    assertEquals(await known.find("lab-7:1"), undefined);
  }
});

Deno.test("KnownServersFile says why it cannot be read or written", async () => {
  using folder = new TempFolder();
  const asFolder = folder.file("folder");
  Deno.mkdirSync(asFolder);
  const unreadable = new KnownServersFile(asFolder);
  const error = await assertRejects(() => unreadable.find("lab-7:1"), UserError);
  assertMatch(error.message, /^Cannot read the known servers in ".*folder": .*--known-servers\.$/);

  const large = folder.file("large");
  Deno.writeTextFileSync(large, "#\n".repeat(600_000), { mode: 0o600 });
  await assertRejects(() => new KnownServersFile(large).find("a:1"), UserError, "it is too large");

  Deno.writeTextFileSync(folder.file("file"), "");
  const below = new KnownServersFile(folder.file("file/known_servers"));
  const refused = await assertRejects(() => below.keep("lab-7:1", A), UserError);
  assertStringIncludes(refused.message, "known_servers");
  if (isWindows) return;
  const open = folder.file("open");
  Deno.writeTextFileSync(open, "");
  Deno.chmodSync(open, 0o666);
  await assertRejects(() => new KnownServersFile(open).find("a:1"), UserError, "others can write");
});

Deno.test("KnownServersFile.snapshot() knows what was there, and keeps nothing", async () => {
  using folder = new TempFolder();
  const path = folder.file("known_servers");
  const known = new KnownServersFile(path);
  await known.keep("lab-7:1", A);
  const before = Deno.readTextFileSync(path);
  const then = await known.snapshot();
  Deno.removeSync(path);
  assertEquals(await then.find("lab-7:1"), A);
  assertEquals(await then.keep("lab-8:1", B), false);
  assertEquals(await then.find("lab-8:1"), B);
  assertEquals(await then.forget("lab-7:1"), true);
  assertEquals(await then.find("lab-7:1"), undefined);
  assertEquals(await then.forget("lab-7:1"), false);
  assertEquals([...Deno.readDirSync(folder.path)], []);
  assertEquals(before.split("\n").length, 2);
});
