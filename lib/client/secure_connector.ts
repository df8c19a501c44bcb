/**
 * Connecting in TLS to servers that have it, and trusting them on first use.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import { openConnection } from "../net/connect.ts";
import { type Endpoint, formatEndpoint } from "../net/endpoint.ts";
import { isLoopback } from "../net/interfaces.ts";
import { knownAs, type KnownServer } from "../net/known_servers.ts";
import type { SecureSocket } from "../net/secure_socket.ts";
import { HandshakeError } from "../net/handshake_error.ts";
import { beginTls } from "../net/tls.ts";
import { fingerprintOf } from "../net/trust_anchor.ts";
import type { HelloTls } from "../people/people_methods.ts";
import { connectDirectory, type ConnectOptions } from "./connector.ts";
import type { KnownServers } from "./known_servers.ts";
import type { RoomDirectory } from "./room_directory.ts";
import { SessionDirectory } from "./session_directory.ts";
import { UntrustedServer } from "./untrusted_server.ts";

/**
 * How long a TLS port that was just told may take to accept a connection, in milliseconds. The server
 * is there, so a longer silence is a firewall's.
 */
const TLS_CONNECT_TIMEOUT = 3_000;

/** What a {@linkcode SecureConnector} works with. */
export interface SecureConnectorOptions {
  /** The servers that are trusted. */
  readonly known: KnownServers;
  /** Tells the user something. */
  readonly tell: (sentence: string) => void;
}

/** What a server told of TLS. */
interface Offer extends KnownServer {
  readonly ephemeral: boolean;
}

/**
 * Connects to servers. One that is known is spoken to in TLS only, and has to be the one that is
 * known. One that is not is asked in clear whether it has TLS, before it is told anything; then it is
 * trusted, and known from then on.
 */
export class SecureConnector {
  readonly #known: KnownServers;
  readonly #tell: (sentence: string) => void;
  /** The fingerprints of servers that were reached in TLS by this client, known or not. */
  readonly #seen = new Map<string, string>();

  /**
   * Makes a connector.
   *
   * @param options What it works with.
   */
  constructor({ known, tell }: SecureConnectorOptions) {
    this.#known = known;
    this.#tell = tell;
  }

  /**
   * Connects; see `connectDirectory()`.
   *
   * @param endpoint Where the server is.
   * @param options What the client says of itself.
   * @param signal Gives up.
   * @returns The directory.
   * @throws {UntrustedServer} If it is not, or may not be, the server that is known.
   * @throws {UserError} If it cannot be reached, or refuses.
   */
  async connect(
    endpoint: Endpoint,
    options: ConnectOptions,
    signal?: AbortSignal,
  ): Promise<RoomDirectory> {
    const attempt = new Attempt(endpoint, options, signal);
    const known = await this.#known.find(attempt.where);
    const directory = known === undefined
      ? await this.#meet(attempt)
      : await this.#meetAgain(attempt, known);
    const { fingerprint } = directory.session ?? {};
    if (fingerprint !== undefined) this.#seen.set(attempt.where, fingerprint);
    return directory;
  }

  /**
   * Says whether a server is trusted.
   *
   * @param endpoint Where it is.
   * @returns Whether it is.
   * @throws {UserError} If what is kept cannot be read.
   */
  async knows(endpoint: Endpoint): Promise<boolean> {
    return await this.#known.find(knownAs(endpoint)) !== undefined;
  }

  /**
   * Forgets a server: the next time, it is taken for a new one.
   *
   * @param endpoint Where it is.
   * @returns Whether it was known.
   * @throws {UserError} If what is kept cannot be changed.
   */
  async forget(endpoint: Endpoint): Promise<boolean> {
    const where = knownAs(endpoint);
    const wasSeen = this.#seen.delete(where);
    return await this.#known.forget(where) || wasSeen;
  }

