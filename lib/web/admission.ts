import type { Context } from "fresh";
import { type AuthenticatedCaller, authenticateRequest, originOf } from "./authentication.ts";
import type { State } from "./define.ts";
import { Refusal, type TokenScope, tokenScopes } from "../protocol/mod.ts";
import type { Restriction } from "./services.ts";

/** Calls below `/api/v1` that need no login. Every other is for people who are logged in. */
export const openCalls: readonly string[] = [
  "/auth/login",
  "/auth/login-link",
  "/auth/register",
  "/auth/renew",
  "/auth/passkey",
  "/auth/passkey/options",
  "/removals",
  // The ticket of a notification's button: it works with every page closed, after the session too.
  "/push/answers",
  // The token in the address says who it is (AU-11).
  "/hooks/:token",
];

/** Calls that a restricted session may make too (AU-7, AU-9). */
export const restrictedCalls: Readonly<Record<string, readonly Restriction[]>> = {
  "/account": ["suspended"],
  "/account/export": ["suspended"],
  "/account/sanctions": ["suspended"],
  "/account/sanctions/:id/read": ["suspended"],
  "/account/sanctions/:id/appeal": ["suspended"],
  "/auth/logout": ["suspended", "two_factor"],
  "/auth/proof": ["suspended", "two_factor"],
  "/auth/proof/options": ["suspended", "two_factor"],
  "/auth/two-factor": ["two_factor"],
  "/auth/totp": ["two_factor"],
  "/auth/totp/confirm": ["two_factor"],
  "/auth/passkeys": ["two_factor"],
  "/auth/passkeys/options": ["two_factor"],
  "/auth/passkeys/:id": ["two_factor"],
  "/auth/recovery-codes": ["two_factor"],
};

/** MO-4: calls below `/api/v1/admin` that moderators may make; the others are for administrators. With the method where it matters. */
export const moderatorCalls: readonly string[] = [
  "GET /admin/users",
  "GET /admin/users/:username",
  "/admin/users/:username/sanctions",
  "/admin/users/:username/sanctions/:id",
  "/admin/commands/:id",
  "/admin/commands/:id/why",
  "/admin/queue",
  "/admin/queue/stats",
  "/admin/queue/transparency.csv",
  "/admin/queue/:id",
  "/admin/queue/:id/claim",
  "/admin/queue/:id/decide",
  "/admin/queue/:id/note",
  "/admin/queue/:id/pictures/:sha256",
  "/admin/queue/:id/undo",
  "/admin/reports/:id",
  "GET /admin/sanction-reasons",
  "GET /admin/auto-rules",
  "/admin/files",
  "/admin/files/:sha256",
  "/admin/files/:sha256/decision",
  "/admin/incidents",
  "/admin/incidents/:id",
  "/admin/incidents/:id/report",
  "/admin/incidents/:id/report.xml",
  "/admin/incidents/:id/close",
];

/**
 * AU-11: calls that an access token may make, with the method, and with which scopes. All others are for logins: a token never
 * changes a password, a preference or a token, and never reaches `/admin`.
 */
export const tokenCalls: Readonly<Record<string, readonly TokenScope[]>> = {
  "GET /commands": ["read", "receive"],
  // The gates say what a token with `ask` alone may send.
  "POST /commands": ["send", "ask"],
  "GET /commands/:id": ["read", "receive"],
  "GET /commands/:id/answers.csv": ["read", "send"],
  // The methods' own scopes decide.
  "POST /rpc": tokenScopes,
  "GET /profile": ["read"],
  "GET /avatars/:username": ["read"],
  "GET /notices": ["read", "receive"],
  "GET /chat": ["read", "receive"],
  "POST /chat": ["send"],
  "GET /chat/messages": ["read", "receive"],
  "GET /chat/search": ["read", "receive"],
  "GET /push": ["receive"],
  "POST /push/subscriptions": ["receive"],
  "DELETE /push/subscriptions": ["receive"],
  "GET /files": ["files", "read"],
  "POST /files": ["files"],
  "GET /files/:id": ["files", "read"],
  "DELETE /files/:id": ["files"],
  "GET /files/:id/content": ["files", "read", "receive"],
  "GET /files/:id/content/:name": ["files", "read", "receive"],
  "POST /uploads": ["files"],
  "GET /uploads/:id": ["files"],
  "PATCH /uploads/:id": ["files"],
  "DELETE /uploads/:id": ["files"],
  "POST /uploads/:id": ["files"],
};

/** BR-6: calls for a group's owners too; the service tells who they are. */
export const ownerCalls: readonly string[] = [
  "/admin/groups/:name",
  "/admin/groups/:name/members/:username",
];

/** BR-7: the call by which members create groups, where `BEHEST_GROUPS` lets them. */
const groupsCall = "/admin/groups";

/**
 * Decides who is let in to a call below `/api/v1`, before anything of its body is read, and puts the caller on the state.
 * Gives the refusal of everybody else.
 */
export async function admit(ctx: Context<State>): Promise<Refusal | undefined> {
  // The route as it was registered, so that no way of writing an address can be read differently here and there.
  const call = ctx.route?.replace(/^\/api\/v1/, "").replace(/\/$/, "") ?? "";
  if (openCalls.includes(call)) return undefined;
  const isStaffs = call === "/admin" || call.startsWith("/admin/");
  // What an address takes is no secret, except where there must seem to be nothing.
  if (ctx.req.method === "OPTIONS" && !isStaffs) return undefined;
  const caller = isStaffs ? await staffCaller(ctx, call) : await callerFor(
    ctx,
    Object.hasOwn(restrictedCalls, call) ? restrictedCalls[call] : [],
    scopesFor(ctx, call),
  );
  if (caller instanceof Refusal) return caller;
  ctx.state.caller = caller;
  return undefined;
}

async function callerFor(
  ctx: Context<State>,
  may: readonly Restriction[] = [],
  scopes: readonly TokenScope[] = [],
): Promise<AuthenticatedCaller | Refusal> {
  return await authenticateRequest(
    ctx.state.services,
    ctx.req.headers,
    originOf(ctx),
    undefined,
    may,
    scopes,
  );
}

function scopesFor(ctx: Context<State>, call: string): readonly TokenScope[] {
  const { method } = ctx.req;
  const name = `${method === "HEAD" ? "GET" : method} ${call}`;
  return Object.hasOwn(tokenCalls, name) ? tokenCalls[name]! : [];
}

/** MO-4: for everyone without the role, logged in or not, there is nothing here. */
async function staffCaller(ctx: Context<State>, call: string): Promise<AuthenticatedCaller | Refusal> {
  const caller = await callerFor(ctx, ["two_factor"]);
  if (
    caller instanceof Refusal ||
    !isFor(caller.role, ctx.req.method, call, ctx.state.services.config.groups === "members")
  ) {
    return new Refusal("not_found", "request.nothing");
  }
  // Only who has the role learns that a second factor is what they lack.
  return caller.restriction === undefined ? caller : await callerFor(ctx);
}

function isFor(
  role: AuthenticatedCaller["role"],
  method: string,
  call: string,
  membersGroup: boolean,
): boolean {
  if (role === "admin" || ownerCalls.includes(call) || (call === groupsCall && membersGroup)) return true;
  const read = method === "HEAD" ? "GET" : method;
  return role === "moderator" &&
    (moderatorCalls.includes(call) || moderatorCalls.includes(`${read} ${call}`));
}
