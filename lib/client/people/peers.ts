/**
 * A client among others: it can be found, finds others, and has private sessions with them.
 *
 * @module
 */

import { reasonOf } from "../../errors.ts";
import type { TlsIdentity } from "../../net/certificate.ts";
import { foldName } from "../../people/names.ts";
import { PEERS_FEATURE } from "../../people/peer_methods.ts";
import type { TicketGate } from "../../people/ticket.ts";
import { sanitise } from "../../text.ts";
import type { RoomDirectory, ServerSession } from "../room_directory.ts";
import type { ServerLink } from "../server_link.ts";
import { DirectSender } from "./direct_sender.ts";
import type { MessageScreen } from "./message_screen.ts";
import type { PeerPort } from "./peer_port.ts";
import type { DirectMessage } from "./peer_visit.ts";
import { PrivateTalk } from "./private_talk.ts";

/** What {@linkcode Peers} work with. */
export interface PeersOptions {
  /** The connection to the server. */
  readonly link: Pick<ServerLink, "directory" | "wanted">;
  /** Whether others can come here: not where one command is carried out and that is all. */
  readonly listens: boolean;
  /** Whether somebody is not to be heard. */
  readonly isBlocked: (name: string) => boolean;
  /** Takes a message that came directly. */
  readonly onMessage: (message: DirectMessage) => void;
  /** Shows what happens in private sessions. */
  readonly screen: MessageScreen;
  /** Whether one is in a room. */
  readonly inRoom: () => boolean;
  /** Whether a person sits there. */
  readonly interactive: boolean;
  /** Called when something was said that the server does not see. */
  readonly onSaid: () => void;
  /**
   * Finds what stands behind the name of somebody who may be taken for another, safe to show.
   *
   * @default Nobody is marked.
   */
  readonly markOf?: (name: string) => string | undefined;
}

/** The direct ways between this client and others. */
export class Peers implements AsyncDisposable {
  /** Private messages to others. */
  readonly direct: DirectSender;
  /** Private sessions. */
  readonly talk: PrivateTalk;
  readonly #options: PeersOptions;
  #identity: Promise<TlsIdentity> | undefined;
  #port: { readonly hostname: string; readonly port: PeerPort } | undefined;
  #gate: TicketGate | undefined;
  #where: string | undefined;
  #own = "";
  /** What is being done about listening; one thing after the other. */
  #listening: Promise<void> = Promise.resolve();
  #isOver = false;

  /**
   * Begins without a server.
   *
   * @param options What they work with.
   */
  constructor(options: PeersOptions) {
    this.#options = options;
    const { onSaid } = options;
    const session = (): ServerSession | undefined => this.#session(options.link.directory);
    this.direct = new DirectSender({ session, onDelivered: onSaid, now: Date.now });
    this.talk = new PrivateTalk({ ...options, session });
  }

  /**
   * The TCP port on which others come.
   *
   * @returns The port; undefined if there is none, or the server does not know it.
   */
  get port(): number | undefined {
    return this.#gate === undefined ? undefined : this.#port?.port.port;
  }

  /** There is another connection to a server now, or none. */
  changed(): void {
    const { link, listens } = this.#options;
    const { directory } = link;
    const isElsewhere = directory !== undefined && this.#where !== undefined &&
      directory.where !== this.#where;
    // A connection that is being got back does not end what goes on without it.
    if (!link.wanted || isElsewhere) this.#logOff();
    if (directory === undefined) return;
    this.#where = directory.where;
    this.#name();
    if (listens) this.#listenAt(directory);
  }

  /** One has another name: who knew one under the old one has to look again. */
  renamed(): void {
    this.#name();
    this.direct.forget();
    this.#port?.port.forgetSenders();
    const { link: { directory }, listens } = this.#options;
    // It may be the first name.
    if (directory !== undefined && listens && this.#gate === undefined) this.#listenAt(directory);
  }

  /**
   * Somebody is not to be heard any more.
   *
   * @param name Who.
   */
  drop(name: string): void {
    this.#port?.port.drop(name);
    const key = foldName(name);
    if (this.talk.names.some((other) => foldName(other) === key)) void this.talk.stop(name);
  }

  /**
   * Waits until it is settled whether others can come.
   *
   * @returns Resolves when it is.
   */
  async settled(): Promise<void> {
    await this.#listening;
  }

  /** Ends everything. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.talk[Symbol.asyncDispose]();
    await this.#listening;
    await this.#port?.port[Symbol.asyncDispose]();
    await this.direct[Symbol.asyncDispose]();
  }

  #session(directory: RoomDirectory | undefined): ServerSession | undefined {
    return directory?.session?.features.has(PEERS_FEATURE) ? directory.session : undefined;
  }

  #logOff(): void {
    this.#gate = undefined;
    this.#where = undefined;
    this.talk.logOff();
    this.direct.forget();
    this.#port?.port.forgetSenders();
  }

  #listenAt(directory: RoomDirectory): void {
    this.#listening = this.#listening.then(() => this.#listen(directory)).catch(() => {
      // Then messages go through the server, and who asks for a session is told.
      this.#gate = undefined;
    });
  }

  /** Opens the port, and tells the server. Loaded and made now: the prompt was there sooner. */
  async #listen(directory: RoomDirectory): Promise<void> {
    const session = this.#session(directory);
    if (session === undefined || this.#isGone(directory)) return;
    this.#gate = undefined;
    const [{ makeIdentity }, { PeerPort }, { gateKey }, { TicketGate }] = await Promise.all([
      import("../../net/certificate.ts"),
      import("./peer_port.ts"),
      import("./gate_key.ts"),
      import("../../people/ticket.ts"),
    ]);
    const identity = await (this.#identity ??= makeIdentity());
    const hostname = directory.localAddress;
    if (this.#isGone(directory)) return;
    if (this.#port?.hostname !== hostname) {
      await this.#port?.port[Symbol.asyncDispose]();
      this.#port = undefined;
      if (this.#isGone(directory)) return;
      this.#port = { hostname, port: this.#openPort(PeerPort, hostname, identity) };
    }
    const params = { port: this.#port.port.port, certificate: identity.certificate };
    const { key, serverNow } = await session.calls.ask("peer.listen", params, gateKey);
    if (this.#isGone(directory)) return;
    this.#gate = new TicketGate({ key, serverNow, now: performance.now() });
  }

  #openPort(Port: typeof PeerPort, hostname: string, identity: TlsIdentity): PeerPort {
    const { isBlocked, onMessage, screen } = this.#options;
    return new Port({
      hostname,
      identity,
      host: {
        gate: () => this.#gate,
        own: () => this.#name(),
        isBlocked,
        onMessage,
        onSession: (claims, visit) => this.talk.doer.arrived(claims, visit),
        steady: () => performance.now(),
        now: Date.now,
      },
      // A fault of ours must not end a chat; it is told in a way that can be reported.
      onProblem: (error) =>
        screen.status(
          `Cannot answer another client: ${sanitise(reasonOf(error))} (a fault of crds-client).`,
        ),
    });
  }

  /** The name one has at the server; while the connection is lost, the one before. */
  #name(): string {
    return this.#own = this.#options.link.directory?.people?.name ?? this.#own;
  }

  #isGone(directory: RoomDirectory): boolean {
    return this.#isOver || this.#options.link.directory !== directory;
  }
}
