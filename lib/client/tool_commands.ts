/**
 * Commands that only this client carries out: nobody else notices, except what is said by `/me`.
 *
 * @module
 */

import type { Command } from "./command_table.ts";
import type { CommandContext } from "./commands.ts";
import { ACTION } from "./said_line.ts";

/** What can be asked for at the prompt and in a room. */
export const setCommand: Command<CommandContext> = {
  name: "set",
  parameters: [{ name: "name", optional: true }, { name: "value", optional: true }],
  summary: "lists what can be set, or sets it",
  brief: ["Program", "changes settings"],
  details: "For example: set times off; set bell all; set color never. It is kept.",
  run: async ({ client: { preferences }, console }, [name, value = ""]) =>
    name === undefined
      ? console.print(await preferences.list())
      : console.status(await preferences.set(name, value)),
};

/** What can be asked for in a room. */
export const toolCommands: readonly Command<CommandContext>[] = [
  {
    name: "me",
    parameters: [{ name: "text", rest: true, ask: "What do you do", said: true }],
    summary: "says what you do: /me waves",
    brief: ["Room", "says what you do"],
    details: "Clients of this kind show it as * Mel waves, others as Mel: /me waves.",
    says: true,
    run: ({ typed }, [text = ""]) => typed.say(ACTION + text),
  },
  {
    name: "say",
    aliases: ["send_group"],
    parameters: [{ name: "text", rest: true }],
    summary: "says something, as if it was typed without a command",
    brief: ["Room", "says something"],
    says: true,
    run: ({ typed }, [text = ""]) => typed.say(text),
  },
  {
    name: "topic",
    parameters: [],
    summary: "tells what the room is about",
    brief: ["Room", "what it is about"],
    details: "A room is given a topic when it is made; it cannot be changed.",
    run: ({ client }) => client.tools.topic(),
  },
  {
    name: "history",
    parameters: [{ name: "lines", optional: true }],
    summary: "shows the last lines again",
    brief: ["Room", "shows lines again"],
    run: ({ client }, [lines]) => client.tools.history(lines),
  },
  {
    name: "ignore",
    parameters: [{ name: "name", optional: true, rest: true, completes: "member" }],
    summary: "hides what somebody says, or lists who is ignored",
    brief: ["People", "hides what one says"],
    details: "It holds until you end the client, for that name only.",
    run: ({ client }, [name]) => client.tools.ignore(name),
  },
  {
    name: "unignore",
    parameters: [{ name: "name", rest: true, completes: "member" }],
    summary: "shows again what somebody says",
    brief: ["People", "shows it again"],
    run: ({ client }, [name = ""]) => client.tools.unignore(name),
  },
  {
    name: "log",
    parameters: [{ name: "file", optional: true, rest: true, usage: "[file | off]" }],
    summary: "writes what is said behind what is in a file",
    brief: ["Program", "keeps it in a file"],
    details: "Each line with its time and room. Without a file it tells which one is written.",
    run: ({ client }, [file]) => client.tools.log(file),
  },
];
