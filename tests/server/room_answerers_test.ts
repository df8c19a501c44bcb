import { assert, assertEquals, assertRejects } from "@std/assert";
import { UserError } from "../../lib/errors.ts";
import { CONTROL_PORT, decodeControl, encodeControl } from "../../lib/framing/control.ts";
import {
  ANSWER_LEASE,
  MAX_ECHOES_PER_SECOND,
  RoomAnswerers,
  type RoomAnswerersOptions,
} from "../../lib/server/room_answerers.ts";
import { FakeClock, settled } from "../helpers/fake_clock.ts";
import { MemoryNetwork } from "../helpers/memory_network.ts";

const LO = "127.0.0.1";
const LOBBY = { name: "lobby", address: "239.255.7.1", port: 20100 };
const MEMBER = "0123456789abcdef";
/** The socket of somebody who probes. */
const SOMEBODY = { address: LO, port: 39_999 };

/** Answerers on a network, and what a client does there. */
class Rig implements AsyncDisposable {
  readonly network = new MemoryNetwork([LO, "127.0.0.2"]);
  readonly clock = new FakeClock();
  readonly problems: unknown[] = [];
  readonly answerers: RoomAnswerers;

  constructor(options: Partial<RoomAnswerersOptions> = {}) {
    const { network: sockets, clock } = this;
    const onProblem = (error: unknown): void => void this.problems.push(error);
    this.answerers = new RoomAnswerers({ clock, sockets, onProblem, ...options });
  }

