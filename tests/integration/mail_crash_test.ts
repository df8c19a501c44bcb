// kill -9 of the real server in the middle of private messages: each that was sent arrives once, in
// order, whatever was under way.

import { assert, assertEquals } from "@std/assert";
import type { TakeParams } from "../../lib/people/message_methods.ts";
import { RpcClosed } from "../../lib/rpc/rpc_error.ts";
import { type ServerProgram, startServer } from "../helpers/processes.ts";
import { PASSWORD, SecureSession } from "../helpers/secure_session.ts";
import { seededRandom, withSeed } from "../helpers/seeded_random.ts";
import { TempFolder } from "../helpers/temp_folder.ts";

/** How often the server is killed while messages are put, and as often while they are taken. */
const KILLS = 4;

/** Messages put in a round before, or while, the server dies. */
const MOST = 25;

/** The sender: it puts one message after the other, and repeats those whose answers it lost. */
class Sender {
  readonly ids: string[] = [];
  #lost: string | undefined;

  /** Puts messages until the server dies. */
  async run(session: SecureSession, onAnswer: () => void): Promise<void> {
    for (;;) {
      const id = this.#lost ?? `m${this.ids.length}`;
      if (this.#lost === undefined) this.ids.push(id);
      this.#lost = id;
      try {
        const params = { to: "Ann", id, text: `text ${id}` };
        const { outcome } = await session.ask("message.put", params);
        assert(outcome === "stored" || outcome === "delivered", String(outcome));
      } catch (error) {
        if (error instanceof RpcClosed) return;
        throw error;
      }
      this.#lost = undefined;
      onAnswer();
    }
  }
}

/** The recipient: what it has shown, and what it was asked to take once more. */
class Recipient {
  readonly shown: string[] = [];
  repeated = 0;

  take({ id, text, from, account }: TakeParams): void {
    assertEquals([text, from, account], [`text ${id}`, "Mel", true]);
    if (this.shown.includes(id)) this.repeated++;
    else this.shown.push(id);
  }
}

async function enter(
  server: ServerProgram,
  name: string,
  token: string,
  onTake?: (message: TakeParams) => unknown,
): Promise<SecureSession> {
  const session = await SecureSession.open(server.port, {
    name: "guest",
    ...(onTake === undefined ? {} : { onTake }),
  });
  const login = await session.ask("account.resume", { token });
  assertEquals(login.name, name);
  return session;
}

async function register(server: ServerProgram, name: string): Promise<string> {
  await using session = await SecureSession.open(server.port, { name });
  return String((await session.ask("account.register", { name, password: PASSWORD })).token);
}

Deno.test({
  name: `a private message arrives once, in order, over ${2 * KILLS} times kill -9 of the server`,
  ignore: Deno.build.os === "windows",
  fn: () =>
    withSeed(async (seed) => {
      using folder = new TempFolder();
      const flags = ["--data", folder.file("crds.db"), "--tls-port", "0"];
      const random = seededRandom(seed);
      const sender = new Sender();
      const recipient = new Recipient();
      let server = await startServer(flags);
      const again = async (): Promise<void> => {
        await server.program.stop("SIGKILL");
        server = await startServer(flags);
      };
      try {
        const ann = await register(server, "Ann");
        const mel = await register(server, "Mel");
        for (let round = 0; round < KILLS; round++) {
          {
            // Killed between accept and answer, or between two messages.
            let left = Math.floor(random() * MOST);
            await using session = await enter(server, "Mel", mel);
            await sender.run(session, () => {
              if (left-- === 0) server.program.signal("SIGKILL");
            });
          }
          await again();
          {
            // Killed between delivery and acknowledgement.
            let left = Math.floor(random() * MOST);
            const killed = Promise.withResolvers<void>();
            await using session = await enter(server, "Ann", ann, (message) => {
              recipient.take(message);
              if (left-- > 0) return {};
              server.program.signal("SIGKILL");
              killed.resolve();
              return new Promise(() => {});
            });
            await using other = await enter(server, "Mel", mel);
            await session.ask("message.ready");
            const sending = sender.run(other, () => {});
            await killed.promise;
            await sending;
          }
          await again();
        }
        // All that is left: the last message is the one that came last.
        const last = Promise.withResolvers<void>();
        await using session = await enter(server, "Ann", ann, (message) => {
          recipient.take(message);
          if (message.id === "last") last.resolve();
          return {};
        });
        await using other = await enter(server, "Mel", mel);
        let left = 1;
        const sending = sender.run(other, () => {
          if (left-- === 0) other.drop();
        });
        await sending;
        await using end = await enter(server, "Mel", mel);
        await end.ask("message.put", { to: "Ann", id: "last", text: "text last" });
        await session.ask("message.ready");
        await last.promise;
        const put = [...sender.ids, "last"];
        // What was on its way when the sender went may have been taken, or not: it was never answered.
        const unanswered = recipient.shown.includes(sender.ids.at(-1)!) ? [] : sender.ids.slice(-1);
        assertEquals(recipient.shown, put.filter((id) => !unanswered.includes(id)));
        assert(recipient.repeated <= KILLS, `${recipient.repeated} were to be taken twice`);
        console.log(`${put.length} messages, ${recipient.repeated} asked for twice and dropped`);
      } finally {
        await server[Symbol.asyncDispose]();
      }
    }),
});
