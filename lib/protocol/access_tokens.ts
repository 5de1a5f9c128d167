import { z } from "zod";
import { hookBody } from "./hooks.ts";
import { limits } from "./limits.ts";
import { because } from "./message.ts";
import { id, name, time } from "./text.ts";
import { webhookBody, webhookView } from "./webhooks.ts";

/** AU-11: what a token lets a program do. `ask`: put a question to the token's own person, and nothing else (CO-12). */
export const tokenScopes = ["send", "receive", "files", "read", "ask"] as const;
export const tokenScope = z.enum(tokenScopes);
export type TokenScope = z.infer<typeof tokenScope>;

/**
 * `expiresAt`: no end without it. With `hook` the token does nothing but send by its template, at `POST /api/v1/hooks/{token}`; its
 * scope is `send`. With `webhook` its program is told of answers to what it sent.
 */
export const accessTokenBody = z.strictObject({
  name: name(limits.tokenName),
  scopes: z.array(tokenScope).min(1, { error: because("field.scopes") }).max(tokenScopes.length),
  expiresAt: time.nullish(),
  hook: hookBody.optional(),
  webhook: webhookBody.optional(),
}).refine(({ scopes, hook }) => hook === undefined || scopes.every((scope) => scope === "send"), {
  path: ["scopes"],
  error: because("field.hookScopes"),
}).refine(({ scopes, webhook }) => webhook === undefined || scopes.includes("send"), {
  path: ["scopes"],
  error: because("field.webhookScopes"),
});
export type AccessTokenBody = z.infer<typeof accessTokenBody>;

export const accessToken = z.object({
  id,
  name: z.string(),
  scopes: z.array(tokenScope),
  createdAt: z.string(),
  /** Null until it is used. */
  lastUsedAt: z.string().nullable(),
  expiresAt: z.string().nullable(),
  hook: hookBody.optional(),
  webhook: webhookView.optional(),
});
export type AccessToken = z.infer<typeof accessToken>;
export const accessTokenList = z.object({ tokens: z.array(accessToken) });
/** `token` is shown here only, as is `webhookSecret` (`whsec_` and base64), with which the webhook is signed. */
export const accessTokenMade = accessToken.extend({
  token: z.string(),
  webhookSecret: z.string().optional(),
});
export type AccessTokenMade = z.infer<typeof accessTokenMade>;
