import { assertEquals } from "@std/assert";
import type { LabRequest } from "../../lib/framing/lab.ts";
import {
  formatStatusJson,
  formatStatusText,
  type StatusEvent,
} from "../../lib/server/status_event.ts";

const PEER = "127.0.0.1:40122";
const EVIL = "a\nb\x1b[2J\x9b\u202e\u2028\x7f\r";

function request(request: LabRequest, outcome: string, refused = false): StatusEvent {
  return { event: "request", peer: PEER, request, outcome, refused };
}

const TABLE: [event: StatusEvent, text: string][] = [
  [
    { event: "listening", host: "0.0.0.0", port: 50001 },
    "Chat Room Directory Server listening on port 50001...",
  ],
  [{ event: "opened", peer: PEER }, "Connection received from 127.0.0.1:40122."],
  [{ event: "closed", peer: PEER }, "Connection closed: 127.0.0.1:40122."],
  [
    { event: "closed", peer: PEER, why: "unknown opcode 9" },
    "Connection closed: 127.0.0.1:40122 (unknown opcode 9).",
  ],
  [request({ op: "getdir", times: 1 }, "0 rooms"), `${PEER} getdir: 0 rooms.`],
  [request({ op: "getdir", times: 3 }, "1 room"), `${PEER} getdir x3: 1 room.`],
  [
    request({ op: "makeroom", name: "lab", address: "239.1.2.3", port: "1" }, "created"),
    `${PEER} makeroom lab 239.1.2.3 1: created.`,
  ],
  [request({ op: "deleteroom", name: "lab" }, "deleted"), `${PEER} deleteroom lab: deleted.`],
  [
    request({ op: "chat", name: "lab" }, "there is no room of that name", true),
    `${PEER} chat lab: refused: there is no room of that name.`,
  ],
  [
    request({ op: "makeroom", name: EVIL, address: EVIL, port: EVIL }, EVIL, true),
    `${PEER} makeroom ${clean(EVIL)} ${clean(EVIL)} ${clean(EVIL)}: refused: ${clean(EVIL)}.`,
  ],
  [{ event: "problem", what: EVIL }, clean(EVIL)],
  [{ event: "closed", peer: PEER, why: EVIL }, `Connection closed: ${PEER} (${clean(EVIL)}).`],
  [
    { event: "relay-opened", peer: PEER, room: EVIL },
    `Relay opened: ${PEER} is in room ${clean(EVIL)} through the server.`,
  ],
  [
    { event: "relay-closed", peer: PEER, room: EVIL, why: "its client left" },
    `Relay closed: ${PEER}, room ${clean(EVIL)} (its client left).`,
  ],
  [
    { event: "turned-away", peer: PEER, why: "2 connections are open" },
    `Connection turned away: ${PEER} (2 connections are open).`,
  ],
  [{ event: "stopping", why: "SIGINT" }, "Stopping (SIGINT): finishing what is under way."],
  [{ event: "stopped" }, "Stopped."],
];

/** EVIL with each dangerous character replaced. */
function clean(text: string): string {
  return text.replace(/[^ -~]/g, "\ufffd").replace("\x7f", "\ufffd");
}

for (const [event, text] of TABLE) {
  Deno.test(`formatStatusText() writes ${text}`, () => assertEquals(formatStatusText(event), text));
}

Deno.test("formatStatusJson() writes one safe line and loses nothing", () => {
  for (const [event] of TABLE) {
    const line = formatStatusJson(event, 86_400_000);
    // deno-lint-ignore no-control-regex
    assertEquals(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202e]/.test(line), false, line);
    const { time, ...rest } = JSON.parse(line);
    assertEquals(time, "1970-01-02T00:00:00.000Z");
    const { request, ...others } = event.event === "request" ? event : { ...event, request: {} };
    assertEquals(rest, { ...others, ...request });
  }
});
