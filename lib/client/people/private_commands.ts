/**
 * Commands for private sessions.
 *
 * @module
 */

import type { Command } from "../command_table.ts";
import type { CommandContext } from "../commands.ts";

const NAMES = "y and n are the same for the only one who asks.";

/** The same at the main prompt and, after a slash, in a room: a lone "y" there is said. */
export const privateCommands: readonly Command<CommandContext>[] = [
  {
    name: "startprivate",
    parameters: [{ name: "name", rest: true, ask: "Name", completes: "person" }],
    summary: "asks somebody for a private session",
    brief: ["Private", "asks for a session"],
    details:
      "If they accept, you are connected directly, and what you say is encrypted. You can\n" +
      "have several sessions at once, also while you are in a room.",
    run: ({ client }, [name = ""], signal) => client.peers.talk.start(name, signal),
  },
  {
    name: "private",
    parameters: [{
      name: "name and text",
      rest: true,
      usage: "<name> <text>",
      ask: "Name and text",
      said: true,
      completes: "person",
    }],
    summary: "says something in a private session",
    brief: ["Private", "speaks in a session"],
    details:
      "In a room, what the others say in private sessions is kept until you say something\n" +
      "to them there; /inbox and /leave show it, too.",
    run: ({ client }, [typed = ""], signal) => client.peers.talk.say(typed, signal),
  },
  {
    name: "stopprivate",
    parameters: [{ name: "name", rest: true, ask: "Name", completes: "person" }],
    summary: "ends a private session, or the asking for one",
    brief: ["Private", "ends a session"],
    details: "They are told. It also ends when one of you logs off, quits or is gone.",
    run: ({ client }, [name = ""]) => client.peers.talk.stop(name),
  },
  {
    name: "accept",
    parameters: [{ name: "name", rest: true, optional: true, completes: "person" }],
    summary: "says yes to somebody who wants a private session",
    brief: ["Private", "says yes to one"],
    details: NAMES,
    run: ({ client }, [name], signal) => client.peers.talk.answer(true, name, signal),
  },
  {
    name: "decline",
    parameters: [{ name: "name", rest: true, optional: true, completes: "person" }],
    summary: "says no to somebody who wants a private session",
    brief: ["Private", "says no to one"],
    details: `They are not told whether you said no, or nothing. ${NAMES}`,
    run: ({ client }, [name], signal) => client.peers.talk.answer(false, name, signal),
  },
  {
    name: "y",
    parameters: [],
    summary: "the same as accept, if one person asks",
    brief: ["Private", "accepts"],
    run: ({ client }, _words, signal) => client.peers.talk.answer(true, undefined, signal),
  },
  {
    name: "n",
    parameters: [],
    summary: "the same as decline, if one person asks",
    brief: ["Private", "declines"],
    run: ({ client }, _words, signal) => client.peers.talk.answer(false, undefined, signal),
  },
];
