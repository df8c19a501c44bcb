/**
 * Commands for messages from person to person, and for whom one does not want to hear.
 *
 * @module
 */

import type { Command } from "../command_table.ts";
import type { CommandContext } from "../commands.ts";

/** The same at the main prompt and, after a slash, in a room. */
export const messageCommands: readonly Command<CommandContext>[] = [
  {
    name: "msg",
    aliases: ["message", "send"],
    parameters: [{
      name: "name and text",
      rest: true,
      optional: true,
      usage: "<name> <text>",
      completes: "person",
    }],
    summary: "says something to one person",
    brief: ["Messages", "writes to somebody"],
    details:
      "It is encrypted. Who is not on and has an account gets it at the next login. A name\n" +
      'with spaces is understood if that person is on; else put it in quotes: msg "Ann Lee" Hi',
    run: ({ client, ask }, [typed = ""], signal) => client.mail.send(typed, ask, signal),
  },
  {
    name: "broadcast",
    parameters: [{ name: "text", rest: true, ask: "Text", said: true }],
    summary: "says something to everybody who is on",
    brief: ["Messages", "writes to everybody"],
    details: "It tells how many got it. It is not kept for those who are not on.",
    run: ({ client }, [text = ""], signal) => client.mail.broadcast(text, signal),
  },
  {
    name: "inbox",
    parameters: [],
    summary: "shows the messages that came in a room",
    brief: ["Messages", "shows what came"],
    details: "Private messages that come while you are in a room are kept, and shown by this\n" +
      "command, or when you leave the room.",
    run: ({ client }) => client.mail.inbox(),
  },
  {
    name: "block",
    parameters: [{ name: "name", rest: true, ask: "Name", completes: "person" }],
    summary: "wants nothing of somebody any more",
    brief: ["Messages", "blocks somebody"],
    details:
      "No messages, no private sessions, no lines in rooms. They do not see you come, leave\n" +
      "or be there. It belongs to your account, until you unblock them; without an account there\n" +
      "is /ignore in a room.",
    run: ({ client }, [name = ""], signal) => client.mail.blocked.block(name, signal),
  },
  {
    name: "unblock",
    parameters: [{ name: "name", rest: true, ask: "Name", completes: "person" }],
    summary: "ends a block",
    brief: ["Messages", "ends that"],
    run: ({ client }, [name = ""], signal) => client.mail.blocked.unblock(name, signal),
  },
  {
    name: "blocked",
    parameters: [],
    summary: "lists whom you block",
    brief: ["Messages", "lists the blocked"],
    run: ({ client }, _words, signal) => client.mail.blocked.list(signal),
  },
];
