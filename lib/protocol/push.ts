import { z } from "zod";
import { limits } from "./limits.ts";
import { because } from "./message.ts";

/** A browser's push subscription. Its keys are not asked for: a push carries nothing that would have to be encrypted. */
export const pushSubscription = z.strictObject({
  endpoint: z.string().max(limits.pushEndpointLength).refine((value) => URL.canParse(value), {
    error: because("field.pushAddress"),
  }),
});
export type PushSubscriptionBody = z.infer<typeof pushSubscription>;

/** `key`: the server's public key for `applicationServerKey`, base64url; null where notifications are switched off. */
export const pushState = z.object({ key: z.string().nullable() });
export type PushState = z.infer<typeof pushState>;
