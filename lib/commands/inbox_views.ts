import { msUntilMidnight, opensByItself, type Standing } from "../consent/mod.ts";
import { type Caller, iso } from "../platform/mod.ts";
import {
  type CommandPage,
  type InboxCounts,
  type InboxView,
  limits,
  type ListItem,
  type Params,
} from "../protocol/mod.ts";
import { DeliveryDecisions } from "./delivery_decisions.ts";
import type { Inbox } from "./inbox.ts";
import { waits } from "./lifecycle.ts";
import type { OpenBooks, OpenRow } from "./open_books.ts";
import type { Parts } from "./parts.ts";
import { isFoundBy, searchWords } from "./search_text.ts";
import { forRecipient, ownState } from "./views.ts";

/** A command that the person may see, with what the views ask of it. */
interface Seen extends OpenRow {
  /** In ms since 1970, moved by the time that the person was stopped (CO-6); Infinity: it has no deadline. */
  dueMs: number;
  sealed: boolean;
  /** It waits to be shown: a page that shows it delivers it. */
  waiting: boolean;
}

interface Look {
  seen: Seen[];
  held: { count: number; untilMs: number | null };
  standing: Standing;
}

export type OpenView = Exclude<InboxView, "done">;
type Asked = Params<"inbox.list">;

/** UI-9: the views of a person's open commands, sorted by deadline, and their counts. */
export class InboxViews {
  readonly #parts: Parts;
  readonly #inbox: Inbox;
  readonly #books: OpenBooks;
  readonly #decisions: DeliveryDecisions;

  constructor(parts: Parts, inbox: Inbox, books: OpenBooks) {
    this.#parts = parts;
    this.#inbox = inbox;
    this.#books = books;
    this.#decisions = new DeliveryDecisions(parts);
  }

  /** Only counts: what waits is not delivered by it. */
  async counts({ userId }: Caller): Promise<Omit<InboxCounts, "review">> {
    const { seen, held, standing } = await this.#look(userId);
    const now = this.#parts.clock.now();
    const isIn = viewTest(now, standing.timeZone);
    const counts = { all: 0, today: 0, overdue: 0, later: 0, sealed: 0, unseen: 0 };
    for (const one of seen) {
      for (const view of ["all", "today", "overdue", "later", "sealed"] as const) {
        if (isIn(one, view)) counts[view]++;
      }
      const { state } = one.stored.record;
      if (state === "queued" || state === "delivered") counts.unseen++;
    }
    return {
      ...counts,
      held: { count: held.count, until: held.untilMs === null ? null : iso(held.untilMs) },
    };
  }

  /** One page of a view. Listing a waiting command delivers it, if consent allows that now. */
  async list({ userId }: Caller, params: Asked, view: OpenView): Promise<CommandPage> {
    const { clock, consent } = this.#parts;
    const { seen, standing } = await this.#look(userId);
    const isIn = viewTest(clock.now(), standing.timeZone);
    const isWanted = filterOf(params);
    const order = params.sort === "new" ? byNewest : byDue;
    const rows = seen.filter((one) => isIn(one, view) && isWanted(one)).sort(order);
    const size = params.limit ?? limits.pageDefault;
    const items: ListItem[] = [];
    let length = 0;
    let at = params.before === undefined ? 0 : await this.#after(rows, seen, params.before, order);
    while (at < rows.length && items.length < size) {
      const some = rows.slice(at, at + size - items.length);
      const now = await this.#delivered(userId, some);
      const rules = await consent.rulesOf(userId);
      for (const { command: record, stored } of now) {
        at++;
        if (stored === null) continue;
        const command = forRecipient(record.command, stored.record, rules, clock.now());
        const item: ListItem = { command, state: ownState(stored.record, clock.now()) };
        length += JSON.stringify(item).length;
        // A page must fit into one frame, so long commands make it shorter.
        if (items.length > 0 && length > limits.pageLength) return { items, next: items.at(-1)!.command.id };
        items.push(item);
      }
    }
    return { items, next: at < rows.length ? rows[at - 1]!.command.command.id : null };
  }

