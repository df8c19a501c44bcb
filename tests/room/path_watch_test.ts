import { assertEquals } from "@std/assert";
import { PathWatch, PROBES } from "../../lib/room/path_watch.ts";

/** A watch whose chance is even, and whose tokens count up. */
function watch(probes = PROBES): PathWatch {
  let token = 0;
  return new PathWatch({ now: 0, random: () => 0, newToken: () => `t${++token}`, probes });
}

/** Lets time pass; tells each step as "time kind token". */
function steps(path: PathWatch, until: number): string[] {
  const seen: string[] = [];
  for (let now = path.nextDeadline; now <= until; now = path.nextDeadline) {
    const step = path.due(now);
    if (step !== undefined) {
      seen.push(`${now} ${step.kind}${step.kind === "probe" ? ` ${step.token}` : ""}`);
    }
    if (step?.kind === "blocked") break;
  }
  return seen;
}

Deno.test("PathWatch says blocked when no probe is answered, within 1.2 s", () => {
  const path = watch();
  const seen = steps(path, 5000);
  assertEquals(seen.length, PROBES + 1);
  assertEquals([seen[0], seen[1], seen.at(-1)], ["0 probe t1", "100 probe t1", "1100 blocked"]);
  assertEquals(steps(path, 2200)[0], "2100 probe t2", "and checks again");
});

Deno.test("PathWatch is content with an echo, and with what it hears", () => {
  const path = watch();
  assertEquals(steps(path, 150).length, 2);
  assertEquals(path.echoed("t0", 150), false, "an echo for somebody else");
  assertEquals(path.echoed("t1", 150), true);
  assertEquals(path.echoed("t1", 160), false, "the second echo of one probe");
  for (let now = 1000; now < 20_000; now += 900) {
    path.heard(now);
    assertEquals(steps(path, now + 899), [], String(now));
  }
});

Deno.test("PathWatch checks when it is quiet: soon in a lively room, later in an idle one", () => {
  const path = watch();
  steps(path, 0);
  path.echoed("t1", 10);
  assertEquals(path.nextDeadline, 1010);
  steps(path, 1010);
  path.echoed("t2", 1020);
  path.heard(70_000);
  assertEquals(path.nextDeadline, 70_000, "the last echo is too long ago");
  steps(path, 70_000);
  path.echoed("t3", 70_010);
  assertEquals(path.nextDeadline, 75_010);
  path.spoken(70_020);
  assertEquals(path.nextDeadline, 71_020);
});

Deno.test("PathWatch tries twice as long when something arrives, but nobody answers", () => {
  const path = watch(3);
  steps(path, 50);
  path.heard(60);
  assertEquals(steps(path, 5000), [
    "100 probe t1",
    "200 probe t1",
    "400 probe t1",
    "500 probe t1",
    "600 probe t1",
    "800 blocked",
  ]);
});

Deno.test("PathWatch calls a check off when somebody is heard and an echo came lately", () => {
  const path = watch();
  steps(path, 0);
  path.echoed("t1", 10);
  assertEquals(steps(path, 1050), ["1010 probe t2"]);
  path.heard(1060);
  assertEquals(path.nextDeadline, 2060);
});
