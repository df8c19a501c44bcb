/**
 * A switch with hosts on it, each a network namespace; their networks can lose datagrams.
 *
 * @module
 */

import { type NetworkHost, NO_HOSTS } from "./network_hosts.ts";
import { Program, type ServerProgram, taskArgs } from "./processes.ts";

/** Why such a network cannot be made here, or undefined if it can. */
export const NO_LAN: string | undefined = NO_HOSTS ?? nftReason();

function nftReason(): string | undefined {
  try {
    run("nft", "--version");
    return undefined;
  } catch (error) {
    return `"nft" does not work: ${(error as Error).message}`;
  }
}

/** A host whose network can be hurt. */
export interface LanHost extends NetworkHost {
  /**
   * Loses UDP datagrams that arrive from other hosts.
   *
   * @param percent How many of a hundred.
   */
  lose(percent: number): void;
  /** Loses all multicast, in and out; TCP goes on. */
  blockMulticast(): void;
  /** Ends what `lose` and `blockMulticast` began. */
  heal(): void;
  /** Pulls the cable's address out, as when a laptop sleeps; or puts it back. */
  setCard(state: "up" | "down"): void;
  /** How many datagrams were dropped so far, and how many came through. */
  counts(): { dropped: number; passed: number };
}

/** A switch with hosts; all is gone when it is disposed. */
export class Lan implements Disposable {
  /** The hosts: 10.78.0.1 and on. */
  readonly hosts: readonly LanHost[];
  readonly #names: string[] = [];

  /**
   * Makes it.
   *
   * @param count How many hosts.
   */
  constructor(count: number) {
    const unique = crypto.randomUUID().slice(0, 8);
    try {
      const add = (name: string): string => {
        run("ip", "netns", "add", name);
        this.#names.push(name);
        return name;
      };
      const hub = add(`crds-${unique}-sw`);
      run("ip", "-n", hub, "link", "add", "br0", "type", "bridge", "mcast_snooping", "0");
      run("ip", "-n", hub, "link", "set", "br0", "up");
      this.hosts = Array.from({ length: count }, (_, i) => {
        const name = add(`crds-${unique}-${i + 1}`);
        const port = `p${i + 1}`;
        const cable = ["type", "veth", "peer", "name", port, "netns", hub];
        run("ip", "link", "add", "lan0", "netns", name, ...cable);
        run("ip", "-n", hub, "link", "set", port, "master", "br0", "up");
        return new Host(name, `10.78.0.${i + 1}`);
      });
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * One of the hosts.
   *
   * @param index Which, from 0.
   * @returns It.
   * @throws {RangeError} If there are fewer.
   */
  host(index: number): LanHost {
    const host = this.hosts[index];
    if (host === undefined) throw new RangeError(`Cannot find host ${index}: there are fewer.`);
    return host;
  }

  /** Removes everything. */
  [Symbol.dispose](): void {
    for (const name of this.#names.splice(0)) run("ip", "netns", "delete", name);
  }
}

class Host implements LanHost {
  readonly card = "lan0";
  readonly #name: string;

  constructor(name: string, readonly address: string) {
    this.#name = name;
    this.#ip("address", "add", `${address}/24`, "dev", "lan0");
    this.#ip("link", "set", "lo", "up");
    this.#ip("link", "set", "lan0", "up");
    // As on any host with a network: without a route the system refuses groups.
    this.#ip("route", "add", "default", "dev", "lan0");
    this.#nft("add table ip t");
    this.#nft("add chain ip t in { type filter hook input priority 0; }");
    this.#nft("add chain ip t out { type filter hook output priority 0; }");
    this.#nft("add counter ip t dropped");
    this.#nft("add counter ip t passed");
  }

  lose(percent: number): void {
    const arriving = `add rule ip t in iifname lan0 ip protocol udp`;
    // nft takes no "always".
    const chance = percent >= 100 ? "" : `numgen random mod 100 < ${percent}`;
    this.#nft(`${arriving} ${chance} counter name dropped drop`);
    this.#nft(`${arriving} counter name passed accept`);
  }

  blockMulticast(): void {
    this.#nft("add rule ip t in iifname lan0 ip daddr 224.0.0.0/4 counter name dropped drop");
    this.#nft("add rule ip t out oifname lan0 ip daddr 224.0.0.0/4 counter name dropped drop");
  }

  heal(): void {
    this.#nft("flush chain ip t in");
    this.#nft("flush chain ip t out");
  }

  setCard(state: "up" | "down"): void {
    if (state === "down") this.#ip("address", "flush", "dev", "lan0");
    else this.#ip("address", "add", `${this.address}/24`, "dev", "lan0");
    if (state === "up") this.#ip("route", "replace", "default", "dev", "lan0");
  }

  counts(): { dropped: number; passed: number } {
    const text = run(
      "ip",
      "netns",
      "exec",
      this.#name,
      "nft",
      "list",
      "counters",
      "table",
      "ip",
      "t",
    );
    const of = (name: string): number =>
      Number(new RegExp(`counter ${name} \\{\\s*packets (\\d+)`).exec(text)?.[1] ?? 0);
    return { dropped: of("dropped"), passed: of("passed") };
  }

  run({ command = Deno.execPath(), args, ...rest }: Parameters<NetworkHost["run"]>[0]): Program {
    const there = ["netns", "exec", this.#name, command, ...args];
    return new Program({ command: "ip", args: there, ...rest });
  }

  #ip(...args: string[]): void {
    run("ip", "-n", this.#name, ...args);
  }

  #nft(rule: string): void {
    run("ip", "netns", "exec", this.#name, "nft", rule);
  }
}

/**
 * Starts the real server on a host and waits until it listens.
 *
 * @param host The host.
 * @param args Further flags.
 * @returns The server; dispose it.
 */
export async function serverOn(
  host: NetworkHost,
  args: readonly string[] = [],
): Promise<ServerProgram> {
  const where = ["--host", host.address, "--port", "0", "--no-announce", "--memory"];
  const program = host.run({ args: [...taskArgs("server"), ...where, ...args] });
  const match = await program.waitFor(/listening on port (\d+)\.\.\.\n/);
  return {
    program,
    port: Number(match[1]),
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}

/**
 * Starts the real client on a host, with pipes.
 *
 * @param host The host.
 * @param server Where the server is, `host:port`.
 * @param args Further flags.
 * @returns The client; dispose it.
 */
export function clientOn(host: NetworkHost, server: string, args: readonly string[] = []): Program {
  return host.run({ args: [...taskArgs("client"), "--server", server, ...args] });
}

function run(command: string, ...args: string[]): string {
  const { success, stdout, stderr } = new Deno.Command(command, {
    args,
    stdout: "piped",
    stderr: "piped",
  }).outputSync();
  if (success) return new TextDecoder().decode(stdout);
  const why = new TextDecoder().decode(stderr).trim();
  throw new Error(`${command} ${args.join(" ")}: ${why}`);
}
