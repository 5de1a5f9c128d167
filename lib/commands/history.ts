import type { Caller } from "../platform/mod.ts";
import { firstIdAt } from "../platform/ids.ts";
import {
  type Command,
  type CommandDetail,
  type CommandPage,
  type InboxCounts,
  type InboxView,
  type ListItem,
  type Params,
  Refusal,
} from "../protocol/mod.ts";
import { HistoryReads, type Reading } from "./history_reads.ts";
import type { Inbox } from "./inbox.ts";
import { InboxViews } from "./inbox_views.ts";
import { isClosed } from "./lifecycle.ts";
import type { OpenBooks } from "./open_books.ts";
import { OutboxList } from "./outbox_list.ts";
import { pageOf } from "./page_reads.ts";
import type { Parts } from "./parts.ts";
import type { StateRecord, StoredState } from "./ports.ts";
import type { RecipientStates } from "./recipient_states.ts";
import { SearchReads } from "./search_reads.ts";
import { isFoundBy, searchWords } from "./search_text.ts";
import { SentCommands } from "./sent_commands.ts";
import { forRecipient, type Hides, ownState, timelineOf } from "./views.ts";
import { WaitingReviews } from "./waiting_reviews.ts";

/** Two weeks of commands, paged and filtered, for recipients and senders (DL-10, CM-7). */
export class History {
  readonly #parts: Parts;
  readonly #inbox: Inbox;
  readonly #reads: HistoryReads;
  readonly #states: RecipientStates;
  readonly #sent: SentCommands;
  readonly #search: SearchReads;
  readonly #views: InboxViews;
  readonly #reviews: WaitingReviews;
  readonly #outbox: OutboxList;

  constructor(parts: Parts, inbox: Inbox, states: RecipientStates, books: OpenBooks) {
    this.#parts = parts;
    this.#inbox = inbox;
    this.#reads = new HistoryReads(parts);
    this.#search = new SearchReads(parts, this.#reads);
    this.#views = new InboxViews(parts, inbox, books);
    this.#states = states;
    this.#sent = new SentCommands(parts);
    this.#outbox = new OutboxList(parts, this.#sent);
    this.#reviews = new WaitingReviews(parts, states, this.#sent);
  }

  /** The person's commands, newest first. Listing a waiting command delivers it, if consent allows that now. */
  async inboxList(caller: Caller, params: Params<"inbox.list">): Promise<CommandPage> {
    const { store, consent, clock } = this.#parts;
    if (params.view !== undefined && params.view !== "done") {
      return await this.#views.list(caller, params, params.view);
    }
    const words = searchWords(params.q ?? "");
    const reading = since(params, await this.#reading(caller.userId, params, words));
    return await pageOf(params, async (before, { room, most }) => {
      const found = await reading(before, most);
      const records = await store.commands(found.states.map(({ commandId }) => commandId));
      const wanted = found.states.filter(({ commandId, record }) => {
        const command = records.get(commandId)?.command;
        return command !== undefined && mayBeShown(record, command, params);
      });
      // No more than fits on the page: only listed commands are delivered.
      const taken = wanted.slice(0, room);
      const current = await this.#released(caller.userId, taken);
      // CM-11: what was delivered is not edited any more; before that it may have been.
      const shownRecords = await store.commands(taken.map(({ commandId }) => commandId));
      const rules = await consent.rulesOf(caller.userId);
      const now = clock.now();
      const items = current.flatMap(({ commandId, record }): ListItem[] => {
        if (!isShown(record) || !hasState(record, params)) return [];
        const command = shownRecords.get(commandId)?.command;
        if (command === undefined) return [];
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
  async inboxCounts(caller: Caller): Promise<InboxCounts> {
    const [counts, review] = await Promise.all([this.#views.counts(caller), this.#reviews.count(caller)]);
    return { ...counts, review };
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
  async #released(userId: string, states: StoredState[]): Promise<StoredState[]> {
    const waiting = states.filter(({ record }) => isWaiting(record));
    if (waiting.length === 0) return states;
    await this.#inbox.release(userId, waiting);
    const again = await this.#parts.store.states(waiting.map(({ commandId }) => ({ userId, commandId })));
    const delivered = new Map(waiting.map(({ commandId }, index) => [commandId, again[index]]));
    return states.map((stored) => delivered.get(stored.commandId) ?? stored);
  }

  /** `command.list`: the inbox as above, or the commands that the person sent. */
  async list(caller: Caller, { box, to, view, ...params }: Params<"command.list">): Promise<CommandPage> {
    // The schema gives each box its own views.
    if (box === "inbox") {
      return await this.inboxList(caller, { ...params, view: view as InboxView | undefined });
    }
    const hides = await this.#hides(caller);
    if (view === "review") return await this.#reviews.list(caller, params, hides);
    return await this.#outbox.list(
      caller,
      { ...params, to, view: view as "all" | "done" | undefined },
      hides,
    );
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
