import { assert, assertEquals, assertRejects } from "@std/assert";
import { CERTIFICATE_NAME, makeIdentity } from "../../lib/net/certificate.ts";
import type { SecureSocket } from "../../lib/net/secure_socket.ts";
import { acceptTls, secureContextOf } from "../../lib/net/tls.ts";

const IDENTITY = await makeIdentity();
const CONTEXT = secureContextOf(IDENTITY);

/** A connection: its client's end without TLS so far, and its server's end. */
async function connection(): Promise<{ client: Deno.TcpConn; server: SecureSocket }> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connecting = Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  const server = acceptTls(await listener.accept(), CONTEXT);
  return { client: await connecting, server };
}

async function both(): Promise<{ client: Deno.TlsConn; server: SecureSocket }> {
  const { client, server } = await connection();
  const caCerts = [IDENTITY.certificate];
  return { client: await Deno.startTls(client, { hostname: CERTIFICATE_NAME, caCerts }), server };
}

async function readAll(from: Pick<SecureSocket, "read">, most = Infinity): Promise<Uint8Array> {
  const buffer = new Uint8Array(50_000);
  const parts: Uint8Array[] = [];
  let size = 0;
  while (size < most) {
    const count = await from.read(buffer);
    if (count === null) break;
    parts.push(buffer.slice(0, count));
    size += count;
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

async function writeAll(to: Pick<SecureSocket, "write">, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await to.write(bytes.subarray(sent));
}

Deno.test("acceptTls() carries bytes both ways, and the end of one side only", async () => {
  const { client, server } = await both();
  const bytes = new Uint8Array(1_000_000).map((_, at) => at * at);
  const [there] = await Promise.all([readAll(server, bytes.length), writeAll(client, bytes)]);
  assertEquals(there, bytes);
  const [back] = await Promise.all([readAll(client, bytes.length), writeAll(server, bytes)]);
  assertEquals(back, bytes);
  await client.closeWrite();
  assertEquals(await server.read(new Uint8Array(5)), null);
  await writeAll(server, bytes.subarray(0, 5));
  await server.closeWrite();
  assertEquals(await readAll(client), bytes.slice(0, 5));
  server.close();
  client.close();
});

Deno.test("acceptTls(): small reads get everything, in order", async () => {
  const { client, server } = await both();
  await writeAll(client, new TextEncoder().encode("hello"));
  const byte = new Uint8Array(1);
  let text = "";
  for (let i = 0; i < 5; i++) {
    assertEquals(await server.read(byte), 1);
    text += String.fromCharCode(byte[0]!);
  }
  assertEquals(text, "hello");
  client.close();
  assertEquals(await server.read(byte), null);
  server.close();
});

for (
  const [what, bytes] of [
    ["nothing", []],
    ["half a handshake", [22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]],
  ] as const
) {
  Deno.test(`acceptTls() closes at once a connection that says ${what}`, async () => {
    const { client, server } = await connection();
    if (bytes.length > 0) await client.write(new Uint8Array(bytes));
    const reading = server.read(new Uint8Array(5));
    server.close();
    server.close();
    assertEquals(await reading, null);
    // With Deno.listenTls this would wait for ever.
    const end = await client.read(new Uint8Array(5)).catch(() => null);
    assertEquals(end, null);
    client.close();
    await assertRejects(() => server.write(new Uint8Array(1)), Deno.errors.BrokenPipe);
  });
}

Deno.test("acceptTls() fails to read what is no TLS, and ends what breaks off", async () => {
  const one = await connection();
  await one.client.write(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"));
  const error = await assertRejects(() => one.server.read(new Uint8Array(5)), Error);
  assert(error.message !== "");
  one.server.close();
  one.client.close();

  const two = await connection();
  await two.client.write(new Uint8Array([22, 3, 1]));
  two.client.close();
  const end = await two.server.read(new Uint8Array(5)).catch(() => null);
  assertEquals(end, null);
  two.server.close();
});
