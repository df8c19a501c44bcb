import { assertEquals } from "@std/assert";
import { untilSignal } from "../lib/signals.ts";

Deno.test("untilSignal() listens for what the system knows, and no more once one came", async () => {
  for (
    const [os, known] of [
      ["windows", ["SIGINT", "SIGHUP"]],
      ["linux", ["SIGINT", "SIGTERM", "SIGHUP"]],
    ] as const
  ) {
    const { addSignalListener, removeSignalListener } = Deno;
    const listening = new Map<string, () => void>();
    try {
      Deno.addSignalListener = (name, handler) => void listening.set(name, handler);
      Deno.removeSignalListener = (name) => void listening.delete(name);
      const came = untilSignal(["SIGINT", "SIGTERM", "SIGHUP"], os);
      assertEquals([...listening.keys()], [...known]);
      listening.get("SIGHUP")!();
      assertEquals([await came, listening.size], ["SIGHUP", 0]);
    } finally {
      Object.assign(Deno, { addSignalListener, removeSignalListener });
    }
  }
});
