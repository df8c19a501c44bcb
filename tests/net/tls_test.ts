import { assertEquals, assertMatch, assertNotEquals, assertRejects } from "@std/assert";
import { CERTIFICATE_NAME, makeIdentity, type TlsIdentity } from "../../lib/net/certificate.ts";
import { readCertificate } from "../../lib/net/certificate_facts.ts";
import { formatPem } from "../../lib/net/pem.ts";
import { HandshakeError } from "../../lib/net/handshake_error.ts";
import { acceptTls, beginTls, secureContextOf } from "../../lib/net/tls.ts";
import { fingerprintOf, isCertificateName, type TrustAnchor } from "../../lib/net/trust_anchor.ts";
import { makeAuthority } from "../helpers/certificates.ts";
import { LoopbackServer } from "../helpers/loopback_server.ts";

const OWN = await makeIdentity();
const ANCHOR = { certificate: OWN.certificate, name: CERTIFICATE_NAME };

/** Does with each connection what the test says. */
class Doing extends LoopbackServer {
  constructor(readonly what: (connection: Deno.TcpConn) => Promise<unknown>) {
    super();
  }

  protected override async serve(connection: Deno.TcpConn): Promise<void> {
    await this.what(connection);
  }
}

/** A TLS server that says "hi" to who trusts it, and how its connections ended. */
function secureServer(identity: TlsIdentity): Doing {
  const context = secureContextOf(identity);
  return new Doing(async (connection) => {
    const socket = acceptTls(connection, context);
    await socket.write(new TextEncoder().encode("hi"));
    await socket.read(new Uint8Array(1));
    socket.close();
  });
}

async function shake(port: number, anchor: TrustAnchor, timeout?: number, signal?: AbortSignal) {
  const socket = await Deno.connect({ hostname: "127.0.0.1", port });
  return await beginTls(socket, anchor, { ...(timeout && { timeout }), signal });
}

async function faultOf(shaking: Promise<unknown>): Promise<string> {
  return (await assertRejects(() => shaking, HandshakeError)).fault;
}

Deno.test("makeIdentity() makes a certificate that is good for one server, for ever", async () => {
  const facts = await readCertificate(OWN.certificate);
  assertEquals(facts.names, [CERTIFICATE_NAME]);
  assertEquals([facts.isAuthority, facts.isSelfSigned], [false, true]);
  assertEquals(facts.validFrom, 0);
  assertEquals(new Date(facts.validTo).getUTCFullYear(), 9999);
  assertMatch(OWN.key, /^-----BEGIN PRIVATE KEY-----\n/);
  const other = await makeIdentity();
  assertNotEquals(await fingerprintOf(other.certificate), await fingerprintOf(OWN.certificate));
});

Deno.test("fingerprintOf() is what openssl x509 -fingerprint -sha256 says, as ssh writes it", async () => {
  const { X509Certificate } = await import("node:crypto");
  const hex = new X509Certificate(OWN.certificate).fingerprint256.replaceAll(":", "");
  const base64 = Uint8Array.fromHex(hex).toBase64({ omitPadding: true });
  assertEquals(await fingerprintOf(OWN.certificate), `SHA256:${base64}`);
  await assertRejects(() => fingerprintOf(OWN.key), SyntaxError);
  await assertRejects(() => fingerprintOf(OWN.certificate + OWN.certificate), SyntaxError);
  await assertRejects(() => fingerprintOf("nothing"), SyntaxError);
});

Deno.test("beginTls() connects to the server that is trusted, and to no other", async () => {
  await using server = secureServer(OWN);
  const socket = await shake(server.endpoint.port, ANCHOR);
  const buffer = new Uint8Array(9);
  assertEquals(await socket.read(buffer), 2);
  socket.close();
  socket.close();

  // The same name, another key: who knows nothing else could make that.
  await using impostor = secureServer(await makeIdentity());
  assertEquals(await faultOf(shake(impostor.endpoint.port, ANCHOR)), "untrusted");
  const otherName = { ...ANCHOR, name: "lab-7.example" };
  assertEquals(await faultOf(shake(server.endpoint.port, otherName)), "untrusted");
});

