/**
 * Clients that take messages as a test tells them to.
 *
 * @module
 */

import type { TakeParams } from "../../lib/people/message_methods.ts";
import { type ServiceClient, ServiceRig } from "./service_rig.ts";

/** A client that takes messages, as a test tells it to. */
export class Taker {
  /** What it was asked to take. */
  readonly asked: TakeParams[] = [];
  /** How often it was asked for a sign of life. */
  pings = 0;
  /** What it answers to the next message: yes, nothing for now, or an error. */
  next: "yes" | "hold" | Error = "yes";
  /** What it answers to a ping. */
  life: "yes" | "hold" | Error = "yes";
  /** Gives the sign of life that was held. */
  pong: () => void = () => {};
  /** Whether it says yes again after an error. */
  refusesOnce = false;
  /** Ends the holding. */
  release: (error?: Error) => void = () => {};

  constructor(readonly client: ServiceClient) {
    client.onAsk = (method, params) => {
      if (method === "ping") {
        this.pings++;
        if (this.life === "hold") {
          return new Promise((resolve) => this.pong = () => resolve({}));
        }
        return this.life === "yes" ? Promise.resolve({}) : Promise.reject(this.life);
      }
      this.asked.push(params as TakeParams);
      if (this.next === "yes") return Promise.resolve({});
      if (this.next !== "hold") {
        const error = this.next;
        if (this.refusesOnce) this.next = "yes";
        return Promise.reject(error);
      }
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      this.release = (error) => error === undefined ? resolve({}) : reject(error);
      return promise;
    };
    client.call["message.ready"]({});
  }

  /** The texts it was asked to take. */
  get texts(): string[] {
    return this.asked.map(({ text }) => text);
  }
}

/** Who is there; see {@linkcode people}. */
export interface People {
  readonly rig: ServiceRig;
  /** Somebody with an account, on. */
  readonly ann: Taker;
  /** A guest, on. */
  readonly gus: Taker;
  /** Somebody with an account who sends. */
  readonly mel: ServiceClient;
}

/** Ann, Mel and Bob have accounts; Bob is not on. Gus is a guest. */
export async function people(): Promise<People & Disposable> {
  const rig = await ServiceRig.open();
  rig.secure = true;
  for (const key of ["ann", "mel", "bob"]) rig.accounts.add(key);
  const [ann, gus, mel] = ["Ann", "Gus", "Mel"].map((name) => rig.named(name));
  const all = { rig, ann: new Taker(ann!), gus: new Taker(gus!), mel: mel! };
  return { ...all, [Symbol.dispose]: () => rig[Symbol.dispose]() };
}

let lastId = 0;

/** Sends a message. */
export function put(from: ServiceClient, to: string, text: string, id = `m${++lastId}`) {
  return from.call["message.put"]({ to, text, id });
}
