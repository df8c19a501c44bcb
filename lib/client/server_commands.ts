/**
 * Commands about the connection to the server: the same in a room and outside.
 *
 * @module
 */

import { parseEndpoint } from "../net/endpoint.ts";
import type { Command } from "./command.ts";
import type { CommandContext } from "./commands.ts";
import { DEFAULT_PORT } from "./settings.ts";

/** Opens the connection. */
export const connectCommand: Command<CommandContext> = {
  name: "connect",
  parameters: [{ name: "host[:port]", optional: true }],
  summary: "opens a connection to the Chat Room Directory Server",
  brief: ["Server", "opens a connection"],
  details:
    "Without an address: --server, else $CRDS_SERVER, else the server that announces itself\n" +
    "on the network, else 127.0.0.1:50001.",
  run: ({ client }, [where], signal) =>
    client.connect(where === undefined ? where : parseEndpoint(where, DEFAULT_PORT), signal),
};

/** Closes it. */
export const byeCommand: Command<CommandContext> = {
  name: "bye",
  parameters: [],
  summary: "closes the connection",
  brief: ["Server", "ends the connection"],
  run: ({ client }) => client.bye(),
};

/** Forgets whom one trusts. */
export const forgetCommand: Command<CommandContext> = {
  name: "forget",
  parameters: [{ name: "host[:port]", ask: "Server" }],
  summary: "forgets the certificate of a server",
  brief: ["Server", "forgets a server"],
  details:
    "A server with TLS is trusted when you connect for the first time; from then on, only\n" +
    "its certificate is accepted. Forget it when whoever runs the server says that it has\n" +
    "another one now.",
  run: ({ client }, [where = ""]) => client.forget(parseEndpoint(where, DEFAULT_PORT)),
};
