import type { Caller } from "../platform/mod.ts";
import { firstIdAt } from "../platform/ids.ts";
import {
  type Command,
  type CommandDetail,
  type CommandPage,
  type InboxCounts,
  limits,
  type ListItem,
  type Params,
  Refusal,
} from "../protocol/mod.ts";
import { HistoryReads, type Reading } from "./history_reads.ts";
import type { Inbox } from "./inbox.ts";
import { InboxViews } from "./inbox_views.ts";
import { isClosed } from "./lifecycle.ts";
import type { OpenBooks } from "./open_books.ts";
import type { Parts } from "./parts.ts";
import type { CommandRecord, StateRecord, StoredState } from "./ports.ts";
import type { RecipientStates } from "./recipient_states.ts";
import { SearchReads } from "./search_reads.ts";
import { isFoundBy, searchWords } from "./search_text.ts";
import { SentCommands } from "./sent_commands.ts";
import { forRecipient, type Hides, ownState, timelineOf } from "./views.ts";

/** Fewest and most records that one step reads. */
const readAtLeast = 16;
const readAtMost = 128;
/** Sent commands whose recipients one step reads. */
const sentAtOnce = 4;

/** One step through a list. */
interface Step {
  /** Those that pass the filter, as many as there is room for. */
  items: ListItem[];
  /** Where the next step starts; null at the end. */
  last: string | null;
  /** Records that were read. */
  read: number;
}

/** Two weeks of commands, paged and filtered, for recipients and senders (DL-10, CM-7). */
export class History {
  readonly #parts: Parts;
  readonly #inbox: Inbox;
  readonly #reads: HistoryReads;
  readonly #states: RecipientStates;
  readonly #sent: SentCommands;
  readonly #search: SearchReads;
  readonly #views: InboxViews;

  constructor(parts: Parts, inbox: Inbox, states: RecipientStates, books: OpenBooks) {
    this.#parts = parts;
    this.#inbox = inbox;
    this.#reads = new HistoryReads(parts);
    this.#search = new SearchReads(parts, this.#reads);
    this.#views = new InboxViews(parts, inbox, books);
    this.#states = states;
    this.#sent = new SentCommands(parts);
  }

