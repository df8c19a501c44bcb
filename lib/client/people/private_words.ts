/**
 * What is said of private sessions. Pure.
 *
 * @module
 */

import type { PrivateFault, PrivateNews, PrivatePartner } from "../../people/private_news.ts";
import { sanitise } from "../../text.ts";

/** Where a sentence is read. */
export interface PrivatePlace {
  /** What stands before a command there: nothing, or `/` in a room. */
  readonly slash: string;
}

/**
 * Says what became of a private session.
 *
 * @param news What became of it.
 * @param place Where it is read, and what tells the other one from who looks the same (safe to show).
 * @returns One sentence, or two, safe to show.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const news = { kind: "ended", partner: { name: "Ann", account: true }, why: "stopped" } as const;
 * assertEquals(sentenceOfNews(news, { slash: "" }), "Your private session with Ann is over: you ended it.");
 * ```
 */
export function sentenceOfNews(
  news: PrivateNews,
  { slash, mark }: PrivatePlace & { readonly mark?: string | undefined },
): string {
  const { partner } = news;
  const name = sanitise(partner.name);
  const who = named(partner, mark);
  switch (news.kind) {
    case "asking":
      // Whether they can be asked, the server says a moment later.
      return `Asking ${name} for a private session, for up to 60 s. ` +
        `"${slash}stopprivate ${name}" takes it back.`;
    case "asked":
      return `${who} wants a private session with you. ` +
        (news.questions === 1
          ? `"${slash}y" accepts, "${slash}n" declines.`
          : `"${slash}accept ${name}" or "${slash}decline ${name}": ${news.questions} people ask.`);
    case "withdrawn":
      return `${name} does not ask for a private session any more.`;
    case "declined":
      return `You do not begin a private session with ${name}. They are not told whether you saw it.`;
    case "unasked":
      return `You do not ask ${name} for a private session any more.`;
    case "opened":
      return `Private session with ${who}, encrypted and direct. ` +
        `"${slash}private ${name} <text>" says something.`;
    case "ended":
      return news.why === "unreachable"
        ? `Cannot begin the private session with ${name}: no direct connection came about. ` +
          "Is a firewall in between?"
        : `Your private session with ${name} is over: ${ENDS[news.why](name)}.`;
  }
}

const ENDS = {
  "stopped": () => "you ended it",
  "stopped-there": (name: string) => `${name} ended it`,
  "lost": (name: string) => `the connection to ${name} is gone`,
  "anew": (name: string) => `${name} asks for a new one`,
  "replaced": () => "you accepted a new one",
  "logged-off": () => "you are not at the server any more",
} as const;

/**
 * Says why something cannot be done.
 *
 * @param fault Why.
 * @param action What: `begin`, `accept`, `say something in` a private session.
 * @param name With whom; undefined if nobody was named.
 * @param place Where it is read, and whom it could be with.
 * @returns One sentence for people.
 */
export function sentenceOfFault(
  fault: PrivateFault,
  action: string,
  name: string | undefined,
  { slash, others }: PrivatePlace & { readonly others: readonly PrivatePartner[] },
): string {
  const whom = name === undefined ? "" : ` with "${sanitise(name)}"`;
  const cannot = `Cannot ${action} a private session${whom}`;
  const names = others.map((partner) => `"${sanitise(partner.name)}"`).join(", ");
  const known = sanitise(others[0]?.name ?? name ?? "");
  switch (fault) {
    case "open-already":
      return `${cannot}: there is one already. "${slash}private ${known} <text>" says something.`;
    case "asking-already":
      return `${cannot}: they are asked already. Wait for their answer.`;
    case "too-many":
      return `${cannot}: there are too many of them. "${slash}stopprivate <name>" ends one.`;
    case "several":
      return `${cannot}: it could be with ${names}. Name one: "${slash}accept ${known}".`;
    case "just-gone":
      return `${cannot}: another question has just gone. ` +
        `If you mean ${names}, name them: "${slash}accept ${known}".`;
    case "not-open":
      return `${cannot}: it has not begun. Wait for the other side.`;
    case "none":
      return action === "begin" || action === "accept" || action === "decline"
        ? `${cannot}: nobody${name === undefined ? "" : " of that name"} asks for one.`
        : `${cannot}: there is none. "${slash}startprivate <name>" asks for one.`;
  }
}

function named({ name, account }: PrivatePartner, mark: string | undefined): string {
  const notes = [...(account === false ? ["a guest"] : []), ...(mark === undefined ? [] : [mark])];
  return sanitise(name) + (notes.length === 0 ? "" : ` (${notes.join(", ")})`);
}
