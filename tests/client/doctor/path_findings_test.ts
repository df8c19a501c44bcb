import { assertEquals, assertMatch } from "@std/assert";
import { joinFindings, probeFindings } from "../../../lib/client/doctor/path_findings.ts";
import { address, type Changes, DEAF, examination, LO, SILENT } from "./examinations.ts";

const WIFI = address("wlp2s0", "192.168.1.6");

function joined(changes: Changes): string[] {
  return joinFindings(examination(changes)).map(({ mark, title }) => `${mark} ${title}`);
}

Deno.test("joinFindings() ends with the step that failed", () => {
  assertEquals(joined({}), ["ok Join", "ok Send", "ok Own echo"]);
  assertEquals(joined({ path: { joinFailure: "Cannot join." } }), ["bad Join"]);
  assertEquals(joined({ path: { sendFailure: "Cannot send." } }), ["ok Join", "bad Send"]);
  assertEquals(joined({ path: { loopback: false } }), ["ok Join", "ok Send", "bad Own echo"]);
  assertEquals(joined({ path: { loopback: undefined } }), ["ok Join", "ok Send"]);
});

Deno.test("joinFindings() tells a firewall from an interface that is down", () => {
  const path = { sendFailure: "Cannot send to room: the system refused." };
  const [, works] = joinFindings(examination({ path }));
  assertMatch(works?.detail ?? "", /refuses to send to the group, though the interface works/);
  for (
    const server of [{ failure: "Cannot connect." }, { here: true }, { localAddress: "10.1.1.1" }]
  ) {
    const [, unknown] = joinFindings(examination({ path, server }));
    assertEquals(unknown?.detail, path.sendFailure);
  }
});

function probed(changes: Changes): string[] {
  const seen = examination(changes);
  return probeFindings(seen, seen.heard!).map(({ mark, title, detail }) =>
    `${mark} ${title}: ${detail}`
  );
}

Deno.test("probeFindings() measures the loss if the server answers each probe", () => {
  assertEquals(probed({})[1], "ok Loss: none of 20 probes");
  assertEquals(
    probed({ path: { answered: 19 } })[1],
    "warn Loss: 1 of 20 probes or their answers (5 % there and back)",
  );
  assertMatch(probed({ path: { answered: 9 } })[1] ?? "", /^bad Loss: 11 of 20 .*55 %/);
  const server = { answers: false, why: "it does not relay" } as const;
  assertEquals(probed({ path: { answered: 3, server } }).length, 1);
  const wireless = examination({ addresses: [LO, WIFI], over: WIFI, path: { answered: 15 } });
  const [, loss] = probeFindings(wireless, wireless.heard!);
  assertMatch(loss?.advice ?? "", /On Wi-Fi/);
});

Deno.test("probeFindings() does not blame the network where nobody could answer", () => {
  const server = { answers: false, why: "it speaks the lab protocol only" } as const;
  assertMatch(
    probed({ path: { answered: 0, server }, heard: DEAF })[0] ?? "",
    /^skip Multicast: nobody answered, but the server cannot: it speaks the lab protocol only/,
  );
  assertMatch(
    probed({ room: { kind: "none" }, path: SILENT, heard: DEAF })[0] ?? "",
    /^skip Multicast: not tested/,
  );
  assertMatch(
    probed({ server: { here: true }, path: { answered: 0, answeredHere: true } })[0] ?? "",
    /^ok Multicast: the server answers; it is on this machine/,
  );
});

Deno.test("probeFindings() tells each direction, each interface and the other room", () => {
  const path = {
    answered: 0,
    ways: { out: 6, in: 0, sent: 6 },
    others: [
      { name: "eth1", address: "10.0.0.5", answered: true },
      { name: "eth2", address: "10.1.0.5", answered: false },
    ],
    otherRoom: { name: "tea", answered: false },
  };
  assertEquals(probed({ path, heard: DEAF }), [
    "bad Multicast: none of 20 probes was answered, and the server promised to answer",
    "ok Way out: 6 of 6 datagrams of this machine arrived at the server by multicast",
    "bad Way in: 0 of 6 datagrams of the server arrived here by multicast",
    "bad Other interface: on eth1 (10.0.0.5) others answer",
    "skip Other interface: on eth2 (10.1.0.5) nobody answers either",
    'skip Other room: in "tea" it is the same',
  ]);
});
