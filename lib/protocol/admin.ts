import { z } from "zod";
import { agent, groupRole, role } from "./people.ts";
import { reportHistory, sanctionKind } from "./queue.ts";
import { cursor, id, line, name, reasonGiven, slug, text, time, username } from "./text.ts";
import { limits } from "./limits.ts";
import { because } from "./message.ts";
import { record } from "./record.ts";
import { series } from "./series.ts";

/** MO-5: bodies and answers of `/api/v1/admin/…`. */

/** Stands for the end of what has none, where null says that it is not. */
export const neverEnds = "9999-12-31T23:59:59.999Z";

export const adminUser = z.object({
  id: z.string(),
  username: z.string(),
  displayName: z.string(),
  role,
  rights: z.object({ broadcast: z.boolean() }),
  status: z.enum(["active", "suspended"]),
  /** Set while the person may not send, with its end (`neverEnds` without one); null otherwise. */
  mutedUntil: z.string().nullable(),
  /** The same while the person may write to their contacts only. */
  limitedUntil: z.string().nullable(),
  createdAt: z.string(),
  online: z.boolean(),
});
export type AdminUser = z.infer<typeof adminUser>;
/** `next` is the username to pass as `after` for the following page. */
export const adminUserPage = z.object({ users: z.array(adminUser), next: z.string().nullable() });
export type AdminUserPage = z.infer<typeof adminUserPage>;
export const adminUserQuery = z.strictObject({
  q: line(64).optional(),
  after: username.optional(),
  limit: z.coerce.number().int().min(1).max(limits.pageMax).optional(),
});
export const adminUserChange = z.strictObject({
  role: role.optional(),
  rights: z.strictObject({ broadcast: z.boolean() }).optional(),
});
export type AdminUserChange = z.infer<typeof adminUserChange>;

/** MO-2. `until` null or left out: without an end. */
export const sanctionBody = z.strictObject({
  kind: sanctionKind,
  reason: reasonGiven(limits.note),
  until: time.nullish(),
});
export const sanction = z.object({
  id: z.string(),
  kind: sanctionKind,
  reason: z.string(),
  until: z.string().nullable(),
  createdAt: z.string(),
  by: z.string(),
  /** Set when it is no longer in force: ended, lifted, or a warning that was read. */
  over: z.literal(true).optional(),
  /** MO-7. */
  lifted: z.object({ at: z.string(), by: z.string(), reason: z.string() }).optional(),
  /** When the person marked a warning as read. */
  readAt: z.string().optional(),
  appeal: z.enum(["open", "granted", "refused"]).optional(),
});
/** MO-7: body of a lift. */
export const liftBody = z.strictObject({ reason: reasonGiven(limits.note) });
export type Sanction = z.infer<typeof sanction>;

/** MO-4: an account for administrators, beside its sanctions. `reports`: about the person; null for oneself. */
export const personFacts = z.object({
  sessions: z.array(z.object({
    id: z.string(),
    device: z.string(),
    agent: agent.nullable(),
    address: z.string(),
    createdAt: z.string(),
    lastSeenAt: z.string(),
  })),
  groups: z.array(z.object({
    name: z.string(),
    title: z.string(),
    role: groupRole,
    since: z.string(),
  })),
  /** In bytes. */
  files: z.object({ used: z.number(), quota: z.number() }),
  secondFactor: z.boolean(),
  reports: reportHistory.nullable(),
});
export type PersonFacts = z.infer<typeof personFacts>;
export const logOutBody = z.strictObject({ reason: reasonGiven(limits.note) });

/** AU-12. `url` is shown once: the server keeps a hash of its token. */
export const loginLinkBody = z.strictObject({ reason: reasonGiven(limits.note) });
export const loginLinkAnswer = z.object({ url: z.string(), expiresAt: z.string() });

/** BR-5. */
export const categoryBody = z.strictObject({
  slug,
  title: name(limits.categoryTitle),
  description: text(limits.categoryDescription),
});
export const categoryChange = z.strictObject({
  title: name(limits.categoryTitle).optional(),
  description: text(limits.categoryDescription).optional(),
  order: z.number().int().min(0).max(10_000).optional(),
  retired: z.boolean().optional(),
});
export const adminCategory = z.object({
  slug: z.string(),
  title: z.string(),
  description: z.string(),
  order: z.number(),
  retired: z.boolean(),
});
export type AdminCategory = z.infer<typeof adminCategory>;

/** BR-6. */
export const groupBody = z.strictObject({ name: slug, title: name(limits.groupTitle) });
export const groupChange = z.strictObject({ title: name(limits.groupTitle) });
export const memberBody = z.strictObject({ role: groupRole });
export const groupMember = z.object({
  username: z.string(),
  displayName: z.string(),
  role: groupRole,
  /** Null while the invitation is not accepted. */
  since: z.string().nullable(),
});
export type GroupMember = z.infer<typeof groupMember>;
export const adminGroup = z.object({
  name: z.string(),
  title: z.string(),
  createdAt: z.string(),
  members: z.array(groupMember),
});
export type AdminGroup = z.infer<typeof adminGroup>;

/** MO-3: one link of the chain. `hash` covers the entry and the hash before it. */
export const auditPageEntry = z.object({
  cursor,
  at: z.string(),
  actor: z.string(),
  action: z.string(),
  subject: z.string().nullable(),
  address: z.string(),
  reason: z.string().nullable(),
  detail: record(z.string(), z.unknown()),
  hash: z.string(),
});
export type AuditPageEntry = z.infer<typeof auditPageEntry>;
export const auditPage = z.object({ entries: z.array(auditPageEntry), next: cursor.nullable() });
export type AuditPage = z.infer<typeof auditPage>;

/**
 * `action`: `user` finds `user.suspend` too. `actor`: a username, `(server)` or `(visitor)`. `subject`: as an entry has it, like
 * `ann` or `group:readers`.
 */
const auditFilter = {
  action: line(64, 1).optional(),
  actor: line(64, 1).optional(),
  subject: line(160, 1).optional(),
  from: time.optional(),
  to: time.optional(),
};

/** For an export: everything that the filter finds. */
export const auditExportQuery = z.strictObject(auditFilter);
export type AuditFilter = z.infer<typeof auditExportQuery>;

/** MO-3: `entries` is the chain's length. `seq`: the first entry that is wrong, and why. */
export const auditVerdict = z.union([
  z.object({ ok: z.literal(true), entries: z.number(), hash: z.string() }),
  z.object({ ok: z.literal(false), seq: z.number(), why: z.string() }),
]);
export type AuditVerdict = z.infer<typeof auditVerdict>;

export const auditQuery = z.strictObject({
  ...auditFilter,
  before: cursor.optional(),
  limit: z.coerce.number().int().min(1).max(limits.pageMax).optional(),
});

/** `users` is the number of accounts; `jobsDue` counts to `limits.jobsCounted`. `series` comes for a `range`. */
export const adminStats = z.object({
  connections: z.number(),
  users: z.number(),
  jobsDue: z.number(),
  series: series.optional(),
});
export type AdminStats = z.infer<typeof adminStats>;

/** AU-8. */
export const profileChange = z.strictObject({
  displayName: name(limits.displayName).optional(),
  bio: text(limits.bio).optional(),
  pronouns: line(limits.pronouns).optional(),
  timeZone: z.string().max(64).refine(isTimeZone, { error: because("field.timeZone") })
    .optional(),
  language: z.string().regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, {
    error: because("field.language"),
  }).optional(),
  /** A clean picture of one's own; null takes it away. */
  avatar: id.nullable().optional(),
});

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return name !== "";
  } catch {
    return false;
  }
}
