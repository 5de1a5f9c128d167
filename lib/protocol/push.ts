import { z } from "zod";
import { pushLimits } from "./push_limits.ts";
import { because } from "./message.ts";
import { record } from "./record.ts";
import { device, id, slug, username } from "./text.ts";

/** Base64url without padding, of so many bytes. */
const bytes = (count: number) =>
  z.string().max(pushLimits.pushKeyLength).refine((value) => decodedLength(value) === count, {
    error: because("field.pushKey"),
  });

function decodedLength(value: string): number | null {
  if (!/^[A-Za-z0-9_-]+={0,2}$/.test(value)) return null;
  const left = value.replace(/=+$/, "").length;
  return left % 4 === 1 ? null : Math.floor(left * 3 / 4);
}

const endpoint = z.string().max(pushLimits.pushEndpointLength).refine((value) => URL.canParse(value), {
  error: because("field.pushAddress"),
});

/**
 * UI-12: a device that is told of what is new, by Web Push or UnifiedPush: what `PushSubscription.toJSON()` gives, with the device's
 * name. `keys`: the device's public key (P-256) and its secret, base64url (RFC 8291).
 */
export const pushSubscription = z.strictObject({
  endpoint,
  expirationTime: z.number().nullable().optional(),
  keys: z.strictObject({ p256dh: bytes(65), auth: bytes(16) }),
  device: device.optional(),
});
export type PushSubscriptionBody = z.infer<typeof pushSubscription>;

/** Which device is told no more. */
export const pushEndpoint = z.strictObject({ endpoint });
export type PushEndpoint = z.infer<typeof pushEndpoint>;

/** `key`: the server's public key for `applicationServerKey`, base64url; null where notifications are switched off. */
export const pushState = z.object({ key: z.string().nullable() });
export type PushState = z.infer<typeof pushState>;

/** How loudly a device tells of something. `again`: like `urgent`, and once more until it is answered. */
export const pushLevels = ["off", "quiet", "normal", "urgent", "again"] as const;
export type PushLevel = typeof pushLevels[number];
const level = z.enum(pushLevels);

/** What devices tell of. The kinds of commands have their own names; `other` is for kinds of clients' own (`x-…`). */
export const pushTopics = [
  "message",
  "task",
  "media",
  "link",
  "choice",
  "form",
  "timer",
  "other",
  "deadline",
  "chat",
  "review",
  "answer",
  "invitation",
  "account",
] as const;
export type PushTopic = typeof pushTopics[number];

/** The buttons of a notification. */
export const pushActions = ["accept", "later", "decline", "stop"] as const;
export type PushAction = typeof pushActions[number];

/** What a button did: also an answer with an option of a question. */
export const pushAnsweredActions = [...pushActions, "answer"] as const;

/** How much a notification says. `name`: the app's name only. `kind`: a fixed sentence. `count`: how many are new as well. */
export const pushSaying = ["name", "kind", "count"] as const;
export type PushSaying = typeof pushSaying[number];

const named = <K extends typeof username | typeof slug>(name: K) =>
  record(name, level).refine((value) => Object.keys(value).length <= pushLimits.pushNamed, {
    error: because("field.pushNamed"),
  });

/** UI-12: what the person chose for all of their devices. The level of a contact comes before that of a group, and both before that of a topic. */
export const pushChoices = z.strictObject({
  topics: z.strictObject(
    Object.fromEntries(pushTopics.map((topic) => [topic, level])) as Record<PushTopic, typeof level>,
  ),
  contacts: named(username),
  groups: named(slug),
  says: z.enum(pushSaying),
  /** In this order; systems show the first two or three. */
  buttons: z.array(z.enum(pushActions)).max(pushActions.length).refine(
    (list) => new Set(list).size === list.length,
    { error: because("field.pushButtons") },
  ),
  /** Whether the options of a question that has two are buttons too, with their words. Never with `name`. */
  options: z.boolean(),
  /** How often `again` tells, and after how many minutes each time. */
  again: z.strictObject({
    minutes: z.number().int().min(1).max(pushLimits.pushAgainMinutes),
    times: z.number().int().min(1).max(pushLimits.pushAgainTimes),
  }),
});
export type PushChoices = z.infer<typeof pushChoices>;

/** A change; what it does not name stays. */
export const pushChoicesChange = pushChoices.partial().extend({
  topics: pushChoices.shape.topics.partial().optional(),
});
export type PushChoicesChange = z.infer<typeof pushChoicesChange>;

/** What a push service said to the last try. `later`: the server tries again. `refused`: it does not. */
export const pushOutcomes = ["sent", "later", "refused"] as const;

/** UI-12: a device as its person sees it. Its address stays with the server. */
export const pushDevice = z.object({
  id: z.string(),
  device: z.string(),
  /** The host of its push service. */
  service: z.string(),
  since: z.string(),
  /** This login switched it on, or renewed it last. */
  current: z.boolean(),
  last: z.object({ at: z.string(), outcome: z.enum(pushOutcomes), status: z.number().int().nullable() })
    .nullable(),
  /** Set while the server waits before the next try. */
  retryAt: z.string().nullable(),
});
export type PushDevice = z.infer<typeof pushDevice>;

/** `holds`: why no device tells anything now. `until`: when that ends by itself. */
export const pushDevices = z.object({
  devices: z.array(pushDevice),
  holds: z.object({ rule: z.enum(["stopped", "quiet_hours"]), until: z.string().nullable() }).nullable(),
});
export type PushDevices = z.infer<typeof pushDevices>;

/** The digest of a device's address. */
export const pushDeviceId = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

/** UI-12: the answer of a notification's button. */
export const pushAnswer = z.strictObject({ ticket: z.string().max(pushLimits.pushTicketLength) });
export type PushAnswerBody = z.infer<typeof pushAnswer>;

/** What the button did. */
export const pushAnswered = z.object({ action: z.enum(pushAnsweredActions), command: id.nullable() });
export type PushAnswered = z.infer<typeof pushAnswered>;
