/**
 * What the client works with.
 *
 * @module
 */

import type { InterfaceAddress } from "../net/interfaces.ts";
import type { RelayWish } from "../room/room_server.ts";
import type { Answers } from "./answers.ts";
import type { KeptPreferences } from "./kept_preferences.ts";
import type { KnownServers } from "./known_servers.ts";
import type { MessageScreen } from "./people/message_screen.ts";
import type { RoomScreen } from "./room_screen.ts";
import type { ServerFinder } from "./server_finder.ts";
import type { Console } from "./terminal/console.ts";

/** What a client works with. */
export interface ClientOptions {
  /** Where it prints to. */
  readonly console: Pick<Console, "interactive" | "line" | "print" | "status" | "setPrompt">;
  /**
   * How rooms are shown.
   *
   * @default Without colour and times.
   */
  readonly screen?: RoomScreen | undefined;
  /**
   * How messages from person to person are shown.
   *
   * @default Without colour.
   */
  readonly messages?: MessageScreen | undefined;
  /**
   * What can be set.
   *
   * @default The defaults, for this session.
   */
  readonly preferences?: KeptPreferences | undefined;
  /** What `~` stands for in the name of a file, if that is known. */
  readonly home?: string | undefined;
  /** How answers are printed. */
  readonly answers: Answers;
  /**
   * The servers that are trusted.
   *
   * @default Nobody is asked for TLS.
   */
  readonly known?: KnownServers | undefined;
  /** Finds the server that `connect` means when none is named. */
  readonly finder: ServerFinder;
  /** The interface that was asked for, and where, see `chooseInterface`. */
  readonly wanted?: { readonly iface: string; readonly from: string } | undefined;
  /** How many networks chat lines may pass. */
  readonly ttl: number;
  /** Whether rooms are reached through the server: when multicast fails, always, or never. */
  readonly relay: RelayWish;
  /**
   * Whether entering a room without a connection opens one, so that the server can help with the
   * room.
   *
   * @default {false}
   */
  readonly connectFirst?: boolean;
  /** The name to chat under, from a flag or the login. */
  readonly name: string;
  /**
   * Whether the server is not told the name: who asks one question should not take it from the chat
   * that the same person has open.
   *
   * @default {false}
   */
  readonly nameless?: boolean;
  /**
   * Whether the server is asked to tell of changes: who asks one question is gone before any comes.
   *
   * @default {true}
   */
  readonly watch?: boolean;
  /** Lists the interfaces of this machine. */
  readonly interfaces: () => InterfaceAddress[];
}
