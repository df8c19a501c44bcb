import { assert, assertEquals } from "@std/assert";
import { encodeControl } from "../../lib/framing/control.ts";
import {
  isChallenge,
  MAX_CLOCK_DIFFERENCE_MS,
  MAX_UNSEALED_BYTES,
  newChallenge,
  RoomSeal,
} from "../../lib/room/room_seal.ts";
import { hearSealed } from "../../lib/room/sealed_hearing.ts";
import { bytes as bytesOf } from "../helpers/bytes.ts";

const KEY = new Uint8Array(32).fill(1);
const ROOM = { address: "239.255.7.1", port: 20100 };
const MEL = { address: "10.0.0.1", port: 40001 };
const EVE = { address: "10.0.0.66", port: 40066 };
const LINE = bytesOf("Mel: hi");
const BYE = encodeControl({ kind: "bye", roomPort: 20100, member: "00000000000000aa", highest: 1 });
const REFUSED = { kind: "refused" } as const;
const START = 1_795_000_000_000;

/** A member; its clock is what the test says. */
function member(changes: { key?: Uint8Array; room?: typeof ROOM; at?: number } = {}) {
  const { key = KEY, room = ROOM } = changes;
  const clock = { now: changes.at ?? START };
  return { clock, seal: new RoomSeal({ key, room, now: () => clock.now }) };
}

const opened = (bytes: Uint8Array, control = false) =>
  ({ kind: "opened", bytes: new Uint8Array(bytes), control }) as const;

Deno.test("RoomSeal.open() opens lines and control datagrams of members, in any order", () => {
  const [mel, bob] = [member().seal, member().seal];
  const [first, second, bye] = [LINE, LINE, BYE].map((bytes) => mel.seal(bytes, MEL));
  assertEquals(bob.open(second!, MEL), opened(LINE));
  assertEquals(bob.open(first!, MEL), opened(LINE));
  // Control datagrams come from another socket of the same host.
  assertEquals(bob.open(bye!, { ...MEL, port: 50_000 }), opened(BYE, true));
});

Deno.test("RoomSeal.seal() leaves a datagram within 1200 bytes", () => {
  const { seal } = member();
  assertEquals(MAX_UNSEALED_BYTES, 1155);
  assertEquals(seal.seal(new Uint8Array(MAX_UNSEALED_BYTES), MEL).length, 1200);
});

Deno.test("RoomSeal.open() opens nothing a second time", () => {
  const [mel, bob] = [member().seal, member()];
  const sealed = mel.seal(LINE, MEL);
  assertEquals(bob.seal.open(sealed, MEL), opened(LINE));
  assertEquals(bob.seal.open(sealed, MEL), REFUSED);
  assertEquals(bob.seal.open(sealed, EVE), REFUSED);
  bob.clock.now += MAX_CLOCK_DIFFERENCE_MS;
  assertEquals(bob.seal.open(sealed, MEL), REFUSED);
});

Deno.test("RoomSeal.open() opens nothing that another sends than who sealed it", () => {
  const [mel, bob] = [member().seal, member().seal];
  const [line, bye] = [mel.seal(LINE, MEL), mel.seal(BYE, MEL)];
  for (const source of [EVE, { ...EVE, port: MEL.port }, { ...MEL, port: EVE.port }]) {
    assertEquals(bob.open(line, source), REFUSED);
  }
  assertEquals(bob.open(bye, EVE), REFUSED);
  // Who only tried has not used it up.
  assertEquals(bob.open(line, MEL), opened(LINE));
  assertEquals(bob.open(bye, MEL), opened(BYE, true));
});

Deno.test("RoomSeal.open() tells what was sealed at another time: somebody recorded it, or clocks", () => {
  const mel = member().seal;
  const [now, soon] = [mel.seal(LINE, MEL), mel.seal(LINE, MEL)];
  const age = MAX_CLOCK_DIFFERENCE_MS + 1;
  // Who comes later has heard nothing of it before.
  assertEquals(member({ at: START + age }).seal.open(now, MEL), { kind: "untimely", age });
  assertEquals(member({ at: START - age }).seal.open(soon, MEL), { kind: "untimely", age: -age });
  assertEquals(member({ at: START + age - 1 }).seal.open(now, MEL), opened(LINE));
});

