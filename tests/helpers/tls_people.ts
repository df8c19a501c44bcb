/**
 * People at real prompts or in pipes, at a real server with TLS, on loopback.
 *
 * @module
 */

import { type Program, type ServerProgram, startServer, startTask } from "./processes.ts";

/**
 * Starts a server that has TLS.
 *
 * @param args Further flags.
 * @returns The server; dispose it.
 */
export async function startTlsServer(args: readonly string[] = []): Promise<ServerProgram> {
  return await startServer(["--tls-port", "0", ...args]);
}

/**
 * Starts a client in a pipe, and waits until it is connected.
 *
 * @param port The server's plain port.
 * @param name The name to hold.
 * @param args Further flags.
 * @returns The client; dispose it.
 */
export async function startPerson(
  port: number,
  name: string,
  args: readonly string[] = [],
): Promise<Program> {
  const env = { CRDS_IFACE: "127.0.0.1", USER: name };
  const program = startTask("client", ["--server", `127.0.0.1:${port}`, ...args], env);
  await program.write("connect\n");
  await program.next(/Connected to the CRDS at .*\n/, "stderr");
  return program;
}
