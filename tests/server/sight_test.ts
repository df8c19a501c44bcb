import { assertEquals } from "@std/assert";
import type { PersonRecord } from "../../lib/people/people_methods.ts";
import { PASSWORD, type ServiceClient, ServiceRig } from "../helpers/service_rig.ts";

async function names(client: ServiceClient): Promise<string[]> {
  const { people } = await client.call["people.list"]({});
  return people.map(({ name }: PersonRecord) => name);
}

function told(client: ServiceClient): string[] {
  const heard = client.notes.splice(0).filter(({ method }) => method === "people.changed");
  // deno-lint-ignore no-explicit-any
  return heard.map(({ params }: { params: any }) => `${params.kind} ${params.person.name}`);
}

Deno.test("people.list hides who blocks from who is blocked, and nobody else", async () => {
  using rig = await ServiceRig.open();
  using ann = rig.named("Ann");
  using bob = rig.named("Bob");
  using mel = rig.named("Mel");
  await rig.blocking.add("ann", "BOB");
  assertEquals(await names(bob), ["Bob", "Mel"]);
  assertEquals(await names(mel), ["Ann", "Bob", "Mel"]);
  assertEquals(await names(ann), ["Ann", "Bob", "Mel"]);
  bob.call["people.rename"]({ name: "Robert" });
  assertEquals(await names(bob), ["Ann", "Robert", "Mel"], "another name is another person");
  await rig.blocking.remove("ann", "Bob");
  bob.call["people.rename"]({ name: "Bob" });
  assertEquals(await names(bob), ["Ann", "Bob", "Mel"]);
});

Deno.test("people.changed tells neither of the other", async () => {
  using rig = await ServiceRig.open();
  const bob = rig.named("Bob");
  using ann = rig.named("Ann");
  using mel = rig.named("Mel");
  for (const client of [ann, bob, mel]) client.call["people.watch"]({});
  await rig.directory.create("lobby");
  await rig.blocking.add("ann", "Bob");
  assertEquals([told(ann), told(bob), told(mel)], [[], ["left Ann"], []]);
  ann.call["people.move"]({ room: "lobby" });
  bob.call["people.move"]({ room: "lobby" });
  assertEquals(told(ann), ["changed Ann"]);
  assertEquals(told(bob), ["changed Bob"]);
  assertEquals(told(mel), ["changed Ann", "changed Bob"]);
  bob[Symbol.dispose]();
  using again = rig.named("Bob");
  assertEquals([told(ann), told(mel)], [[], ["left Bob", "came Bob"]]);
  again.call["people.watch"]({});
  await rig.blocking.remove("ann", "Bob");
  assertEquals([told(ann), told(again), told(mel)], [[], ["came Ann"], []]);
  ann.call["people.move"]({ room: null });
  assertEquals(told(again), ["changed Ann"]);
});

Deno.test("people.changed: who takes a name that is hidden goes, who leaves one comes", async () => {
  using rig = await ServiceRig.open();
  using ann = rig.named("Ann");
  using gus = rig.named("Gus");
  ann.call["people.watch"]({});
  await rig.blocking.add("ann", "Bob");
  gus.call["people.rename"]({ name: "Bob" });
  assertEquals(told(ann), ["left Gus"]);
  gus.call["people.rename"]({ name: "BOB" });
  assertEquals(told(ann), []);
  gus.call["people.rename"]({ name: "Gus" });
  assertEquals(told(ann), ["came Gus"]);
});

Deno.test("a change is one line for all who may know it", async () => {
  using rig = await ServiceRig.open();
  using ann = rig.named("Ann");
  using bob = rig.named("Bob");
  await rig.blocking.add("ann", "Zoe");
  let made = 0;
  const personChange = rig.records.personChange.bind(rig.records);
  rig.records.personChange = (change) => (made++, personChange(change));
  for (const client of [ann, bob]) client.call["people.watch"]({});
  using _mel = rig.named("Mel");
  assertEquals([told(ann), told(bob), made], [["came Mel"], ["came Mel"], 1]);
});

Deno.test("a login and a logout are told as such, to those who may know of it", async () => {
  using rig = await ServiceRig.open();
  rig.secure = true;
  using bob = rig.named("Bob");
  using zoe = rig.named("Zoe");
  const ann = rig.named("Ann");
  await ann.call["account.register"]({ name: "Ann", password: PASSWORD });
  await ann.call["account.logout"]({});
  for (const client of [bob, zoe]) client.call["people.watch"]({});
  const turns = (client: ServiceClient): string[] =>
    client.notes.splice(0).map(({ params }) => {
      // deno-lint-ignore no-explicit-any
      const { kind, person, formerly = "", account = "" } = params as any;
      return `${kind} ${person.name} ${person.account ?? ""} ${formerly} ${account}`.trim();
    });
  await rig.blocking.add("ann", "Bob");
  assertEquals([turns(bob), turns(zoe)], [[], []], "Ann is not on");
  const { token } = await ann.call["account.login"]({ name: "Ann", password: PASSWORD });
  assertEquals(turns(bob), ["left Ann2"], "a guest who left, for all that Bob knows");
  assertEquals(turns(zoe), ["changed Ann true Ann2 on"]);
  await rig.blocking.remove("ann", "Bob");
  assertEquals(turns(bob), ["came Ann true  on"]);
  await rig.blocking.add("ann", "Bob");
  assertEquals(turns(bob), ["left Ann true  off"]);
  await ann.call["account.logout"]({});
  assertEquals(turns(bob), ["came Ann2"]);
  assertEquals(turns(zoe), ["changed Ann2  Ann off"]);
  assertEquals(typeof token, "string");
  ann[Symbol.dispose]();
});
