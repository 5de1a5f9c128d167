import { type CommandChanged, type CommandState, type Totals } from "../protocol/mod.ts";
import { iso, type Timer } from "../platform/mod.ts";
import { endOf } from "./broadcast_records.ts";
import type { Needs } from "./needs.ts";
import type { BroadcastRecord, CommandRecord } from "./ports.ts";

/** CM-7: shortest time between two totals of one broadcast to its sender. */
const notifyMs = 1000;

/** Counts the people in each state of a broadcast, and notifies its sender. */
export class BroadcastTotals {
  readonly #needs: Pick<Needs, "store" | "bell" | "clock" | "log">;
  readonly #due = new Map<string, Timer>();

  constructor(needs: Pick<Needs, "store" | "bell" | "clock" | "log">) {
    this.#needs = needs;
  }

  async of(record: CommandRecord): Promise<Totals> {
    const { store } = this.#needs;
    const [counted, broadcast] = await Promise.all([
      store.totals(record.command.id),
      store.broadcast(record.command.id),
    ]);
    return totalsOf(record.cast!.matched, counted, broadcast ?? { state: "expired" });
  }

  /** Notifies the sender of the totals a second after a change. */
  touch(record: CommandRecord): void {
    const { bell, clock, log } = this.#needs;
    const { id } = record.command;
    if (this.#due.has(id) || !bell.isOnline(record.senderId)) return;
    const notify = async () => {
      this.#due.delete(id);
      const changed: CommandChanged = { id, totals: await this.of(record), at: iso(clock.now()) };
      bell.notify(record.senderId, "command.changed", changed);
    };
    this.#due.set(
      id,
      clock.after(notifyMs, () => void notify().catch((error) => log.error("totals.untold", { error }))),
    );
  }

  /** Cancels the notifications that wait. */
  close(): void {
    for (const timer of this.#due.values()) timer.cancel();
    this.#due.clear();
  }
}

/** Counts every matched person once. Those without a record are queued, or in the state in which the broadcast ended. */
function totalsOf(
  matched: number,
  counted: Totals,
  broadcast: Pick<BroadcastRecord, "state" | "cancelled">,
): Totals {
  const totals: Totals = {};
  const add = (state: CommandState, count: number) => {
    if (count > 0) totals[state] = (totals[state] ?? 0) + count;
  };
  let known = 0;
  for (const [name, count = 0] of Object.entries(counted)) {
    known += count;
    add(endOf(name as CommandState, broadcast), count);
  }
  add(broadcast.state === "open" ? "queued" : broadcast.state, Math.max(0, matched - known));
  return totals;
}
