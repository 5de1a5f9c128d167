import { limits } from "../../protocol/mod.ts";
import type { VirusFinding } from "../../scanning/ports.ts";

/** Longest answer that is read; signature names are far shorter. */
export const replyBytes = 4096;

/** Everything that a connection received before its end. */
export interface Reply {
  /** The bytes received, with the closing NUL. */
  bytes: Uint8Array<ArrayBuffer>;
  /** End of the connection: closed by clamd, reset, or given up because the answer was too long. */
  end: "closed" | "reset" | "too_long";
}

export type Judgement = Pick<VirusFinding, "verdict" | "answer">;

/** Names in clamd's answers for content that it did not scan completely; also those of our `unread.ndb`. */
const incompleteName = /^(Heuristics\.(Limits|Encrypted)|Behest\.Unread)\./;

/**
 * SC-2: turns an answer to INSTREAM into a verdict. Clean is only a complete, exact `stream: OK` after all bytes were sent.
 * Every unknown answer is `error`.
 */
export function judge(reply: Reply, allSent: boolean): Judgement {
  const text = replyText(reply);
  if (text === null) return { verdict: "error", answer: `Not an answer: ${shown(reply.bytes)}` };
  if (text === "stream: OK") {
    // An answer before the last byte tells nothing about the rest.
    return allSent ? { verdict: "clean", answer: text } : { verdict: "error", answer: `${text}, too early` };
  }
  const [, name] = /^stream: ([\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?) FOUND$/.exec(text) ?? [];
  if (name !== undefined) {
    return { verdict: incompleteName.test(name) ? "incomplete" : "infected", answer: shortened(text) };
  }
  // Longer than StreamMaxLength: no retry helps with this clamd, so a moderator must decide.
  if (text === "INSTREAM size limit exceeded. ERROR") return { verdict: "incomplete", answer: text };
  return { verdict: "error", answer: shortened(text) };
}

/** Returns the text of one complete answer, without its NUL; null for anything else. */
export function replyText({ bytes, end }: Reply): string | null {
  const nul = bytes.indexOf(0);
  if (end === "too_long" || nul === -1 || nul !== bytes.length - 1) return null;
  const text = bytes.subarray(0, nul);
  return text.every((byte) => byte >= 0x20 && byte < 0x7f) ? new TextDecoder().decode(text) : null;
}

/** Returns the text with unprintable characters as dots. */
function shown(bytes: Uint8Array): string {
  if (bytes.length === 0) return "nothing came";
  const text = Array.from(bytes.subarray(0, 100), (byte) => byte >= 0x20 && byte < 0x7f ? byte : 0x2e);
  return JSON.stringify(String.fromCharCode(...text));
}

function shortened(text: string): string {
  return text.length <= limits.scanAnswer ? text : `${text.slice(0, limits.scanAnswer - 1)}…`;
}