  /** Where the page after a command begins, also after one that left the view since. */
  async #after(
    rows: readonly Seen[],
    seen: readonly Seen[],
    before: string,
    order: typeof byDue,
  ): Promise<number> {
    const known = seen.find(({ stored }) => stored.commandId === before);
    const record = known === undefined
      ? (await this.#parts.store.commands([before])).get(before)
      : known.command;
    const dueAt = record?.command.dueAt ?? null;
    const mark = known ??
      { dueMs: dueAt === null ? Infinity : Date.parse(dueAt), stored: { commandId: before } };
    const at = rows.findIndex((row) => order(row, mark) > 0);
    return at === -1 ? rows.length : at;
  }

  /** The rows once what waited among them was delivered; null where a rule holds it after all. */
  async #delivered(userId: string, rows: readonly Seen[]) {
    const waiting = rows.filter((row) => row.waiting);
    if (waiting.length === 0) return rows;
    const { store } = this.#parts;
    await this.#inbox.release(userId, waiting.map(({ stored }) => stored));
    const wanted = waiting.map(({ stored: { commandId } }) => ({ userId, commandId }));
    const states = await store.states(wanted);
    // CM-11: what was delivered is not edited any more; before that it may have been.
    const records = await store.commands(wanted.map(({ commandId }) => commandId));
    const again = new Map(wanted.map(({ commandId }, index) => [commandId, states[index] ?? null]));
    return rows.map((row) => {
      if (!row.waiting) return row;
      const stored = again.get(row.stored.commandId) ?? null;
      const command = records.get(row.stored.commandId) ?? row.command;
      return {
        ...row,
        command,
        stored: stored === null || stored.record.deliveredAt === null ? null : stored,
      };
    });
  }

  /** What the person may see of their open commands now, and how many rules hold. */
  async #look(userId: string): Promise<Look> {
    const { clock, consent, people, broadcasts } = this.#parts;
    const [rows, standing] = await Promise.all([this.#books.of(userId), consent.standingAtDelivery(userId)]);
    const now = clock.now();
    const current = rows.filter(({ command, stored }) =>
      command.expiresMs > now || !waits(stored.record.state)
    );
    const seen: Seen[] = [];
    const untouched: OpenRow[] = [];
    for (const row of current) {
      if (row.stored.record.deliveredAt === null) untouched.push(row);
      else seen.push(seenRow(row, standing, now, false));
    }
    const held = { count: 0, untilMs: null as number | null };
    if (untouched.length === 0) return { seen, held, standing };
    const memberships = await people.membershipsOf(userId);
    const theirs = untouched.filter(({ command }) =>
      command.cast === undefined || broadcasts.isFor(userId, command, memberships)
    );
    const open = theirs.map(({ stored, command }) => ({ cursor: "", stored, command }));
    const decisions = await this.#decisions.peekAll(userId, open, standing);
    for (const [at, row] of theirs.entries()) {
      const decision = decisions[at]!;
      if (decision.verdict === "deliver") seen.push(seenRow(row, standing, now, true));
      else if (decision.verdict === "hold" && decision.rule !== "stopped") {
        held.count++;
        if (decision.untilMs !== null) held.untilMs = Math.min(held.untilMs ?? Infinity, decision.untilMs);
      }
    }
    return { seen, held, standing };
  }
}

function seenRow(row: OpenRow, standing: Standing, now: number, waiting: boolean): Seen {
  const { command: { command }, stored: { record } } = row;
  return {
    ...row,
    dueMs: command.dueAt === null ? Infinity : Date.parse(command.dueAt) + record.frozenMs,
    sealed: !record.opened && !opensByItself(standing, command, now),
    waiting,
  };
}

/** Whether a command is in a view, now and in the person's time zone. */
function viewTest(now: number, timeZone: string): (one: Seen, view: OpenView) => boolean {
  const midnight = now + msUntilMidnight(now, timeZone);
  return ({ dueMs, sealed, stored: { record } }, view) => {
    if ((record.state === "deferred") !== (view === "later")) return false;
    switch (view) {
      case "all":
      case "later":
        return true;
      case "today":
        return dueMs >= now && dueMs < midnight;
      case "overdue":
        return dueMs < now;
      case "sealed":
        return sealed;
      default:
        return view satisfies never;
    }
  };
}

/** Whether a command passes the filters. Nothing inside of a sealed one is looked at (CO-2). */
function filterOf({ state, category, kind, from, since, q }: Asked): (one: Seen) => boolean {
  const words = searchWords(q ?? "");
  return ({ command: { command }, stored: { record }, sealed: isSealed, waiting }) => {
    if (state !== undefined && state !== (waiting ? "delivered" : record.state)) return false;
    if (category !== undefined && !command.categories.includes(category)) return false;
    if (kind !== undefined && (isSealed || command.kind !== kind)) return false;
    if (from !== undefined && command.from.username !== from) return false;
    if (since !== undefined && command.createdAt < since) return false;
    return words.length === 0 || isFoundBy(isSealed, command, words);
  };
}

type Placed = { dueMs: number; stored: { commandId: string } };

function byNewest({ stored: a }: Placed, { stored: b }: Placed): number {
  return a.commandId === b.commandId ? 0 : a.commandId > b.commandId ? -1 : 1;
}

/** The earliest deadline first, then the newest. */
function byDue(a: Placed, b: Placed): number {
  return a.dueMs === b.dueMs ? byNewest(a, b) : a.dueMs - b.dueMs;
}