Deno.test("beginTls() trusts what a trusted authority signed, for the name it is for", async () => {
  const authority = await makeAuthority();
  const leaf = await authority.sign();
  const chain = leaf.certificate + authority.identity.certificate;
  await using server = secureServer({ certificate: chain, key: leaf.key });
  const anchor = { certificate: authority.identity.certificate, name: "lab-7.example" };
  (await shake(server.endpoint.port, anchor)).close();
  assertEquals(
    await faultOf(shake(server.endpoint.port, { ...anchor, name: "lab-8.example" })),
    "untrusted",
  );

  const old = await authority.sign({ from: -2_000_000_000, to: -1_000_000_000 });
  await using expired = secureServer({
    certificate: old.certificate + authority.identity.certificate,
    key: old.key,
  });
  assertEquals(await faultOf(shake(expired.endpoint.port, anchor)), "untrusted");
});

Deno.test("beginTls() trusts nobody for a certificate that is none", async () => {
  await using server = secureServer(OWN);
  const nonsense = formatPem("CERTIFICATE", new Uint8Array(100));
  const shaking = shake(server.endpoint.port, { ...ANCHOR, certificate: nonsense });
  assertEquals(await faultOf(shaking), "untrusted");
});

Deno.test("beginTls() gives up on who says nothing, something else, or half of it", async () => {
  const over = new AbortController();
  const ended = new Promise((resolve) => over.signal.addEventListener("abort", resolve));
  await using silent = new Doing(() => ended);
  assertEquals(await faultOf(shake(silent.endpoint.port, ANCHOR, 50)), "silent");
  await using closing = new Doing(() => Promise.resolve());
  assertEquals(await faultOf(shake(closing.endpoint.port, ANCHOR)), "broken");
  await using lab = new Doing(async (socket) => {
    await socket.write(new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n\r\n"));
    await ended;
  });
  assertEquals(await faultOf(shake(lab.endpoint.port, ANCHOR)), "broken");
  await using half = new Doing(async (socket) => {
    // A record of 512 bytes is announced, and never comes.
    await socket.write(Uint8Array.of(22, 3, 3, 2, 0, 2));
    await ended;
  });
  assertEquals(await faultOf(shake(half.endpoint.port, ANCHOR, 50)), "silent");
  over.abort();
});

Deno.test("beginTls() can be given up, before and meanwhile", async () => {
  const over = new AbortController();
  const came = Promise.withResolvers<void>();
  await using silent = new Doing(async () => {
    came.resolve();
    await new Promise((resolve) => over.signal.addEventListener("abort", resolve));
  });
  const { port } = silent.endpoint;
  await assertRejects(
    () => shake(port, ANCHOR, undefined, AbortSignal.abort(new Error("no"))),
    Error,
    "no",
  );
  const gaveUp = new AbortController();
  const shaking = shake(port, ANCHOR, undefined, gaveUp.signal);
  await came.promise;
  gaveUp.abort(new Error("enough"));
  await assertRejects(() => shaking, Error, "enough");
  over.abort();
});

Deno.test("a SecureSocket takes a connection that breaks off for one that ends", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using server = secureServer(OWN);
  // In between, to cut the connection without the goodbye of TLS.
  const pipes = listener.accept().then(async (client) => {
    const behind = await Deno.connect({ hostname: "127.0.0.1", port: server.endpoint.port });
    const up = client.readable.pipeTo(behind.writable).catch(() => {});
    const reader = behind.readable.getReader();
    const writer = client.writable.getWriter();
    return {
      async pump() {
        for (let part; !(part = await reader.read()).done;) await writer.write(part.value);
      },
      async cut() {
        await writer.close().catch(() => {});
        await reader.cancel().catch(() => {});
        await up;
      },
    };
  });
  const shaking = shake(listener.addr.port, ANCHOR);
  const between = await pipes;
  const pumping = between.pump().catch(() => {});
  const socket = await shaking;
  assertEquals(await socket.read(new Uint8Array(9)), 2);
  await between.cut();
  assertEquals(await socket.read(new Uint8Array(9)), null);
  socket.close();
  await pumping;
  listener.close();
});

Deno.test("isCertificateName() knows what may stand in a handshake", () => {
  for (const name of ["crds.invalid", "lab-7", "10.0.0.1", "::1"]) {
    assertEquals(isCertificateName(name), true, name);
  }
  for (const name of ["", "a b", "x".repeat(254), "é", "a\n"]) {
    assertEquals(isCertificateName(name), false, name);
  }
});
