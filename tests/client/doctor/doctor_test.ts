import { assertEquals } from "@std/assert";
import { Doctor } from "../../../lib/client/doctor/doctor.ts";
import { UserError } from "../../../lib/errors.ts";
import { freeGroup, LOOPBACK } from "../../net/loopback.ts";

const wanted = { iface: LOOPBACK, from: "--iface" };

/** A doctor on loopback without any server. */
function doctor(
  room: string | undefined,
  silentFor?: number,
): { doctor: Doctor; steps: unknown[] } {
  const steps: unknown[] = [];
  const members = silentFor === undefined
    ? undefined
    : [{ name: "Bob", silentFor, knownFor: 300_000, direct: 3, recovered: 0 }];
  return {
    steps,
    doctor: new Doctor({
      answers: { step: (_text, data) => void steps.push(data) },
      finder: { find: () => Promise.reject(new UserError("Cannot connect: none was chosen.")) },
      wanted,
      ttl: 1,
      bearings: () => ({ room, members }),
    }),
  };
}

function titles(steps: readonly unknown[]): unknown[] {
  return steps.map((step) => (step as { title?: string }).title);
}

Deno.test("Doctor.examine() is unwell without a server, and finds the rest", async () => {
  const { doctor: it, steps } = doctor(undefined);
  assertEquals(it.unwell, false);
  await it.examine(undefined, new AbortController().signal);
  assertEquals(it.unwell, true);
  assertEquals(titles(steps), [
    "Server",
    "Machine",
    "Interface",
    "Room",
    "Join",
    "Send",
    "Own echo",
    "Multicast",
    "Members",
    undefined,
  ]);
  const last = steps.at(-1) as { verdict: { cause: string } };
  assertEquals(last.verdict.cause, "there is no server");
});

Deno.test("Doctor.examine() looks at the members of the room one is in, of no other", async () => {
  const { address, port } = await freeGroup();
  const room = `${address}:${port}`;
  for (const [asked, silence] of [[undefined, true], [room, true], ["other", false]] as const) {
    const { doctor: it, steps } = doctor(room, 30_000);
    await it.examine(asked, new AbortController().signal);
    assertEquals(titles(steps).includes("Silence"), silence, asked ?? "no room");
  }
});

Deno.test("Doctor.examine() can be given up", async () => {
  const { doctor: it } = doctor(undefined);
  const gaveUp = new AbortController();
  const examining = it.examine(undefined, gaveUp.signal).then(() => "done", () => "given up");
  gaveUp.abort();
  assertEquals(await examining, "given up");
});
