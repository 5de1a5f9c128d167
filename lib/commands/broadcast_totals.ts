import { type CommandChanged, type CommandState, type Totals } from "../protocol/mod.ts";
import { iso, type Timer } from "../platform/mod.ts";
import { endOf } from "./broadcasts.ts";
import type { Parts } from "./parts.ts";
import type { CastRecord, CommandRecord } from "./ports.ts";

/** CM-7: a sender hears of a cast's totals at most this often. */
const tellMs = 1000;

/** How many people are in each state of a cast, and telling its sender. */
export class CastTotals {
  readonly #parts: Pick<Parts, "store" | "bell" | "clock" | "log">;
  readonly #due = new Map<string, Timer>();

  constructor(parts: Pick<Parts, "store" | "bell" | "clock" | "log">) {
    this.#parts = parts;
  }

  async of(record: CommandRecord): Promise<Totals> {
    const { store } = this.#parts;
    const [counted, cast] = await Promise.all([
      store.totals(record.command.id),
      store.cast(record.command.id),
    ]);
    return totalsOf(record.cast!.matched, counted, cast ?? { state: "expired" });
  }

  /** Something changed. The sender hears the totals as they are a second later. */
  touch(record: CommandRecord): void {
    const { bell, clock, log } = this.#parts;
    const { id } = record.command;
    if (this.#due.has(id) || !bell.isOnline(record.senderId)) return;
    const tell = async () => {
      this.#due.delete(id);
      const told: CommandChanged = { id, totals: await this.of(record), at: iso(clock.now()) };
      bell.notify(record.senderId, "command.changed", told);
    };
    this.#due.set(
      id,
      clock.after(tellMs, () => void tell().catch((error) => log.error("totals.untold", { error }))),
    );
  }

  /** Nothing is told any more. */
  close(): void {
    for (const timer of this.#due.values()) timer.cancel();
    this.#due.clear();
  }
}

/** Everybody whom it matched is in one state: without a record they are queued, or as the cast ended. */
function totalsOf(
  matched: number,
  counted: Totals,
  cast: Pick<CastRecord, "state" | "cancelled">,
): Totals {
  const totals: Totals = {};
  const add = (state: CommandState, count: number) => {
    if (count > 0) totals[state] = (totals[state] ?? 0) + count;
  };
  let known = 0;
  for (const [name, count = 0] of Object.entries(counted)) {
    known += count;
    add(endOf(name as CommandState, cast), count);
  }
  add(cast.state === "open" ? "queued" : cast.state, Math.max(0, matched - known));
  return totals;
}
