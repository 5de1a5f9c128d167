import {
  type AccessTokenStore,
  type AccountsStore,
  type Contacts,
  type ExportEntry,
  type ExportPart,
  type Groups,
  type InvitesStore,
  type LinkRecord,
  type MisuseStore,
  type ProfileRecord,
  type TwoFactorStore,
  type UserRecord,
  webhookOf,
} from "../../accounts/mod.ts";
import type { Chat } from "../../chat/mod.ts";
import type { CommandRoom, CommandStore } from "../../commands/mod.ts";
import type { Consent, Grants } from "../../consent/mod.ts";
import type { FileRecord, Files } from "../../files/mod.ts";
import type { ReportRecord, SanctionRecord } from "../../moderation/mod.ts";
import type { Notices } from "../../notices/mod.ts";
import { type Caller, type Clock, iso } from "../../platform/mod.ts";
import { type FileObject, limits, type Notice, type NoticePage, Refusal } from "../../protocol/mod.ts";
import type { PushStore } from "../../push/mod.ts";
import { getValues } from "./get_many.ts";
import { keys } from "./keys.ts";
import type { Store } from "./store.ts";

/** Records read in one step. The memory for an archive is one page, one command or one piece of a file. */
const pageSize = 100;

/** Sources of an archive (AU-9). */
export interface ExportSources {
  store: Store;
  accounts: AccountsStore;
  misuses: Pick<MisuseStore, "of">;
  accessTokens: AccessTokenStore;
  twoFactor: Pick<TwoFactorStore, "of">;
  contacts: Pick<Contacts, "list">;
  groups: Pick<Groups, "list">;
  invites: Pick<InvitesStore, "of">;
  consent: Pick<Consent, "get" | "restingHours" | "stopOf">;
  grants: Pick<Grants, "changes" | "list">;
  notices: Pick<Notices, "list">;
  history: Pick<CommandRoom["history"], "get">;
  commandStore: Pick<CommandStore, "history" | "outbox">;
  chat: Pick<Chat, "all" | "allNotify">;
  files: Pick<Files, "list" | "content">;
  pushes: Pick<PushStore, "choices" | "of">;
  clock: Clock;
}

/** Returns the parts of the archive, in order. Each room with data about people adds its own. */
export function exportParts(sources: ExportSources): ExportPart[] {
  const parts = [accountEntries, acquaintanceEntries, commandEntries, chatEntries, fileEntries];
  return parts.map((entries) => ({ entries: (caller) => entries(sources, caller) }));
}

