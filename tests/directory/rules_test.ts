import { assertEquals, assertThrows } from "@std/assert";
import { DirectoryError, type DirectoryErrorCode } from "../../lib/directory/directory_error.ts";
import {
  checkWish,
  faultOfAddress,
  faultOfName,
  faultOfPort,
  MAX_ROOM_NAME_BYTES,
} from "../../lib/directory/rules.ts";

const GOOD_NAMES = [
  "a",
  "lab",
  "lab-1_x.y",
  "a:b",
  "café",
  "สวัสดี",
  "👩‍👩‍👧",
  "x".repeat(64),
  "é".repeat(32),
  "\u{1f600}".repeat(16),
];

for (const name of GOOD_NAMES) {
  Deno.test(`faultOfName() accepts "${name}"`, () => {
    assertEquals(faultOfName(name), undefined);
    checkWish({ name, address: "239.1.2.3", port: "1" });
  });
}

const BAD_NAMES: [name: string, fault: string][] = [
  ["", "empty"],
  ["x".repeat(65), "65 bytes"],
  ["é".repeat(33), "66 bytes"],
  ["a b", "white space"],
  [" a", "white space"],
  ["a\t", "white space"],
  ["a\nb: 239.1.1.1:1", "white space"],
  ["a\rb", "white space"],
  ["a\u00a0b", "white space"],
  ["a\u3000b", "white space"],
  ["a\u2028b", "white space"],
  ["\ufefflab", "white space"],
  ["a\x00", "control character"],
  ["\x1b[2J", "control character"],
  ["a\x7f", "control character"],
  ["a\x85", "control character"],
  ["a\x9b", "control character"],
  ["a\u202eb", "control character"],
  ["a\u200bb", "control character"],
];

for (const [name, fault] of BAD_NAMES) {
  Deno.test(`faultOfName() refuses ${JSON.stringify(name)}`, () => {
    assertEquals(faultOfName(name)?.includes(fault), true, faultOfName(name));
    assertThrows(() => checkWish({ name }), DirectoryError, fault);
  });
}

Deno.test("faultOfName() knows the limit that it names", () => {
  assertEquals(MAX_ROOM_NAME_BYTES, 64);
});

for (const address of ["239.0.0.0", "239.255.255.255", "239.1.2.3", "239.10.100.0"]) {
  Deno.test(`faultOfAddress() accepts ${address}`, () => {
    assertEquals(faultOfAddress(address), undefined);
  });
}

const BAD_ADDRESSES = [
  "224.0.0.1",
  "238.255.255.255",
  "240.0.0.0",
  "10.0.0.1",
  "0.0.0.0",
  "239.256.0.0",
  "239.1.2",
  "239.1.2.3.4",
  "239.01.2.3",
  "239.1.2.+3",
  "239.1.2.3 ",
  " 239.1.2.3",
  "239.1.2.",
  "239.1.2.3\n",
  "0xef.1.2.3",
  "239.1.2.0003",
  "239.1.2.٣",
  "239.1.2.1e1",
  "4009754627",
  "abc",
  "",
  "ff02::1",
  "\x1b[2J",
];

for (const address of BAD_ADDRESSES) {
  Deno.test(`faultOfAddress() refuses ${JSON.stringify(address)}`, () => {
    const fault = faultOfAddress(address) ?? "";
    assertEquals(fault.includes("239.0.0.0-239.255.255.255"), true, fault);
    // deno-lint-ignore no-control-regex
    assertEquals(/[\x00-\x1f]/.test(fault), false);
  });
}

for (const port of ["1", "80", "50100", "65535"]) {
  Deno.test(`faultOfPort() accepts ${port}`, () => assertEquals(faultOfPort(port), undefined));
}

const BAD_PORTS = [
  "0",
  "65536",
  "70000",
  "99999",
  "100000",
  "abc",
  "",
  "-1",
  "+1",
  "1.5",
  "1e3",
  "0x1",
  "01",
  "00080",
  " 1",
  "1\n",
  "٣",
  "9".repeat(255),
];

for (const port of BAD_PORTS) {
  Deno.test(`faultOfPort() refuses ${JSON.stringify(port)}`, () => {
    const fault = faultOfPort(port) ?? "";
    assertEquals(fault.includes("choose a number in 1-65535"), true, fault);
  });
}

Deno.test("checkWish() names the first fault, with its code and a sentence for people", () => {
  const table: [string, string, string, DirectoryErrorCode, string][] = [
    [
      "a b",
      "x",
      "y",
      "BAD_NAME",
      'Cannot create room "a b": the name holds white space; use - or _',
    ],
    ["lab", "x", "y", "BAD_ADDRESS", 'Cannot create room "lab": "x" is no IPv4 address; choose'],
    ["lab", "224.0.0.1", "y", "BAD_ADDRESS", '"224.0.0.1" is no group address of this directory'],
    ["lab", "239.1.2.3", "y", "BAD_PORT", 'Cannot create room "lab": "y" is no port; choose'],
    ["a\x1bb", "x", "y", "BAD_NAME", 'Cannot create room "a\ufffdb": the name holds a control'],
  ];
  for (const [name, address, port, code, message] of table) {
    const error = assertThrows(() => checkWish({ name, address, port }), DirectoryError, message);
    assertEquals(error.code, code);
    assertEquals(error.message, error.message.trimEnd());
    assertEquals(error.message.endsWith("."), true);
  }
});

const CHECK = "A".repeat(22);

Deno.test("checkWish() takes 16 bytes in base64url for a seal, and nothing else", () => {
  checkWish({ name: "vault", sealed: CHECK });
  checkWish({ name: "vault", sealed: "E6qD0fNvSiLyDDLj-5pEbg" });
  for (
    const sealed of ["", CHECK.slice(1), CHECK + "A", "A".repeat(21) + "B", "+" + CHECK.slice(1)]
  ) {
    const error = assertThrows(
      () => checkWish({ name: "vault", sealed }),
      DirectoryError,
      'Cannot create room "vault": the check value of the passphrase is not 16 bytes in base64url',
    );
    assertEquals((error as DirectoryError).code, "BAD_SEAL");
  }
});

Deno.test("checkWish() refuses a name that looks like a sealed room's", () => {
  const error = assertThrows(
    () => checkWish({ name: "vault(sealed)" }),
    DirectoryError,
    "names ending in (sealed) look like sealed rooms",
  );
  assertEquals((error as DirectoryError).code, "BAD_NAME");
});
