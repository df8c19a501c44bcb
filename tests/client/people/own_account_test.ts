import { assertEquals, assertRejects } from "@std/assert";
import { RememberedServers } from "../../../lib/client/known_servers.ts";
import { UserError } from "../../../lib/errors.ts";
import { CERTIFICATE_NAME, makeIdentity } from "../../../lib/net/certificate.ts";
import { acceptTls, secureContextOf } from "../../../lib/net/tls.ts";
import { makeClient } from "../../helpers/client_rig.ts";
import { FakeConsole } from "../../helpers/fake_console.ts";

const PASSWORD = "correct horse battery";
const NEVER = new AbortController().signal;

/** One certificate, then another: as if somebody else took the server's place. */
const IDENTITIES = [await makeIdentity(), await makeIdentity()] as const;

interface Bytes {
  read(buffer: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
}

/** A server that says it can do everything, in clear as well, and writes down what it hears. */
class Eager implements AsyncDisposable {
  readonly heard: string[] = [];
  /** Which certificate it shows; undefined: it has no TLS. */
  identity: 0 | 1 | undefined;
  readonly #plain = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #secure = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #open = new Set<Bytes>();
  readonly #work: Promise<void>[];

  constructor(identity?: 0 | 1) {
    this.identity = identity;
    this.#work = [
      this.#accept(this.#plain, (socket) => socket),
      this.#accept(
        this.#secure,
        (socket) => acceptTls(socket, secureContextOf(IDENTITIES[this.identity ?? 0])),
      ),
    ];
  }

  get endpoint() {
    return { host: "127.0.0.1", port: this.#plain.addr.port };
  }

  drop(): void {
    for (const each of this.#open) each.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#plain.close();
    this.#secure.close();
    this.drop();
    await Promise.all(this.#work);
  }

  async #accept(
    listener: Deno.TcpListener,
    wrap: (socket: Deno.TcpConn) => Bytes,
  ): Promise<void> {
    const serving: Promise<void>[] = [];
    for (;;) {
      const socket = await listener.accept().catch(() => undefined);
      if (socket === undefined) break;
      serving.push(this.#serve(wrap(socket)).catch(() => {}));
    }
    await Promise.all(serving);
  }

  async #serve(bytes: Bytes): Promise<void> {
    this.#open.add(bytes);
    const buffer = new Uint8Array(65_536);
    try {
      for (;;) {
        const count = await bytes.read(buffer);
        if (count === null) return;
        for (const line of new TextDecoder().decode(buffer.subarray(0, count)).split("\n")) {
          if (line !== "") await bytes.write(new TextEncoder().encode(this.#answer(line)));
        }
      }
    } finally {
      this.#open.delete(bytes);
      try {
        bytes.close();
      } catch {
        // It is closed already.
      }
    }
  }

  #answer(line: string): string {
    this.heard.push(line);
    const { id, method } = JSON.parse(line);
    const you = { address: "127.0.0.1", port: 1, name: "Mel" };
    const features = ["accounts", "messages", "peers"];
    const tls = this.identity === undefined ? {} : {
      tls: {
        port: this.#secure.addr.port,
        name: CERTIFICATE_NAME,
        certificate: IDENTITIES[this.identity].certificate,
        ephemeral: true,
      },
    };
    const result = method === "hello"
      ? { server: "x 1", protocol: 1, you, features, ...tls }
      : method === "rooms.watch"
      ? { revision: 1 }
      : { name: "Mel", token: "t".repeat(43), outcome: "delivered" };
    return JSON.stringify({ jsonrpc: "2.0", id, result }) + "\n";
  }
}

Deno.test("in clear no password and no message leaves the client, whatever the server says it can", async () => {
  await using server = new Eager();
  await using client = makeClient(server.endpoint, new FakeConsole(true), {
    known: new RememberedServers(),
  });
  await client.connect(undefined, NEVER);
  const ask = (): Promise<string> => Promise.resolve(PASSWORD);
  for (
    const attempt of [
      () => client.account.login("Mel", ask, NEVER),
      () => client.account.register("Mel", ask, NEVER),
      () => client.mail.send(`Ann ${PASSWORD}`, ask, NEVER),
      () => client.mail.broadcast(PASSWORD, NEVER),
      () => client.mail.blocked.block("Ann", NEVER),
    ]
  ) await assertRejects(attempt, UserError, "Cannot ");
  assertEquals(server.heard.filter((line) => !/"(hello|rooms\.watch|people\.)/.test(line)), []);
});

Deno.test("a password goes to nobody who took the server's place while it was typed", async () => {
  await using server = new Eager(0);
  const console = new FakeConsole(true);
  await using client = makeClient(server.endpoint, console, { known: new RememberedServers() });
  await client.connect(undefined, NEVER);
  const back = console.until(/again\./);
  const ask = async (): Promise<string> => {
    server.identity = 1;
    server.drop();
    await back;
    return PASSWORD;
  };
  await assertRejects(
    () => client.account.login("Mel", ask, NEVER),
    UserError,
    "the server shows another certificate than when the password was asked for",
  );
  assertEquals(server.heard.filter((line) => line.includes(PASSWORD)), []);
});