Deno.test("RoomSeal.open() opens nothing of another room, key, or kind", () => {
  const { seal } = member();
  const others = [
    member({ key: new Uint8Array(32).fill(2) }).seal,
    member({ room: { ...ROOM, port: 20101 } }).seal,
    member({ room: { ...ROOM, address: "239.255.7.2" } }).seal,
  ];
  for (const other of others) assertEquals(seal.open(other.seal(LINE, MEL), MEL), REFUSED);
  for (const bytes of [LINE, BYE, new Uint8Array(0)]) assertEquals(seal.open(bytes, MEL), REFUSED);
  assertEquals(seal.open(member().seal.sealAnswer("{}", newChallenge()), MEL), REFUSED);
});

Deno.test("RoomSeal never uses a nonce twice", () => {
  const [mel, bob] = [member().seal, member().seal];
  const sealed = [mel.seal(LINE, MEL), bob.seal(LINE, MEL), mel.seal(LINE, MEL)];
  sealed.push(mel.sealAnswer("x", newChallenge()));
  assertEquals(new Set(sealed.map((bytes) => bytes.subarray(5, 17).toHex())).size, 4);
});

Deno.test("RoomSeal.openAnswer() opens what a member answers to this question only", () => {
  const [mel, bob] = [member().seal, member().seal];
  const [mine, old] = [newChallenge(), newChallenge()];
  assert(isChallenge(mine) && mine !== old);
  assertEquals(bob.openAnswer(mel.sealAnswer('{"lines":[]}', mine), mine), '{"lines":[]}');
  assertEquals(bob.openAnswer(mel.sealAnswer('{"lines":[]}', old), mine), undefined);
  assertEquals(bob.openAnswer(mel.seal(LINE, MEL), mine), undefined);
  assertEquals(bob.openAnswer(new Uint8Array(0), mine), undefined);
});

/** What is heard of what arrives. */
function listen(seal: RoomSeal | undefined) {
  const heard: string[] = [];
  const clock = { now: 0 };
  const tell = (what: string) => (bytes: Uint8Array) =>
    void heard.push(`${what} ${new TextDecoder().decode(bytes)}`);
  const ears = hearSealed(seal, {
    onData: tell("data"),
    onControl: tell("control"),
    onProblem: (error) => void heard.push((error as Error).message),
  }, () => clock.now);
  return { heard, ears, clock };
}

Deno.test("hearSealed() tells lines from control datagrams by what they are, whatever the port", () => {
  const mel = member().seal;
  const { heard, ears } = listen(member().seal);
  ears.onData(mel.seal(BYE, MEL), MEL);
  ears.onControl(mel.seal(LINE, MEL), MEL);
  ears.onData(LINE, MEL);
  ears.onControl(BYE, MEL);
  assertEquals(heard, [`control ${new TextDecoder().decode(BYE)}`, "data Mel: hi"]);
});

Deno.test("hearSealed() tells of wrong clocks once a minute", () => {
  const mel = member({ at: START - 3_600_000 }).seal;
  const { heard, ears, clock } = listen(member().seal);
  for (const now of [0, 59_999, 60_000]) {
    clock.now = now;
    ears.onData(mel.seal(LINE, MEL), MEL);
  }
  assertEquals(heard.length, 2);
  assertEquals(
    heard[0],
    "Cannot show what comes from 10.0.0.1: it was sealed 60 minutes ago. Set the clocks right, there " +
      "or here; or somebody sends again what was said before.",
  );
});

Deno.test("hearSealed() of an open room hears nothing sealed", () => {
  const { heard, ears } = listen(undefined);
  ears.onData(member().seal.seal(LINE, MEL), MEL);
  ears.onData(LINE, MEL);
  assertEquals(heard, ["data Mel: hi"]);
});
