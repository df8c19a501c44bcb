/**
 * The sessions of the real server in this process, at 127.0.0.1, as if they came over TLS. Whoever
 * has a name that is among the rig's accounts is logged in.
 *
 * @module
 */

import type { Endpoint } from "../../lib/net/endpoint.ts";
import { PostOffice } from "../../lib/server/post_office.ts";
import { SessionBlocks } from "../../lib/server/session_blocks.ts";
import { SessionConnection } from "../../lib/server/session_connection.ts";
import { SessionMail } from "../../lib/server/session_mail.ts";
import { SessionPeers } from "../../lib/server/session_peers.ts";
import { RecordingLog } from "./fakes.ts";
import { ServiceRig } from "./service_rig.ts";

/** A server for messages. */
export class MailServer implements AsyncDisposable {
  /** What it has. */
  readonly rig: ServiceRig;
  /** Its mail. */
  readonly office: PostOffice;
  readonly #listener: Deno.TcpListener;
  readonly #connections = new Map<SessionConnection, Promise<unknown>>();
  readonly #accepting: Promise<void>;

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
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#accepting = this.#accept();
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
    return { host: "127.0.0.1", port: this.#listener.addr.port };
  }

  /** Ends every connection, at once, as a server does that is killed. */
  async drop(): Promise<void> {
    for (const connection of this.#connections.keys()) connection.abort();
    await Promise.all(this.#connections.values());
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#accepting;
    await this.drop();
    await this.office[Symbol.asyncDispose]();
    this.rig[Symbol.dispose]();
  }

  async #accept(): Promise<void> {
    for (;;) {
      const socket = await this.#listener.accept().catch(() => undefined);
      if (socket === undefined) return;
      const connection = this.#serve(socket);
      this.#connections.set(
        connection,
        connection.run().then(() => this.#connections.delete(connection)),
      );
    }
  }

  #serve(socket: Deno.TcpConn): SessionConnection {
    const { directory, index, presence, sight, records, news } = this.rig;
    const { office } = this;
    const { blocking: blocks, loggedIn: accounts } = this.rig;
    const { hostname: host, port } = socket.remoteAddr;
    return new SessionConnection({
      ...{ socket, directory, index, presence, sight, records, news },
      initial: new Uint8Array(),
      peer: { host, port },
      local: "127.0.0.1",
      secure: true,
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
