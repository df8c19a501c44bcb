import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  decodeMessage,
  type DnsMessage,
  encodeMessage,
  MAX_RECORDS,
  TYPE,
} from "../../lib/net/dns_message.ts";
import { announcement, browseQuery, probeQuery, type Service } from "../../lib/net/dns_sd.ts";

const SERVICE: Service = {
  instance: "Room 2.1 ünï",
  target: "crds-7",
  port: 50001,
  txt: { protocol: "1", empty: "" },
};

const MESSAGES: readonly DnsMessage[] = [
  browseQuery(4711),
  probeQuery(SERVICE),
  announcement(SERVICE, ["192.168.1.5", "10.0.0.255"]),
];

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/[0-9a-f]{2}/g) ?? [], (byte) => parseInt(byte, 16));
}

Deno.test("decodeMessage() reads what encodeMessage() writes", () => {
  for (const message of MESSAGES) assertEquals(decodeMessage(encodeMessage(message)), message);
});

Deno.test("decodeMessage() follows pointers to earlier names, as other programs write them", () => {
  // One question "_crds._tcp.local", one PTR answer "a" + pointer to the question's name.
  const name = "055f63726473" + "045f746370" + "056c6f63616c" + "00";
  const head = "0000" + "8400" + "0001" + "0001" + "0000" + "0000";
  const message = decodeMessage(bytes(
    head + name + "000c" + "8001" + "c00c" + "000c" + "0001" + "00001194" + "0004" + "0161c00c",
  ));
  assertEquals(message?.answers, [{
    name: ["_crds", "_tcp", "local"],
    type: TYPE.PTR,
    ttl: 4500,
    flush: false,
    target: ["a", "_crds", "_tcp", "local"],
  }]);
});

Deno.test("decodeMessage() keeps the number of a type it does not know, and reads on", () => {
  const message = { ...MESSAGES[2]!, questions: [] };
  const strange = { name: ["x"], type: "other" as const, code: 47, ttl: 9, flush: true };
  const mixed = { ...message, answers: [strange, ...message.answers] };
  assertEquals(decodeMessage(encodeMessage(mixed)), mixed);
});

const HEAD = "000084000000000100000000";
const MALFORMED: readonly (readonly [why: string, hex: string])[] = [
  ["nothing at all", ""],
  ["half a head", "0000840000"],
  ["a record that is not there", HEAD],
  ["more records than anybody sends", "000084000000ffff00000000"],
  ["a name that points at itself", HEAD + "c00c" + "000c000100000000" + "0000"],
  ["a name that points forward", HEAD + "c020" + "000c000100000000" + "0000"],
  ["an unknown kind of label", HEAD + "4161" + "00" + "000c000100000000" + "0000"],
  ["a label beyond the end", HEAD + "3f61"],
  ["data beyond the end", HEAD + "00" + "0001000100000000" + "0004" + "7f00"],
  ["an address of three bytes", HEAD + "00" + "0001000100000000" + "0003" + "7f0000"],
  ["a string beyond its record", HEAD + "00" + "0010000100000000" + "0002" + "0561"],
  ["a name beyond its record", HEAD + "00" + "000c000100000000" + "0001" + "016100"],
  ["a service without a host", HEAD + "00" + "0021000100000000" + "0004" + "00000000"],
  ["a name of 260 bytes", HEAD + ("19" + "61".repeat(25)).repeat(10) + "00" + "0001000100000000"],
];

for (const [why, hex] of MALFORMED) {
  Deno.test(`decodeMessage() returns undefined for ${why}`, () => {
    assertEquals(decodeMessage(bytes(hex)), undefined);
  });
}

Deno.test("decodeMessage() neither throws nor hangs on any cut or changed byte", () => {
  for (const message of MESSAGES) {
    const whole = encodeMessage(message);
    for (let i = 0; i < whole.length; i++) {
      assertEquals(decodeMessage(whole.subarray(0, i)), undefined, `cut at ${i}`);
      for (const value of [0x00, 0x3f, 0x40, 0xc0, 0xff]) {
        const changed = whole.slice();
        changed[i] = value;
        const read = decodeMessage(changed);
        assert(read === undefined || read.answers.length <= MAX_RECORDS);
      }
    }
  }
});

Deno.test("encodeMessage() refuses a label of more than 63 bytes", () => {
  const questions = [{ name: ["ü".repeat(32)], type: TYPE.A }];
  assertThrows(() => encodeMessage({ ...browseQuery(0), questions }), RangeError, "64 bytes");
});
