import { limits } from "../../protocol/mod.ts";
import type { VirusFinding } from "../../scanning/ports.ts";

/** Longest answer that is read; a signature's name is far below. */
export const replyBytes = 4096;

/** What came over one connection until it ended. */
export interface Reply {
  /** As it came, with its closing NUL. */
  bytes: Uint8Array<ArrayBuffer>;
  /** How it ended: closed by clamd, cut off, or given up because it went on too long. */
  end: "closed" | "reset" | "too_long";
}

export type Judgement = Pick<VirusFinding, "verdict" | "answer">;

/** What `clamd` says when the content was not, or not wholly, looked through; also names of our own `unread.ndb`. */
const incompleteName = /^(Heuristics\.(Limits|Encrypted)|Behest\.Unread)\./;

/**
 * SC-2: what an answer to INSTREAM means. Only one whole, exact `stream: OK` to everything that was sent is clean; what is not
 * understood is `error`.
 */
export function judge(reply: Reply, allSent: boolean): Judgement {
  const text = replyText(reply);
  if (text === null) return { verdict: "error", answer: `Not an answer: ${shown(reply.bytes)}` };
  if (text === "stream: OK") {
    // An answer to a part says nothing of the rest.
    return allSent ? { verdict: "clean", answer: text } : { verdict: "error", answer: `${text}, too early` };
  }
  const [, name] = /^stream: ([\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?) FOUND$/.exec(text) ?? [];
  if (name !== undefined) {
    return { verdict: incompleteName.test(name) ? "incomplete" : "infected", answer: shortened(text) };
  }
  // Longer than StreamMaxLength: however often it is tried, this clamd will not look at it, so a moderator has to.
  if (text === "INSTREAM size limit exceeded. ERROR") return { verdict: "incomplete", answer: text };
  return { verdict: "error", answer: shortened(text) };
}

/** The text of one whole answer, without its NUL; null for anything else. */
export function replyText({ bytes, end }: Reply): string | null {
  const nul = bytes.indexOf(0);
  if (end === "too_long" || nul === -1 || nul !== bytes.length - 1) return null;
  const text = bytes.subarray(0, nul);
  return text.every((byte) => byte >= 0x20 && byte < 0x7f) ? new TextDecoder().decode(text) : null;
}

/** Printable, with everything else as dots. */
function shown(bytes: Uint8Array): string {
  if (bytes.length === 0) return "nothing came";
  const text = Array.from(bytes.subarray(0, 100), (byte) => byte >= 0x20 && byte < 0x7f ? byte : 0x2e);
  return JSON.stringify(String.fromCharCode(...text));
}

function shortened(text: string): string {
  return text.length <= limits.scanAnswer ? text : `${text.slice(0, limits.scanAnswer - 1)}…`;
}
