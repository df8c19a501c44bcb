/**
 * What can be typed: at the main prompt, and in a room after a slash.
 *
 * @module
 */

import { parseEndpoint } from "../net/endpoint.ts";
import type { Client } from "./client.ts";
import { type Command, CommandTable } from "./command_table.ts";
import { accountCommands, sinceCommand } from "./people/account_commands.ts";
import { messageCommands } from "./people/message_commands.ts";
import { privateCommands } from "./people/private_commands.ts";
import { roomRequest } from "./room_request.ts";
import type { Ask } from "./secrets.ts";
import { DEFAULT_PORT } from "./settings.ts";
import type { Console } from "./terminal/console.ts";
import { setCommand, toolCommands } from "./tool_commands.ts";
import type { TypedLine } from "./typed_line.ts";

/** What a command can use. */
export interface CommandContext {
  /** Carries things out. */
  readonly client: Client;
  /** Prints. */
  readonly console: Pick<Console, "print" | "status">;
  /** Asks the user for something. A secret is not shown; in a script, it is the next line. */
  readonly ask: Ask;
  /** Ends the program. */
  quit(): void;
  /** The line that was typed. */
  readonly typed: Pick<TypedLine, "show" | "say">;
}

/** The connection to the server is the same in a room and outside. */
const connectCommand: Command<CommandContext> = {
  name: "connect",
  parameters: [{ name: "host[:port]", optional: true }],
  summary: "opens a connection to the Chat Room Directory Server",
  details:
    "Without an address: --server, else $CRDS_SERVER, else the server that announces itself\n" +
    "on the network, else 127.0.0.1:50001.",
  run: ({ client }, [where], signal) =>
    client.connect(where === undefined ? where : parseEndpoint(where, DEFAULT_PORT), signal),
};

const byeCommand: Command<CommandContext> = {
  name: "bye",
  parameters: [],
  summary: "closes the connection",
  run: ({ client }) => client.bye(),
};

const forgetCommand: Command<CommandContext> = {
  name: "forget",
  parameters: [{ name: "host[:port]", ask: "Server" }],
  summary: "forgets the certificate of a server",
  details:
    "A server with TLS is trusted when you connect for the first time; from then on, only\n" +
    "its certificate is accepted. Forget it when whoever runs the server says that it has\n" +
    "another one now.",
  run: ({ client }, [where = ""]) => client.forget(parseEndpoint(where, DEFAULT_PORT)),
};

const mainCommands: readonly Command<CommandContext>[] = [
  connectCommand,
  {
    name: "getdir",
    aliases: ["list_groups", "list", "rooms"],
    parameters: [],
    summary: "lists the rooms: address, port, members, topic",
    run: ({ client }, _words, signal) => client.getdir(signal),
  },
  {
    name: "makeroom",
    aliases: ["create_group", "create"],
    parameters: [{ name: "name", ask: "Room name" }, {
      name: "details",
      optional: true,
      rest: true,
      usage: "[--sealed] [address] [port] [about <topic>]",
    }],
    summary: "makes a room",
    details: "For example: makeroom lobby; makeroom tea 239.255.7.1 20100 about Tea and cake\n" +
      "The name has 1-64 bytes without white space. The address is in 239.0.0.0/8, the port in\n" +
      "1-65535; no other room may have the pair. What you leave out is chosen for you; a number\n" +
      "alone is the port.\n" +
      "--sealed asks for a passphrase: who does not know it can neither read nor speak there.",
    run: async ({ client, ask }, words, signal) =>
      await client.makeroom(await roomRequest(words.join(" "), ask), signal),
  },
  {
    name: "deleteroom",
    parameters: [{ name: "name", ask: "Room name", completes: "room" }],
    summary: "deletes a room from the directory",
    details: "Whoever is in the room stays in it; only nobody finds it any more.",
    run: ({ client }, [name = ""], signal) => client.deleteroom(name, signal),
  },
  {
    name: "who",
    aliases: ["whoelse", "list_members"],
    parameters: [{ name: "room", optional: true, completes: "room" }],
    summary: "lists who is connected to the server, and where",
    details: "With a room: only those of whom the server knows that they are in it.",
    run: ({ client }, [room], signal) => client.people.who(signal, room),
  },
  sinceCommand,
  ...accountCommands,
  ...messageCommands,
  ...privateCommands,
  {
    name: "servers",
    parameters: [],
    summary: "lists the servers that announce themselves",
    run: ({ client }, _words, signal) => client.servers(signal),
  },
  {
    name: "doctor",
    parameters: [{ name: "room", optional: true, completes: "room" }],
    summary: "finds out why you see nobody, and what to do",
    details: "Step by step: the server, this machine and its interface, joining, sending, who\n" +
      "answers, who is heard. It says nothing in the room, and takes ten seconds at most.\n" +
      "Without a room it takes the one where most people are; ADDRESS:PORT is a room, too.",
    run: ({ client }, [room], signal) => client.doctor.examine(room, signal),
  },
  byeCommand,
  forgetCommand,
  {
    name: "name",
    parameters: [{ name: "chat name", rest: true, ask: "Chat name" }],
    summary: "sets the name that stands before what you say",
    details: "1-32 characters without a colon. Without one it is your login name. While you are\n" +
      "connected, nobody else can have it there.",
    run: ({ client }, [name = ""], signal) => client.rename(name, signal),
  },
  {
    name: "chat",
    aliases: ["join_group", "join"],
    parameters: [{ name: "room", ask: "Room name", completes: "room" }],
    summary: "enters a room, connected or not",
    details: "In a room, what you type is said. Ctrl-] or /leave leaves, /help tells more.\n" +
      "For a sealed room you are asked for its passphrase.",
    run: ({ client, ask }, [room = ""], signal) => client.enter(room, signal, ask),
  },
  setCommand,
  {
    name: "help",
    parameters: [{ name: "command", optional: true, completes: "command" }],
    summary: "lists the commands, or tells more about one",
    run: ({ console }, [word]) => console.print(mainTable.help(word)),
  },
  {
    name: "quit",
    aliases: ["dereg", "exit"],
    parameters: [],
    summary: "ends the program",
    run: ({ quit }) => quit(),
  },
];

