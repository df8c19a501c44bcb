import { assertEquals, assertRejects } from "@std/assert";
import { type NamedServer, ServerFinder } from "../../lib/client/server_finder.ts";
import { UserError } from "../../lib/errors.ts";

const FALLBACK = { host: "127.0.0.1", port: 50001 };
const LAB = { name: "Lab 7", host: "10.0.0.7", port: 50001 };
const EVIL = { name: "x\x1b[2J", host: "10.0.0.8", port: 7 };

function finderOf(found: readonly NamedServer[], answer?: string, given?: typeof FALLBACK) {
  const told: string[] = [];
  const asked: string[] = [];
  let looked = 0;
  const finder = new ServerFinder({
    given,
    fallback: FALLBACK,
    discover: () => {
      looked++;
      return Promise.resolve(found);
    },
    tell: (sentence) => told.push(sentence),
    ask: (question) => {
      asked.push(question);
      return Promise.resolve(answer);
    },
  });
  return { finder, told, asked, looked: () => looked };
}

Deno.test("ServerFinder.find() takes the server that was given, without looking", async () => {
  const given = { host: "lab", port: 1 };
  const { finder, told, looked } = finderOf([LAB], undefined, given);
  assertEquals(await finder.find(), given);
  assertEquals([told, looked()], [[], 0]);
});

Deno.test("ServerFinder.find() takes the only server on the network, and says so", async () => {
  const { finder, told, asked } = finderOf([LAB]);
  assertEquals(await finder.find(), LAB);
  assertEquals([told, asked], [['Found "Lab 7" at 10.0.0.7:50001.'], []]);
});

Deno.test("ServerFinder.find() asks which of several", async () => {
  for (const [answer, expected] of [["1", LAB], [" 2 ", EVIL]] as const) {
    const { finder, told, asked } = finderOf([LAB, EVIL], answer);
    assertEquals(await finder.find(), expected);
    assertEquals(told, [
      "Several servers announce themselves:\n  1  Lab 7  10.0.0.7:50001\n  2  x\ufffd[2J  10.0.0.8:7",
    ]);
    assertEquals(asked, ["Which one (1-2)? "]);
  }
});

Deno.test("ServerFinder.find() of several chooses none without a good answer", async () => {
  for (const answer of [undefined, "", "0", "3", "-1", "1.5", "Lab 7", "99999999999999999999"]) {
    const { finder } = finderOf([LAB, EVIL], answer);
    await assertRejects(
      () => finder.find(),
      UserError,
      "Cannot connect: no server was chosen. Name one: connect HOST[:PORT].",
    );
  }
});

Deno.test("ServerFinder.find() says what it tried when there is none, and takes the fallback", async () => {
  const { finder, told } = finderOf([]);
  assertEquals(await finder.find(), FALLBACK);
  assertEquals(told, [
    "No server announces itself here, and neither --server nor $CRDS_SERVER names one; " +
    "trying 127.0.0.1:50001.",
  ]);
});

Deno.test("ServerFinder.find() can be interrupted", async () => {
  const { finder, told } = finderOf([]);
  await assertRejects(() => finder.find(AbortSignal.abort(new Error("enough"))), Error, "enough");
  assertEquals(told, []);
});
