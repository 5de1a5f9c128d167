import type { Standing } from "../consent/mod.ts";
import type { CommandStore, StateRecord, StoredState } from "./ports.ts";

/** Entries kept in memory. Dropping them costs a read of the store, never a command. */
const entriesKept = 50_000;

type Written = Pick<StoredState, "record" | "version" | "moment" | "asSent">;

/** Commands that were delivered to a device and are not acknowledged yet. */
export class InFlight {
  readonly #store: Pick<CommandStore, "moment">;
  /** Each person's record, by command and person, so that the acknowledgement need not read it. */
  readonly #records = new Map<string, Map<string, Written>>();
  #count = 0;
  /** Commands and messages that devices of people whose rules hold some apart were handed, acknowledged or not, by person (CO-12). */
  readonly #handed = new Map<string, Set<string>>();
  #handedCount = 0;
  /** What devices were handed that went without an acknowledgement, by person (CM-11). */
  readonly #left = new Map<string, Set<string>>();
  #leftCount = 0;
  /** The rules that let a person's broadcasts through; written with their first record (CO-8). */
  readonly #rules = new Map<string, Standing>();

  constructor(store: Pick<CommandStore, "moment">) {
    this.#store = store;
  }

  /** Notes that a command is being delivered, with each person's first record and its version (null: it is not stored yet). */
  add(commandId: string): (userId: string, record: StateRecord, version: string | null) => void {
    const moment = this.#store.moment();
    return (userId, record, version) =>
      this.#put(commandId, userId, {
        record,
        version,
        moment,
        ...(version === null ? {} : { asSent: true }),
      });
  }

  #put(commandId: string, userId: string, written: Written): void {
    if (this.#count >= entriesKept) {
      this.#records.clear();
      this.#count = 0;
    }
    let people = this.#records.get(commandId);
    if (people === undefined) this.#records.set(commandId, people = new Map());
    if (!people.has(userId)) this.#count++;
    people.set(userId, written);
  }

  /** Notes that a command is being delivered, as its record was read. */
  addRead({ userId, commandId, record, version, moment, asSent }: StoredState): void {
    this.#put(commandId, userId, { record, version, moment, ...(asSent === undefined ? {} : { asSent }) });
  }

  has(userId: string, commandId: string): boolean {
    return this.#records.get(commandId)?.has(userId) === true;
  }

  /** Removes and returns the records, if all of them are here; else null. */
  take(userId: string, commandIds: readonly string[]): StoredState[] | null {
    const found: StoredState[] = [];
    for (const commandId of commandIds) {
      const people = this.#records.get(commandId);
      const written = people?.get(userId);
      if (people === undefined || written === undefined) return null;
      people.delete(userId);
      if (people.size === 0) this.#records.delete(commandId);
      this.#count--;
      found.push({ userId, commandId, ...written });
    }
    return found;
  }

  /** Forgets a person's records when they press Stop: later acknowledgements must read the store. */
  forget(userId: string): void {
    for (const [commandId, people] of this.#records) {
      if (people.delete(userId)) this.#count--;
      if (people.size === 0) this.#records.delete(commandId);
    }
  }

  /** Keeps the rules with which broadcasts without a record were read for a person. */
  keepRules(userId: string, standing: Standing): void {
    if (this.#rules.size >= entriesKept) this.#rules.clear();
    this.#rules.set(userId, standing);
  }

  rulesOf(userId: string): Standing | undefined {
    return this.#rules.get(userId);
  }

  /** Devices of a person were handed these. Kept after the acknowledgement: what was read before it may be decided after it. */
  handed(userId: string, ids: readonly string[]): void {
    const theirs = this.#handed.get(userId) ?? new Set();
    // The person of the latest call is the last to be dropped.
    this.#handed.delete(userId);
    this.#handed.set(userId, theirs);
    const before = theirs.size;
    for (const id of ids) theirs.add(id);
    this.#handedCount += theirs.size - before;
    for (const [other, { size }] of this.#handed) {
      if (this.#handedCount <= entriesKept) break;
      this.#handed.delete(other);
      this.#handedCount -= size;
    }
  }

  /** A device of the person went with these, and has not acknowledged them. */
  left(userId: string, commandIds: readonly string[]): void {
    if (this.#leftCount >= entriesKept) {
      this.#left.clear();
      this.#leftCount = 0;
    }
    const theirs = this.#left.get(userId) ?? new Set();
    this.#left.set(userId, theirs);
    const before = theirs.size;
    for (const commandId of commandIds) theirs.add(commandId);
    this.#leftCount += theirs.size - before;
  }

  wasLeft(userId: string, commandId: string): boolean {
    return this.#left.get(userId)?.has(commandId) === true;
  }

  /** A command, or a chat message. */
  wasHanded(userId: string, id: string): boolean {
    return this.#handed.get(userId)?.has(id) === true;
  }
}
