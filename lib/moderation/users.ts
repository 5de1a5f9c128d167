import {
  type AuditEntry,
  auditEntryOf,
  type Bell,
  type Caller,
  type Clock,
  type Ids,
  iso,
  type NoticeList,
} from "../platform/mod.ts";
import {
  type AdminUser,
  type AdminUserChange,
  type AdminUserPage,
  type Answer,
  fold,
  isReserved,
  limits,
  type NewNotice,
  Refusal,
  type Sanction,
} from "../protocol/mod.ts";
import type { Mutes } from "./mutes.ts";
import type { OwnSanctions } from "./own_sanctions.ts";
import type { CaseChange } from "./case_ports.ts";
import type { AccountChange, AccountRecord, SanctionRecord, UsersStore } from "./ports.ts";
import { stillInForce } from "./restrictions.ts";
import { mayNot, type SanctionsPlan, withoutSanction, withPlan, withSanction } from "./sanctioning.ts";
import { hiddenFrom } from "./staff.ts";
import { isSuspended, sanctionOf, shownUsers } from "./user_views.ts";

export interface UsersNeeds {
  store: UsersStore;
  mutes: Mutes;
  /** People who can write to their contacts only. */
  limited: Mutes;
  own: Pick<OwnSanctions, "changed">;
  bell: Pick<Bell, "closeUser" | "isOnline">;
  /** Tells people of sanctions that were imposed or lifted (UI-11). */
  notices: NoticeList<NewNotice>;
  clock: Clock;
  ids: Ids;
  /** Called after a change of role or rights, for sockets that are already open. */
  changed(account: AccountRecord): void;
}

/** A decision with its effect on an account. */
export interface Applied {
  plan: SanctionsPlan;
  change: CaseChange;
  auditEntry: AuditEntry;
}

/** Users, as administrators and moderators see them, and the actions on them (MO-2, MO-5). */
export class Users {
  readonly #needs: UsersNeeds;

  constructor(needs: UsersNeeds) {
    this.#needs = needs;
  }

