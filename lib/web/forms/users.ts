import type { Context } from "fresh";
import type { PersonState } from "../define.ts";
import { filled, timeField } from "./form.ts";
import {
  adminUserChange,
  type Answer,
  checked,
  liftBody,
  loginLinkBody,
  logOutBody,
  Refusal,
  sanctionBody,
} from "../../protocol/mod.ts";

/** A sanction as it was typed. */
export interface TypedSanction {
  kind: string;
  reason: string;
  until: string;
  zone: string;
}

export function typedSanction(form: URLSearchParams): TypedSanction {
  const field = (name: string) => form.get(name) ?? "";
  return { kind: field("kind"), reason: field("reason"), until: field("until"), zone: field("zone") };
}

export function noSanction(zone: string): TypedSanction {
  return { kind: "", reason: "", until: "", zone };
}

/** The one-time link of a token. `site`: where the server is, as the browser sees it. */
export function loginLinkUrl(site: string, token: string): string {
  const url = new URL(`${site}/login/link`);
  url.searchParams.set("token", token);
  return url.href;
}

/** AU-12: the form for people who lost their password. */
export async function makeLoginLink(
  ctx: Context<PersonState>,
  username: string,
  form: URLSearchParams,
): Answer<{ url: string; expiresAt: string }> {
  const body = checked(loginLinkBody, { reason: form.get("why")?.replaceAll("\r\n", "\n").trim() ?? "" });
  if (body instanceof Refusal) return body;
  const made = await ctx.state.services.loginLinks.create(ctx.state.caller, username, body.reason);
  return made instanceof Refusal
    ? made
    : { url: loginLinkUrl(ctx.state.site, made.token), expiresAt: made.expiresAt };
}

/**
 * The same sanction for each of these people. What is wrong with the form, or a missing proof, refuses the first, and so all;
 * people who cannot be sanctioned are left out and named.
 */
export async function sanctionSeveral(
  ctx: Context<PersonState>,
  names: readonly string[],
  form: URLSearchParams,
): Answer<{ count: number; failed: string[] }> {
  let count = 0;
  const failed: string[] = [];
  for (const name of names) {
    const done = await changeUser(ctx, name, form);
    if (!(done instanceof Refusal)) count++;
    else if (count === 0 && (done.kind === "invalid_params" || done.detail.proof !== undefined)) return done;
    else failed.push(name);
  }
  return { count, failed };
}

/** What the forms of one user's page ask for. */
export async function changeUser(
  ctx: Context<PersonState>,
  username: string,
  form: URLSearchParams,
): Promise<"rights" | "sanction" | "lift" | "logout" | Refusal> {
  const { users } = ctx.state.services;
  const caller = ctx.state.caller;
  const action = form.get("action");
  if (action === "rights") {
    const change = checked(adminUserChange, {
      role: form.get("role") ?? "",
      rights: { broadcast: form.get("broadcast") === "yes" },
    });
    const done = change instanceof Refusal ? change : await users.change(caller, username, change);
    return done instanceof Refusal ? done : action;
  }
  if (action === "lift") {
    const body = checked(liftBody, { reason: form.get("reason")?.replaceAll("\r\n", "\n").trim() ?? "" });
    if (body instanceof Refusal) return body;
    const done = await users.lift(caller, username, form.get("sanction") ?? "", body.reason);
    return done instanceof Refusal ? done : action;
  }
  if (action === "logout") {
    const body = checked(logOutBody, { reason: form.get("why")?.replaceAll("\r\n", "\n").trim() ?? "" });
    if (body instanceof Refusal) return body;
    const done = await ctx.state.services.personFacts.endSessions(caller, username, body.reason);
    return done instanceof Refusal ? done : action;
  }
  if (action !== "sanction") return new Refusal("invalid_params", "form.buttons");
  const body = checked(sanctionBody, {
    kind: form.get("kind") ?? "",
    reason: form.get("reason")?.replaceAll("\r\n", "\n").trim() ?? "",
    until: timeField(form, "until", filled(form, "zone") ?? "UTC"),
  });
  const done = body instanceof Refusal ? body : await users.sanction(caller, username, body);
  return done instanceof Refusal ? done : action;
}
