import { assertEquals } from "@std/assert";
import { formatKnownServer, knownAs, parseKnownServers } from "../../lib/net/known_servers.ts";
import { formatPem } from "../../lib/net/pem.ts";

const SERVER = {
  fingerprint: "SHA256:kq3",
  port: 50002,
  name: "crds.invalid",
  certificate: formatPem("CERTIFICATE", Uint8Array.of(1, 2, 3)),
};

Deno.test("a line of known_servers is read as it was written", () => {
  const line = formatKnownServer("[::1]:50001", SERVER);
  assertEquals(line, "[::1]:50001 SHA256:kq3 50002 crds.invalid AQID");
  assertEquals(parseKnownServers(`${line}\n`), [
    { text: line, where: "[::1]:50001", server: SERVER },
  ]);
});

Deno.test("knownAs() is one name for each spelling", () => {
  assertEquals(knownAs({ host: "Lab-7.EXAMPLE", port: 1 }), "lab-7.example:1");
});

Deno.test("parseKnownServers() keeps what it does not understand, and never takes it for known", () => {
  const good = formatKnownServer("lab-7:1", SERVER);
  const wrong = [
    "lab-8:1",
    "lab-8:1 SHA256:x 50002 crds.invalid",
    "lab-8:1 MD5:x 50002 crds.invalid AQID",
    "lab-8:1 SHA256:x 0 crds.invalid AQID",
    "lab-8:1 SHA256:x 65536 crds.invalid AQID",
    "lab-8:1 SHA256:x 50002 crds.invalid AQI",
    "lab-8:1 SHA256:x 50002 crds.invalid AQID more",
    `lab-8:1 SHA256:x 50002 ${"x".repeat(300)} AQID`,
  ];
  for (const line of wrong) {
    assertEquals(parseKnownServers(`# mine\r\n\n  \n${line}\n${good}`), [
      { text: "# mine" },
      { text: line, where: "lab-8:1" },
      { text: good, where: "lab-7:1", server: SERVER },
    ]);
  }
  assertEquals(parseKnownServers(`LAB-7:1 ${good.slice(8)}`)[0]?.where, "lab-7:1");
});
