import { assertEquals } from "@std/assert";
import { SecureArrivals } from "../../lib/server/secure_arrivals.ts";
import { prepareTls } from "../../lib/server/server_tls.ts";
import { SessionClient } from "../helpers/session_client.ts";
import { SessionServer } from "../helpers/session_server.ts";

const TLS = await prepareTls({ kind: "ephemeral" });

Deno.test("SecureArrivals tells each what came since, and forgets whom nobody asks about", () => {
  const arrivals = new SecureArrivals();
  arrivals.arrived("10.0.0.1");
  const first = arrivals.watch("10.0.0.1");
  assertEquals(first.seen, false);
  arrivals.arrived("10.0.0.1");
  const second = arrivals.watch("10.0.0.1");
  assertEquals([first.seen, second.seen], [true, false]);
  first[Symbol.dispose]();
  arrivals.arrived("10.0.0.1");
  assertEquals([second.seen, arrivals.watched], [true, 1]);
  second[Symbol.dispose]();
  assertEquals(arrivals.watched, 0);
});

/** Why the server says that a client in clear is gone, which did something and then left. */
async function whyGone(
  server: SessionServer,
  work: (client: SessionClient) => Promise<unknown>,
  hello: object = {},
): Promise<string | undefined> {
  const before = server.log.events.length;
  {
    using client = await SessionClient.greet(server.endpoint.port, hello);
    await work(client);
  }
  for (;;) {
    const opened = server.log.events.slice(before).find((each) => each.event === "opened");
    const closed = server.log.events.find((each) =>
      each.event === "closed" && opened?.event === "opened" && each.peer === opened.peer
    );
    if (closed?.event === "closed") return closed.why;
    await server.log.changed;
  }
}

Deno.test("who asks in clear what the server is and comes over TLS is told as one that went over", async () => {
  await using server = await SessionServer.start({ tls: TLS });
  const secure: Deno.TcpConn[] = [];
  const opened = () => server.log.events.filter((each) => each.event === "opened").length;
  const goOver = async () => {
    const before = opened();
    secure.push(await Deno.connect({ hostname: "127.0.0.1", port: server.tlsPort }));
    while (opened() === before) await server.log.changed;
  };
  assertEquals(await whyGone(server, goOver), "it went over to TLS");
  // Nothing came; or the client was here for something else.
  assertEquals(await whyGone(server, () => Promise.resolve()), undefined);
  assertEquals(await whyGone(server, goOver, { name: "Mel" }), undefined);
  const busy = async (client: SessionClient) => {
    await client.ask("people.list", {});
    await goOver();
  };
  assertEquals(await whyGone(server, busy), undefined);
  for (const each of secure) each.close();
});
