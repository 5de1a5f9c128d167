import type { Caller } from "../platform/mod.ts";
import {
  type CommandDetail,
  type CommandPage,
  limits,
  type ListItem,
  type Params,
  Refusal,
  type TimelineEntry,
} from "../protocol/mod.ts";
import type { Inbox } from "./inbox.ts";
import type { Parts } from "./parts.ts";
import type { CommandRecord, StoredState } from "./ports.ts";
import { forRecipient, ownState, recipientState, timelineOf, totalsOf } from "./views.ts";

/** Records read at once while a filter leaves some out. */
const readAtOnce = 100;

/** What was: two weeks of it, paged and filtered, as recipient and as sender (DL-10, CM-7). */
export class History {
  readonly #parts: Parts;
  readonly #inbox: Inbox;

  constructor(parts: Parts, inbox: Inbox) {
    this.#parts = parts;
    this.#inbox = inbox;
  }

  /** The person's commands, newest first. What waits and may be handed over now is delivered by being listed. */
  async inboxList(caller: Caller, params: Params<"inbox.list">): Promise<CommandPage> {
    return await this.#page(params, async (before) => {
      const { store, consent } = this.#parts;
      let states = await store.history(caller.userId, before, readAtOnce);
      const last = states.at(-1)?.commandId ?? null;
      const records = await store.commands(states.map(({ commandId }) => commandId));
      const waiting = states.filter(({ record }) => record.state === "queued" && record.place !== null);
      if (waiting.length > 0) {
        const released = await this.#inbox.release(caller.userId, waiting, records);
        const wanted = states.map(({ commandId }) => ({ userId: caller.userId, commandId }));
        if (released.size > 0) states = (await store.states(wanted)).filter((stored) => stored !== null);
      }
      const preferences = await consent.preferencesOf(caller.userId);
      const items = states.flatMap(({ commandId, record }): ListItem[] => {
        const found = records.get(commandId);
        if (found === undefined || record.deliveredAt === null || record.withheldBy !== null) return [];
        return [{ command: forRecipient(found.command, record, preferences), state: ownState(record) }];
      });
      return { items, last: states.length < readAtOnce ? null : last };
    });
  }

  /** `command.list`: the inbox as above, or what the person sent. */
  async list(caller: Caller, { box, ...params }: Params<"command.list">): Promise<CommandPage> {
    if (box === "inbox") return await this.inboxList(caller, params);
    return await this.#page(params, async (before) => {
      const ids = await this.#parts.store.outbox(caller.userId, before, readAtOnce);
      const records = await this.#parts.store.commands(ids);
      const found = ids.map((id) => records.get(id)).filter((record) => record !== undefined);
      return { items: await this.#sent(found), last: ids.length < readAtOnce ? null : ids.at(-1)! };
    });
  }

  /** CM-7: the recipient's view, the sender's, or both for who sent to themselves. */
  async get(caller: Caller, { id }: Params<"command.get">): Promise<CommandDetail | Refusal> {
    const { store, consent } = this.#parts;
    const record = (await store.commands([id])).get(id);
    const missing = new Refusal("not_found", "There is no such command. It may have ended.");
    if (record === undefined) return missing;
    const [own] = await store.states([{ userId: caller.userId, commandId: id }]);
    const received = own && own.record.deliveredAt !== null && own.record.withheldBy === null ? own : null;
    const isSender = record.senderId === caller.userId;
    if (!isSender && received === null) return missing;
    const preferences = await consent.preferencesOf(caller.userId);
    const detail: CommandDetail = {
      command: isSender ? record.command : forRecipient(record.command, received!.record, preferences),
      timeline: received === null ? [] : timelineOf(received.record),
    };
    if (received !== null) detail.state = ownState(received.record);
    if (!isSender) return detail;
    const states = await this.#statesOf(record);
    const [item] = await this.#sent([record]);
    return {
      ...detail,
      ...item!,
      command: record.command,
      timeline: await this.#senderTimeline(record, states),
    };
  }

  async #sent(records: readonly CommandRecord[]): Promise<ListItem[]> {
    const persons = await this.#parts.people.byIds([
      ...new Set(records.flatMap(({ recipients }) => recipients)),
    ]);
    return await Promise.all(records.map(async (record) => {
      const states = await this.#statesOf(record);
      const recipients = states.flatMap(({ userId, record }) => {
        const person = persons.get(userId);
        return person === undefined ? [] : [recipientState(person, record)];
      });
      return { command: record.command, totals: totalsOf(states.map(({ record }) => record)), recipients };
    }));
  }

  /** What each recipient did, in order of time, under their name. */
  async #senderTimeline(record: CommandRecord, states: readonly StoredState[]): Promise<TimelineEntry[]> {
    const persons = await this.#parts.people.byIds(record.recipients);
    const entries = states.flatMap(({ userId, record }) => {
      const username = persons.get(userId)?.username;
      return timelineOf(record).map((entry) => ({
        ...entry,
        ...(username === undefined ? {} : { who: username }),
      }));
    });
    return entries.sort((a, b) => a.at < b.at ? -1 : a.at > b.at ? 1 : 0);
  }

  async #statesOf(record: CommandRecord): Promise<StoredState[]> {
    const wanted = record.recipients.map((userId) => ({ userId, commandId: record.command.id }));
    return (await this.#parts.store.states(wanted)).filter((stored) => stored !== null);
  }

  /** Reads on until the page is full or there is nothing more. */
  async #page(
    { before, limit, state, category }: Params<"inbox.list">,
    read: (before: string | null) => Promise<{ items: ListItem[]; last: string | null }>,
  ): Promise<CommandPage> {
    const size = limit ?? limits.pageDefault;
    const page: ListItem[] = [];
    let from = before ?? null;
    while (true) {
      const { items, last } = await read(from);
      for (const item of items) {
        if (state !== undefined && !hasState(item, state)) continue;
        if (category !== undefined && !item.command.categories.includes(category)) continue;
        if (page.length === size) return { items: page, next: page.at(-1)!.command.id };
        page.push(item);
      }
      if (last === null) return { items: page, next: null };
      from = last;
    }
  }
}

function hasState(item: ListItem, state: NonNullable<Params<"inbox.list">["state"]>): boolean {
  return item.state === undefined ? (item.totals?.[state] ?? 0) > 0 : item.state.state === state;
}
