import { assertEquals } from "@std/assert";
import { Incoming, MAX_KEPT, MAX_REMEMBERED } from "../../../lib/client/people/incoming.ts";
import type { TakeParams } from "../../../lib/people/message_methods.ts";

interface Rig {
  readonly incoming: Incoming;
  readonly shown: string[];
  inRoom: boolean;
}

function rigOf(...ignored: string[]): Rig {
  const shown: string[] = [];
  const rig = { shown, inRoom: false } as Rig;
  const incoming = new Incoming({
    screen: {
      message: ({ from, text }) => shown.push(`${from}: ${text}`),
      status: (text) => shown.push(`* ${text}`),
    },
    keeps: () => rig.inRoom,
    isIgnored: (name) => ignored.includes(name),
    markOf: (name) => name === "Me1" ? "looks like Mel" : undefined,
  });
  return Object.assign(rig, { incoming });
}

let ids = 0;

function from(name: string, text: string, id = `i${++ids}`): TakeParams {
  return { from: name, account: true, id, text, at: 0, kind: "private" };
}

Deno.test("Incoming shows a message at once, and each once", () => {
  const { incoming, shown } = rigOf();
  incoming.take(from("Ann", "Hi", "1"));
  incoming.take(from("ANN", "Hi", "1"));
  incoming.take(from("Bob", "Hi", "1"));
  incoming.take(from("Ann", "Hi", "2"));
  assertEquals(shown, ["Ann: Hi", "Bob: Hi", "Ann: Hi"]);
});

Deno.test("Incoming keeps messages in a room, and tells of each sender once", () => {
  const rig = rigOf();
  const { incoming, shown } = rig;
  rig.inRoom = true;
  incoming.take(from("Ann", "one", "1"));
  incoming.take(from("Ann", "one", "1"));
  incoming.take(from("ann", "two"));
  incoming.take(from("Bob\x1b[2J", "three"));
  assertEquals(shown.splice(0), [
    "* 1 private message from Ann: /inbox",
    "* 3 private messages from ann and Bob\ufffd[2J: /inbox",
  ]);
  assertEquals(incoming.waiting, 3);
  assertEquals(incoming.read(), 3);
  assertEquals(shown.splice(0), ["Ann: one", "ann: two", "Bob\x1b[2J: three"]);
  assertEquals(incoming.read(), 0);
  incoming.take(from("Ann", "four"));
  assertEquals(shown.splice(0), ["* 1 private message from Ann: /inbox"], "told of anew");
  rig.inRoom = false;
  incoming.take(from("Bob", "five"));
  assertEquals(shown, ["Bob: five"]);
});

Deno.test("Incoming calls private only what is", () => {
  const rig = rigOf();
  rig.inRoom = true;
  rig.incoming.take({ ...from("Ann", "to all"), kind: "broadcast" });
  rig.incoming.take(from("Bob", "to you"));
  assertEquals(rig.shown, [
    "* 1 message from Ann: /inbox",
    "* 2 messages from Ann and Bob: /inbox",
  ]);
});

Deno.test("Incoming drops what comes from somebody who is ignored", () => {
  const { incoming, shown } = rigOf("Bob");
  incoming.take(from("Bob", "Hi"));
  assertEquals([shown, incoming.waiting], [[], 0]);
});

Deno.test("Incoming is bounded", () => {
  const rig = rigOf();
  const { incoming, shown } = rig;
  rig.inRoom = true;
  for (let count = 0; count <= MAX_KEPT; count++) incoming.take(from("Ann", `${count}`));
  assertEquals(incoming.waiting, MAX_KEPT);
  assertEquals(shown, ["* 1 private message from Ann: /inbox", `Ann: ${MAX_KEPT}`]);
  rig.inRoom = false;
  shown.length = 0;
  incoming.take(from("Bob", "old", "old"));
  for (let count = 0; count < MAX_REMEMBERED; count++) incoming.take(from("Ann", "x"));
  incoming.take(from("Bob", "old", "old"));
  assertEquals(shown.filter((line) => line === "Bob: old").length, 2, "the oldest is forgotten");
});

Deno.test("Incoming tells of senders with their marks", () => {
  const rig = rigOf();
  rig.inRoom = true;
  rig.incoming.take(from("Me1", "Hi"));
  assertEquals(rig.shown, ["* 1 private message from Me1 (looks like Mel): /inbox"]);
});
