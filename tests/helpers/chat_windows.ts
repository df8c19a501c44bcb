/**
 * The real server and real clients in windows of a tmux, as people use them.
 *
 * @module
 */

import { ROOT, taskArgs } from "./processes.ts";
import { someRoom } from "./some_room.ts";
import type { Tmux, TmuxWindow } from "./tmux.ts";

/** A server in a window. */
export interface ServerWindow {
  /** The window. */
  readonly server: TmuxWindow;
  /** Where it listens, `host:port`. */
  readonly where: string;
  /** The port. */
  readonly port: string;
}

/**
 * Starts a server on 127.0.0.1, and waits until it listens.
 *
 * @param tmux Where.
 * @param wanted The port, 0 for any.
 * @returns The server; it ends with the tmux.
 */
export async function openServer(
  tmux: Tmux,
  wanted = "0",
): Promise<ServerWindow> {
  const args = [
    ...taskArgs("server"),
    "--host",
    "127.0.0.1",
    "--port",
    wanted,
    "--memory",
    "--no-announce",
    // The line with the certificate would be another one each time.
    "--no-tls",
  ];
  const server = await tmux.open(Deno.execPath(), ...args);
  const listening = /^Chat Room Directory Server listening on port (\d+)\.\.\.$/;
  const rows = await server.untilRow(listening);
  const [, port = ""] = rows.map((row) => listening.exec(row)).find((match) => match !== null) ??
    [];
  return { server, where: `127.0.0.1:${port}`, port };
}

/** Settings that leave out what differs from run to run. */
export const NO_TIMES: string = `${ROOT}tests/helpers/no_times.json`;

/** Opens a client, and waits for its prompt; afterwards, the window shows how it ended. */
export async function openClient(
  tmux: Tmux,
  where: string,
  term?: string,
  config = NO_TIMES,
  ...more: string[]
): Promise<TmuxWindow> {
  const args = [
    ...taskArgs("client"),
    ...["--iface", "127.0.0.1", "--server", where, "--config", config, ...more],
  ];
  const env = term === undefined ? [] : ["env", `TERM=${term}`];
  const client = await openToEnd(tmux, ...env, Deno.execPath(), ...args);
  await client.untilLast("crds>");
  return client;
}

/** Opens any program; afterwards, the window shows how it ended, see {@linkcode assertRestored}. */
export async function openToEnd(tmux: Tmux, ...command: string[]): Promise<TmuxWindow> {
  const flags = "icanon|isig|echo|icrnl|opost";
  const state = `$(stty -a | tr -s " ;" "\\n\\n" | grep -xE "${flags}" | sort | tr "\\n" " ")`;
  const script = `"$@"; code=$?; echo "ended with $code: ${state}"; exec cat`;
  return await tmux.open("sh", "-c", script, "sh", ...command);
}

/** Opens clients that are in one room; there is a prompt in each. */
export async function openRoom(tmux: Tmux, ...names: string[]): Promise<TmuxWindow[]> {
  const { where } = await openServer(tmux);
  const room = someRoom();
  const clients: TmuxWindow[] = [];
  for (const name of names) {
    const client = await openClient(tmux, where, undefined, NO_TIMES, "--name", name);
    await client.enter("connect");
    await client.untilLast(`crds@${where}>`);
    if (clients.length === 0) {
      await client.enter(`makeroom lobby ${room.address} ${room.port}`);
      await client.untilRow(`Created room "lobby" (${room.endpoint}).`);
    }
    // The room is found where it is not in sight.
    await client.type("chat lo");
    await client.press("Tab");
    await client.untilLast(`crds@${where}> chat lobby`);
    await client.press("Enter");
    await client.untilLast(`[lobby] ${name}>`);
    clients.push(client);
  }
  return clients;
}

/** Waits for the end of a client; the terminal is as it was: the system edits lines and echoes keys. */
export async function assertRestored(window: TmuxWindow, code = 0): Promise<void> {
  await window.untilRow(`ended with ${code}: echo icanon icrnl isig opost`);
}
