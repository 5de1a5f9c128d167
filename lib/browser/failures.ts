import { RequestError } from "../client/mod.ts";
import type { Language, Words } from "../words/mod.ts";

/** Explains why a request over the page's connection failed. Only for the browser. */
export function failureText(words: Words["failures"], language: Language, error: unknown): string {
  if (!(error instanceof RequestError)) return words.unknown;
  // The server's own text is English, and more exact than the kind.
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
