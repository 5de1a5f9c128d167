import { endOf } from "../../commands/mod.ts";
import type { BroadcastRecord, CommandRecord, StateRecord } from "../../commands/ports.ts";
import { localDay, sourceOf } from "../../consent/mod.ts";
import type { DeliveryNumbers } from "../../consent/ports.ts";
import { BoundedMap } from "../../platform/mod.ts";
import { isOpen } from "../../protocol/closed_states.ts";
import { getValues } from "./get_many.ts";
import { keys } from "./keys.ts";
import { isFirst, type StoredValue, whole } from "./short_records.ts";
import type { Store } from "./store.ts";
import { takenSince } from "./taken_lists.ts";

/** People whose deliveries are kept in memory. */
const booksKept = 5_000;
/** Deliveries of one person that are kept; whoever has more is read anew each time. */
const deliveriesKept = 50_000;
/** Changes of one person's states that wait to be read. */
const changedKept = 20_000;
/** No local date spans more than this. */
const dayAtMostMs = 50 * 3600_000;
const listing = { batchSize: 500 };

/** What one command counts for. */
interface Delivery {
  deliveredMs: number | null;
  /** The local date on which it was handed to a device, before it was acknowledged. */
  countedOn: string | null;
  open: boolean;
  source: string | null;
  /** The date and zone that were asked for last, and whether it counts for them. */
  asked: { day: string; timeZone: string; today: boolean } | null;
}

/** A person's deliveries. */
interface Book {
  /** The date that was asked for last. */
  day: string;
  deliveries: Map<string, Delivery>;
  /** When each command in the person's lists was delivered. */
  taken: Map<string, string>;
  /** Commands of which the store may say something else by now, and the last commit that wrote there. */
  changed: Map<string, number>;
  /** The largest id in the older lists that were read. */
  lastOlder: string;
  /** The last commit that wrote the lists; null: none since they were read. */
  listsChanged: number | null;
  started: boolean;
  /** The last refresh: they run one after the other. */
  turn: Promise<void>;
}

class Tally {
  all = 0;
  readonly by = new Map<string, number>();

  add(source: string | null): void {
    this.all++;
    if (source !== null) this.by.set(source, (this.by.get(source) ?? 0) + 1);
  }
}

/**
 * CO-12: counts what was delivered to a person on a local day, and what was delivered and is not closed, from their states. What
 * was handed to a device and is not acknowledged counts too, if it was counted then. Only for people with a number in a grant or
 * a ceiling. Their states are read once for each process, then only those that a commit wrote. Where other processes write to
 * the store, nothing is kept.
 */
export class DeliveryBooks {
  readonly #store: Pick<Store, "kv" | "committer" | "exclusive">;
  readonly #books = new BoundedMap<string, Book>(booksKept);

  constructor(store: Pick<Store, "kv" | "committer" | "exclusive">) {
    this.#store = store;
    if (store.exclusive) store.committer.watch((key, number) => this.#written(key, number));
  }

  /** `day` is the date where the person is. */
  async numbers(userId: string, day: string, timeZone: string): Promise<DeliveryNumbers> {
    // Read first: a delivery that is counted meanwhile changes it, and the write that relies on this fails.
    const seen = await this.#store.kv.get<number>(keys.deliveredOn(userId, day));
    const book = this.#bookOf(userId, day);
    const turn = book.turn.then(() => this.#refresh(userId, book));
    book.turn = turn.catch(() => undefined);
    await turn;
    if (book.deliveries.size > deliveriesKept) this.#books.delete(userId);
    const [today, open] = [new Tally(), new Tally()];
    const noon = Date.parse(`${day}T12:00:00Z`);
    for (const [commandId, one] of book.deliveries) {
      if (one.asked?.day !== day || one.asked.timeZone !== timeZone) {
        one.asked = { day, timeZone, today: countsFor(one, day, noon, timeZone) };
      }
      if (one.asked.today) today.add(one.source);
      if (one.open) open.add(one.source);
      // It counts for nothing any more, unless it is written once more.
      if (!one.open && !one.asked.today && isPast(one, noon)) book.deliveries.delete(commandId);
    }
    return { today, open, seen: { value: seen.value ?? 0, version: seen.versionstamp } };
  }

  #bookOf(userId: string, day: string): Book {
    const known = this.#books.get(userId);
    // What only counted for an earlier day is not kept: after a clock was set back it is read again.
    const book = known !== undefined && known.day <= day ? known : {
      day,
      deliveries: new Map(),
      taken: new Map(),
      changed: new Map(),
      lastOlder: "",
      listsChanged: null,
      started: false,
      turn: Promise.resolve(),
    };
    if (!this.#store.exclusive) return book;
    book.day = day;
    // Again at the end: those in use are the last to go.
    this.#books.set(userId, book);
    return book;
  }

  #written([kind, owner = "", id = ""]: readonly string[], number: number): void {
    if (kind === "state") this.#mark(owner, id, number);
    else if (kind === "cast") {
      for (const userId of this.#books.keys()) this.#mark(userId, owner, number);
    } else if (kind === "taken" || kind === "taken_newest") {
      const book = this.#books.get(owner);
      if (book !== undefined) book.listsChanged = number;
    }
  }

  #mark(userId: string, commandId: string, number: number): void {
    const changed = this.#books.get(userId)?.changed.set(commandId, number);
    // Somebody who gets much and is asked about no more: reading it all again costs no more.
    if (changed !== undefined && changed.size > changedKept) this.#books.delete(userId);
  }

  async #refresh(userId: string, book: Book): Promise<void> {
    const { kv, committer } = this.#store;
    // A commit that began before there was this book has told it nothing.
    if (!book.started) await committer.landed();
    // A commit that has not ended may still change what is read now: what it writes stays marked.
    const { moment } = committer;
    const { listsChanged } = book;
    if (!book.started || listsChanged !== null) {
      const { runs, lastOlder } = await takenSince(kv, userId, book.lastOlder);
      for (const { at, ids } of runs) {
        for (const commandId of ids) {
          if (book.taken.has(commandId)) continue;
          book.taken.set(commandId, at);
          book.changed.set(commandId, book.changed.get(commandId) ?? 0);
        }
      }
      book.lastOlder = lastOlder;
      if (book.listsChanged === listsChanged && (listsChanged ?? 0) <= moment) book.listsChanged = null;
    }
    const values = new Map<string, StoredValue | null>();
    if (book.started) {
      const ids = [...book.changed.keys()];
      const read = await getValues<StoredValue>(kv, ids.map((commandId) => keys.state(userId, commandId)));
      for (const [at, commandId] of ids.entries()) values.set(commandId, read[at] ?? null);
    } else {
      for (const commandId of book.taken.keys()) values.set(commandId, null);
      for await (const { key, value } of kv.list<StoredValue>({ prefix: keys.statesOf(userId) }, listing)) {
        values.set(String(key[2]), value);
      }
    }
    await this.#read(book, values);
    book.started = true;
    for (const [commandId, number] of book.changed) {
      if (values.has(commandId) && number <= moment) book.changed.delete(commandId);
    }
  }

