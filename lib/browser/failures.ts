import { RequestError } from "../client/mod.ts";
import type { Language, Words } from "../words/mod.ts";

/** Why something that was asked over the page's connection did not work. Only for the browser. */
export function failureText(words: Words["failures"], language: Language, error: unknown): string {
  if (!(error instanceof RequestError)) return words.unknown;
  // What the server says is English and knows more than the kind.
  if (language === "en") return error.message;
  switch (error.kind) {
    case "method_not_allowed":
    case "upgrade_required":
    case "internal":
      return words.unknown;
    case "timed_out":
    case "closed":
      return words.broken;
    default:
      return words[error.kind];
  }
}
