import { z } from "zod";
import { categoryChoice, clock } from "./choices.ts";
import { ceiling, hoursWindow, shownGrant } from "./grants.ts";
import { limits } from "./limits.ts";
import { because } from "./message.ts";
import { record } from "./record.ts";
import { id, name, slug, text, username } from "./text.ts";

export const role = z.enum(["member", "moderator", "admin"]);
export type Role = z.infer<typeof role>;

/** A person's own account as it leaves the process. */
export const user = z.object({
  id,
  username: z.string(),
  displayName: z.string(),
  role,
  rights: z.object({ broadcast: z.boolean() }),
  createdAt: z.string(),
});
export type User = z.infer<typeof user>;

const password = z.string().min(limits.passwordMin).max(limits.passwordMax)
  .refine((value) => value.isWellFormed() && !value.includes("\0"), {
    error: because("field.unicode"),
  });

/** What is typed at a login: only bounded, so that a wrong one is refused like any other wrong one. */
const typedPassword = z.string().max(limits.passwordMax);

/** AU-1. */
export const registerBody = z.strictObject({
  username,
  password,
  adult: z.literal(true, { error: because("field.adult") }),
  invite: z.string().max(limits.inviteCodeLength).optional(),
});
export const registerAnswer = z.object({ user });

/** AU-13: whether the device stays logged in, and the IANA name of the time zone that a browser tells. */
export const staying = {
  stay: z.boolean().optional(),
  timeZone: z.string().max(64).optional(),
};

/** AU-3. The username is not checked here: a malformed one is a wrong one (AU-4). */
export const loginBody = z.strictObject({
  username: z.string().max(256),
  password: typedPassword,
  code: z.string().max(64).optional(),
  ...staying,
});

/** AU-13: what renews a session. `expiresAt`: when it ends unless it is used before. */
export const renewal = z.object({ credential: z.string(), expiresAt: z.string() });
export type Renewal = z.infer<typeof renewal>;
/** `renewal` is there when the login asked to stay. */
export const loginAnswer = z.object({
  token: z.string(),
  expiresAt: z.string(),
  user,
  renewal: renewal.optional(),
});

/** AU-13. Browsers send the credential as a cookie instead. */
export const renewBody = z.strictObject({ credential: z.string().max(2048) });
/** Without `renewal` the credential that was sent stays the one to use. Browsers get `expiresAt` alone, the rest as cookies. */
export const renewAnswer = z.object({
  token: z.string().optional(),
  expiresAt: z.string(),
  renewal: renewal.optional(),
});
/** `session.renewed`: the new end of the session of this connection. */
export const sessionRenewed = z.object({ sessionExpiresAt: z.string() });

export const ticketAnswer = z.object({ ticket: z.string(), expiresAt: z.string() });

/** AU-12: spends a one-time link: its token, and the new password. */
export const loginLinkUse = z.strictObject({ token: z.string().min(1).max(128), password });

export const passwordBody = z.strictObject({ current: typedPassword, next: password });

/** What a client said of itself: "Firefox" on "Windows". */
export const agent = z.object({ browser: z.string(), system: z.string() });
export type Agent = z.infer<typeof agent>;

export const session = z.object({
  id,
  device: z.string(),
  address: z.string(),
  createdAt: z.string(),
  lastSeenAt: z.string(),
  expiresAt: z.string(),
  current: z.boolean(),
  /** The browser and its system, where the client told them. */
  agent: agent.nullable(),
  /** IANA name, where the browser told it. */
  timeZone: z.string().nullable(),
  /** Whether the device renews the session (AU-13). */
  stays: z.boolean(),
});
export type Session = z.infer<typeof session>;
/** `session.misused`: a session that ended because an old credential of it was used again (AU-13). */
export const sessionMisuse = z.object({
  /** Of the session; `DELETE /api/v1/auth/sessions/{id}` marks it as read. */
  id,
  device: z.string(),
  agent: agent.nullable(),
  /** Where the old credential came from. */
  address: z.string(),
  at: z.string(),
});
export type SessionMisuse = z.infer<typeof sessionMisuse>;
export const sessionList = z.object({ sessions: z.array(session), misused: z.array(sessionMisuse) });
export type SessionList = z.infer<typeof sessionList>;

/** CO-1. */
export const acceptFrom = z.enum(["anyone", "groups", "contacts", "nobody"]);
export type AcceptFrom = z.infer<typeof acceptFrom>;

