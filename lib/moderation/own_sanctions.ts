import { type Bell, type Caller, type Clock, iso } from "../platform/mod.ts";
import { type Answer, type OwnSanction, type OwnSanctionList, Refusal } from "../protocol/mod.ts";
import type { OwnSanctionsStore, SanctionInForce } from "./ports.ts";
import { stillInForce } from "./restrictions.ts";

/**
 * MO-7: sanctions as their person sees them. Every page asks here, so while this process is the only writer, the ids of all
 * sanctions in force are in memory: people without one cost no read.
 */
export class OwnSanctions {
  readonly #store: OwnSanctionsStore;
  readonly #bell: Pick<Bell, "notify" | "isOnline">;
  readonly #clock: Clock;
  readonly #kept: Map<string, readonly SanctionInForce[]> | null;

  private constructor(
    { store, bell, clock }: OwnSanctionsNeeds,
    kept: Map<string, readonly SanctionInForce[]> | null,
  ) {
    this.#store = store;
    this.#bell = bell;
    this.#clock = clock;
    this.#kept = kept;
  }

  static async load(needs: OwnSanctionsNeeds, exclusive: boolean): Promise<OwnSanctions> {
    return new OwnSanctions(needs, exclusive ? await needs.store.allInForce() : null);
  }

  async list({ userId }: Caller): Promise<OwnSanctionList> {
    return { sanctions: await this.of(userId) };
  }

  /** Oldest first. */
  async of(userId: string): Promise<OwnSanction[]> {
    const listed = this.#kept === null
      ? await this.#store.sanctionsInForce(userId)
      : this.#kept.get(userId) ?? [];
    const inForce = stillInForce(listed, this.#clock.now());
    if (inForce.length === 0) return [];
    const records = await this.#store.sanctions(userId, inForce.map(({ id }) => id));
    return records.map(({ id, kind, reason, until, createdAt, appeal }) => ({
      id,
      kind,
      reason,
      until: until === null ? null : iso(until),
      createdAt: iso(createdAt),
      // One that was granted has lifted its sanction.
      ...(appeal === undefined || appeal.state === "granted"
        ? {}
        : { appeal: { state: appeal.state, reason: appeal.reason } }),
    }));
  }

  /** Marks a warning as read, also again. Returns what is left. */
  async read(caller: Caller, sanctionId: string): Answer<OwnSanctionList> {
    const left = await this.#store.markRead(caller.userId, sanctionId, this.#clock.now());
    if (left === null) return new Refusal("not_found", "sanction.missing");
    if (left instanceof Refusal) return left;
    await this.changed(caller.userId, left);
    return await this.list(caller);
  }

  /** Called after a sanction was imposed, lifted or read: the person's devices hear it. */
  async changed(userId: string, inForce: readonly SanctionInForce[]): Promise<void> {
    if (inForce.length === 0) this.#kept?.delete(userId);
    else this.#kept?.set(userId, inForce);
    if (!this.#bell.isOnline(userId)) return;
    this.#bell.notify(userId, "sanction.changed", { sanctions: await this.of(userId) });
  }
}

export interface OwnSanctionsNeeds {
  store: OwnSanctionsStore;
  bell: Pick<Bell, "notify" | "isOnline">;
  clock: Clock;
}
