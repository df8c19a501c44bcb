/**
 * How everything looks: for a person at a terminal, for a script, for a program.
 *
 * @module
 */

import { JsonScreen } from "./json_screen.ts";
import {
  JsonMessages,
  type MessageScreen,
  PipeMessages,
  TerminalMessages,
} from "./people/message_screen.ts";
import type { Preferences } from "./preferences.ts";
import { PipeScreen, type RoomScreen } from "./room_screen.ts";
import type { ClientSettings } from "./settings.ts";
import { isColored } from "./style/color_wish.ts";
import { COLORED, type Paint, PLAIN } from "./style/paint.ts";
import { RoomStyle } from "./style/room_style.ts";
import { StyledConsole } from "./styled_console.ts";
import type { Console } from "./terminal/console.ts";
import { systemSchedule, TerminalScreen } from "./terminal_screen.ts";

/** A console, and what shows rooms on it. */
export interface Looks {
  /** The console to use from now on; it disposes of the one that was handed over. */
  readonly console: Console;
  /** Shows rooms. */
  readonly screen: RoomScreen;
  /** Shows messages from person to person. */
  readonly messages: MessageScreen;
}

/**
 * Chooses the looks that fit a console. What goes into a pipe has no colour, no times and no marks.
 *
 * @param console The console.
 * @param settings What the command line says.
 * @param preferences What is set, at any time.
 * @param inRoom Whether one is in a room, at any time.
 * @returns The looks.
 */
export function chooseLooks(
  console: Console,
  { json, terminal }: Pick<ClientSettings, "json" | "terminal">,
  preferences: () => Preferences,
  inRoom: () => boolean,
): Looks {
  if (!console.interactive) {
    const screen = json
      ? new JsonScreen((text) => console.print(text), Date.now)
      : new PipeScreen(console);
    return {
      console,
      screen,
      messages: json ? new JsonMessages(console) : new PipeMessages(console),
    };
  }
  const paint = (): Paint =>
    isColored(terminal.color ?? preferences().color, terminal) ? COLORED : PLAIN;
  const style = new RoomStyle({
    paint,
    times: () => preferences().times,
  });
  return {
    console: new StyledConsole(console, { style, inRoom, now: Date.now }),
    messages: new TerminalMessages({ console, paint, now: Date.now }),
    screen: new TerminalScreen({
      console,
      style,
      preferences,
      now: Date.now,
      schedule: systemSchedule,
    }),
  };
}
