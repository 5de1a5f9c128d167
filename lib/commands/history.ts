import type { Caller } from "../platform/mod.ts";
import {
  type Command,
  type CommandDetail,
  type CommandPage,
  limits,
  type ListItem,
  type Params,
  Refusal,
} from "../protocol/mod.ts";
import { ended } from "./broadcast_records.ts";
import type { Inbox } from "./inbox.ts";
import { isClosed } from "./lifecycle.ts";
import type { Parts } from "./parts.ts";
import type { CommandRecord, StateRecord, StoredState } from "./ports.ts";
import type { RecipientStates } from "./recipient_states.ts";
import { SentCommands } from "./sent_commands.ts";
import { forRecipient, type Hides, ownState, timelineOf } from "./views.ts";

/** Records that one step reads. */
const readAtOnce = 100;

/** Two weeks of commands, paged and filtered, for recipients and senders (DL-10, CM-7). */
export class History {
  readonly #parts: Parts;
  readonly #inbox: Inbox;
  readonly #states: RecipientStates;
  readonly #sent: SentCommands;

  constructor(parts: Parts, inbox: Inbox, states: RecipientStates) {
    this.#parts = parts;
    this.#inbox = inbox;
    this.#states = states;
    this.#sent = new SentCommands(parts);
  }

  /** The person's commands, newest first. Listing a waiting command delivers it, if consent allows that now. */
  async inboxList(caller: Caller, params: Params<"inbox.list">): Promise<CommandPage> {
    const { store, consent, clock } = this.#parts;
    return await this.#page(params, async (before, room) => {
      const read = await store.history(caller.userId, before, readAtOnce);
      const states = await this.#withBroadcasts(caller.userId, before, read);
      const records = await store.commands(states.map(({ commandId }) => commandId));
      const wanted = states.filter(({ commandId, record }) => {
        const command = records.get(commandId)?.command;
        return command !== undefined && mayBeShown(record, command, params);
      });
      // No more than fits on the page: only listed commands are delivered.
      const taken = wanted.slice(0, room);
      const current = await this.#released(caller.userId, taken, records);
      const rules = await consent.rulesOf(caller.userId);
      const now = clock.now();
      const items = current.flatMap(({ commandId, record }): ListItem[] => {
        if (!isShown(record) || (params.state !== undefined && record.state !== params.state)) return [];
        const { command } = records.get(commandId)!;
        return [{ command: forRecipient(command, record, rules, now), state: ownState(record) }];
      });
      if (taken.length < wanted.length) return { items, last: taken.at(-1)!.commandId };
      return { items, last: read.length < readAtOnce ? null : read.at(-1)!.commandId };
    });
  }

  /** The states with the ends of broadcasts applied, and with waiting broadcasts that have no record yet. */
  async #withBroadcasts(userId: string, before: string | null, read: StoredState[]): Promise<StoredState[]> {
    const { store } = this.#parts;
    const from = read.length < readAtOnce ? "" : read.at(-1)!.commandId;
    const untouched = await this.#inbox.untouchedBroadcasts(userId, before, from);
    const current = await Promise.all(read.map(async (stored) => {
      if (stored.record.cast !== true || isClosed(stored.record.state)) return stored;
      return { ...stored, record: ended(stored.record, await store.broadcast(stored.commandId)) };
    }));
    if (untouched.length === 0) return current;
    return [...current, ...untouched].sort((a, b) => a.commandId > b.commandId ? -1 : 1);
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
    return await this.#page(params, async (before, room) => {
      const ids = await this.#parts.store.outbox(caller.userId, before, readAtOnce);
      const records = await this.#parts.store.commands(ids);
      const found = ids.map((id) => records.get(id)).filter((record) => record !== undefined);
      const { state, category } = params;
      const matching = found.filter(({ command }) =>
        category === undefined || command.categories.includes(category)
      );
      const items = (await this.#sent.items(matching, await this.#hides(caller))).filter(({ totals }) =>
        state === undefined || (totals?.[state] ?? 0) > 0
      );
      if (items.length > room) return { items: items.slice(0, room), last: items[room - 1]!.command.id };
      return { items, last: ids.length < readAtOnce ? null : ids.at(-1)! };
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
    if (received !== null) detail.state = ownState(received.record);
    if (!isSender) return detail;
    return { ...detail, ...await this.#sent.detail(record, await this.#hides(caller)) };
  }

  /** CO-11: whose texts the caller's rules hide now. Never the caller's own. */
  async #hides({ userId, username: own }: Caller): Promise<Hides> {
    const { hidesText } = await this.#parts.consent.textRules(userId);
    return (username) => username !== own && hidesText(username);
  }

  /** Reads until the page is full or the history ends. `read` returns at most `room` items that pass the filter. */
  async #page(
    { before, limit }: Params<"inbox.list">,
    read: (before: string | null, room: number) => Promise<{ items: ListItem[]; last: string | null }>,
  ): Promise<CommandPage> {
    const size = limit ?? limits.pageDefault;
    const page: ListItem[] = [];
    let from = before ?? null;
    let length = 0;
    while (true) {
      const { items, last } = await read(from, size - page.length);
      for (const item of items) {
        length += JSON.stringify(item).length;
        // A page must fit into one frame, so long commands make it shorter.
        if (page.length > 0 && length > limits.pageLength) {
          return { items: page, next: page.at(-1)!.command.id };
        }
        page.push(item);
      }
      if (last === null || page.length === size) return { items: page, next: last };
      from = last;
    }
  }
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
  { state, category }: Params<"inbox.list">,
): boolean {
  if (category !== undefined && !command.categories.includes(category)) return false;
  if (isWaiting(record)) return state === undefined || state === "delivered";
  return isShown(record) && (state === undefined || record.state === state);
}
