import { iso } from "../platform/mod.ts";

/** A heartbeat as client libraries write it; every other form goes the way of all calls. An id needs no escape. */
const usualBeat =
  /^\{"jsonrpc":"2\.0","id":(0|[1-9][0-9]{0,14}|"[\w.:-]{1,64}"),"method":"heartbeat"(?:,"params":\{\})?\}$/;
/** No longer text is one. */
const longest = 160;

/**
 * The answer to a heartbeat in its usual form (WS-4), or null. Most of what an idle server reads is such a frame, so it is
 * answered without being taken apart.
 */
export function beatAnswer(text: string, now: number): string | null {
  if (text.length > longest) return null;
  const found = usualBeat.exec(text);
  return found === null ? null : `{"jsonrpc":"2.0","id":${found[1]!},"result":{"serverTime":"${iso(now)}"}}`;
}