async function* accountEntries(
  { store: { kv }, accounts, misuses, accessTokens, twoFactor, consent, grants, pushes, clock }:
    ExportSources,
  caller: Caller,
): AsyncIterable<ExportEntry> {
  const { userId } = caller;
  const now = clock.now();
  const file = (path: string, value: unknown) => jsonEntry(path, value, now);
  const [user, profile] = await kv.getMany<[UserRecord, ProfileRecord]>([
    keys.user(userId),
    keys.profile(userId),
  ]);
  const devices: string[] = [];
  for await (const { key } of kv.list({ prefix: keys.cursorsOf(userId) })) devices.push(String(key[2]));
  const stop = await consent.stopOf(userId);
  yield file("account.json", {
    ...accountOf(user.value),
    devices,
    stoppedSince: stop === null ? null : iso(stop.sinceMs),
  });
  yield file("profile.json", {
    displayName: user.value?.displayName ?? "",
    timeZone: user.value?.timeZone ?? "UTC",
    ...profile.value,
  });
  yield file("preferences.json", {
    ...await consent.get(caller),
    quietHoursSwitchedOff: await consent.restingHours(caller),
  });
  yield file("grants.json", await grants.list(caller));
  yield file(
    "rule_changes.json",
    (await grants.changes(caller)).map(({ atMs, ...change }) => ({ at: iso(atMs), ...change })),
  );
  // Without addresses and keys: who has them can push.
  yield file("notifications.json", {
    choices: (await pushes.choices(userId)).value,
    devices: (await pushes.of(userId)).map(({ value: { device, origin, language, createdMs, last } }) => ({
      device,
      origin,
      language,
      createdAt: iso(createdMs),
      lastTold: last === null ? null : iso(last.atMs),
    })),
  });
  const sessions = await accounts.sessionsOf(userId);
  yield file(
    "sessions.json",
    sessions.map(({ id, device, agent, timeZone, address, createdAt, lastSeenAt, expiresAt }) => ({
      id,
      device,
      agent: agent ?? null,
      timeZone: timeZone ?? null,
      address,
      createdAt: iso(createdAt),
      lastSeenAt: iso(lastSeenAt),
      expiresAt: iso(expiresAt),
    })),
  );
  const scripts = await accessTokens.of(userId);
  yield file(
    "access_tokens.json",
    scripts.map(({ id, access, address, createdAt, lastSeenAt, expiresAt }) => ({
      id,
      name: access?.name,
      scopes: access?.scopes,
      ...(access?.hook === undefined ? {} : { hook: access.hook }),
      // Without the secret: who has it can send in this server's name.
      ...(access?.webhook === undefined ? {} : { webhook: webhookOf(access.webhook) }),
      address,
      createdAt: iso(createdAt),
      lastUsedAt: lastSeenAt === 0 ? null : iso(lastSeenAt),
      expiresAt: iso(expiresAt),
    })),
  );
  const misused = await misuses.of(userId);
  yield file(
    "sessions_misused.json",
    misused.map(({ id, device, agent, address, at }) => ({ id, device, agent, address, at: iso(at) })),
  );
  yield file("two_factor.json", await factorsOf(twoFactor, userId));
  const link = (await kv.get<LinkRecord>(keys.linkOf(userId))).value;
  yield file("sso.json", link === null ? null : { ...link, linkedAt: iso(link.linkedAt) });
  const sanctions: unknown[] = [];
  for await (const { value } of kv.list<SanctionRecord>({ prefix: keys.sanctionsOf(userId) })) {
    const { kind, reason, until, createdAt, lifted, appeal } = value;
    sanctions.push({
      kind,
      reason,
      until: until === null ? null : iso(until),
      createdAt: iso(createdAt),
      // As with the sanction itself, without the moderator's name.
      ...(lifted === undefined ? {} : { lifted: { at: iso(lifted.at), reason: lifted.reason } }),
      ...(appeal === undefined ? {} : { appeal: { state: appeal.state, reason: appeal.reason } }),
    });
  }
  yield file("sanctions.json", sanctions);
  // What the person reported. Reports about them are not theirs: each would tell who made it.
  const reports: unknown[] = [];
  for await (const { key } of kv.list({ prefix: keys.reportsOf(userId) })) {
    const report = (await kv.get<ReportRecord>(keys.report(String(key.at(-1))))).value;
    if (report === null) continue;
    const { about, reason, note, snapshot, createdMs } = report;
    reports.push({ about, reason, note, snapshot, createdAt: iso(createdMs) });
  }
  yield file("reports.json", reports);
  const looks: unknown[] = [];
  for await (const { value } of kv.list({ prefix: keys.looksOf(userId) })) looks.push(value);
  yield file("looked_at.json", looks);
}

/** Without the password hash. */
function accountOf(user: UserRecord | null) {
  if (user === null) return {};
  const { id, username, displayName, role, rights, status, suspension, createdAt, adultStatedAt } = user;
  return {
    id,
    username,
    displayName,
    role,
    rights,
    status,
    suspension: suspension === undefined
      ? null
      : { reason: suspension.reason, until: suspension.until === null ? null : iso(suspension.until) },
    createdAt: iso(createdAt),
    adultStatedAt: adultStatedAt === null ? null : iso(adultStatedAt),
  };
}

/** Which second factors exist, without anything that could replace one. */
async function factorsOf(twoFactor: ExportSources["twoFactor"], userId: string) {
  const { totp, recovery, passkeys } = await twoFactor.of(userId);
  return {
    totp: totp === null ? null : { enabledAt: iso(totp.enabledAt) },
    recoveryCodesLeft: recovery.length,
    passkeys: passkeys.map(({ name, createdAt, lastUsedAt, backedUp, transports }) => ({
      name,
      createdAt: iso(createdAt),
      lastUsedAt: lastUsedAt === null ? null : iso(lastUsedAt),
      backedUp,
      transports,
    })),
  };
}

async function* acquaintanceEntries(
  { contacts, groups, invites, notices, clock }: ExportSources,
  caller: Caller,
): AsyncIterable<ExportEntry> {
  const now = clock.now();
  const { contacts: known, incoming, outgoing } = await contacts.list(caller);
  // Data that others share about themselves belongs to them.
  const names = known.map(({ username, displayName }) => ({ username, displayName }));
  yield jsonEntry("contacts.json", { contacts: names, incoming, outgoing }, now);
  yield jsonEntry("groups.json", await groups.list(caller), now);
  // Without the hash of the code.
  const made = (await invites.of(caller.userId, limits.invitesOpen)).map((
    { id, uses, used, createdAt, expiresAt },
  ) => ({ id, uses, used, createdAt: iso(createdAt), expiresAt: iso(expiresAt) }));
  yield jsonEntry("invites.json", made, now);
  yield jsonEntry("notices.json", await allNotices(notices, caller), now);
}