  /** The person's commands, newest first. Listing a waiting command delivers it, if consent allows that now. */
  async inboxList(caller: Caller, params: Params<"inbox.list">): Promise<CommandPage> {
    const { store, consent, clock } = this.#parts;
    if (params.view !== undefined && params.view !== "done") {
      return await this.#views.list(caller, params, params.view);
    }
    const words = searchWords(params.q ?? "");
    const reading = since(params, await this.#reading(caller.userId, params, words));
    return await this.#page(params, async (before, { room, most }) => {
      const found = await reading(before, most);
      const records = await store.commands(found.states.map(({ commandId }) => commandId));
      const wanted = found.states.filter(({ commandId, record }) => {
        const command = records.get(commandId)?.command;
        return command !== undefined && mayBeShown(record, command, params);
      });
      // No more than fits on the page: only listed commands are delivered.
      const taken = wanted.slice(0, room);
      const current = await this.#released(caller.userId, taken, records);
      const rules = await consent.rulesOf(caller.userId);
      const now = clock.now();
      const items = current.flatMap(({ commandId, record }): ListItem[] => {
        if (!isShown(record) || !hasState(record, params)) return [];
        const { command } = records.get(commandId)!;
        const shown = forRecipient(command, record, rules, now);
        // CO-2: nothing inside of a sealed command is looked at.
        if (params.kind !== undefined && "sealed" in shown) return [];
        if (words.length > 0 && !isFoundBy("sealed" in shown, command, words)) return [];
        return [{ command: shown, state: ownState(record, now) }];
      });
      const last = taken.length < wanted.length ? taken.at(-1)!.commandId : found.last;
      return { items, last, read: found.read };
    });
  }

  /** Counts of the person's views (UI-9). */
  inboxCounts(caller: Caller): Promise<InboxCounts> {
    return this.#views.counts(caller);
  }

  /** The job that fills the search index (DL-10). */
  index(userId: string): Promise<void> {
    return this.#search.fill(userId);
  }

  async #reading(userId: string, { open }: Params<"inbox.list">, words: readonly string[]): Promise<Reading> {
    if (words.length > 0) return this.#search.of(userId, words);
    if (open === true) return await this.#reads.open(userId);
    return (before, most) => this.#reads.before(userId, before, most);
  }

  /** The states after waiting commands were delivered, where consent allows it. */
  async #released(
    userId: string,
    states: StoredState[],
    records: ReadonlyMap<string, CommandRecord>,
  ): Promise<StoredState[]> {
    const waiting = states.filter(({ record }) => isWaiting(record));
    if (waiting.length === 0) return states;
    await this.#inbox.release(userId, waiting, records);
    const again = await this.#parts.store.states(waiting.map(({ commandId }) => ({ userId, commandId })));
    const delivered = new Map(waiting.map(({ commandId }, index) => [commandId, again[index]]));
    return states.map((stored) => delivered.get(stored.commandId) ?? stored);
  }

  /** `command.list`: the inbox as above, or the commands that the person sent. */
  async list(caller: Caller, { box, ...params }: Params<"command.list">): Promise<CommandPage> {
    if (box === "inbox") return await this.inboxList(caller, params);
    const { store } = this.#parts;
    const hides = await this.#hides(caller);
    const { state, category, kind } = params;
    const words = searchWords(params.q ?? "");
    return await this.#page(params, async (before, { room, most, left }) => {
      const ids = await store.outbox(caller.userId, before, most);
      const records = await store.commands(ids);
      const step: Step = { items: [], last: ids.length < most ? null : ids.at(-1)!, read: ids.length };
      const matching = ids.flatMap((id) => {
        const record = records.get(id);
        if (record === undefined) return [];
        const { command } = record;
        if (category !== undefined && !command.categories.includes(category)) return [];
        if (kind !== undefined && command.kind !== kind) return [];
        return words.length > 0 && !isFoundBy(false, command, words) ? [] : [record];
      });
      for (let at = 0; at < matching.length; at += sentAtOnce) {
        // Recipients are read for few at a time: a page may be full with the first.
        const some = matching.slice(at, at + Math.min(sentAtOnce, room - step.items.length));
        const items = await this.#sent.items(some, hides);
        step.items.push(...items.filter(({ totals }) => state === undefined || (totals?.[state] ?? 0) > 0));
        step.read += some.reduce((sum, { recipients }) => sum + recipients.length, 0);
        const done = at + some.length === matching.length;
        if (!done && (some.length < sentAtOnce || step.items.length === room || step.read >= left)) {
          return { ...step, last: some.at(-1)!.command.id };
        }
      }
      return step;
    });
  }

  /** CM-7: the recipient's view, the sender's, or both for people who sent to themselves. */
  async get(caller: Caller, { id }: Params<"command.get">): Promise<CommandDetail | Refusal> {
    const { store, consent, clock } = this.#parts;
    const record = (await store.commands([id])).get(id);
    const missing = new Refusal("not_found", "command.missing");
    if (record === undefined) return missing;
    const own = await this.#states.of(caller.userId, record);
    const received = own !== null && own.record.deliveredAt !== null && own.record.withheldBy === null
      ? own
      : null;
    const isSender = record.senderId === caller.userId;
    if (!isSender && received === null) return missing;
    const rules = await consent.rulesOf(caller.userId);
    const detail: CommandDetail = {
      command: isSender ? record.command : forRecipient(record.command, received!.record, rules, clock.now()),
      timeline: received === null ? [] : timelineOf(received.record, ({ withheld }) => withheld === true),
    };
    if (received !== null) detail.state = ownState(received.record, clock.now());
    if (!isSender) return detail;
    return { ...detail, ...await this.#sent.detail(record, await this.#hides(caller)) };
  }

  /** CO-11: whose texts the caller's rules hide now. Never the caller's own. */
  async #hides({ userId, username: own }: Caller): Promise<Hides> {
    const { hidesText } = await this.#parts.consent.textRules(userId);
    return (username) => username !== own && hidesText(username);
  }

  /**
   * Reads until the page is full, the history ends, or enough was read for one request. A step looks at about `most` records,
   * gives at most `room` items that pass the filter, and ends
   * early once it has read `left`.
   */
  async #page(
    { before, limit, ...filters }: Params<"inbox.list">,
    step: (before: string | null, bounds: { room: number; most: number; left: number }) => Promise<Step>,
  ): Promise<CommandPage> {
    const size = limit ?? limits.pageDefault;
    const page: ListItem[] = [];
    const filtered = Object.values(filters).some((value) => value !== undefined);
    let from = before ?? null;
    let length = 0;
    let left: number = limits.historyRead;
    while (true) {
      const room = size - page.length;
      const wanted = filtered ? readAtMost : Math.max(room, readAtLeast);
      const { items, last, read } = await step(from, { room, most: Math.min(wanted, readAtMost), left });
      for (const item of items) {
        length += JSON.stringify(item).length;
        // A page must fit into one frame, so long commands make it shorter.
        if (page.length > 0 && length > limits.pageLength) {
          return { items: page, next: page.at(-1)!.command.id };
        }
        page.push(item);
      }
      left -= Math.max(read, 1);
      if (last === null || page.length === size || left <= 0) return { items: page, next: last };
      from = last;
    }
  }
}

/** The reading without what was sent before a time. */
function since({ since }: Params<"inbox.list">, reading: Reading): Reading {
  if (since === undefined) return reading;
  const from = firstIdAt(Date.parse(since));
  return async (before, most) => {
    const found = await reading(before, most);
    const isOver = found.last === null || found.last < from;
    return {
      ...found,
      states: found.states.filter(({ commandId }) => commandId >= from),
      last: isOver ? null : found.last,
    };
  };
}

/** In the log and not delivered. */
function isWaiting({ state, place, deliveredAt }: StateRecord): boolean {
  return state === "queued" && place !== null && deliveredAt === null;
}

function isShown({ deliveredAt, withheldBy }: StateRecord): boolean {
  return deliveredAt !== null && withheldBy === null;
}

/** Whether a record passes the filter, now or once listing has delivered it. */
function mayBeShown(
  record: StateRecord,
  command: Command,
  params: Params<"inbox.list">,
): boolean {
  const { state, category, kind, from, view } = params;
  if (category !== undefined && !command.categories.includes(category)) return false;
  if (kind !== undefined && command.kind !== kind) return false;
  if (from !== undefined && command.from.username !== from) return false;
  if (isWaiting(record)) return view !== "done" && (state === undefined || state === "delivered");
  return isShown(record) && hasState(record, params);
}

function hasState({ state }: StateRecord, params: Params<"inbox.list">): boolean {
  if (params.open === true && isClosed(state)) return false;
  if (params.view === "done" && !isClosed(state)) return false;
  return params.state === undefined || params.state === state;
}
