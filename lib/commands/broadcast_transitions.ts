import { type Caller, iso } from "../platform/mod.ts";
import type { CommandChanged, Totals } from "../protocol/mod.ts";
import { usesBy } from "./attachments.ts";
import type { Audience } from "./audience.ts";
import { ended } from "./broadcast_records.ts";
import { isClosed } from "./lifecycle.ts";
import type { Parts } from "./parts.ts";
import { noteText } from "./notes.ts";
import type { BroadcastRecord, CommandRecord, Happening, Note } from "./ports.ts";

type End = "cancelled" | "expired" | "failed";

const dayMs = 24 * 3600_000;

/** Releases, cancels, expires and fails a whole broadcast, each in one write. */
export class BroadcastTransitions {
  readonly #parts: Parts;
  readonly #audience: Audience;

  constructor(parts: Parts, audience: Audience) {
    this.#parts = parts;
    this.#audience = audience;
  }

  /** CM-6. Closed records stay as they are, expired ones included. */
  async cancel(record: CommandRecord, by: Caller): Promise<Totals> {
    // Its job may not have run yet.
    if (record.expiresMs <= this.#parts.clock.now()) await this.#end(record, "expired", null);
    await this.#end(record, "cancelled", by);
    return await this.#parts.totals.of(record);
  }

  /** DL-6: expires it, and purges it two weeks later. */
  async expire(record: CommandRecord): Promise<number | null> {
    const { store, files, clock, retentionDays } = this.#parts;
    const now = clock.now();
    const keepMs = retentionDays * dayMs;
    await this.#end(record, "expired", null);
    const isOpen = await this.endMs(record) === null;
    if (now >= record.expiresMs + keepMs && !isOpen) {
      await store.purge(record);
      return null;
    }
    const dueMs = now < record.expiresMs + keepMs ? record.expiresMs + keepMs : now + keepMs;
    // FI-7. The totals do not tell when the last person was done: its files stay for two to four weeks after it.
    if (isOpen) await files.keep(usesBy(record), dueMs + keepMs);
    return dueMs;
  }

  /** The end is given as `expiresMs`: the totals do not tell when the last person was done. */
  async endMs(record: CommandRecord): Promise<number | null> {
    if (this.#parts.clock.now() < record.expiresMs) return null;
    const { accepted = 0, submitted = 0, returned = 0 } = await this.#parts.totals.of(record);
    return accepted + submitted + returned > 0 ? null : record.expiresMs;
  }

  /** CM-8: opens a scheduled broadcast. */
  async release(record: CommandRecord): Promise<void> {
    const { store, broadcasts, totals, clock } = this.#parts;
    const broadcast = await store.broadcast(record.command.id);
    // One that expired first is left to its other job (DL-6).
    if (broadcast?.state !== "scheduled" || record.expiresMs <= clock.now()) return;
    if (record.edition !== broadcast.edition) return;
    const epochs = await this.#audience.epochsAtRelease(record);
    const released: Happening = { at: iso(clock.now()), state: "queued", who: null, note: null };
    const place = await store.changeBroadcast(record.command.id, broadcast, "open", released);
    if (typeof place !== "string") return;
    // Without a wait in between: rings keep the order of the commits.
    broadcasts.ring(record, place, epochs);
    totals.touch(record);
  }

  /** FI-6: a file was rejected. People who accepted the broadcast keep it. */
  async fail(record: CommandRecord, note: Note): Promise<void> {
    const { bell, clock, totals } = this.#parts;
    if (!await this.#end(record, "failed", null, note)) return;
    const changed: CommandChanged = {
      id: record.command.id,
      state: "failed",
      note: noteText(note),
      at: iso(clock.now()),
    };
    bell.notify(record.senderId, "command.changed", changed);
    totals.touch(record);
  }

  /** False when it had ended already. */
  async #end(
    record: CommandRecord,
    to: End,
    by: Caller | null,
    note: Note | null = null,
  ): Promise<boolean> {
    const { store, clock } = this.#parts;
    while (true) {
      const broadcast = await store.broadcast(record.command.id);
      if (broadcast === null || isOver(broadcast, to)) return false;
      const happening: Happening = { at: iso(clock.now()), state: to, who: by?.username ?? null, note };
      const { id } = record.command;
      if (!await store.changeBroadcast(id, broadcast, to, happening, by?.requestId)) continue;
      // Recipients never heard of a scheduled one.
      if (broadcast.state !== "scheduled") {
        this.#parts.bell.over(id);
        await this.#notifyEnd(record, to);
      }
      return true;
    }
  }

  /** Removes it from the screens of people who are connected, and from reads that are under way for them. */
  async #notifyEnd(record: CommandRecord, to: End): Promise<void> {
    const { bell, people, broadcasts, consent, inFlight, store, clock, totals } = this.#parts;
    const commandId = record.command.id;
    const changed: CommandChanged = { id: commandId, state: to, until: null, at: iso(clock.now()) };
    const online = bell.online();
    const states = await store.states(online.map((userId) => ({ userId, commandId })));
    const over = await store.broadcast(commandId);
    for (const [index, userId] of online.entries()) {
      const known = states[index]?.record;
      if (
        known === undefined && !inFlight.has(userId, commandId) &&
        !broadcasts.isFor(userId, record, await people.membershipsOf(userId))
      ) continue;
      bell.consentChanged(userId);
      const mayKnow = known === undefined
        ? over?.state === to &&
          (inFlight.has(userId, commandId) ||
            broadcasts.withheld(await consent.standing(userId), record) === null)
        : known.withheldBy === null && !isClosed(known.state) && ended(known, over).state === to;
      if (mayKnow) bell.notify(userId, "command.changed", changed);
    }
    totals.touch(record);
  }
}

/** An expired or failed broadcast can still be cancelled for people who accepted it. */
function isOver({ state, cancelled }: BroadcastRecord, to: End): boolean {
  return state === "cancelled" ||
    ((state === "expired" || state === "failed") && (to !== "cancelled" || cancelled === true));
}
