import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { UserError } from "../../lib/errors.ts";
import { makeIdentity } from "../../lib/net/certificate.ts";
import { fingerprintOf } from "../../lib/net/trust_anchor.ts";
import { certificateFileOf } from "../../lib/server/certificate_file.ts";
import { prepareTls } from "../../lib/server/server_tls.ts";
import { makeAuthority } from "../helpers/certificates.ts";
import { TempFolder } from "../helpers/temp_folder.ts";

const isWindows = Deno.build.os === "windows";

function write(folder: TempFolder, name: string, text: string, mode = 0o600): string {
  Deno.writeTextFileSync(folder.file(name), text, { mode });
  Deno.chmodSync(folder.file(name), mode);
  return folder.file(name);
}

async function refused(source: Parameters<typeof prepareTls>[0]): Promise<string> {
  return (await assertRejects(() => prepareTls(source), UserError)).message;
}

Deno.test("prepareTls() makes a certificate at first, and finds it again", async () => {
  using folder = new TempFolder();
  const data = folder.file("lab.db");
  const first = await prepareTls({ kind: "beside", data });
  assertEquals(folder.contents().map(([name]) => name), ["lab-tls.pem"]);
  if (!isWindows) assertEquals(Deno.statSync(certificateFileOf(data)).mode! & 0o777, 0o600);
  const again = await prepareTls({ kind: "beside", data });
  assertEquals([again.anchor, again.fingerprint], [first.anchor, first.fingerprint]);
  assertEquals(first.ephemeral, false);
  assertEquals(first.fingerprint, await fingerprintOf(first.anchor.certificate));
});

Deno.test("prepareTls() makes another one for each run without a file", async () => {
  const [one, other] = [
    await prepareTls({ kind: "ephemeral" }),
    await prepareTls({ kind: "ephemeral" }),
  ];
  assertEquals([one.ephemeral, one.fingerprint === other.fingerprint], [true, false]);
});

Deno.test("prepareTls() refuses what is wrong with its own file, and leaves it as it is", async () => {
  using folder = new TempFolder();
  const data = folder.file("lab.db");
  await prepareTls({ kind: "beside", data });
  const path = certificateFileOf(data);
  const good = Deno.readTextFileSync(path);
  const other = await makeIdentity();
  const [certificate = "", key = ""] = good.split(/(?=-----BEGIN PRIVATE)/);
  const cases: [text: string, message: string][] = [
    ["", `Cannot use the certificate "${path}": there is none in it. Restore it, or delete it`],
    [certificate, `Cannot use the key "${path}": there is none in it.`],
    [key, `Cannot use the certificate "${path}": there is none in it.`],
    [certificate + other.key, "the key is not the one that belongs to it."],
    [good + other.key, "there are several in it."],
    [good.slice(0, 300), "the certificate in it is damaged"],
    [certificate.replace(/\nM.{20}/, "\nAAAAAAAAAAAAAAAAAAAAA") + key, "it is damaged."],
  ];
  for (const [text, message] of cases) {
    Deno.writeTextFileSync(path, text);
    assertStringIncludes(await refused({ kind: "beside", data }), message);
    assertEquals(Deno.readTextFileSync(path), text);
  }
  Deno.writeTextFileSync(path, good);
  if (isWindows) return;
  Deno.chmodSync(path, 0o640);
  const message = await refused({ kind: "beside", data });
  assertStringIncludes(message, `others can read the key in it (mode 640). Forbid them to: chmod`);
});

