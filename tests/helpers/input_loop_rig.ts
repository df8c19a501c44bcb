/**
 * The main loop of the client at a server of the lab's kind, and somebody who listens in a room.
 *
 * @module
 */

import { InputLoop } from "../../lib/client/input_loop.ts";
import type { ClientOptions } from "../../lib/client/client.ts";
import type { LabRequest } from "../../lib/framing/lab.ts";
import { joinRoom } from "../../lib/room/room_link.ts";
import { listing } from "./bytes.ts";
import { makeClient } from "./client_rig.ts";
import type { FakeConsole } from "./fake_console.ts";
import { someRoom } from "./some_room.ts";
import { type Reaction, ScriptedLabServer } from "./scripted_lab_server.ts";

/** Ctrl-C. */
export const INTERRUPT = { kind: "interrupt" } as const;
/** The end of the input. */
export const END = { kind: "end" } as const;
/** The key that leaves a room. */
export const LEAVE = { kind: "leave" } as const;

/** The listing of a server with one room. */
export const ROOM = `lab: ${someRoom().endpoint}\n`;

/**
 * Runs the loop to its end.
 *
 * @param console What is typed, and where it is shown.
 * @param react What the server answers; the listing of one room if not given.
 * @param signal Ends it.
 * @param first A command to begin with.
 * @returns Whether all went well.
 */
export async function play(
  console: FakeConsole,
  react: (request: LabRequest) => Reaction = () => listing(ROOM),
  signal: AbortSignal = new AbortController().signal,
  first?: string,
): Promise<boolean> {
  await using server = new ScriptedLabServer(react);
  const loop = new InputLoop(console);
  const shown: ClientOptions["console"] = {
    interactive: console.interactive,
    print: (text) => console.print(text),
    line: (text, back) => console.line(text, back),
    status: (text) => console.status(text),
    setPrompt: (text) => loop.setPrompt(text),
  };
  await using client = makeClient(server.endpoint, console, { console: shown });
  await loop.run(client, signal, first);
  return !loop.failed;
}

/**
 * Lets Bob hear what is said in a room, up to a line that ends with "end".
 *
 * @param room The room.
 * @returns What he heard, and when that was all; dispose it.
 */
export async function listenIn(
  room: ReturnType<typeof someRoom>,
): Promise<AsyncDisposable & { heard: string[]; all: Promise<void> }> {
  const heard: string[] = [];
  const all = Promise.withResolvers<void>();
  const link = await joinRoom({
    room: { ...room, name: "lab" },
    interface: { name: "lo", address: "127.0.0.1" },
    chatName: "Bob",
    onLine: ({ text }) => {
      heard.push(text);
      if (text.endsWith("end")) all.resolve();
    },
    onProblem: () => {},
  });
  return { heard, all: all.promise, [Symbol.asyncDispose]: () => link[Symbol.asyncDispose]() };
}
