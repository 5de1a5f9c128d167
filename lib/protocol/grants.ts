import { z } from "zod";
import { categoryChoice, clock } from "./choices.ts";
import { commandKind } from "./commands.ts";
import { limits } from "./limits.ts";
import { because } from "./message.ts";
import { record } from "./record.ts";
import { slug, time, username } from "./text.ts";
import { weekdays } from "./weekdays.ts";

export const weekday = z.enum(weekdays);

/**
 * Times of the person's own day. `days` are those on which the window begins; without them every day. 22:00 to 07:00 ends on the
 * next day; equal times mean the whole day.
 */
export const hoursWindow = z.strictObject({
  days: z.array(weekday).min(1).max(weekdays.length).optional(),
  from: clock,
  to: clock,
});
export type HoursWindow = z.infer<typeof hoursWindow>;

/** CO-12: whose commands a grant is about: those that one person sends directly, or those to one group. */
export const grantSource = z.union([
  z.strictObject({ user: username }),
  z.strictObject({ group: slug }),
], { error: because("field.grantTo") });
export type GrantSource = z.infer<typeof grantSource>;

/** The id of the grant for a source: there is one for each. */
export function grantIdOf(to: GrantSource): string {
  return "user" in to ? `user:${to.user}` : `group:${to.group}`;
}

/** `user:NAME` or `group:NAME`: there is one grant for each source. */
export const grantId = z.string().max(64).regex(/^(user|group):[a-z0-9][a-z0-9_-]{0,31}$/, {
  error: because("field.id"),
});

const count = z.number().int().min(1).max(limits.grantNumber);
const kinds = z.array(commandKind).min(1).max(limits.grantKinds);
const grantCategories = record(slug, categoryChoice);

/** CO-12: the ceiling. It holds for all sources together and for each grant. What is left out or null has no ceiling. */
export const ceiling = z.strictObject({
  /** Other kinds are withheld. */
  kinds: kinds.nullish(),
  /** Most commands that are delivered and not closed yet; the next ones wait. */
  open: count.nullish(),
  /** Most commands that are delivered on one local day; the next ones wait. */
  perDay: count.nullish(),
});
export type Ceiling = z.infer<typeof ceiling>;

/**
 * CO-12: what one person or group may send, in place of the general preferences. A rule that is absent is as in the preferences.
 * `since` is when it was last changed.
 */
export const grant = z.object({
  id: z.string(),
  to: grantSource,
  /** The person's direct commands are accepted whatever `acceptFrom` says, as long as they are a contact. */
  accept: z.literal(true).optional(),
  /** In place of the choice for these categories. */
  categories: grantCategories.optional(),
  /** Other kinds are withheld. */
  kinds: z.array(z.string()).optional(),
  /** In place of the quiet hours: when commands are delivered. At other times they wait. */
  hours: z.array(hoursWindow).optional(),
  /** In place of the daily limit, and not counted there. */
  perDay: z.number().optional(),
  /** Most commands of this source that are delivered and not closed yet; the next ones wait. */
  open: z.number().optional(),
  /** Commands wait until the person resumes, or the grant ends. For a person: everything that they send. */
  paused: z.literal(true).optional(),
  /** The contact sees what the grant allows and until when, and never a pause. */
  shown: z.literal(true).optional(),
  since: z.string(),
  /** When it ends by itself; null: when the person ends it. */
  until: z.string().nullable(),
});
export type Grant = z.infer<typeof grant>;

/**
 * `grant.set`: a partial change of the grant for `to`, which is made if there is none. Null takes a rule out of it, and so does
 * `false`; `categories` are merged by slug. A grant without rules ends.
 */
export const grantChange = z.strictObject({
  to: grantSource,
  accept: z.boolean().nullish(),
  categories: record(slug, categoryChoice.nullable()).nullish(),
  kinds: kinds.nullish(),
  hours: z.array(hoursWindow).min(1).max(limits.grantWindows).nullish(),
  perDay: count.nullish(),
  open: count.nullish(),
  paused: z.boolean().nullish(),
  shown: z.boolean().nullish(),
  until: time.nullish(),
});
export type GrantChange = z.infer<typeof grantChange>;

/** The person's own grants that are in force, paused ones included; also `grant.changed`. */
export const grantList = z.object({ grants: z.array(grant) });
export type GrantList = z.infer<typeof grantList>;

/** CO-12: what a contact sees of a grant that is shown to them. */
export const shownGrant = grant.pick({
  categories: true,
  kinds: true,
  hours: true,
  perDay: true,
  open: true,
  until: true,
});
export type ShownGrant = z.infer<typeof shownGrant>;
