import type { Bell, Caller, Clock } from "../platform/mod.ts";
import {
  type Answer,
  type GrantChange,
  grantIdOf,
  type GrantList,
  type GrantSource,
  Refusal,
  say,
} from "../protocol/mod.ts";
import type { Consent } from "./consent.ts";
import { decide, type Decision } from "./decide.ts";
import { grantShape, isMoreThanPause, noGrants, withGrant, withoutGrant } from "./grant_changes.ts";
import type { GrantStore } from "./ports.ts";
import { grantDifferences, type RuleChange } from "./rule_changes.ts";
import { grantFor, isInForce, type StoredGrants } from "./sources.ts";
import { type Relation, stranger } from "./standing.ts";

export interface GrantNeeds {
  store: GrantStore;
  consent: Pick<Consent, "categoryList" | "forget" | "rulesOf" | "standingAtDelivery">;
  clock: Clock;
  bell: Pick<Bell, "consentChanged" | "changedEverywhere" | "notify">;
  /** What the other is to the caller; null: there is no such person. */
  relationTo(caller: Caller, username: string): Promise<Relation | null>;
  isMember(userId: string, group: string): Promise<boolean>;
}

/** Where a command might come from: someone, a group, any contact, anyone else, or a broadcast to everyone. */
export type Supposed = GrantSource | "contact" | "stranger" | "everyone";

function direct(username: string) {
  return { from: { username }, audience: { kind: "user" as const } };
}

/** CO-12: a person's own grants. Nobody else makes, sees, changes or ends one. */
export class Grants {
  readonly #needs: GrantNeeds;

  constructor(needs: GrantNeeds) {
    this.#needs = needs;
  }

  /** Those in force, the latest change first. */
  async list(caller: Caller): Promise<GrantList> {
    const { grants } = await this.#needs.consent.rulesOf(caller.userId);
    return this.#shape(grants ?? noGrants);
  }

  /** Makes or changes the grant for a contact or one of the caller's groups. Anyone can be paused. */
  async set(caller: Caller, change: GrantChange): Answer<GrantList> {
    const { consent, clock } = this.#needs;
    const unknown = await consent.categoryList.unknown(Object.keys(change.categories ?? {}), {
      retiredToo: true,
    });
    if (unknown !== null) return unknown;
    const refused = await this.#refusedSource(caller, change);
    if (refused !== null) return refused;
    return await this.#change(caller, (grants) => withGrant(grants, change, clock.now()));
  }

  async end(caller: Caller, { id }: { id: string }): Answer<GrantList> {
    const { clock } = this.#needs;
    return await this.#change(
      caller,
      (grants) =>
        grantFor(grants, id, clock.now()) === undefined
          ? new Refusal("not_found", "grant.missing")
          : withoutGrant(grants, id, clock.now()),
    );
  }

  /** The caller removed a contact: only a pause is left of the grant for them. */
  async contactRemoved(caller: Caller, username: string): Promise<void> {
    const { consent, clock } = this.#needs;
    const to = { user: username };
    const { grants } = await consent.rulesOf(caller.userId);
    if (grantFor(grants, grantIdOf(to), clock.now()) === undefined) return;
    const nothing = { accept: null, categories: null, kinds: null, hours: null, perDay: null, open: null };
    await this.#change(caller, (grants) => withGrant(grants, { to, ...nothing, shown: null }, clock.now()));
  }

  /** What the caller's rules would do with commands at a time (ms since 1970), and by which rules. Only about themselves. */
  async outcomes(
    caller: Caller,
    { from, atMs }: { from: Supposed; atMs: number },
    commands: readonly { kind: string; categories: readonly string[] }[],
  ): Promise<Decision[]> {
    const { consent, clock, relationTo, isMember } = this.#needs;
    const standing = await consent.standingAtDelivery(caller.userId);
    const { counts, ...uncounted } = standing;
    // Numbers are those of now: at another time nobody knows them.
    const now = clock.now();
    const asked = atMs === now && counts !== undefined ? { ...uncounted, counts } : uncounted;
    const about = async () => {
      if (from === "contact") return { ...direct(""), relation: { contact: true, sharesGroup: false } };
      if (from === "stranger") return { ...direct(""), relation: stranger };
      if (from === "everyone") {
        return { ...direct(""), audience: { kind: "all" as const }, relation: stranger };
      }
      if ("user" in from) {
        return { ...direct(from.user), relation: await relationTo(caller, from.user) ?? stranger };
      }
      const sharesGroup = await isMember(caller.userId, from.group);
      const audience = { kind: "group" as const, name: from.group };
      return { ...direct(""), audience, relation: { contact: false, sharesGroup } };
    };
    const { relation, ...sent } = await about();
    return commands.map((command) => decide(asked, relation, { ...sent, ...command }, atMs));
  }

  /** The caller's own changes of their rules in the last two weeks, newest first. */
  changes(caller: Caller): Promise<RuleChange[]> {
    return this.#needs.store.ruleChanges(caller.userId, this.#needs.clock.now());
  }

  /** Why the caller can set no such grant, or null. A grant for someone who is no contact any more can only pause them. */
  async #refusedSource(caller: Caller, { to, ...change }: GrantChange): Promise<Refusal | null> {
    const { relationTo, isMember } = this.#needs;
    if ("group" in to) {
      const wrong = change.shown === true ? "shown" : change.accept === true ? "accept" : null;
      if (wrong !== null) {
        return new Refusal("invalid_params", say("request.fields", { fields: wrong }), {
          fields: { [wrong]: "field.grantUser" },
        });
      }
      return await isMember(caller.userId, to.group) ? null : new Refusal("not_found", "grant.group", {
        fields: { "to.group": "field.ownGroup" },
      });
    }
    const relation = await relationTo(caller, to.user);
    const fields = { "to.user": "field.grantContact" } as const;
    if (relation === null) return new Refusal("not_found", "person.unknown", { fields });
    if (relation.self) return new Refusal("invalid_params", "grant.self", { fields });
    return relation.contact || !isMoreThanPause({ to, ...change })
      ? null
      : new Refusal("forbidden", "grant.contact", { fields });
  }

  async #change(
    caller: Caller,
    change: (grants: StoredGrants) => StoredGrants | Refusal,
  ): Answer<GrantList> {
    const { store, consent, clock, bell } = this.#needs;
    const { userId, device } = caller;
    const changed = await store.changeGrants(userId, (current) => {
      const before = current ?? noGrants;
      const grants = change(before);
      if (grants instanceof Refusal) return grants;
      const differences = grantDifferences(before, grants);
      return { grants, change: { atMs: clock.now(), device, differences } };
    });
    consent.forget(userId);
    if (changed instanceof Refusal) return changed;
    bell.consentChanged(userId);
    await bell.changedEverywhere(userId);
    const list = this.#shape(changed);
    bell.notify(userId, "grant.changed", list);
    return list;
  }

  #shape({ current }: StoredGrants): GrantList {
    const now = this.#needs.clock.now();
    const inForce = current.filter((grant) => isInForce(grant, now));
    return { grants: inForce.toSorted((a, b) => b.sinceMs - a.sinceMs).map(grantShape) };
  }
}
