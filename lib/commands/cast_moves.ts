import { iso } from "../platform/mod.ts";
import type { CommandChanged, Totals } from "../protocol/mod.ts";
import type { Parts } from "./parts.ts";
import type { CastRecord, CommandRecord } from "./ports.ts";

const dayMs = 24 * 3600_000;

/** What happens to a cast as a whole: its time comes, its sender takes it back, it runs out. One write each. */
export class CastMoves {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** CM-6. Those who are done with it stay as they are. */
  async cancel(record: CommandRecord): Promise<Totals> {
    if (await this.#end(record, "cancelled")) await this.#tellEnd(record, "cancelled");
    return await this.#parts.totals.of(record);
  }

  /** DL-6: ends it, and comes round again to purge it two weeks later. */
  async expire(record: CommandRecord): Promise<void> {
    const { store, clock, retentionDays, totals } = this.#parts;
    const now = clock.now();
    const keepMs = retentionDays * dayMs;
    if (await this.#end(record, "expired")) await this.#tellEnd(record, "expired");
    const { accepted = 0, submitted = 0, returned = 0 } = await totals.of(record);
    const inHand = accepted + submitted + returned > 0;
    if (now >= record.expiresMs + keepMs && !inHand) return await store.purge(record);
    const dueMs = now < record.expiresMs + keepMs ? record.expiresMs + keepMs : now + keepMs;
    await store.addJobs([{ dueMs, job: { kind: "expire", commandId: record.command.id } }]);
  }

  /** CM-8: opens a scheduled one. */
  async release(record: CommandRecord): Promise<void> {
    const { store, people, casts, totals } = this.#parts;
    const cast = await store.cast(record.command.id);
    if (cast?.state !== "scheduled") return;
    const place = await store.changeCast(record.command.id, cast, "open");
    if (typeof place !== "string") return;
    const { kind, name } = record.cast!;
    casts.ring(record, place, kind === "group" ? await people.membersOf(name!) ?? new Map() : null);
    totals.touch(record);
  }

  async #end(record: CommandRecord, to: "cancelled" | "expired"): Promise<boolean> {
    const { store } = this.#parts;
    while (true) {
      const cast = await store.cast(record.command.id);
      if (cast === null || isOver(cast)) return false;
      if (await store.changeCast(record.command.id, cast, to)) return cast.state === "open";
    }
  }

  /** Takes it from the screens of those who are connected, and from what is being read for them right now. */
  async #tellEnd(record: CommandRecord, to: "cancelled" | "expired"): Promise<void> {
    const { bell, people, casts, store, clock, totals } = this.#parts;
    const commandId = record.command.id;
    const told: CommandChanged = { id: commandId, state: to, until: null, at: iso(clock.now()) };
    const online = bell.online();
    const states = await store.states(online.map((userId) => ({ userId, commandId })));
    for (const [index, userId] of online.entries()) {
      if (!casts.isFor(userId, record, await people.membershipsOf(userId))) continue;
      bell.consentChanged(userId);
      const known = states[index]?.record;
      if (known === undefined || (known.withheldBy === null && known.place !== null)) {
        bell.notify(userId, "command.changed", told);
      }
    }
    totals.touch(record);
  }
}

function isOver({ state }: CastRecord): boolean {
  return state === "cancelled" || state === "expired";
}
