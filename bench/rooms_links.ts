/**
 * The three ways of chatting that are compared: a room of ours, the same sockets without recovery,
 * and a relaying chat server (IRC).
 *
 * @module
 */

import { type DatagramPort, systemDatagrams } from "../lib/net/datagram.ts";
import { MulticastLink } from "../lib/net/multicast.ts";
import { joinRoom } from "../lib/room/room_link.ts";

/** What is compared. */
export type WayName = "ours" | "plain" | "relay";

/** One member of a chat. */
export interface BenchLink extends AsyncDisposable {
  /** How many others it knows of; undefined where nobody knows. */
  readonly others: number | undefined;
  /** Whether the chat server closed its connection. */
  readonly closed: boolean;
  /** How many datagrams, or writes to a connection, it handed to the system so far. */
  readonly sends: number;
  /** Says a line per line of the text; resolves when the system has them. */
  say(text: string): Promise<unknown>;
}

/** Who a member is, and who is called. */
export interface LinkOptions {
  /** The group's address, or the chat server's. */
  readonly address: string;
  /** Its port. */
  readonly port: number;
  /** A name that no other member has. */
  readonly name: string;
  /** Called for each line of others. */
  readonly onLine: (text: string) => void;
  /** Called for what went wrong. */
  readonly onProblem: (problem: string) => void;
}

const INTERFACE = { name: "lo", address: "127.0.0.1" } as const;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Enters a chat.
 *
 * @param way How.
 * @param options Where, and who.
 * @returns The member.
 */
export function openLink(way: WayName, options: LinkOptions): Promise<BenchLink> {
  switch (way) {
    case "ours":
      return openRoom(options);
    case "plain":
      return openPlain(options);
    case "relay":
      return IrcLink.open(options);
  }
}

/** The system's sockets, with every datagram that leaves counted. */
class CountingPort implements DatagramPort {
  readonly os = systemDatagrams.os;
  readonly interfaces = systemDatagrams.interfaces;
  sends = 0;

  readonly bind: DatagramPort["bind"] = async (options) => {
    const socket = await systemDatagrams.bind(options);
    const send = socket.send.bind(socket);
    socket.send = (bytes, to) => {
      this.sends++;
      return send(bytes, to);
    };
    return socket;
  };
}

async function openRoom({ address, port, name, onLine, onProblem }: LinkOptions) {
  const sockets = new CountingPort();
  const link = await joinRoom({
    room: { name: "bench", address, port },
    interface: INTERFACE,
    chatName: name,
    onLine: ({ text }) => onLine(text),
    onProblem,
    sockets,
    linger: 0,
  });
  return {
    closed: false,
    get others() {
      return link.members().length;
    },
    get sends() {
      return sockets.sends;
    },
    say: (text: string) => link.say(text),
    [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
  };
}

/** What a client without recovery does, and no more: text to bytes and back. */
async function openPlain({ address, port, name, onLine, onProblem }: LinkOptions) {
  const sockets = new CountingPort();
  const link = await MulticastLink.open({
    group: { address, port },
    interfaceAddress: INTERFACE.address,
    onDatagram: (bytes) => onLine(decoder.decode(bytes)),
    onError: (error) => onProblem(String(error)),
    port: sockets,
  });
  return {
    closed: false,
    others: undefined,
    get sends() {
      return sockets.sends;
    },
    say: (text: string) =>
      link.sendAll(text.split("\n").map((line) => encoder.encode(`${name}: ${line}`))),
    [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
  };
}

/** A client of an IRC server that does what the bench needs (RFC 2812). */
class IrcLink implements BenchLink {
  readonly others = undefined;
  sends = 0;
  closed = false;
  readonly #connection: Deno.TcpConn;
  readonly #options: LinkOptions;
  readonly #entered = Promise.withResolvers<void>();

  private constructor(connection: Deno.TcpConn, options: LinkOptions) {
    this.#connection = connection;
    this.#options = options;
  }

  static async open(options: LinkOptions): Promise<IrcLink> {
    const { address: hostname, port, name } = options;
    const connection = await Deno.connect({ hostname, port });
    // As the server does: a line that waits for the acknowledgement of the last one says nothing.
    connection.setNoDelay(true);
    const link = new IrcLink(connection, options);
    link.#read().catch(() => {
      link.closed = true;
      link.#entered.reject(new Error(`${name}: the chat server closed the connection`));
    });
    await Promise.all([
      link.#write(`NICK ${name}\r\nUSER ${name} 0 * :${name}\r\n`),
      link.#entered.promise,
    ]);
    return link;
  }

  /** Says nothing any more once the connection is closed: the bench tells that and goes on. */
  async say(text: string): Promise<void> {
    if (this.closed) return;
    try {
      await this.#write(text.split("\n").map((line) => `PRIVMSG #bench :${line}\r\n`).join(""));
    } catch {
      this.closed = true;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#connection.close();
    return Promise.resolve();
  }

  async #write(text: string): Promise<void> {
    const bytes = encoder.encode(text);
    for (let at = 0; at < bytes.length;) {
      this.sends++;
      at += await this.#connection.write(bytes.subarray(at));
    }
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(65_536);
    const stream = new TextDecoder();
    let rest = "";
    for (;;) {
      const count = await this.#connection.read(buffer);
      if (count === null) throw new Error("it ended");
      const lines = (rest + stream.decode(buffer.subarray(0, count), { stream: true }))
        .split("\r\n");
      rest = lines.pop() ?? "";
      for (const line of lines) await this.#take(line);
    }
  }

  /** A promise only where something is to be answered: a line of text costs no turn of the loop. */
  #take(line: string): Promise<void> | undefined {
    const text = line.indexOf(" PRIVMSG #bench :");
    if (text !== -1) return void this.#options.onLine(line.slice(text + 17));
    if (line.startsWith("PING ")) return this.#write(`PONG ${line.slice(5)}\r\n`);
    const code = line.split(" ")[1];
    if (code === "001") return this.#write("JOIN #bench\r\n");
    // The end of the list of names: one is in.
    if (code === "366") this.#entered.resolve();
    return undefined;
  }
}
