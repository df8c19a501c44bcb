/**
 * Avahi, the responder of most Linux systems, on a host of its own: nothing of this machine's is used.
 *
 * @module
 */

import type { NetworkHost } from "./network_hosts.ts";
import type { Program } from "./processes.ts";

/** What is needed beside network namespaces. */
const TOOLS = ["avahi-daemon", "avahi-browse", "avahi-publish", "dbus-daemon", "unshare"];

/** What of it is not installed. */
export const MISSING_FOR_AVAHI: string[] = TOOLS.filter((tool) => !isInstalled(tool));

/** A bus that trusts everybody who may open its socket, which is root alone. */
const BUS = `<busconfig>
<type>session</type><listen>unix:path=BUS_PATH</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_destination="*"/>
<allow send_type="method_call"/><allow receive_sender="*"/></policy>
</busconfig>
`;

const DAEMON = `[server]
use-ipv4=yes
use-ipv6=no
allow-interfaces=CARD
`;

/** Starts the daemon with a private `/run`, since there is one of it on many machines already. */
const START =
  `mount -t tmpfs none /run && mkdir /run/avahi-daemon && exec avahi-daemon -f "$0" --no-drop-root --no-chroot --no-rlimits`;

/** A running Avahi. */
export class Avahi implements AsyncDisposable {
  readonly #host: NetworkHost;
  readonly #env: Record<string, string>;
  readonly #programs: AsyncDisposableStack;

  private constructor(
    host: NetworkHost,
    env: Record<string, string>,
    programs: AsyncDisposableStack,
  ) {
    this.#host = host;
    this.#env = env;
    this.#programs = programs;
  }

  /**
   * Starts it.
   *
   * @param host Where.
   * @param folder An empty folder for its files.
   * @returns It, ready.
   */
  static async start(host: NetworkHost, folder: string): Promise<Avahi> {
    await using programs = new AsyncDisposableStack();
    const bus = `${folder}/bus`;
    await Deno.writeTextFile(`${folder}/bus.conf`, BUS.replace("BUS_PATH", bus));
    await Deno.writeTextFile(`${folder}/avahi.conf`, DAEMON.replace("CARD", host.card));
    const env = { DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${bus}` };
    const daemon = programs.use(host.run({
      command: "dbus-daemon",
      args: [`--config-file=${folder}/bus.conf`, "--nofork", "--nopidfile", "--print-address=1"],
    }));
    await daemon.waitFor(/unix:path/);
    const avahi = programs.use(host.run({
      command: "unshare",
      args: ["--mount", "sh", "-c", START, `${folder}/avahi.conf`],
      env,
    }));
    await avahi.waitFor(/Server startup complete/, "stderr");
    return new Avahi(host, env, programs.move());
  }

  /**
   * Runs one of its tools.
   *
   * @param command Which.
   * @param args Its arguments.
   * @returns The running tool.
   */
  run(command: "avahi-browse" | "avahi-publish", args: readonly string[]): Program {
    return this.#host.run({ command, args, env: this.#env });
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#programs[Symbol.asyncDispose]();
  }
}

function isInstalled(tool: string): boolean {
  try {
    new Deno.Command(tool, { args: ["--version"], stdout: "null", stderr: "null" }).outputSync();
    return true;
  } catch {
    return false;
  }
}
