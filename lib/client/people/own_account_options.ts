/**
 * What one's account works with.
 *
 * @module
 */

import type { Answers } from "../answers.ts";
import type { HeldName } from "../held_name.ts";
import type { ServerLink } from "../server_link.ts";

/** What an `OwnAccount` works with. */
export interface OwnAccountOptions {
  /** The connection. */
  readonly link: Pick<ServerLink, "use" | "directory">;
  /** The name one has. */
  readonly held: Pick<HeldName, "name" | "called">;
  /** Where outcomes are told. */
  readonly answers: Pick<Answers, "done">;
  /** Tells the user something. */
  readonly tell: (sentence: string) => void;
  /** Whether one is in a room, where commands begin with a slash. */
  readonly inRoom: () => boolean;
  /** Called when one is logged in, at a connection that stands. */
  readonly onLogin: () => void;
  /** Called when one is a guest again. */
  readonly onLogout: () => void;
  /** Called when the server wants a sign of life soon. */
  readonly onIdle: () => void;
}
