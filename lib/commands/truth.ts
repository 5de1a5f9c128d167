import { decide, stranger } from "../consent/mod.ts";
import { iso } from "../platform/mod.ts";
import type { CommandTruth, CommandWhy } from "../protocol/mod.ts";
import type { Parts } from "./parts.ts";
import type { CommandRecord, Happening, StateRecord, StoredState } from "./ports.ts";
import type { RecipientStates } from "./recipient_states.ts";

/** Commands as moderators look them up (MO-6): states, times and rules, and nothing that people wrote. */
export class CommandTruths {
  readonly #parts: Parts;
  readonly #states: RecipientStates;

  constructor(parts: Parts, states: RecipientStates) {
    this.#parts = parts;
    this.#states = states;
  }

  /** The whole timeline, with withheld recipients; ids of the people concerned beside it. Null: no such command. */
  async of(commandId: string): Promise<{ truth: CommandTruth; people: string[] } | null> {
    const { store, people } = this.#parts;
    const record = (await store.commands([commandId])).get(commandId);
    if (record === undefined) return null;
    const isWhole = record.cast !== undefined;
    const states = isWhole ? [] : await this.#direct(record);
    const persons = await people.byIds(states.map(({ userId }) => userId));
    const broadcast = isWhole ? await store.broadcast(commandId) : null;
    const timeline = [
      ...(broadcast?.timeline ?? []).map((one) => entryOf(one, null)),
      ...states.flatMap(({ userId, record: { timeline } }) =>
        timeline.map((one) => entryOf(one, persons.get(userId)?.username ?? null))
      ),
    ];
    return {
      truth: {
        ...headOf(record),
        state: broadcast?.state ?? null,
        totals: isWhole ? await store.totals(commandId) : null,
        matched: record.cast?.matched ?? null,
        recipients: states.flatMap(({ userId, record: state }) => {
          const person = persons.get(userId);
          return person === undefined ? [] : [{ username: person.username, ...factsOf(state) }];
        }),
        timeline: timeline.sort((one, other) => one.at < other.at ? -1 : one.at > other.at ? 1 : 0),
      },
      // Whoever has not seen it learns nothing of it from their export.
      people: [
        record.senderId,
        ...states.filter(({ record: { deliveredAt } }) => deliveredAt !== null).map(({ userId }) => userId),
      ],
    };
  }

  async #direct({ command, recipients }: CommandRecord): Promise<StoredState[]> {
    const wanted = recipients.map((userId) => ({ userId, commandId: command.id }));
    return (await this.#parts.store.states(wanted)).filter((state) => state !== null);
  }

  /** What was decided for one person, and what `decide()` says now. Null: no such command, or it is not for them. */
  async why(commandId: string, userId: string): Promise<CommandWhy | null> {
    const { store } = this.#parts;
    const record = (await store.commands([commandId])).get(commandId);
    if (record === undefined) return null;
    const stored = await this.#states.of(userId, record);
    if (stored === null) return null;
    return {
      ...headOf(record),
      recipient: factsOf(stored.record),
      timeline: stored.record.timeline.map((one) => entryOf(one, null)),
      now: await this.#decidedNow(userId, record, stored.record),
    };
  }

  async #decidedNow(
    userId: string,
    record: CommandRecord,
    { deliveredAt }: StateRecord,
  ): Promise<CommandWhy["now"]> {
    const { consent, people, broadcasts, clock } = this.#parts;
    const standing = await consent.standingAtDelivery(userId);
    const isDelivered = deliveredAt !== null;
    const relations = record.cast === undefined
      ? await people.relationsOf(userId, [record.senderId])
      : new Map<string, never>();
    const decision = record.cast !== undefined
      ? broadcasts.decide(standing, record, clock.now(), isDelivered)
      : decide(
        standing,
        relations.get(record.senderId) ?? stranger,
        isDelivered ? { ...record.command, delivered: true } : record.command,
        clock.now(),
      );
    switch (decision.verdict) {
      case "deliver":
        return { verdict: decision.sealed ? "sealed" : "deliver", rule: decision.allowedBy, until: null };
      case "hold":
        return {
          verdict: "hold",
          rule: decision.rule,
          until: decision.untilMs === null ? null : iso(decision.untilMs),
        };
      case "withhold":
        return { verdict: "withhold", rule: decision.rule, until: null };
      default:
        return decision satisfies never;
    }
  }
}

function headOf({ command }: CommandRecord) {
  const { id, kind, from, audience, categories, createdAt, deliverAt, dueAt, expiresAt, requires } = command;
  return {
    id,
    kind,
    from: from.username,
    audience: audience.name === undefined ? audience.kind : `${audience.kind}:${audience.name}`,
    categories,
    createdAt,
    deliverAt,
    dueAt,
    expiresAt,
    requires,
  };
}

function factsOf({ state, updatedAt, deliveredAt, opened, allowedBy, withheldBy, until }: StateRecord) {
  return { state, updatedAt, deliveredAt, opened, allowedBy, withheldBy, until };
}

function entryOf({ at, state, who }: Happening, recipient: string | null) {
  return { at, state, who, recipient };
}