  async list(
    caller: Caller,
    query: { q?: string | undefined; after?: string | undefined; limit?: number | undefined },
  ): Answer<AdminUserPage> {
    const hidden = hiddenFrom(caller, "moderator");
    if (hidden !== null) return hidden;
    const { accounts, next } = await this.#needs.store.search({
      q: fold(query.q?.trim() ?? ""),
      after: query.after ?? null,
      limit: query.limit ?? limits.pageDefault,
    });
    return { users: await shownUsers(this.#needs, accounts), next };
  }

  async get(
    caller: Caller,
    username: string,
  ): Answer<AdminUser & { sanctions: Sanction[]; incident?: string }> {
    const hidden = hiddenFrom(caller, "moderator");
    if (hidden !== null) return hidden;
    const account = await this.#needs.store.named(username);
    if (account === null) return nobody();
    const [shown] = await shownUsers(this.#needs, [account]);
    const { store, clock } = this.#needs;
    const [sanctions, listed] = await Promise.all([
      store.sanctionsOf(account.id),
      store.sanctionsInForce(account.id),
    ]);
    const inForce = new Set(stillInForce(listed, clock.now()).map(({ id }) => id));
    return {
      ...shown!,
      sanctions: sanctions.map((sanction) => sanctionOf(sanction, inForce.has(sanction.id))),
      ...(account.incident === null ? {} : { incident: account.incident }),
    };
  }

  /** Changes role and rights. The last administrator stays one. */
  async change(caller: Caller, username: string, change: AdminUserChange): Answer<AdminUser> {
    const hidden = hiddenFrom(caller, "admin");
    if (hidden !== null) return hidden;
    const changed = await this.#change(username, async (account, otherAdmins) => {
      const role = change.role ?? account.role;
      const rights = change.rights ?? account.rights;
      if (role === account.role && rights.broadcast === account.rights.broadcast) return null;
      if (account.role === "admin" && role !== "admin" && !this.#anyActive(await otherAdmins())) {
        return lastAdmin();
      }
      // Reads the list also for a new administrator, so that a concurrent change to it is noticed.
      if (account.role !== "admin" && role === "admin") await otherAdmins();
      // AU-1. The username cannot change, so a former administrator keeps it.
      const displayName = role !== "admin" && isReserved(account.displayName) ? account.username : undefined;
      return {
        role,
        rights,
        ...(displayName === undefined ? {} : { displayName }),
        auditEntry: roleEntry(caller, account, role, rights.broadcast),
      };
    });
    if (changed instanceof Refusal) return changed;
    this.#needs.changed(changed);
    return (await shownUsers(this.#needs, [changed]))[0]!;
  }

  /** MO-7: sanctions overlap, and the strictest applies. A suspension closes the person's sockets (4403). */
  async sanction(
    caller: Caller,
    username: string,
    body: { kind: Sanction["kind"]; reason: string; until?: string | null | undefined },
  ): Answer<Sanction> {
    const hidden = hiddenFrom(caller, "moderator");
    if (hidden !== null) return hidden;
    const { clock, ids, store, bell } = this.#needs;
    const now = clock.now();
    const until = body.until === undefined || body.until === null ? null : Date.parse(body.until);
    if (until !== null && until <= now) {
      return new Refusal("invalid_params", "sanction.end", {
        fields: { until: "field.later" },
      });
    }
    const { kind, reason } = body;
    const sanction: SanctionRecord = {
      id: ids.next(),
      kind,
      reason,
      until,
      createdAt: now,
      by: caller.username,
    };
    const changed = await this.#sanctioned(username, async (account, otherAdmins) => {
      const refused = mayNot(caller, account);
      if (refused !== null) return refused;
      if (kind === "suspend" && account.role === "admin" && !this.#anyActive(await otherAdmins())) {
        return lastAdmin();
      }
      const added = withSanction(account, await store.sanctionsInForce(account.id), sanction);
      if (added instanceof Refusal) return added;
      return { ...added, auditEntry: sanctionEntry(caller, account, sanction) };
    });
    if (changed instanceof Refusal) return changed;
    if (kind === "suspend") bell.closeUser(changed.id, "suspended");
    return sanctionOf(sanction, true);
  }

  /** MO-7: lifts one sanction; the others stay in force. */
  async lift(caller: Caller, username: string, sanctionId: string, reason: string): Answer<Sanction> {
    const hidden = hiddenFrom(caller, "moderator");
    if (hidden !== null) return hidden;
    const { clock, store } = this.#needs;
    let after: SanctionRecord | undefined;
    const changed = await this.#sanctioned(username, async (account) => {
      const refused = mayNot(caller, account);
      if (refused !== null) return refused;
      const sanction = await store.sanction(account.id, sanctionId);
      if (sanction === null) return new Refusal("not_found", "sanction.missing");
      const lifted = { at: clock.now(), by: caller.username, reason };
      const left = await withoutSanction(
        account,
        await store.sanctionsInForce(account.id),
        sanction,
        lifted,
        async (id) => (await store.sanction(account.id, id))?.reason ?? "",
      );
      if (left instanceof Refusal) return left;
      after = left.sanctions[0];
      return {
        ...left,
        auditEntry: auditEntryOf(caller, "user.lift", account.username, {
          sanction: sanctionId,
          kind: sanction.kind,
        }, reason),
      };
    });
    return changed instanceof Refusal ? changed : sanctionOf(after!, false);
  }

  /** MO-2: writes a decision and all that it does to an account in one commit. `prepare` is called again when another was faster. */
  async apply(caller: Caller, userId: string, prepare: () => Answer<Applied>): Answer<AccountRecord> {
    const { store, clock, bell } = this.#needs;
    let closes = false;
    let appealed: string | undefined;
    const changed = await this.#sanctionedById(userId, async (account, otherAdmins) => {
      const prepared = await prepare();
      if (prepared instanceof Refusal) return prepared;
      const { plan, change, auditEntry } = prepared;
      appealed = plan.appeal?.sanctionId;
      const refused = plan.add.length === 0 && plan.lift.ids.length === 0 ? null : mayNot(caller, account);
      if (refused !== null) return refused;
      closes = plan.add.some(({ kind }) => kind === "suspend");
      if (closes && account.role === "admin" && !this.#anyActive(await otherAdmins())) return lastAdmin();
      const before = stillInForce(await store.sanctionsInForce(account.id), clock.now());
      const done = await withPlan(account, before, plan, clock.now(), {
        sanction: (id) => store.sanction(account.id, id),
      });
      return done instanceof Refusal ? done : { ...done, also: change, auditEntry };
    }, () => appealed);
    if (!(changed instanceof Refusal) && closes) bell.closeUser(changed.id, "suspended");
    return changed;
  }

  /** Writes a change of someone's sanctions, and tells the parts that keep them in memory, and the person. */
  async #sanctioned(username: string, decide: Parameters<UsersStore["change"]>[1]): Answer<AccountRecord> {
    const account = await this.#needs.store.named(username);
    return account === null ? nobody() : await this.#sanctionedById(account.id, decide);
  }

  /** `appealed`: the sanction whose appeal is decided, of which its person hears in another way. */
  async #sanctionedById(
    userId: string,
    decide: Parameters<UsersStore["change"]>[1],
    appealed: () => string | undefined = () => undefined,
  ): Answer<AccountRecord> {
    const { notices } = this.#needs;
    let written: AccountChange | null = null;
    const changed = await this.#needs.store.change(userId, async (account, otherAdmins) => {
      const change = await decide(account, otherAdmins);
      if (change === null || change instanceof Refusal) {
        written = null;
        return change;
      }
      const told = change.sanctions?.filter(({ id }) => id !== appealed()) ?? [];
      const owed = told.map(({ id, lifted }) => {
        const kind = lifted === undefined ? "sanction_imposed" : "sanction_lifted";
        return notices.owe(userId, { kind, sanction: id });
      });
      return written = { ...change, owed };
    }) ?? nobody();
    if (changed instanceof Refusal || written === null) return changed;
    const { owed = [], mute, limit, inForce = [] }: AccountChange = written;
    if (mute !== undefined) this.#needs.mutes.note(changed.id, mute);
    if (limit !== undefined) this.#needs.limited.note(changed.id, limit);
    await this.#needs.own.changed(changed.id, inForce);
    await notices.give(owed);
    return changed;
  }

  async #change(username: string, decide: Parameters<UsersStore["change"]>[1]): Answer<AccountRecord> {
    const account = await this.#needs.store.named(username);
    if (account === null) return nobody();
    return await this.#needs.store.change(account.id, decide) ?? nobody();
  }

  #anyActive(accounts: AccountRecord[]): boolean {
    return accounts.some((account) => !isSuspended(account, this.#needs.clock.now()));
  }
}

function roleEntry(caller: Caller, account: AccountRecord, role: string, broadcast: boolean): AuditEntry {
  return auditEntryOf(caller, "user.change", account.username, {
    ...(role === account.role ? {} : { role, wasRole: account.role }),
    ...(broadcast === account.rights.broadcast ? {} : { broadcast, wasBroadcast: account.rights.broadcast }),
  });
}

function sanctionEntry(caller: Caller, account: AccountRecord, sanction: SanctionRecord): AuditEntry {
  const { id, kind, reason, until } = sanction;
  const detail = { sanction: id, until: until === null ? null : iso(until) };
  return auditEntryOf(caller, `user.${kind}`, account.username, detail, reason);
}

function lastAdmin(): Refusal {
  return new Refusal("conflict", "admin.last");
}

function nobody(): Refusal {
  return new Refusal("not_found", "person.unknown");
}
