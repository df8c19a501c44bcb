/**
 * A member tells a newcomer, who tells the next one: as a room's link is to use the parts.
 */

import { assert, assertEquals } from "@std/assert";
import type { SocketAddress } from "../../lib/net/datagram.ts";
import { askHistory } from "../../lib/room/ask_history.ts";
import { Newcomer } from "../../lib/room/newcomer.ts";
import { PeerListener } from "../../lib/room/peer_listener.ts";
import { RoomHistory } from "../../lib/room/room_history.ts";
import { line } from "./room_core_rig.ts";

const ROOM = { address: "239.255.7.5", port: 20105 };

/** Somebody in the room; time is what the test says. */
class Somebody implements AsyncDisposable {
  readonly history = new RoomHistory();
  readonly newcomer: Newcomer;
  readonly source: SocketAddress;
  readonly listener: PeerListener;
  now: number;

  constructor(now: number, port: number) {
    this.now = now;
    this.source = { address: "127.0.0.1", port };
    this.newcomer = new Newcomer({ address: this.source.address, now });
    this.listener = new PeerListener({
      interfaceAddress: "127.0.0.1",
      room: ROOM,
      answer: () => this.newcomer.done ? this.history.answer(this.now) : undefined,
      onProblem: (error) => {
        throw error;
      },
    });
  }

  say(text: string): void {
    this.history.said(line(text), this.source, this.now);
  }

  /** Lets the time come when it asks, and asks. */
  async ask(other: Somebody): Promise<void> {
    const { newcomer } = this;
    const { source, listener } = other;
    newcomer.joined({ id: "aa", source, tcpPort: listener.port, since: this.now }, this.now);
    this.now = newcomer.nextDeadline;
    const member = newcomer.due(this.now);
    assert(member !== undefined);
    newcomer.answered(await askHistory({ member, room: ROOM }), this.now);
    if (newcomer.done) this.history.adopt(newcomer.history);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.listener[Symbol.asyncDispose]();
  }
}

Deno.test("what was said goes from member to newcomer to newcomer, with its age", async () => {
  await using mel = new Somebody(0, 4001);
  // Nobody is there.
  mel.newcomer.due(mel.newcomer.nextDeadline);
  mel.now = 10_000;
  mel.say("Mel: one");
  mel.now = 70_000;
  mel.say("Mel: two");
  mel.now = 100_000;
  // Clocks of different machines have nothing in common.
  await using bob = new Somebody(5_000_000, 4002);
  await using eve = new Somebody(300, 4003);
  // Bob has just come himself.
  await eve.ask(bob);
  assertEquals(eve.newcomer.done, false);
  await bob.ask(mel);
  assertEquals(bob.newcomer.done, true);
  // Eve is there: she hears this herself.
  bob.say("Bob: three");
  await eve.ask(bob);
  const told = eve.newcomer.history.map(({ bytes, at, source }) => {
    return [new TextDecoder().decode(bytes), source.port, eve.now - at];
  });
  assertEquals(told, [
    ["Mel: one", 4001, 90_000],
    ["Mel: two", 4001, 30_000],
  ]);
});
