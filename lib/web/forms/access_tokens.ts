import { type AccessTokenBody, accessTokenBody, checked, type Refusal } from "../../protocol/mod.ts";
import { nameList } from "./form.ts";

/** What was typed into the form of a hook; shown again when it is refused. */
export interface TypedHook {
  to: string;
  kind: string;
  name: string;
  title: string;
  body: string;
}

export const emptyHook: TypedHook = { to: "", kind: "message", name: "", title: "", body: "" };

/** The form's fields have other names than those of the form of a token beside it. */
export function typedHook(form: URLSearchParams): TypedHook {
  const field = (name: string) => (form.get(name) ?? "").trim();
  return {
    to: field("hookTo"),
    kind: field("hookKind"),
    name: field("hookName"),
    title: field("hookTitle"),
    body: field("hookBody"),
  };
}

/** Names of the form's fields by the paths that a refusal names. */
export const hookFields = {
  "hook.audience": "hookTo",
  "hook.title": "hookTitle",
  "hook.body": "hookBody",
};

/** AU-11: a token that sends by a template, and does nothing else. */
export function hookToken({ to, kind, name, title, body }: TypedHook): AccessTokenBody | Refusal {
  return checked(accessTokenBody, {
    name,
    scopes: ["send"],
    hook: {
      audience: { kind: "user", to: nameList(to) },
      kind,
      title,
      ...(body === "" ? {} : { body }),
    },
  });
}

/** What was typed into the form of a token. */
export interface TypedToken {
  name: string;
  scopes: string[];
  /** A day. */
  expires: string;
  webhook: string;
}

export const emptyToken: TypedToken = { name: "", scopes: [], expires: "", webhook: "" };

export function typedToken(form: URLSearchParams): TypedToken {
  const field = (name: string) => (form.get(name) ?? "").trim();
  return {
    name: field("name"),
    scopes: form.getAll("scopes"),
    expires: field("expires"),
    webhook: field("webhook"),
  };
}

/** AU-11: a token for a program. With an address in `webhook`, answers to what it sends are posted there. */
export function programToken({ name, scopes, expires, webhook }: TypedToken): AccessTokenBody | Refusal {
  return checked(accessTokenBody, {
    name,
    scopes,
    // To the end of the day.
    expiresAt: expires === "" ? null : `${expires}T23:59:59Z`,
    ...(webhook === "" ? {} : { webhook: { url: webhook, events: ["command.answered"] } }),
  });
}
