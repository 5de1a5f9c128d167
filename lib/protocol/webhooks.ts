import { z } from "zod";
import { limits } from "./limits.ts";
import { because } from "./message.ts";

/** What a webhook tells of. `command.answered`: a person answered a command that the token sent them, or took that answer back. */
export const webhookEvents = ["command.answered"] as const;
export const webhookEvent = z.enum(webhookEvents);

const address = z.string().max(limits.webhookUrl).refine((value) => {
  const url = URL.parse(value);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "" &&
    url.hash === "";
}, { error: because("field.webhookUrl") });

/** Where a token's program is told, and of what (AU-11). */
export const webhookBody = z.strictObject({
  url: address,
  events: z.array(webhookEvent).min(1, { error: because("field.scopes") }).max(webhookEvents.length),
});
export type WebhookBody = z.infer<typeof webhookBody>;

/**
 * A webhook as its owner sees it. `last`: the last try; `status` null: no answer came. `ended`: the receiver answered 410, so
 * nothing is sent any more.
 */
export const webhookView = webhookBody.extend({
  last: z.object({ at: z.string(), sent: z.boolean(), status: z.number().nullable() }).nullable(),
  ended: z.boolean(),
});
export type WebhookView = z.infer<typeof webhookView>;
