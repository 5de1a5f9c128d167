import { grantFor, type Numbers, sourceOf, type Standing } from "../consent/mod.ts";
import type { CommandRecord, StoredState } from "./ports.ts";

interface One {
  stored: StoredState;
  command: CommandRecord;
}

/** The numbers of a person's standing while their commands are decided one after the other (CO-4, CO-12). */
export class DayNumbers {
  #standing: Standing;
  /** The person's local date. */
  readonly #day: string;
  readonly #now: number;

  constructor(standing: Standing, day: string, now: number) {
    this.#standing = standing;
    this.#day = day;
    this.#now = now;
  }

  /**
   * The standing as it is without a command. What was only counted may never have left: today's numbers still apply to it, and on
   * another day it counts anew.
   */
  without({ stored: { record }, command }: One): Standing {
    if (record.deliveredAt !== null) return this.#standing;
    const today = record.countedOn === this.#day ? -1 : 0;
    const open = record.countedOn === null ? 0 : -1;
    return this.#plus(sourceOf(command.command), today, open);
  }

  /** A command is delivered. */
  add({ stored: { record }, command }: One): void {
    if (record.deliveredAt !== null) return;
    const today = record.countedOn === this.#day ? 0 : 1;
    const open = record.countedOn === null ? 1 : 0;
    this.#standing = this.#plus(sourceOf(command.command), today, open);
  }

  /** A command is withheld. If it was counted, a device had it: it counts for its day, and is not open any more. */
  withhold({ stored: { record }, command }: One): void {
    if (record.deliveredAt !== null || record.countedOn === null) return;
    this.#standing = this.#plus(sourceOf(command.command), 0, -1);
  }

  /** The standing with that many more of a source, today and open. */
  #plus(source: string | null, today: number, open: number): Standing {
    if (today === 0 && open === 0) return this.#standing;
    const { deliveredToday, counts } = this.#standing;
    return {
      ...this.#standing,
      deliveredToday: deliveredToday + (this.#isForDailyLimit(source) ? today : 0),
      ...(counts === undefined
        ? {}
        : { counts: { today: plus(counts.today, source, today), open: plus(counts.open, source, open) } }),
    };
  }

  /** A source whose grant has its own number does not count for the daily limit. */
  #isForDailyLimit(source: string | null): boolean {
    return grantFor(this.#standing.grants, source, this.#now)?.perDay === undefined;
  }
}

function plus({ all, by }: Numbers, source: string | null, more: number): Numbers {
  if (more === 0) return { all, by };
  if (source === null) return { all: all + more, by };
  return { all: all + more, by: new Map([...by, [source, (by.get(source) ?? 0) + more]]) };
}