  /** Connects to a server of which nothing is kept. */
  async #meet(attempt: Attempt): Promise<RoomDirectory> {
    const { where, options, signal } = attempt;
    // Got back without a word of the user, it has to be as safe as it was.
    const before = options.sessionsOnly ? this.#seen.get(where) : undefined;
    const plain = await attempt.plainly();
    try {
      if (!(plain instanceof SessionDirectory)) return plain;
      const offer = await offerOf(plain.tls);
      if (offer === undefined) {
        if (before !== undefined) throw UntrustedServer.downgraded(where);
        await plain.introduce(signal);
        return plain;
      }
      let socket: SecureSocket;
      try {
        socket = await attempt.encrypted(offer);
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof NoTls) || before !== undefined) throw error;
        this.#tell(`${error.message} Without TLS there are no accounts and no private messages.`);
        await plain.introduce(signal);
        return plain;
      }
      // First, so that who asks who is there does not find this one too.
      await plain[Symbol.asyncDispose]();
      const secure = await attempt.begin(socket, offer);
      await this.#met(where, offer, plain.serverAddress);
      return secure;
    } catch (error) {
      await plain[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Keeps what was learned of a server, and says so; once for each certificate. */
  async #met(where: string, offer: Offer, serverAddress: string): Promise<void> {
    const { fingerprint, ephemeral } = offer;
    const before = this.#seen.get(where);
    if (fingerprint === before) return;
    const isKept = !ephemeral && await this.#keeps(where, offer);
    // A server that somebody tries out on this machine: nobody is in between, and nothing is kept.
    if (ephemeral && before === undefined && isLoopback(serverAddress)) return;
    const until = isKept ? "from now on" : "for now";
    const news = before === undefined ? "is new" : "has another certificate than before";
    this.#tell(
      `The CRDS at ${where} ${news}: trusted ${until} as ${fingerprint} (it shows that when it starts).`,
    );
  }

  /** Says whether it is kept; if it should be and cannot be, the user is told. */
  async #keeps(where: string, offer: Offer): Promise<boolean> {
    try {
      return await this.#known.keep(where, offer);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#tell(error.message);
      return false;
    }
  }

  async #meetAgain(attempt: Attempt, known: KnownServer): Promise<RoomDirectory> {
    try {
      return await attempt.securely(known);
    } catch (error) {
      attempt.signal?.throwIfAborted();
      if (!(error instanceof NoTls)) throw error;
      return await this.#lookAfter(attempt, known, error);
    }
  }

  /** Finds out in clear, and without a word about the client, what became of a server's TLS. */
  async #lookAfter(attempt: Attempt, known: KnownServer, error: NoTls): Promise<RoomDirectory> {
    const { where } = attempt;
    const changed = (shown?: string): UntrustedServer =>
      UntrustedServer.changed(where, known.fingerprint, shown);
    const offer = await this.#offerAt(attempt).catch((failure) => {
      throw error.fault === "untrusted" ? changed() : failure;
    });
    if (offer === undefined) throw UntrustedServer.downgraded(where);
    const { fingerprint, name, port } = offer;
    if (fingerprint !== known.fingerprint || name !== known.name) throw changed(fingerprint);
    if (port === known.port) {
      throw error.fault === "untrusted"
        ? new UntrustedServer(where, error.why, "Ask who runs it, and try again later.")
        : error;
    }
    const directory = await attempt.securely(offer).catch((error) => {
      throw error instanceof NoTls && error.fault === "untrusted" ? changed() : error;
    });
    // Only the port is another one; if that cannot be kept, it is found in the same way next time.
    await this.#known.keep(where, offer).catch(() => {});
    return directory;
  }

  async #offerAt(attempt: Attempt): Promise<Offer | undefined> {
    const plain = await attempt.plainly(true);
    try {
      return plain instanceof SessionDirectory ? await offerOf(plain.tls) : undefined;
    } finally {
      await plain[Symbol.asyncDispose]();
    }
  }
}

/** One connection that is to be opened. */
class Attempt {
  readonly where: string;

  constructor(
    readonly endpoint: Endpoint,
    readonly options: ConnectOptions,
    readonly signal: AbortSignal | undefined,
  ) {
    this.where = knownAs(endpoint);
  }

  /** Connects in clear, and tells nothing of the client. */
  async plainly(sessionsOnly = this.options.sessionsOnly ?? false): Promise<RoomDirectory> {
    const options = { ...this.options, unnamed: true, sessionsOnly };
    return await connectDirectory(this.endpoint, options, this.signal);
  }

  /**
   * Connects in TLS, and begins a session.
   *
   * @throws {NoTls} If there is no connection that is safe.
   */
  async securely(server: KnownServer): Promise<SessionDirectory> {
    return await this.begin(await this.encrypted(server), server);
  }

  /** Begins a session. */
  async begin(socket: SecureSocket, { fingerprint }: KnownServer): Promise<SessionDirectory> {
    const line = { socket, fingerprint };
    return await SessionDirectory.begin(this.endpoint, line, this.options, this.signal);
  }

  /**
   * Opens a connection in TLS.
   *
   * @throws {NoTls} If there is none that is safe.
   */
  async encrypted(server: KnownServer): Promise<SecureSocket> {
    const tls = { host: this.endpoint.host, port: server.port };
    const { signal } = this;
    try {
      const socket = await openConnection(tls, signal, TLS_CONNECT_TIMEOUT);
      return await beginTls(socket, server, { signal });
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof HandshakeError) {
        const cannot = `Cannot speak TLS with "${formatEndpoint(tls)}"`;
        throw new NoTls(`${cannot}: ${error.message}.`, error.fault, error.message);
      }
      if (error instanceof UserError) throw new NoTls(error.message, "broken", error.message);
      throw error;
    }
  }
}

/** There is no TLS connection. */
class NoTls extends UserError {
  readonly fault: HandshakeError["fault"];
  readonly why: string;

  constructor(message: string, fault: HandshakeError["fault"], why: string) {
    super(message);
    this.fault = fault;
    this.why = why;
  }
}

async function offerOf(tls: HelloTls | undefined): Promise<Offer | undefined> {
  if (tls === undefined) return undefined;
  return { ...tls, fingerprint: await fingerprintOf(tls.certificate) };
}