/** CO-4: windows in which commands are held. One without `days` is for every day. */
export const quietHours = z.array(hoursWindow).max(limits.quietWindows);
export type QuietHours = z.infer<typeof quietHours>;

export const preferences = z.strictObject({
  categories: record(slug, categoryChoice),
  acceptFrom,
  broadcasts: z.boolean(),
  blockedUsers: z.array(username).max(limits.blockedUsers),
  quietHours: quietHours.nullable(),
  dailyLimit: z.number().int().min(1).max(10_000).nullable(),
  shareLimits: z.boolean(),
  /** CO-10: whether contacts see when the person is connected; absent until the person chooses, and then they do. */
  shareOnline: z.boolean().optional(),
  /** CH-3: whether others in a talk see what the person has read, and when they write; absent: they do not. */
  shareRead: z.boolean().optional(),
  shareWriting: z.boolean().optional(),
  /** CO-12: the ceiling; absent until the person sets one. */
  limits: ceiling.nullish(),
});
export type Preferences = z.infer<typeof preferences>;

/** A partial change; `categories` is merged by slug, the rest is replaced. */
export const preferencesChange = preferences.partial().extend({
  /** One window for all days is accepted too, and answered as a list. */
  quietHours: z.union([quietHours, z.strictObject({ from: clock, to: clock })]).nullish(),
});
export type PreferencesChange = z.infer<typeof preferencesChange>;

/** CO-5. `online`, `allows` and `grant` (what the contact allows the reader, CO-12) are there only when the contact shares them. */
export const contact = z.object({
  username: z.string(),
  displayName: z.string(),
  online: z.boolean().optional(),
  allows: z.array(z.string()).optional(),
  grant: shownGrant.optional(),
});
export type Contact = z.infer<typeof contact>;
export const contactRequest = z.object({
  username: z.string(),
  displayName: z.string(),
  note: z.string().nullable(),
  createdAt: z.string(),
});
export type ContactRequest = z.infer<typeof contactRequest>;
export const contactList = z.object({
  contacts: z.array(contact),
  incoming: z.array(contactRequest),
  outgoing: z.array(contactRequest),
});
export type ContactList = z.infer<typeof contactList>;
export const contactNote = text(limits.note);
/** `contact.changed`: what the two are to each other now, seen from the one who hears it. */
export const contactChanged = z.object({
  username: z.string(),
  displayName: z.string(),
  relation: z.enum(["contact", "incoming", "outgoing", "none"]),
});
export type ContactChanged = z.infer<typeof contactChanged>;

/** BR-5. */
export const category = z.object({ slug: z.string(), title: z.string(), description: z.string() });
export type Category = z.infer<typeof category>;
export const categoryList = z.object({ categories: z.array(category) });
export type CategoryList = z.infer<typeof categoryList>;

/** BR-6. `since` is when the membership was accepted; null in an invitation. */
export const groupRole = z.enum(["owner", "sender", "member"]);
export type GroupRole = z.infer<typeof groupRole>;
export const groupEntry = z.object({
  name: z.string(),
  title: z.string(),
  role: groupRole,
  since: z.string().nullable(),
  members: z.number().int().nonnegative(),
});
export type GroupEntry = z.infer<typeof groupEntry>;
export const groupList = z.object({ groups: z.array(groupEntry), invitations: z.array(groupEntry) });
export type GroupList = z.infer<typeof groupList>;
/** `group.changed`: what the person is to the group now; `role` null: nothing any more. */
export const groupChanged = z.object({
  name: z.string(),
  title: z.string(),
  role: groupRole.nullable(),
  accepted: z.boolean(),
});
export type GroupChanged = z.infer<typeof groupChanged>;

/** AU-8. `avatar`: the file that is the person's picture. */
export const profile = z.object({
  username: z.string(),
  displayName: z.string(),
  bio: z.string(),
  pronouns: z.string(),
  timeZone: z.string(),
  language: z.string(),
  avatar: z.string().nullable(),
});
export type Profile = z.infer<typeof profile>;

export const displayName = name(limits.displayName);

/** AU-8: pictures without scripts, of kinds that every browser shows. */
export const avatarTypes: readonly string[] = [
  "image/avif",
  "image/gif",
  "image/jpeg",
  "image/png",
  "image/webp",
];

/** BR-2: administrators may broadcast without a grant. */
export function rightsInForce({ role, rights }: Pick<User, "role" | "rights">): User["rights"] {
  return { broadcast: role === "admin" || rights.broadcast };
}
