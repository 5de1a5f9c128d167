import type { Context } from "fresh";
import type { State } from "./define.ts";
import { filled, type FormProblem, problemOf, readForm } from "./forms/form.ts";
import { seeOther } from "./pages.ts";
import { type Answer, checked, Refusal, registerBody, type User } from "../protocol/mod.ts";
import { deviceCookie, sessionCookies } from "./authentication.ts";
import { answer } from "./problems.ts";
import type { LoggedIn, Origin, SessionTokens } from "./services.ts";

/** Where a page's request comes from. */
export function origin(ctx: Context<State>): Origin {
  const { address, requestId } = ctx.state;
  return { address, device: "web", requestId, userAgent: ctx.req.headers.get("user-agent") ?? undefined };
}

/** Whether the person's browser speaks TLS to us: then the cookie must never travel without. */
export function overTls(ctx: Context<State>): boolean {
  return ctx.url.protocol === "https:";
}

/** The way in after a login: the token goes into the cookie and nowhere else. */
export function enter(ctx: Context<State>, login: LoggedIn, path: string): Response {
  const response = withSessionCookies(ctx, seeOther(path), login);
  return withDeviceCookie(ctx, response, login.deviceToken);
}

/** Lets the browser keep the session, and what renews it (AU-13). */
export function withSessionCookies(ctx: Context<State>, response: Response, tokens: SessionTokens): Response {
  for (const text of sessionCookies(tokens, overTls(ctx))) response.headers.append("set-cookie", text);
  return response;
}

/** AU-13: the answer of a call that gives new tokens: a browser's go into its cookies and nowhere else, a client's into the body. */
export function tokensAnswer(ctx: Context<State>, tokens: SessionTokens, inCookies: boolean): Response {
  const { token, expiresAt, renewal } = tokens;
  if (inCookies) return withSessionCookies(ctx, answer({ expiresAt }), tokens);
  return answer({ token, expiresAt, ...(renewal === undefined ? {} : { renewal }) });
}

/** AU-4: lets the browser keep the token by which its next login is known. */
export function withDeviceCookie(ctx: Context<State>, response: Response, deviceToken: string): Response {
  const now = ctx.state.services.clock.now();
  response.headers.append("set-cookie", deviceCookie(deviceToken, now, overTls(ctx)));
  return response;
}

export interface NewAccountBody {
  username: string;
  password: string;
  adult: true;
  invite?: string | undefined;
}

/** What was typed into a refused form for a new account; never the password. */
export interface NewAccountTry {
  refusal: Refusal;
  username: string;
  invite: string;
  adult: boolean;
  problem: FormProblem;
}

/** A form that makes an account and logs its person in: the redirect, or what to show again. */
export async function newAccount(
  ctx: Context<State>,
  make: (body: NewAccountBody) => Answer<User>,
): Promise<Response | NewAccountTry> {
  const form = await readForm(ctx.req);
  if (form instanceof Refusal) return refused(ctx, form, new URLSearchParams());
  const body = checked(registerBody, {
    username: form.get("username")?.trim() ?? "",
    password: form.get("password") ?? "",
    adult: form.get("adult") === "yes",
    invite: filled(form, "invite"),
  });
  if (body instanceof Refusal) return refused(ctx, body, form);
  const user = await make(body);
  if (user instanceof Refusal) return refused(ctx, user, form);
  const login = await ctx.state.services.accounts.login(origin(ctx), {
    username: body.username,
    password: body.password,
  });
  return login instanceof Refusal ? seeOther("/login") : enter(ctx, login, "/welcome");
}

function refused(ctx: Context<State>, refusal: Refusal, form: URLSearchParams): NewAccountTry {
  return {
    refusal,
    username: form.get("username") ?? "",
    invite: form.get("invite") ?? "",
    adult: form.get("adult") === "yes",
    problem: problemOf(refusal, ctx.state.language),
  };
}
