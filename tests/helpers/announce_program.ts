/**
 * A program that announces a server until its input ends: `announce_program.ts NAME PORT HOST`.
 *
 * @module
 */

import { announceServer } from "../../lib/net/announce.ts";
import { listInterfaces } from "../../lib/net/interfaces.ts";

const [name = "", port, host = ""] = Deno.args;
{
  await using announcement = announceServer({
    name,
    port: Number(port),
    host,
    interfaces: listInterfaces(),
    txt: { version: "1.2.3" },
    onProblem: (sentence) => console.error(sentence),
  });
  console.log(await announcement.announced ? `announced "${announcement.name}"` : "not announced");
  for await (const _ of Deno.stdin.readable);
}
console.log("said goodbye");
