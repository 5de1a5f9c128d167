import {
  type AuditEntry,
  auditEntryOf,
  type Caller,
  type Clock,
  type Ids,
  iso,
  type Log,
  type Random,
  randomText,
} from "../platform/mod.ts";
import {
  type Answer,
  type Invite,
  type InviteBody,
  type InviteMade,
  type InvitePolicy,
  limits,
  Refusal,
  say,
} from "../protocol/mod.ts";
import type { InviteRecord, InvitesStore } from "./invite_ports.ts";
import { suspensionOf } from "./people.ts";
import type { AccountsStore, UserRecord } from "./ports.ts";
import { hashOf } from "./tokens.ts";

export interface InvitesNeeds {
  store: InvitesStore;
  accounts: Pick<AccountsStore, "user" | "users">;
  registration: "open" | "invite" | "closed";
  clock: Clock;
  ids: Ids;
  random: Random;
  log: Log;
}

const codeBytes = 16;
const dayMs = 24 * 3600_000;

/** Invitations to make an account (AU-1). Administrators make them, and members if an administrator allows it. */
export class Invites {
  readonly #needs: InvitesNeeds;

  constructor(needs: InvitesNeeds) {
    this.#needs = needs;
  }

  /** Whether this person can invite here and now. */
  async may(caller: Caller): Promise<boolean> {
    return this.#needs.registration === "invite" && await this.#mayAs(caller.role);
  }

  /** Returns the code. Only its hash is kept, so nobody can see it again. */
  async create(caller: Caller, body: InviteBody): Answer<Omit<InviteMade, "url">> {
    const { store, clock, ids, random, log, registration } = this.#needs;
    if (registration !== "invite") return new Refusal("conflict", "invite.off");
    if (!await this.#mayAs(caller.role)) return new Refusal("forbidden", "invite.forbidden");
    const now = clock.now();
    const { uses = 1 } = body;
    const expiresAt = body.expiresAt === undefined
      ? now + limits.inviteDays * dayMs
      : Date.parse(body.expiresAt);
    const refused = refusedTime(expiresAt, now) ?? refusedUses(caller, uses) ?? await this.#tooMany(caller);
    if (refused !== null) return refused;
    const code = randomText(random, codeBytes);
    const record: InviteRecord = {
      id: ids.next(),
      hash: await hashOf(code),
      userId: caller.userId,
      uses,
      used: 0,
      createdAt: now,
      expiresAt,
    };
    const detail = { uses, expiresAt: iso(expiresAt) };
    await store.add(record, auditEntryOf(caller, "invite.create", `invite:${record.id}`, detail));
    log.info("invite.created", { requestId: caller.requestId, userId: caller.userId, invite: record.id });
    return { invite: code, id: record.id, uses, expiresAt: iso(expiresAt) };
  }

  /** A person's own invitations; for administrators everybody's. Newest first. */
  async list(caller: Caller): Promise<Invite[]> {
    const { store, accounts } = this.#needs;
    const records = caller.role === "admin"
      ? await store.all(limits.invitesOpen)
      : await store.of(caller.userId, limits.invitesOpen);
    const users = await accounts.users([...new Set(records.map(({ userId }) => userId))]);
    return records.map(({ id, userId, uses, used, createdAt, expiresAt }) => ({
      id,
      by: users.get(userId)?.username ?? "",
      uses,
      used,
      createdAt: iso(createdAt),
      expiresAt: iso(expiresAt),
    }));
  }

  /** Ends an invitation; for the person who made it and for administrators. */
  async revoke(caller: Caller, inviteId: string): Answer<true> {
    const { store } = this.#needs;
    const record = await store.get(inviteId);
    if (record === null || (record.userId !== caller.userId && caller.role !== "admin")) return noInvite();
    const auditEntry = auditEntryOf(caller, "invite.revoke", `invite:${inviteId}`, { used: record.used });
    return await store.revoke(inviteId, auditEntry) ? true : noInvite();
  }

  async policy(caller: Caller): Answer<InvitePolicy> {
    if (caller.role !== "admin") return new Refusal("not_found", "request.nothing");
    return { members: await this.#needs.store.membersInvite() };
  }

  /** Lets members invite, or no longer. What they made before works only while they may. */
  async setPolicy(caller: Caller, { members }: InvitePolicy): Answer<InvitePolicy> {
    if (caller.role !== "admin") return new Refusal("not_found", "request.nothing");
    const { store } = this.#needs;
    if (await store.membersInvite() !== members) {
      await store.setMembersInvite(members, auditEntryOf(caller, "invite.policy", null, { members }));
    }
    return { members };
  }

  /** Returns the invitation of a code that still makes an account; null for every other. */
  async find(code: string | undefined): Promise<InviteRecord | null> {
    if (code === undefined || code === "") return null;
    const record = await this.#needs.store.find(await hashOf(code));
    if (record === null || record.used >= record.uses) return null;
    const maker = await this.#needs.accounts.user(record.userId);
    const works = maker !== null && suspensionOf(maker, this.#needs.clock.now()) === null &&
      await this.#mayAs(maker.role);
    return works ? record : null;
  }

  /** Makes the account that an invitation is for. */
  redeem(invite: InviteRecord, user: UserRecord, address: string): Promise<"made" | "taken" | "over"> {
    return this.#needs.store.redeem(invite.id, user, useEntry(invite, user, address));
  }

  async #mayAs(role: UserRecord["role"]): Promise<boolean> {
    return role === "admin" || await this.#needs.store.membersInvite();
  }

  async #tooMany(caller: Caller): Promise<Refusal | null> {
    const most = caller.role === "admin" ? limits.invitesOpen : limits.invitesOpenOfMember;
    // Used ones count too, until they expire or are revoked: the list stays as short as this.
    const records = await this.#needs.store.of(caller.userId, most);
    return records.length < most ? null : new Refusal("queue_full", say("invite.limit", { count: most }));
  }
}

function refusedTime(expiresAt: number, now: number): Refusal | null {
  if (expiresAt > now && expiresAt <= now + limits.inviteDaysMax * dayMs) return null;
  const field = expiresAt <= now ? "field.later" : say("field.schedule", { count: limits.inviteDaysMax });
  return new Refusal("invalid_params", "invite.time", { fields: { expiresAt: field } });
}

function refusedUses({ role }: Caller, uses: number): Refusal | null {
  if (role === "admin" || uses <= limits.inviteUsesOfMember) return null;
  const count = limits.inviteUsesOfMember;
  return new Refusal("invalid_params", say("invite.uses", { count }), {
    fields: { uses: say("field.high", { count }) },
  });
}

/** The new person is the one who acts: nobody else is there. */
function useEntry({ id }: InviteRecord, { id: userId, username }: UserRecord, address: string): AuditEntry {
  return {
    actor: { userId, username },
    action: "invite.use",
    subject: `invite:${id}`,
    address,
    reason: null,
    detail: {},
  };
}

function noInvite(): Refusal {
  return new Refusal("not_found", "invite.missing");
}
