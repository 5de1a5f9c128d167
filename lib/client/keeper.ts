import type { CommandChanged, Delivery, ListItem } from "../protocol/commands.ts";
import { type Clock, systemClock, type Timer } from "../platform/clock.ts";
import { type Log, silentLog } from "../platform/log.ts";
import type { BehestClient } from "./client.ts";
import { asError } from "./events.ts";
import { type IndexedStore, keptMs } from "./indexed_store.ts";
import { changedItem, isOpenItem, itemOf } from "./kept.ts";
import type { StopState } from "./stop_report.ts";

/** How often old rows are removed, and how many pages of the list are read at most. */
const pruneMs = 24 * 3600_000;
const mostPages = 20;

/**
 * Stores what a client hears, for reading without a connection (UI-3). If the storage fails, the stored copy is incomplete; no
 * delivery is lost.
 */
export class Keeper implements Disposable {
  readonly #client: BehestClient;
  readonly #store: IndexedStore;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #offs: (() => void)[];
  #timer: Timer | undefined;
  /** Counts readings of the list: a new connection ends an earlier reading. */
  #fills = 0;
  /** Writes run one after another: a change must not overtake the delivery that it changes. */
  #work: Promise<void> = Promise.resolve();
  /** Deliveries for the next write. */
  #batch: Delivery[] | null = null;

  constructor(client: BehestClient, store: IndexedStore, clock: Clock = systemClock, log: Log = silentLog) {
    this.#client = client;
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
    this.#offs = [
      client.on("deliver", (delivery) => this.#note(delivery)),
      client.on("message", ({ message }) => {
        void this.#then(async () => {
          const person = await this.#store.person();
          if (person !== undefined) await this.#store.keepMessages([message], person.username);
        });
      }),
      client.on("changed", (changed) => {
        // Later deliveries must not be written before this change.
        this.#batch = null;
        void this.#then(() => this.#change(changed));
      }),
      client.on("stopped", (stop) => void this.#stopped(stop)),
      client.on("ready", ({ stopped }) => {
        this.#stopped({ stopped, pending: client.stop.pending });
        void this.#fill(++this.#fills).catch((error: unknown) =>
          log.info("client.not_filled", { error: asError(error) })
        );
      }),
    ];
    this.#prune();
  }

  [Symbol.dispose](): void {
    for (const off of this.#offs) off();
    this.#fills++;
    this.#timer?.cancel();
  }

  /** Resolves when everything is written. */
  get idle(): Promise<void> {
    return this.#work;
  }

  #then(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(work).catch((error: unknown) =>
      this.#log.warn("client.keeping_failed", { error: asError(error) })
    );
    return this.#work;
  }

  #stopped({ stopped, pending }: StopState): void {
    if (stopped || pending) void this.#then(() => this.#store.stopOpen());
  }

  /** The acknowledgement does not wait for the write: the next page reads from the list what this one lost. */
  #note(delivery: Delivery): void {
    if (this.#batch === null) {
      const batch: Delivery[] = this.#batch = [];
      void this.#then(async () => {
        if (this.#batch === batch) this.#batch = null;
        const known = await Promise.all(batch.map(({ command }) => this.#store.command(command.id)));
        await this.#store.keep(batch.map((one, index) => itemOf(one, known[index])));
      });
    }
    this.#batch.push(delivery);
  }

  async #change(changed: CommandChanged): Promise<void> {
    // A change with either belongs to a command that this person sent.
    if (changed.recipient !== undefined || changed.totals !== undefined) return;
    const known = await this.#store.command(changed.id);
    if (known !== undefined) await this.#store.keep([changedItem(known, changed)]);
  }

  /**
   * Reads the list, newest first, until a page has nothing new. The server does not repeat the changes that a client missed, so
   * the reading continues while an older row is open.
   */
  async #fill(fill: number): Promise<void> {
    await this.#work;
    const kept = new Map((await this.#store.commands()).map((item) => [item.command.id, item]));
    const oldestMs = this.#clock.now() - keptMs;
    let before: string | undefined;
    for (let page = 0; page < mostPages; page++) {
      const askedMs = this.#clock.now();
      const params = { box: "inbox" as const, ...(before === undefined ? {} : { before }) };
      const { items, next } = await this.#client.request("command.list", params);
      if (fill !== this.#fills) return;
      const found = items.filter(({ command }) => Date.parse(command.createdAt) >= oldestMs);
      const fresh = found.filter((item) => !isSame(item, kept.get(item.command.id)));
      for (const { command } of found) kept.delete(command.id);
      // A row that this part of the list should contain and does not is no longer the person's.
      const gone = [...kept.keys()].filter((id) => next === null || id >= next);
      for (const id of gone) kept.delete(id);
      await this.#then(() => this.#store.merge(fresh, gone, askedMs));
      if (next === null || found.length < items.length) return;
      // A page may be empty before the end.
      if (items.length > 0 && fresh.length === 0 && ![...kept.values()].some(isOpenItem)) return;
      before = next;
    }
  }

  #prune(): void {
    void this.#then(() => this.#store.prune());
    this.#timer = this.#clock.after(pruneMs, () => this.#prune());
  }
}

function isSame(item: ListItem, known: ListItem | undefined): boolean {
  return known?.state?.updatedAt === item.state?.updatedAt && known?.state?.state === item.state?.state &&
    "sealed" in item.command === (known !== undefined && "sealed" in known.command);
}
