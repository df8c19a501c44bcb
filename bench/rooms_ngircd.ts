/**
 * ngIRCd, a relaying chat server, as a reference: it sends a copy of each line to each member.
 *
 * @module
 */

import { BenchError, Server } from "./programs.ts";

/** A free port may be taken by somebody else before ngIRCd has it: then another one is tried. */
const ATTEMPTS = 3;

/** Debian has it where only the administrator's path looks. */
const PROGRAMS = ["ngircd", "/usr/sbin/ngircd"] as const;

/** An installed ngIRCd. */
export interface Ngircd {
  /** Where it is. */
  readonly program: string;
  /** Its version. */
  readonly version: string;
}

/**
 * Looks for ngIRCd.
 *
 * @returns Where it is, or undefined if it is not installed.
 */
export async function findNgircd(): Promise<Ngircd | undefined> {
  for (const program of PROGRAMS) {
    try {
      const { stdout } = await new Deno.Command(program, { args: ["--version"] }).output();
      const version = /ngIRCd (\d\S*?)-/.exec(new TextDecoder().decode(stdout))?.[1];
      if (version !== undefined) return { program, version };
    } catch {
      // Not here.
    }
  }
  return undefined;
}

/**
 * Starts ngIRCd on a free port of 127.0.0.1, without the brakes for people who talk too fast.
 *
 * @param ngircd Which one.
 * @param folder Where its settings are put.
 * @returns The server, ready.
 * @throws {BenchError} If it does not start.
 */
export async function startNgircd({ program }: Ngircd, folder: string): Promise<Server> {
  for (let attempt = 1;; attempt++) {
    const port = freePort();
    const settings = `${folder}/ngircd-${port}.conf`;
    await Deno.writeTextFile(settings, settingsOf(port));
    const args = ["--nodaemon", "--config", settings];
    try {
      return await Server.launch("ngircd", program, args, /(Now listening) on/, port);
    } catch (error) {
      if (!(error instanceof BenchError) || attempt === ATTEMPTS) throw error;
    }
  }
}

function settingsOf(port: number): string {
  return `[Global]
Name = bench.crds.example
Info = bench
Listen = 127.0.0.1
Ports = ${port}
MotdPhrase = bench

[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
MaxPenaltyTime = 0

[Options]
DNS = no
Ident = no
PAM = no
`;
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