async function allNotices(notices: ExportSources["notices"], caller: Caller): Promise<Notice[]> {
  const all: Notice[] = [];
  for (let before: string | null = null;;) {
    const page: NoticePage | Refusal = await notices.list(caller, before === null ? {} : { before });
    if (page instanceof Refusal) return all;
    all.push(...page.notices);
    if (page.next === null) return all;
    before = page.next;
  }
}

/** Commands as the person sees them: withheld ones stay out, sealed ones stay sealed (CO-2, CO-3). */
async function* commandEntries(
  { history, commandStore, clock }: ExportSources,
  caller: Caller,
): AsyncIterable<ExportEntry> {
  const details = async function* (ids: AsyncIterable<string>) {
    for await (const id of ids) {
      const detail = await history.get(caller, { id });
      if (!(detail instanceof Refusal)) yield detail;
    }
  };
  const received = paged(async (before) => {
    const states = await commandStore.history(caller.userId, before, pageSize);
    const known = states.filter(({ record }) => record.deliveredAt !== null && record.withheldBy === null);
    return {
      items: known.map(({ commandId }) => commandId),
      last: states.length < pageSize ? null : states.at(-1)!.commandId,
    };
  });
  const sent = paged(async (before) => {
    const ids = await commandStore.outbox(caller.userId, before, pageSize);
    return { items: ids, last: ids.length < pageSize ? null : ids.at(-1)! };
  });
  const modifiedMs = clock.now();
  yield { path: "commands/received.json", modifiedMs, content: jsonArray(details(received)) };
  yield { path: "commands/sent.json", modifiedMs, content: jsonArray(details(sent)) };
}

/** The talks as the person sees them: what their rules withhold or hold stays out. */
async function* chatEntries({ chat, clock }: ExportSources, caller: Caller): AsyncIterable<ExportEntry> {
  yield { path: "chat.json", modifiedMs: clock.now(), content: jsonArray(chat.all(caller)) };
  yield { path: "chat_notices.json", modifiedMs: clock.now(), content: jsonArray(chat.allNotify(caller)) };
}

/** All file records, and the bytes of the clean files. */
async function* fileEntries(
  { store, files, clock }: ExportSources,
  caller: Caller,
): AsyncIterable<ExportEntry> {
  const own = () =>
    paged(async (before) => {
      const query = before === null ? { limit: pageSize } : { before, limit: pageSize };
      const { files: items, next } = await files.list(caller, query);
      return { items, last: next };
    });
  const described = async function* () {
    for await (const file of own()) {
      const [record] = await getValues<FileRecord>(store.kv, [keys.file(file.id)]);
      const { address = null, device = null } = record?.from ?? {};
      yield {
        ...file,
        uploadedFrom: { address, device },
        path: file.state === "clean" ? pathOf(file) : null,
      };
    }
  };
  yield { path: "files.json", modifiedMs: clock.now(), content: jsonArray(described()) };
  for await (const file of own()) {
    if (file.state !== "clean") continue;
    const found = await files.content(caller, file.id);
    // The file was removed or rejected since it was listed.
    if (found instanceof Refusal) continue;
    yield { path: pathOf(file), modifiedMs: Date.parse(file.createdAt), content: await found.open() };
  }
}

/** Names never form a path (FI-8), so each file has its own folder, and path characters are removed. */
function pathOf({ id, name }: FileObject): string {
  // deno-lint-ignore no-control-regex -- control characters are what this looks for
  const plain = name.replace(/[\u0000-\u001f\u007f/\\:]/g, "_").replace(/^\.+$/, "_").trim();
  return `files/${id}/${plain === "" ? "_" : plain}`;
}

function jsonEntry(path: string, value: unknown, modifiedMs: number): ExportEntry {
  return { path, modifiedMs, content: `${JSON.stringify(value, null, 2)}\n` };
}

/** A JSON array of any length. */
async function* jsonArray(items: AsyncIterable<unknown>): AsyncIterable<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  let before = "[\n";
  for await (const item of items) {
    yield encoder.encode(`${before}${JSON.stringify(item)}`);
    before = ",\n";
  }
  yield encoder.encode(before === "[\n" ? "[]\n" : "\n]\n");
}

/** Reads pages in sequence; `last` null is the end. */
async function* paged<T>(
  read: (before: string | null) => Promise<{ items: readonly T[]; last: string | null }>,
): AsyncIterable<T> {
  for (let before: string | null = null;;) {
    const page: { items: readonly T[]; last: string | null } = await read(before);
    yield* page.items;
    if (page.last === null) return;
    before = page.last;
  }
}
