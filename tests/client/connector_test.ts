import { assertEquals, assertRejects } from "@std/assert";
import { connectDirectory } from "../../lib/client/connector.ts";
import { NoSession } from "../../lib/client/no_session.ts";
import { UserError } from "../../lib/errors.ts";
import { listing } from "../helpers/bytes.ts";
import { GREETING, HostileServer } from "../helpers/hostile_server.ts";
import { ScriptedLabServer } from "../helpers/scripted_lab_server.ts";

const RESUME = "a secret of sixteen characters";

/** A server that handles each connection, by its number from 0, as the test says. */
class Accepting implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #open: Deno.TcpConn[] = [];
  readonly #accepting: Promise<void>;

  constructor(handle: (socket: Deno.TcpConn, index: number) => unknown) {
    this.#accepting = (async () => {
      for (;;) {
        const socket = await this.#listener.accept().catch(() => undefined);
        if (socket === undefined) return;
        this.#open.push(socket);
        handle(socket, this.#open.length - 1);
      }
    })();
  }

  get connections(): number {
    return this.#open.length;
  }

  get endpoint() {
    return { host: "127.0.0.1", port: this.#listener.addr.port };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#accepting;
    for (const socket of this.#open) {
      try {
        socket.close();
      } catch {
        // The test closed it.
      }
    }
  }
}

Deno.test("connectDirectory() takes the lab protocol where a server closes on a brace", async () => {
  await using server = new ScriptedLabServer(() => listing("lab: 239.1.2.3:7\n"));
  await using directory = await connectDirectory(server.endpoint, { resume: RESUME });
  assertEquals(directory.people, undefined);
  assertEquals((await directory.list()).rooms, [{ name: "lab", address: "239.1.2.3", port: 7 }]);
});

Deno.test("connectDirectory() takes the lab protocol where only that is answered", async () => {
  await using server = new Accepting((socket, index) => {
    if (index > 0) socket.write(listing(""));
  });
  const options = { resume: RESUME, helloTimeout: 2_000 };
  await using directory = await connectDirectory(server.endpoint, options);
  assertEquals([directory.people, server.connections], [undefined, 2]);
});

Deno.test("connectDirectory() takes a server that answers nothing for no lab server", async () => {
  await using server = new Accepting(() => {});
  const connecting = connectDirectory(server.endpoint, { resume: RESUME, helloTimeout: 20 });
  const error = await assertRejects(() => connecting, NoSession, "did not answer in time");
  assertEquals((error as NoSession).kind, "silent");
});

Deno.test("connectDirectory() takes a full server for no lab server", async () => {
  await using server = new Accepting((socket) => socket.close());
  const connecting = connectDirectory(server.endpoint, { resume: RESUME });
  await assertRejects(() => connecting, NoSession, "It may be full");
  assertEquals(server.connections, 2);
});

Deno.test("connectDirectory() waits for a slow server with sessions", async () => {
  const probed = Promise.withResolvers<void>();
  await using server = new Accepting(async (socket, index) => {
    if (index === 1) return probed.resolve();
    await probed.promise;
    const result = "result" in (GREETING as object) ? (GREETING as { result: unknown }).result : 0;
    const line = JSON.stringify({ jsonrpc: "2.0", id: 1, result }) + "\n";
    await socket.write(new TextEncoder().encode(line));
  });
  const options = { resume: RESUME, name: "Mel", helloTimeout: 4_000 };
  await using directory = await connectDirectory(server.endpoint, options);
  assertEquals(directory.people?.name, "Mel");
});

Deno.test("connectDirectory() with sessionsOnly asks for nothing else", async () => {
  await using lab = new ScriptedLabServer(() => listing(""));
  const only = { resume: RESUME, sessionsOnly: true };
  await assertRejects(() => connectDirectory(lab.endpoint, only), NoSession);
  assertEquals(lab.requests, []);
  await using silent = new Accepting(() => {});
  const late = { ...only, helloTimeout: 20 };
  await assertRejects(() => connectDirectory(silent.endpoint, late), NoSession, "in time");
  assertEquals(silent.connections, 1);
});

Deno.test("connectDirectory() does not ask a server again that greeted and then was silent", async () => {
  await using server = new HostileServer(({ method }) => method === "hello" ? GREETING : "silence");
  const options = { resume: RESUME, name: "Mel", helloTimeout: 500, onChange: () => {} };
  const connecting = connectDirectory(server.endpoint, options);
  await assertRejects(() => connecting, UserError);
});

Deno.test("connectDirectory() can be interrupted while a server is asked in both protocols", async () => {
  const stop = new AbortController();
  await using server = new Accepting((_socket, index) => {
    if (index === 1) stop.abort(new Error("enough"));
  });
  const options = { resume: RESUME, helloTimeout: 1_000 };
  const connecting = connectDirectory(server.endpoint, options, stop.signal);
  await assertRejects(() => connecting, Error, "enough");
});
