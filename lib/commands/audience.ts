import { type Question, withheldBy } from "../consent/mod.ts";
import type { Caller } from "../platform/mod.ts";
import { type AudienceCounts, type CommandDraft, Refusal, say } from "../protocol/mod.ts";
import { exactCounts, type Reached, roughCounts } from "./audience_counts.ts";
import { type Epochs, inGroup, questionOf } from "./broadcasts.ts";
import type { Parts } from "./parts.ts";
import type { BroadcastAudience, CommandRecord, GroupMembership, Memberships } from "./ports.ts";

/** Who would get a broadcast, before it is written. */
export interface BroadcastPlan {
  audience: BroadcastAudience;
  counts: AudienceCounts;
  epochs: Epochs;
}

/** Who may send to a group, a category or everyone, and how many people that reaches. */
export class Audience {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** BR-2: whether the caller may send to the group, and how many people a broadcast reaches (BR-3). */
  async plan(caller: Caller, draft: CommandDraft, categories: string[]): Promise<BroadcastPlan | Refusal> {
    const { audience } = draft;
    switch (audience.kind) {
      case "group":
        return await this.#planGroup(caller, draft, audience.group, categories);
      case "category":
      case "all": {
        const { consent, bell } = this.#parts;
        const { kind } = audience;
        const name = kind === "category" ? audience.category : null;
        if (caller.role !== "admin") {
          const matched = await consent.census.people(caller.userId);
          return {
            audience: { kind, name, matched, everyone: true },
            counts: roughCounts(matched),
            epochs: null,
          };
        }
        const question = questionOf(caller.username, { kind }, draft.kind, categories);
        const reached = await consent.census.count(caller.userId, question, bell.online());
        return {
          audience: { kind, name, matched: reached.matched },
          counts: exactCounts(reached),
          epochs: null,
        };
      }
      case "user":
        throw new Error("a direct command is not a broadcast");
      default:
        return audience satisfies never;
    }
  }

  async #planGroup(
    caller: Caller,
    { kind }: CommandDraft,
    name: string,
    categories: string[],
  ): Promise<BroadcastPlan | Refusal> {
    const { people } = this.#parts;
    const role = (await people.membershipsOf(caller.userId)).get(name)?.role;
    if (role === undefined) {
      return new Refusal("not_found", say("send.group", { name }), {
        fields: { "audience.group": "field.ownGroup" },
      });
    }
    if (role === "member") {
      return new Refusal("forbidden", say("send.groupRole", { name }));
    }
    const epochs = this.#epochsOf(await people.membersOf(name), (userId) => userId !== caller.userId);
    return {
      audience: { kind: "group", name, matched: epochs.size },
      counts: caller.role === "admin"
        ? exactCounts(
          await this.#reachedOf(questionOf(caller.username, { kind: "group", name }, kind, categories), [
            ...epochs.keys(),
          ]),
        )
        : roughCounts(epochs.size),
      epochs,
    };
  }

  /** For administrators only: a sender may know the group's members, so a count without some would name them (CO-3). */
  async #reachedOf(question: Question, members: readonly string[]): Promise<Reached> {
    const { consent, bell, clock } = this.#parts;
    const excluded = new Map<string, number>();
    let [matched, online] = [0, 0];
    for (const userId of members) {
      const rule = withheldBy(await consent.rulesOf(userId), inGroup, question, clock.now());
      if (rule !== null) excluded.set(rule, (excluded.get(rule) ?? 0) + 1);
      else matched++;
      if (rule === null && bell.isOnline(userId)) online++;
    }
    return { matched, online, excluded };
  }

  /** The members that a scheduled broadcast is for, now that it is due. */
  async epochsAtRelease(record: CommandRecord): Promise<Epochs> {
    const name = record.cast?.kind === "group" ? record.cast.name : null;
    if (name === null) return null;
    return this.#epochsOf(
      await this.#parts.people.membersOf(name),
      (userId, membership) => this.#parts.broadcasts.isFor(userId, record, new Map([[name, membership]])),
    );
  }

  #epochsOf(
    members: Memberships | undefined,
    isFor: (userId: string, membership: GroupMembership) => boolean,
  ): ReadonlyMap<string, number> {
    const epochs = new Map<string, number>();
    for (const [userId, membership] of members ?? []) {
      if (isFor(userId, membership)) epochs.set(userId, this.#parts.bell.epoch(userId));
    }
    return epochs;
  }
}
