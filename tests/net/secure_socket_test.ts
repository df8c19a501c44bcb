import { assert, assertEquals, assertRejects } from "@std/assert";
import { CERTIFICATE_NAME, makeIdentity } from "../../lib/net/certificate.ts";
import type { SecureSocket } from "../../lib/net/secure_socket.ts";
import { acceptTls, beginTls, secureContextOf } from "../../lib/net/tls.ts";
import { LoopbackServer } from "../helpers/loopback_server.ts";
import { seededRandom, withSeed } from "../helpers/seeded_random.ts";

const OWN = await makeIdentity();
const ANCHOR = { certificate: OWN.certificate, name: CERTIFICATE_NAME };
const CONTEXT = secureContextOf(OWN);

/** Serves each connection in TLS as the test says. */
class Secure extends LoopbackServer {
  constructor(readonly what: (socket: SecureSocket) => Promise<unknown>) {
    super();
  }

  protected override async serve(connection: Deno.TcpConn): Promise<void> {
    const socket = acceptTls(connection, CONTEXT);
    try {
      await this.what(socket);
    } finally {
      socket.close();
    }
  }
}

const connect = ({ endpoint: { port } }: LoopbackServer): Promise<Deno.TcpConn> =>
  Deno.connect({ hostname: "127.0.0.1", port });

const echo = async (socket: SecureSocket): Promise<void> => {
  const buffer = new Uint8Array(1024);
  for (let count; (count = await socket.read(buffer)) !== null;) {
    await socket.write(buffer.subarray(0, count));
  }
};

/** The first bytes that a client of TLS sends. */
async function clientHello(): Promise<Uint8Array> {
  const heard = Promise.withResolvers<Uint8Array>();
  await using server = new (class extends LoopbackServer {
    protected override async serve(connection: Deno.TcpConn): Promise<void> {
      const buffer = new Uint8Array(4096);
      heard.resolve(buffer.subarray(0, await connection.read(buffer) ?? 0));
    }
  })();
  await beginTls(await connect(server), ANCHOR).catch(() => {});
  return await heard.promise;
}

Deno.test("SecureSocket.close() ends what is being written to somebody who does not read", async () => {
  const written = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  await using server = new Secure(async (socket) => {
    await socket.read(new Uint8Array(1));
    await over.promise;
  });
  const socket = await beginTls(await connect(server), ANCHOR);
  const writing = (async () => {
    for (const megabyte = new Uint8Array(1 << 20);;) {
      await socket.write(megabyte);
      written.resolve();
    }
  })();
  const failed = assertRejects(() => writing);
  await written.promise;
  socket.close();
  await failed;
  await assertRejects(() => socket.write(new Uint8Array(1)), Deno.errors.BrokenPipe);
  assertEquals(await socket.read(new Uint8Array(1)), null);
  over.resolve();
});

Deno.test("who sends and is not read cannot fill the memory", async () => {
  const tooMuch = 64 << 20;
  let sent = 0;
  const all = Promise.withResolvers<void>();
  const outcome = Promise.withResolvers<{ taken: number; heard: number }>();
  await using server = new Secure(async (socket) => {
    let heard = await socket.read(new Uint8Array(1)) ?? 0;
    // If it was read nevertheless, it would be all there long before.
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => timer = setTimeout(resolve, 1_000));
    await Promise.race([all.promise, late]);
    clearTimeout(timer);
    const taken = sent;
    const buffer = new Uint8Array(100_000);
    for (let count; (count = await socket.read(buffer)) !== null;) heard += count;
    outcome.resolve({ taken, heard });
  });
  const socket = await beginTls(await connect(server), ANCHOR);
  const part = new Uint8Array(1 << 16);
  while (sent < tooMuch) sent += await socket.write(part);
  all.resolve();
  await socket.closeWrite();
  const { taken, heard } = await outcome.promise;
  assert(taken < tooMuch / 2, `${taken}`);
  assertEquals(heard, tooMuch);
  socket.close();
});

Deno.test("SecureSocket.closeWrite() ends one side, the other one goes on", async () => {
  await using server = new Secure(async (socket) => {
    const buffer = new Uint8Array(10);
    let heard = 0;
    for (let count; (count = await socket.read(buffer)) !== null;) heard += count;
    await socket.write(Uint8Array.of(heard));
    await socket.closeWrite();
  });
  const socket = await beginTls(await connect(server), ANCHOR);
  await socket.write(new Uint8Array(25));
  await socket.closeWrite();
  const buffer = new Uint8Array(10);
  assertEquals([await socket.read(buffer), buffer[0]], [1, 25]);
  assertEquals(await socket.read(buffer), null);
  socket.close();
});

Deno.test("1,000 damaged handshakes end as they should, and harm nobody", () =>
  withSeed(damageMany));

async function damageMany(seed: number): Promise<void> {
  await using server = new Secure(echo);
  const hello = await clientHello();
  const random = seededRandom(seed);
  const damage = (): Uint8Array<ArrayBuffer> => {
    const bytes = new Uint8Array(hello);
    for (let left = random() * 6; left > 0; left--) {
      bytes[Math.floor(random() * bytes.length)] = random() * 256;
    }
    return random() < 0.5 ? bytes.slice(0, random() * bytes.length) : bytes;
  };
  const attack = async (): Promise<void> => {
    using socket = await connect(server);
    try {
      await socket.write(damage());
      await socket.closeWrite();
      for (const rest = new Uint8Array(4096); await socket.read(rest) !== null;);
    } catch {
      // It was reset.
    }
  };
  for (let round = 0; round < 40; round++) await Promise.all(Array.from({ length: 25 }, attack));
  const socket = await beginTls(await connect(server), ANCHOR);
  await socket.write(Uint8Array.of(7));
  const buffer = new Uint8Array(10);
  assertEquals([await socket.read(buffer), buffer[0]], [1, 7]);
  socket.close();
}

Deno.test("a server that answers with anything but TLS harms no client", () =>
  withSeed(answerMuch));

async function answerMuch(seed: number): Promise<void> {
  const random = seededRandom(seed);
  await using server = new (class extends LoopbackServer {
    protected override async serve(connection: Deno.TcpConn): Promise<void> {
      await connection.read(new Uint8Array(4096));
      const answer = new Uint8Array(random() * 300).map(() => random() * 256);
      // What looks like a handshake, an alert, or data.
      answer.set([20 + random() * 4, 3, 3, 0, random() * 200].slice(0, answer.length));
      await connection.write(answer);
    }
  })();
  for (let round = 0; round < 200; round++) {
    await assertRejects(async () => await beginTls(await connect(server), ANCHOR));
  }
}
