import { iso } from "../platform/mod.ts";
import type { CommandChanged, Totals } from "../protocol/mod.ts";
import { ended } from "./casts.ts";
import { isClosed } from "./lifecycle.ts";
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
    const { store, casts, totals, clock } = this.#parts;
    const cast = await store.cast(record.command.id);
    // What ran out before it could be opened is left to its other job (DL-6).
    if (cast?.state !== "scheduled" || record.expiresMs <= clock.now()) return;
    const marks = await casts.marksAtRelease(record);
    const place = await store.changeCast(record.command.id, cast, "open");
    if (typeof place !== "string") return;
    // At once: rings come in the order of the commits.
    casts.ring(record, place, marks);
    totals.touch(record);
  }

  async #end(record: CommandRecord, to: "cancelled" | "expired"): Promise<boolean> {
    const { store } = this.#parts;
    while (true) {
      const cast = await store.cast(record.command.id);
      if (cast === null || isOver(cast, to)) return false;
      if (await store.changeCast(record.command.id, cast, to)) return cast.state !== "scheduled";
    }
  }

  /** Takes it from the screens of those who are connected, and from what is being read for them right now. */
  async #tellEnd(record: CommandRecord, to: "cancelled" | "expired"): Promise<void> {
    const { bell, people, casts, consent, inbox, store, clock, totals } = this.#parts;
    const commandId = record.command.id;
    const told: CommandChanged = { id: commandId, state: to, until: null, at: iso(clock.now()) };
    const online = bell.online();
    const states = await store.states(online.map((userId) => ({ userId, commandId })));
    const over = await store.cast(commandId);
    for (const [index, userId] of online.entries()) {
      const known = states[index]?.record;
      if (
        known === undefined && !inbox().expects(userId, commandId) &&
        !casts.isFor(userId, record, await people.membershipsOf(userId))
      ) continue;
      bell.consentChanged(userId);
      const mayKnow = known === undefined
        ? over?.state === to &&
          (inbox().expects(userId, commandId) ||
            casts.withheld(await consent.standing(userId), record) === null)
        : known.withheldBy === null && !isClosed(known.state) && ended(known, over).state === to;
      if (mayKnow) bell.notify(userId, "command.changed", told);
    }
    totals.touch(record);
  }
}

/** One that ran out can still be cancelled for those who have it in hand. */
function isOver({ state, cancelled }: CastRecord, to: "cancelled" | "expired"): boolean {
  return state === "cancelled" || (state === "expired" && (to === "expired" || cancelled === true));
}
