/**
 * Hosts of a network that exists only inside this machine: network namespaces on one cable.
 *
 * @module
 */

import { Program, type ProgramOptions } from "./processes.ts";

/** A host: whatever runs in it sees its own loopback and one network card. */
export interface NetworkHost {
  /** Its address on the cable. */
  readonly address: string;
  /** Its network card. */
  readonly card: string;
  /** Starts a program there. */
  run(options: ProgramOptions): Program;
}

/** Why hosts cannot be made here, or undefined if they can. */
export const NO_HOSTS: string | undefined = reason();

function reason(): string | undefined {
  if (Deno.build.os !== "linux") return "it needs Linux's network namespaces";
  if (Deno.uid() !== 0) return "it needs root";
  const name = `crds-try-${Deno.pid}`;
  try {
    ip("netns", "add", name);
    ip("netns", "delete", name);
    return undefined;
  } catch (error) {
    return `"ip netns" does not work: ${(error as Error).message}`;
  }
}

/** Two hosts with a cable between them; they are gone when it is disposed. */
export class TwoHosts implements Disposable {
  /** The hosts. */
  readonly hosts: readonly [NetworkHost, NetworkHost];
  readonly #names: string[] = [];

  /** Makes them. */
  constructor() {
    const unique = crypto.randomUUID().slice(0, 8);
    try {
      const [a, b] = [1, 2].map((i) => {
        const name = `crds-${unique}-${i}`;
        ip("netns", "add", name);
        this.#names.push(name);
        return name;
      }) as [string, string];
      // Each end is made inside its host, so that this machine never has a card of them.
      ip("link", "add", "lan0", "netns", a, "type", "veth", "peer", "name", "lan0", "netns", b);
      this.hosts = [configure(a, "10.77.0.1"), configure(b, "10.77.0.2")];
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** Removes them with everything in them. */
  [Symbol.dispose](): void {
    for (const name of this.#names.splice(0)) ip("netns", "delete", name);
  }
}

function configure(name: string, address: string): NetworkHost {
  ip("-n", name, "address", "add", `${address}/24`, "dev", "lan0");
  for (const card of ["lo", "lan0"]) ip("-n", name, "link", "set", card, "up");
  return {
    address,
    card: "lan0",
    run({ command = Deno.execPath(), args, ...rest }) {
      return new Program({
        command: "ip",
        args: ["netns", "exec", name, command, ...args],
        ...rest,
      });
    },
  };
}

function ip(...args: string[]): void {
  const { success, stderr } = new Deno.Command("ip", { args, stderr: "piped" }).outputSync();
  if (!success) throw new Error(`ip ${args.join(" ")}: ${new TextDecoder().decode(stderr).trim()}`);
}
