import {
  type AnswerTotals,
  asksOf,
  type Command,
  type CommandDetail,
  type ListItem,
  type RecipientState,
  type TimelineEntry,
} from "../protocol/mod.ts";
import { answerTotalsOf, countsOf } from "./answer_totals.ts";
import { ended } from "./broadcast_records.ts";
import type { Parts } from "./parts.ts";
import type { CommandRecord, StateRecord, StoredState } from "./ports.ts";
import { firstRecord } from "./state_records.ts";
import { type Hides, recipientState, timelineOf, totalsOf } from "./views.ts";

/** Commands as their sender sees them: totals, recipients and timeline (CM-7). */
export class SentCommands {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Totals of each command; recipients of direct commands too. */
  async items(records: readonly CommandRecord[], hides: Hides): Promise<ListItem[]> {
    return await Promise.all(records.map(async (record) => {
      if (record.cast !== undefined) {
        return { command: record.command, totals: await this.#parts.totals.of(record) };
      }
      const states = await this.#statesOf(record);
      const totals = totalsOf(states.map(({ record }) => record));
      return { command: record.command, totals, recipients: await this.recipients(states, hides) };
    }));
  }

  /** One command with its timeline and the totals of its answers; recipients of a group's broadcast too. */
  async detail(
    record: CommandRecord,
    hides: Hides,
  ): Promise<ListItem & Pick<CommandDetail, "answers" | "timeline">> {
    const states = record.cast === undefined
      ? await this.#statesOf(record)
      : await this.#memberStates(record);
    const [item] = await this.items([record], hides);
    if (record.cast?.kind === "group") item!.recipients = await this.recipients(states, hides);
    const answers = await this.#answers(record, states);
    return {
      ...item!,
      ...(answers === null ? {} : { answers }),
      timeline: await this.#timeline(record, states, hides),
    };
  }

  /** CM-9: totals per option. A broadcast keeps numbers of its own, as nobody could read everyone's record. */
  async #answers(
    { command, cast }: CommandRecord,
    states: readonly StoredState[],
  ): Promise<AnswerTotals | null> {
    if (asksOf(command) === null) return null;
    const counts = cast === undefined
      ? countsOf(states.map(({ record }) => record))
      : await this.#parts.store.answerCounts(command.id);
    return answerTotalsOf(command, counts);
  }

  /** Changes of a broadcast as a whole and of each recipient, with the person who made each, in order of time. */
  async #timeline(
    record: CommandRecord,
    states: readonly StoredState[],
    hides: Hides,
  ): Promise<TimelineEntry[]> {
    const { people, store } = this.#parts;
    const persons = await people.byIds(states.map(({ userId }) => userId));
    const entries = states.flatMap(({ userId, record }) => {
      const username = persons.get(userId)?.username;
      return timelineOf(record, ({ who }) => who !== null && hides(who)).map((entry) =>
        username === undefined ? entry : withRecipient(entry, username)
      );
    });
    // A broadcast keeps only counts of its recipients, without times (BR-4).
    const broadcast = record.cast === undefined ? null : await store.broadcast(record.command.id);
    if (broadcast !== null) {
      const { timeline } = newRecord(record.command);
      entries.push(...timelineOf({ timeline: [...timeline, ...broadcast.timeline] }, () => false));
    }
    // CM-11: for the sender alone. Recipients learn only what it became.
    const { username } = record.command.from;
    for (const at of record.editedAt ?? []) {
      entries.push({ at, state: "queued", who: username, edited: true });
    }
    return entries.sort((a, b) => a.at < b.at ? -1 : a.at > b.at ? 1 : 0);
  }

  /** BR-2, CM-7: a group's sender sees each member. Senders of other broadcasts see totals only. */
  async #memberStates(record: CommandRecord): Promise<StoredState[]> {
    if (record.cast?.kind !== "group") return [];
    const members = await this.#parts.people.membersOf(record.cast.name!) ?? new Map();
    const broadcast = await this.#parts.store.broadcast(record.command.id);
    const states = await Promise.all([...members].map(async ([userId, membership]) => {
      const known = await this.#parts.broadcasts.stateOf(userId, record);
      const { broadcasts } = this.#parts;
      if (known !== null || !broadcasts.isFor(userId, record, new Map([[record.cast!.name!, membership]]))) {
        return known;
      }
      const untouched = broadcasts.untouched(userId, record);
      if (broadcast?.state === "scheduled") return { ...untouched, record: newRecord(record.command) };
      return { ...untouched, record: ended(untouched.record, broadcast) };
    }));
    return states.filter((stored) => stored !== null);
  }

  /** Recipients with their states, as the sender sees them. */
  async recipients(states: readonly StoredState[], hides: Hides): Promise<RecipientState[]> {
    const persons = await this.#parts.people.byIds(states.map(({ userId }) => userId));
    return states.flatMap(({ userId, record }) => {
      const person = persons.get(userId);
      return person === undefined ? [] : [recipientState(person, record, hides)];
    });
  }

  async #statesOf(record: CommandRecord): Promise<StoredState[]> {
    const wanted = record.recipients.map((userId) => ({ userId, commandId: record.command.id }));
    return (await this.#parts.store.states(wanted)).filter((stored) => stored !== null);
  }
}

/** An entry of one recipient's timeline, for the sender, who sees several together. */
function withRecipient(entry: TimelineEntry, username: string): TimelineEntry {
  const { who = username } = entry;
  return { ...entry, who, ...(who === username ? {} : { recipient: username }) };
}

/** The first record of a member who has no record yet. */
function newRecord(command: Command): StateRecord {
  return firstRecord(command, { allowedBy: null, withheldBy: null });
}
