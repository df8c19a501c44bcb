/**
 * What the runtime can do at most: a bare `Deno.listen` loop that answers constant bytes.
 * It takes each byte for a getdir and knows no rooms; the bench measures against it.
 *
 * Usage: deno run --allow-net=127.0.0.1 bench/ceiling.ts ROOMS
 *
 * @module
 */

import { benchRooms, encodeReply } from "./rooms.ts";

/** More requests than the load generator sends at once. */
const MAX_DEPTH = 64;

const reply = encodeReply(benchRooms(Number(Deno.args[0] ?? 10)));
const replies = new Uint8Array(reply.length * MAX_DEPTH);
for (let i = 0; i < MAX_DEPTH; i++) replies.set(reply, i * reply.length);

async function serve(connection: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(MAX_DEPTH);
  try {
    connection.setNoDelay();
    for (;;) {
      const count = await connection.read(buffer);
      if (count === null) break;
      const length = count * reply.length;
      for (let at = 0; at < length;) at += await connection.write(replies.subarray(at, length));
    }
  } catch {
    // The client reset the connection: nothing to tell anybody.
  } finally {
    connection.close();
  }
}

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0, tcpBacklog: 4096 });
const line = `Chat Room Directory Server listening on port ${listener.addr.port}...\n`;
await Deno.stdout.write(new TextEncoder().encode(line));
for (;;) {
  try {
    serve(await listener.accept());
  } catch {
    // That client is gone; the next one counts.
  }
}