Deno.test("prepareTls() says why it cannot keep a certificate", async () => {
  using folder = new TempFolder();
  const data = folder.file("gone/lab.db");
  const message = await refused({ kind: "beside", data });
  assertMatch(message, /^Cannot keep the certificate in ".*gone\/lab-tls.pem": .* --no-tls\.$/);
  Deno.mkdirSync(folder.file("x-tls.pem"));
  assertMatch(
    await refused({ kind: "beside", data: folder.file("x.db") }),
    /^Cannot use the certificate ".*x-tls.pem": /,
  );
  assertEquals([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["x-tls.pem"]);
});

Deno.test("prepareTls() takes a certificate that an authority signed, with that behind it", async () => {
  using folder = new TempFolder();
  const authority = await makeAuthority();
  const issuer = authority.identity.certificate;
  for (
    const [names, name] of [
      [["lab-7.example", "other.example"], "lab-7.example"],
      [["*.lab.example"], "crds.lab.example"],
      [["10.0.0.7"], "10.0.0.7"],
    ] as const
  ) {
    const leaf = await authority.sign({ names });
    const certificate = write(folder, "chain.pem", leaf.certificate + issuer, 0o644);
    const key = write(folder, "key.pem", leaf.key, 0o640);
    const { anchor, ephemeral, fingerprint } = await prepareTls({
      kind: "given",
      certificate,
      key,
    });
    assertEquals([anchor.name, ephemeral], [name, false]);
    assertEquals(anchor.certificate, issuer);
    assertEquals(fingerprint, await fingerprintOf(issuer));
  }
});

Deno.test("prepareTls() refuses a certificate that clients would refuse, and says why", async () => {
  using folder = new TempFolder();
  const authority = await makeAuthority();
  const stranger = await makeAuthority("Stranger");
  const { certificate: issuer, key: issuerKey } = authority.identity;
  const leaf = await authority.sign();
  const old = await authority.sign({ from: -2 * 86_400_000, to: -86_400_000 });
  const early = await authority.sign({ from: 86_400_000, to: 2 * 86_400_000 });
  const nameless = await authority.sign({ names: [] });
  const cases: [certificate: string, key: string, why: RegExp][] = [
    [leaf.certificate, leaf.key, /its issuer's is missing; put that behind it in the same file\.$/],
    [issuer, issuerKey, /it is that of an authority \(CA:TRUE\)/],
    [issuer + leaf.certificate, leaf.key, /the server's own must come first\.$/],
    [old.certificate + issuer, old.key, /it expired on \d{4}-\d\d-\d\d\.$/],
    [early.certificate + issuer, early.key, /it is not good before \d{4}-\d\d-\d\d\.$/],
    [nameless.certificate + issuer, nameless.key, /it names no host \(subjectAltName\)\.$/],
    [leaf.certificate + issuer, old.key, /the key is not the one that belongs to it\.$/],
    [leaf.certificate + stranger.identity.certificate, leaf.key, /clients would not accept it \(/],
    ["", leaf.key, /there is none in it\. Name another one: --tls-cert FILE\.$/],
    [
      leaf.certificate + issuer,
      issuer,
      /there is none in it\. Name another one: --tls-key FILE\.$/,
    ],
    [
      leaf.certificate + issuer,
      leaf.key.replaceAll("PRIVATE", "ENCRYPTED PRIVATE"),
      /it is protected with a password\. Take that off: openssl/,
    ],
  ];
  for (const [certificate, key, why] of cases) {
    const given = {
      kind: "given" as const,
      certificate: write(folder, "c.pem", certificate),
      key: write(folder, "k.pem", key),
    };
    const message = await refused(given);
    assertMatch(message, /^Cannot use the (certificate|key) ".*\/[ck]\.pem": /);
    assertMatch(message, why);
    assertEquals(message.includes("\n"), false);
  }
  const certificate = write(folder, "c.pem", leaf.certificate + issuer);
  assertMatch(
    await refused({ kind: "given", certificate, key: folder.file("nope.pem") }),
    /nope\.pem": there is no such file\.$/,
  );
  if (isWindows) return;
  const key = write(folder, "k.pem", leaf.key, 0o604);
  assertMatch(
    await refused({ kind: "given", certificate, key }),
    /others can read .* \(mode 604\)/,
  );
});
