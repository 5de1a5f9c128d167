import { Wrong } from "./values.ts";

/**
 * Names that Behest's own paths begin with. A sub-path that began with one could not be told from a page; a test holds this
 * list against `routes/` and `static/`.
 */
export const ownNames: readonly string[] = [
  "account",
  "admin",
  "api",
  "chat",
  "confirm",
  "contacts",
  "discreet",
  "docs",
  "files",
  "groups",
  "healthz",
  "history",
  "icons",
  "invites",
  "keys",
  "login",
  "logout",
  "look",
  "metrics",
  "notices",
  "notifications",
  "notified",
  "offline",
  "passkey",
  "preferences",
  "profile",
  "prove",
  "readyz",
  "register",
  "remove",
  "report",
  "reports",
  "resume",
  "sanctions",
  "send",
  "sent",
  "sessions",
  "setup",
  "stop",
  "two-factor",
  "welcome",
];

/** Takes the path below which the server answers; "" for the root of its host (OP-10). */
export function parseBasePath(text: string): string | Wrong {
  if (text === "" || text === "/") return "";
  // No dots: the names of files have one.
  if (!/^(?:\/[A-Za-z0-9][A-Za-z0-9_~-]*)+$/.test(text)) {
    return new Wrong(
      "must begin with a slash and not end with one; its parts hold letters, digits, _, ~ and -, and begin with a letter or digit",
    );
  }
  const first = text.split("/")[1]!;
  return ownNames.includes(first)
    ? new Wrong(`must not begin with /${first}, which is an address of Behest's own`)
    : text;
}
