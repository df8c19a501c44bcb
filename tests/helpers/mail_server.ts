/**
 * The sessions of the real server in this process, at 127.0.0.1, in clear and over TLS. Whoever has a
 * name that is among the rig's accounts is logged in.
 *
 * @module
 */

import { CERTIFICATE_NAME, makeIdentity } from "../../lib/net/certificate.ts";
import type { Endpoint } from "../../lib/net/endpoint.ts";
import { acceptTls, secureContextOf } from "../../lib/net/tls.ts";
import type { ByteTransport } from "../../lib/rpc/ports.ts";
import { PostOffice } from "../../lib/server/post_office.ts";
import { SessionBlocks } from "../../lib/server/session_blocks.ts";
import { SessionConnection } from "../../lib/server/session_connection.ts";
import { SessionMail } from "../../lib/server/session_mail.ts";
import { SessionPeers } from "../../lib/server/session_peers.ts";
import { RecordingLog } from "./fakes.ts";
import { ServiceRig } from "./service_rig.ts";

const IDENTITY = await makeIdentity();
const CREDENTIALS = secureContextOf(IDENTITY);

/** A server for messages. */
export class MailServer implements AsyncDisposable {
  /** What it has. */
  readonly rig: ServiceRig;
  /** Its mail. */
  readonly office: PostOffice;
  readonly #plain = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #secure = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #connections = new Map<SessionConnection, Promise<unknown>>();
  readonly #accepting: Promise<unknown>;

  private constructor(rig: ServiceRig) {
    this.rig = rig;
    this.office = new PostOffice({
      store: rig.mailStore,
      blocks: rig.blocking,
      presence: rig.presence,
      accounts: rig.loggedIn,
      now: Date.now,
      problem: (what) => rig.log.report({ event: "problem", what }),
    });
    this.#accepting = Promise.all([
      this.#accept(this.#plain, (socket) => this.#serve(socket)),
      this.#accept(this.#secure, (socket) => this.#serve(acceptTls(socket, CREDENTIALS), true)),
    ]);
  }

  /**
   * Starts it.
   *
   * @param accounts The folded names of accounts.
   * @returns The server; dispose it.
   */
  static async start(...accounts: string[]): Promise<MailServer> {
    const rig = await ServiceRig.open();
    for (const account of accounts) rig.accounts.add(account);
    return new MailServer(rig);
  }

  /** Where it is. */
  get endpoint(): Endpoint {
    return { host: "127.0.0.1", port: this.#plain.addr.port };
  }

  /** Ends every connection, at once, as a server does that is killed. */
  async drop(): Promise<void> {
    for (const connection of this.#connections.keys()) connection.abort();
    await Promise.all(this.#connections.values());
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#plain.close();
    this.#secure.close();
    await this.#accepting;
    await this.drop();
    await this.office[Symbol.asyncDispose]();
    this.rig[Symbol.dispose]();
  }

  async #accept(
    listener: Deno.TcpListener,
    serve: (socket: Deno.TcpConn) => SessionConnection,
  ): Promise<void> {
    for (;;) {
      const socket = await listener.accept().catch(() => undefined);
      if (socket === undefined) return;
      const connection = serve(socket);
      this.#connections.set(
        connection,
        connection.run().then(() => this.#connections.delete(connection)),
      );
    }
  }

  #serve(
    socket: ByteTransport & Pick<Deno.TcpConn, "remoteAddr">,
    secure = false,
  ): SessionConnection {
    const { directory, index, presence, sight, records, news } = this.rig;
    const { office } = this;
    const { blocking: blocks, loggedIn: accounts } = this.rig;
    const { hostname: host, port } = socket.remoteAddr;
    return new SessionConnection({
      ...{ socket, directory, index, presence, sight, records, news },
      initial: new Uint8Array(),
      peer: { host, port },
      local: "127.0.0.1",
      secure,
      tls: {
        port: this.#secure.addr.port,
        name: CERTIFICATE_NAME,
        certificate: IDENTITY.certificate,
        ephemeral: true,
      },
      relays: undefined,
      now: Date.now,
      log: new RecordingLog(),
      server: "crds-server 0",
      makeParts: (context) => [
        new SessionMail({ context, office, presence }),
        new SessionBlocks({ context, blocks, accounts }),
        new SessionPeers(context, this.rig.exchange),
      ],
    });
  }
}