const roomCommands: readonly Command<CommandContext>[] = [
  {
    name: "leave",
    aliases: ["leave_group"],
    parameters: [],
    summary: "leaves the room",
    details: "Ctrl-] does the same.",
    run: ({ client }) => client.leave(),
  },
  {
    name: "who",
    aliases: ["list_members"],
    parameters: [],
    summary: "lists who is in the room, and how they are reached",
    details:
      "The loss is of lines that did not come by themselves and were repaired. Simple clients\n" +
      "speak without telling of themselves: what they say is shown, and never repaired.",
    run: ({ client }) => client.whoIsHere(),
  },
  {
    name: "receipts",
    parameters: [],
    summary: "tells how many of those present have your last lines",
    details: "They say so every few seconds, so the count follows a moment later.",
    run: ({ client }) => client.receipts(),
  },
  {
    name: "name",
    parameters: [{ name: "chat name", rest: true, ask: "Chat name" }],
    summary: "changes the name that stands before what you say",
    run: ({ client }, [name = ""], signal) => client.rename(name, signal),
  },
  {
    name: "doctor",
    parameters: [{ name: "room", optional: true, completes: "room" }],
    summary: "finds out why you see nobody, and what to do",
    details: "Step by step: the server, this machine and its interface, joining, sending, who\n" +
      "answers, who is heard. It says nothing in the room, and takes ten seconds at most.\n" +
      "Without a room it takes this one; ADDRESS:PORT is a room, too.",
    run: ({ client }, [room], signal) => client.doctor.examine(room, signal),
  },
  connectCommand,
  byeCommand,
  forgetCommand,
  sinceCommand,
  ...accountCommands,
  ...messageCommands,
  ...privateCommands,
  ...toolCommands,
  setCommand,
  {
    name: "quit",
    aliases: ["dereg", "exit"],
    parameters: [],
    summary: "leaves the room and ends the program",
    run: ({ quit }) => quit(),
  },
  {
    name: "help",
    parameters: [{ name: "command", optional: true, completes: "command" }],
    summary: "lists the commands in a room, or tells more about one",
    run: ({ console }, [word]) => console.print(roomTable.help(word)),
  },
  {
    name: "quit",
    parameters: [],
    summary: "leaves the room and ends the program",
    run: ({ quit }) => quit(),
  },
];

/** What a newcomer does not find out alone. */
const KEYS: readonly (readonly [string, string])[] = [
  ["Tab", "completes commands, rooms and names; again: another"],
  ["Up, Ctrl-R", "a line given before; Ctrl-R looks for a piece of it"],
];

/** The commands of the main prompt. */
export const mainTable: CommandTable<CommandContext> = new CommandTable(mainCommands, {
  notes: KEYS,
});

/** The same commands, where they are words of a shell. */
export const shellTable: CommandTable<CommandContext> = new CommandTable(mainCommands, {
  help: "crds-client help",
});

/** The commands in a room: lines that begin with one slash. */
export const roomTable: CommandTable<CommandContext> = new CommandTable(roomCommands, {
  prefix: "/",
  notes: [["//...", "says a line that begins with /"], ...KEYS],
});

/**
 * Carries out one typed line.
 *
 * @param line The line.
 * @param context What the commands use.
 * @param signal Gives up a command that takes long.
 * @throws {UserError} If the line is wrong or what it asks for fails.
 */
export async function runLine(
  line: string,
  context: CommandContext,
  signal: AbortSignal,
): Promise<void> {
  const { client, typed } = context;
  if (client.chatting && !/^\/[^/]/.test(line)) {
    await typed.say(line.startsWith("//") ? line.slice(1) : line);
    return;
  }
  const table = client.chatting ? roomTable : mainTable;
  const found = table.parse(line);
  if (found === undefined) return;
  if (!found.command.says || found.missing.length > 0) typed.show();
  const words = [...found.words];
  for (const parameter of found.missing) {
    const answer = await context.ask(`${parameter.ask ?? parameter.name}: `);
    if (answer === undefined || answer.trim() === "") throw table.incomplete(found);
    // Whoever types another command instead of an answer has changed their mind.
    if (client.chatting && answer.startsWith("/")) return await runLine(answer, context, signal);
    words.push(answer.trim());
  }
  await found.command.run(context, words, signal);
}
