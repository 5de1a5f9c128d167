import { iso } from "../platform/mod.ts";
import type { CommandChanged, Totals } from "../protocol/mod.ts";
import { ended } from "./broadcasts.ts";
import { isClosed } from "./lifecycle.ts";
import type { Parts } from "./parts.ts";
import type { CastRecord, CommandRecord, Happening } from "./ports.ts";

type End = "cancelled" | "expired" | "failed";

const dayMs = 24 * 3600_000;

/** What happens to a cast as a whole: its time comes, its sender takes it back, it runs out. One write each. */
export class CastMoves {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** CM-6. Those who are done with it stay as they are, and so do those for whom it ran out. */
  async cancel(record: CommandRecord, who: string): Promise<Totals> {
    // Its job may still have to come round.
    if (record.expiresMs <= this.#parts.clock.now()) await this.#end(record, "expired", null);
    await this.#end(record, "cancelled", who);
    return await this.#parts.totals.of(record);
  }

  /** DL-6: ends it, and comes round again to purge it two weeks later. */
  async expire(record: CommandRecord): Promise<void> {
    const { store, clock, retentionDays, totals } = this.#parts;
    const now = clock.now();
    const keepMs = retentionDays * dayMs;
    await this.#end(record, "expired", null);
    const { accepted = 0, submitted = 0, returned = 0 } = await totals.of(record);
    const inHand = accepted + submitted + returned > 0;
    if (now >= record.expiresMs + keepMs && !inHand) return await store.purge(record);
    const dueMs = now < record.expiresMs + keepMs ? record.expiresMs + keepMs : now + keepMs;
    await store.addJobs([{ dueMs, job: { kind: "expire", commandId: record.command.id } }]);
  }

  /** CM-8: opens a scheduled one. */
  async release(record: CommandRecord): Promise<void> {
    const { store, casts, totals, clock } = this.#parts;
    const cast = await store.cast(record.command.id);
    // What ran out before it could be opened is left to its other job (DL-6).
    if (cast?.state !== "scheduled" || record.expiresMs <= clock.now()) return;
    const marks = await casts.plans.marksAtRelease(record);
    const released: Happening = { at: iso(clock.now()), state: "queued", who: null, note: null };
    const place = await store.changeCast(record.command.id, cast, "open", released);
    if (typeof place !== "string") return;
    // At once: rings come in the order of the commits.
    casts.ring(record, place, marks);
    totals.touch(record);
  }

  /** FI-6: one of its files was rejected. Those who took it on stay as they are. */
  async fail(record: CommandRecord, note: string): Promise<void> {
    const { bell, clock, totals } = this.#parts;
    if (!await this.#end(record, "failed", null, note)) return;
    const told: CommandChanged = { id: record.command.id, state: "failed", note, at: iso(clock.now()) };
    bell.notify(record.senderId, "command.changed", told);
    totals.touch(record);
  }

  /** False when it was over already. */
  async #end(
    record: CommandRecord,
    to: End,
    who: string | null,
    note: string | null = null,
  ): Promise<boolean> {
    const { store, clock } = this.#parts;
    while (true) {
      const cast = await store.cast(record.command.id);
      if (cast === null || isOver(cast, to)) return false;
      const happening: Happening = { at: iso(clock.now()), state: to, who, note };
      if (!await store.changeCast(record.command.id, cast, to, happening)) continue;
      // Nobody hears of one whose time had not come.
      if (cast.state !== "scheduled") await this.#tellEnd(record, to);
      return true;
    }
  }

  /** Takes it from the screens of those who are connected, and from what is being read for them right now. */
  async #tellEnd(record: CommandRecord, to: End): Promise<void> {
    const { bell, people, casts, consent, inbox, store, clock, totals } = this.#parts;
    const commandId = record.command.id;
    const told: CommandChanged = { id: commandId, state: to, until: null, at: iso(clock.now()) };
    const online = bell.online();
    const states = await store.states(online.map((userId) => ({ userId, commandId })));
    const over = await store.cast(commandId);
    for (const [index, userId] of online.entries()) {
      const known = states[index]?.record;
      if (
        known === undefined && !inbox().handed.expects(userId, commandId) &&
        !casts.isFor(userId, record, await people.membershipsOf(userId))
      ) continue;
      bell.consentChanged(userId);
      const mayKnow = known === undefined
        ? over?.state === to &&
          (inbox().handed.expects(userId, commandId) ||
            casts.withheld(await consent.standing(userId), record) === null)
        : known.withheldBy === null && !isClosed(known.state) && ended(known, over).state === to;
      if (mayKnow) bell.notify(userId, "command.changed", told);
    }
    totals.touch(record);
  }
}

/** One that ran out can still be cancelled for those who have it in hand. */
function isOver({ state, cancelled }: CastRecord, to: End): boolean {
  return state === "cancelled" ||
    ((state === "expired" || state === "failed") && (to !== "cancelled" || cancelled === true));
}
