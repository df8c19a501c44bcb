import { assert, assertEquals } from "@std/assert";
import { decodeMessage, encodeMessage, TYPE } from "../../lib/net/dns_message.ts";
import {
  announcement,
  asksFor,
  browseQuery,
  directAnswer,
  goodbye,
  instanceLabel,
  probeQuery,
  rivalOf,
  SERVICE_TYPE,
} from "../../lib/net/dns_sd.ts";

const OURS = { instance: "lab", target: "crds-1", port: 1, txt: { protocol: "1" } };
const THEIRS = { ...OURS, target: "crds-2" };

Deno.test("instanceLabel() makes one label of any text", () => {
  for (const name of ["", " \x1b ", "x".repeat(200), "ü".repeat(200), "👩".repeat(99), "a.b"]) {
    for (const attempt of [1, 2, 15]) {
      const bytes = new TextEncoder().encode(instanceLabel(name, attempt));
      assert(bytes.length >= 1 && bytes.length <= 63, `${name} ${attempt}: ${bytes.length} bytes`);
    }
  }
  assertEquals(instanceLabel("👩".repeat(99), 1), "👩".repeat(15));
  assertEquals(instanceLabel("  ", 2), "CRDS (2)");
});

Deno.test("asksFor() is true for what concerns the service only", () => {
  const ask = (name: readonly string[], type: number) =>
    asksFor({ ...browseQuery(0), questions: [{ name, type }] }, OURS);
  assert(ask(["_CRDS", "_tcp", "local"], TYPE.PTR));
  assert(ask(["Lab", ...SERVICE_TYPE], TYPE.ANY));
  assert(ask(["crds-1", "local"], TYPE.A));
  assert(ask(["_services", "_dns-sd", "_udp", "local"], TYPE.PTR));
  assert(!ask(["crds-2", "local"], TYPE.A));
  assert(!ask(["other", ...SERVICE_TYPE], TYPE.SRV));
  assert(!ask(["_http", "_tcp", "local"], TYPE.PTR));
  assert(!asksFor(announcement(OURS, []), OURS));
});

Deno.test("asksFor() is false for those who know the service already", () => {
  const known = announcement(OURS, []).answers;
  assert(!asksFor({ ...browseQuery(0), answers: known }, OURS));
  const old = known.map((record) => ({ ...record, ttl: 100 }));
  assert(asksFor({ ...browseQuery(0), answers: old }, OURS));
});

Deno.test("rivalOf() finds who has or wants the name, but not the service itself", () => {
  assertEquals(rivalOf(announcement(THEIRS, []), OURS), "crds-2.local");
  assertEquals(rivalOf(probeQuery(THEIRS), OURS), "crds-2.local");
  assertEquals(rivalOf(announcement(OURS, []), OURS), undefined);
  assertEquals(rivalOf(probeQuery(OURS), OURS), undefined);
  assertEquals(rivalOf(goodbye(THEIRS, []), OURS), undefined);
  assertEquals(rivalOf(announcement({ ...THEIRS, instance: "LAB (2)" }, []), OURS), undefined);
});

Deno.test("directAnswer() repeats number and question and is not believed for long", () => {
  const answer = directAnswer(browseQuery(77), OURS, ["127.0.0.1"]);
  assertEquals([answer.id, answer.questions], [77, browseQuery(77).questions]);
  const records = [...answer.answers, ...answer.additionals];
  assert(records.every(({ ttl, flush }) => ttl <= 10 && !flush));
});

Deno.test("announcement() cuts an entry that is too long instead of failing", () => {
  const service = { ...OURS, txt: { long: "x".repeat(300) } };
  const message = decodeMessage(encodeMessage(announcement(service, [])));
  const [txt] = message?.answers.filter(({ type }) => type === TYPE.TXT) ?? [];
  assert(txt?.type === TYPE.TXT && txt.strings[0]?.length === 255);
});
