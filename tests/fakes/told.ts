import { type Said, say } from "../../lib/protocol/mod.ts";

/** A message with a text of the test's own, which every language shows as it is. */
export function told(text: string): Said {
  return say("verbatim", { text });
}