  /** Sends a datagram to the control port; returns the tokens of the echoes to it. */
  async hears(bytes: Uint8Array, from = SOMEBODY, group = LOBBY.address): Promise<string[]> {
    const before = this.network.sent.length + 1;
    this.network.deliver(bytes, from, { address: group, port: CONTROL_PORT });
    await settled();
    return this.network.sent.slice(before).map(({ bytes, to }) => {
      assertEquals(to, { address: group, port: CONTROL_PORT });
      const echo = decodeControl(bytes);
      assert(echo?.kind === "echo");
      assertEquals(echo.roomPort, LOBBY.port);
      assert(echo.member !== MEMBER);
      return echo.token;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.answerers[Symbol.asyncDispose]();
    assertEquals([this.network.open.size, this.clock.timers], [0, 0]);
  }
}

function probe(token = "00000000000000aa", roomPort = LOBBY.port): Uint8Array<ArrayBuffer> {
  return encodeControl({ kind: "probe", roomPort, member: MEMBER, token });
}

Deno.test("RoomAnswerers answer the probes of the room that was asked for, and nothing else", async () => {
  await using rig = new Rig();
  assertEquals(await rig.hears(probe()), []);
  await rig.answerers.answer(LOBBY, LO);
  assertEquals(await rig.hears(probe("00000000000000ab")), ["00000000000000ab"]);
  assertEquals(await rig.hears(probe("00000000000000ab", 20101)), [], "another room of the group");
  assertEquals(await rig.hears(probe(), SOMEBODY, "239.255.7.2"), [], "another group");
  assertEquals(await rig.hears(probe(), { address: "127.0.0.2", port: 5 }), [], "another network");
  const head = { roomPort: LOBBY.port, member: MEMBER };
  assertEquals(await rig.hears(encodeControl({ kind: "bye", ...head, highest: 1 })), []);
  assertEquals(await rig.hears(encodeControl({ kind: "echo", ...head, token: MEMBER })), []);
  assertEquals(await rig.hears(new TextEncoder().encode("Mel: hi")), []);
  assertEquals(await rig.hears(probe().subarray(0, 23)), []);
  assertEquals(rig.problems, []);
});

Deno.test("RoomAnswerers stop after the lease, and not before it if asked again", async () => {
  await using rig = new Rig();
  await rig.answerers.answer(LOBBY, LO);
  await rig.clock.advance(ANSWER_LEASE - 1);
  assertEquals((await rig.hears(probe())).length, 1);
  await rig.answerers.answer(LOBBY, LO);
  await rig.clock.advance(ANSWER_LEASE - 1);
  assertEquals((await rig.hears(probe())).length, 1);
  await rig.clock.advance(1);
  assertEquals(await rig.hears(probe()), []);
  assertEquals([rig.answerers.size, rig.network.open.size], [0, 0]);
  await rig.answerers.answer(LOBBY, LO);
  assertEquals((await rig.hears(probe())).length, 1);
});

Deno.test("RoomAnswerers have one pair of sockets per room and interface, however many ask", async () => {
  await using rig = new Rig();
  await Promise.all(Array.from({ length: 50 }, () => rig.answerers.answer(LOBBY, LO)));
  assertEquals([rig.answerers.size, rig.network.open.size], [1, 2]);
  assertEquals((await rig.hears(probe())).length, 1);
  await rig.answerers.answer(LOBBY, "127.0.0.2");
  await rig.answerers.answer({ ...LOBBY, port: 20101 }, LO);
  assertEquals([rig.answerers.size, rig.network.open.size], [3, 6]);
  assertEquals((await rig.hears(probe())).length, 1);
});

Deno.test("RoomAnswerers let the oldest lease end where there are too many", async () => {
  await using rig = new Rig({ maxRooms: 3 });
  const rooms = [1, 2, 3, 4].map((at) => ({ ...LOBBY, address: `239.255.7.${at}` }));
  for (const room of rooms.slice(0, 3)) {
    await rig.answerers.answer(room, LO);
    await rig.clock.advance(10);
  }
  // The first is prolonged: now the second is the oldest.
  await rig.answerers.answer(rooms[0]!, LO);
  await rig.answerers.answer(rooms[3]!, LO);
  const answered: number[] = [];
  for (const { address } of rooms) {
    answered.push((await rig.hears(probe(), SOMEBODY, address)).length);
  }
  assertEquals(answered, [1, 0, 1, 1]);
  assertEquals(rig.network.open.size, 6);
});

Deno.test("RoomAnswerers send few echoes, whoever floods a room with probes", async () => {
  await using rig = new Rig();
  await rig.answerers.answer(LOBBY, LO);
  let count = 0;
  for (let at = 0; at < 1_000; at++) count += (await rig.hears(probe())).length;
  assertEquals(count, MAX_ECHOES_PER_SECOND);
  await rig.clock.advance(500);
  for (let at = 0; at < 100; at++) count += (await rig.hears(probe())).length;
  assertEquals(count, 1.5 * MAX_ECHOES_PER_SECOND);
});

Deno.test("RoomAnswerers say if a group cannot be joined, and can be asked again", async () => {
  await using rig = new Rig();
  rig.network.failure = Object.assign(new Error("addMembership"), { code: "EINVAL" });
  const both = [rig.answerers.answer(LOBBY, LO), rig.answerers.answer(LOBBY, LO)];
  for (const asked of both) await assertRejects(() => asked, UserError, 'Cannot join room "lobby"');
  assertEquals([rig.answerers.size, rig.network.open.size], [0, 0]);
  rig.network.failure = undefined;
  await rig.answerers.answer(LOBBY, LO);
  assertEquals((await rig.hears(probe())).length, 1);
});

Deno.test("RoomAnswerers lose an echo that cannot leave, and answer the next probe", async () => {
  await using rig = new Rig();
  await rig.answerers.answer(LOBBY, LO);
  rig.network.failure = Object.assign(new Error("send"), { code: "ENETUNREACH" });
  assertEquals(await rig.hears(probe()), []);
  rig.network.failure = undefined;
  assertEquals((await rig.hears(probe())).length, 1);
});

Deno.test("RoomAnswerers close what is still being opened when they are disposed", async () => {
  const rig = new Rig();
  const asked = rig.answerers.answer(LOBBY, LO);
  await rig[Symbol.asyncDispose]();
  await asked;
});