  /** Takes over what is stored of these commands. */
  async #read(book: Book, values: ReadonlyMap<string, StoredValue | null>): Promise<void> {
    const { kv } = this.#store;
    const found: { commandId: string; state: StateRecord["state"]; delivery: Delivery }[] = [];
    for (const [commandId, value] of values) {
      const counted = countedOf(value, book.taken.get(commandId));
      if (counted !== null) found.push({ commandId, ...counted });
    }
    const commands = await getValues<CommandRecord>(
      kv,
      found.map(({ commandId }) => keys.command(commandId)),
    );
    const there = found.flatMap((one, at) => {
      const record = commands[at] ?? null;
      return record === null ? [] : [{ ...one, record }];
    });
    const casts = there.filter(({ record, delivery }) => record.cast !== undefined && delivery.open);
    const broadcasts = await getValues<BroadcastRecord>(
      kv,
      casts.map(({ commandId }) => keys.broadcast(commandId)),
    );
    for (const [at, { state, delivery }] of casts.entries()) {
      const broadcast = broadcasts[at] ?? null;
      delivery.open = broadcast === null || isOpen(endOf(state, broadcast));
    }
    // In one turn, as others may count meanwhile.
    for (const commandId of values.keys()) book.deliveries.delete(commandId);
    for (const { commandId, record, delivery } of there) {
      delivery.source = sourceOf(record.command);
      book.deliveries.set(commandId, delivery);
    }
  }
}

/** What a stored state counts for; `takenAt`: when a list says that it was delivered. Null: nothing was delivered. */
function countedOf(
  value: StoredValue | null,
  takenAt: string | undefined,
): { state: StateRecord["state"]; delivery: Delivery } | null {
  const blank = { source: null, asked: null };
  if (value === null || isFirst(value)) {
    // What was delivered and nothing else is in lists (DL-11); a record of its own goes before that.
    return takenAt === undefined ? null : {
      state: "delivered",
      delivery: { deliveredMs: Date.parse(takenAt), countedOn: null, open: true, ...blank },
    };
  }
  const { state, deliveredAt, countedOn, withheldBy } = whole(value);
  if (deliveredAt === null && countedOn === null) return null;
  const deliveredMs = deliveredAt === null ? null : Date.parse(deliveredAt);
  return {
    state,
    delivery: { deliveredMs, countedOn, open: withheldBy === null && isOpen(state), ...blank },
  };
}

/** What was handed over counts for its day, also if a rule withholds it since. */
function countsFor(
  { deliveredMs, countedOn }: Delivery,
  day: string,
  noon: number,
  timeZone: string,
): boolean {
  if (countedOn !== null) return countedOn === day;
  return deliveredMs !== null && Math.abs(deliveredMs - noon) < dayAtMostMs &&
    localDay(deliveredMs, timeZone) === day;
}

/** Whether its day is over wherever the person goes. */
function isPast({ deliveredMs, countedOn }: Delivery, noon: number): boolean {
  const at = countedOn === null ? deliveredMs ?? 0 : Date.parse(`${countedOn}T12:00:00Z`);
  return at < noon - 2 * dayAtMostMs;
}
