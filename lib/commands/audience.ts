import { type Question, type Relation, withheldBy } from "../consent/mod.ts";
import type { Caller } from "../platform/mod.ts";
import { type AudienceCounts, type CommandDraft, Refusal } from "../protocol/mod.ts";
import type { Casts } from "./broadcasts.ts";
import type { Parts } from "./parts.ts";
import type { CastAudience, CommandRecord, GroupMembership } from "./ports.ts";

export const inGroup: Relation = { contact: false, sharesGroup: true };

type Memberships = ReadonlyMap<string, GroupMembership>;

/** Those in a group that a cast is for, each with their mark as it was when that was read; null: everyone. */
export type Marks = ReadonlyMap<string, number> | null;

/** Whom a cast would reach, before it is written. */
export interface CastPlan {
  cast: CastAudience;
  counts: AudienceCounts;
  marks: Marks;
}

interface Reached {
  matched: number;
  online: number;
  excluded: ReadonlyMap<string, number>;
}

/** Who may send to a group, a category or everyone, and whom that would reach. */
export class CastPlans {
  readonly #parts: Parts;
  readonly #casts: Casts;

  constructor(parts: Parts, casts: Casts) {
    this.#parts = parts;
    this.#casts = casts;
  }

  /** BR-2: whether the caller may send to the group, and how many people a broadcast would reach (BR-3). */
  async plan(caller: Caller, draft: CommandDraft, categories: string[]): Promise<CastPlan | Refusal> {
    const { audience } = draft;
    switch (audience.kind) {
      case "group":
        return await this.#planGroup(caller, audience.group, categories);
      case "category":
      case "all": {
        const { consent, bell } = this.#parts;
        const question = questionOf(caller.username, audience.kind, categories);
        const reached = await consent.census.count(caller.userId, question, bell.online());
        const name = audience.kind === "category" ? audience.category : null;
        const cast = { kind: audience.kind, name, matched: reached.matched };
        return { cast, counts: countsOf(caller, reached), marks: null };
      }
      case "user":
        throw new Error("a direct command is no cast");
      default:
        return audience satisfies never;
    }
  }

  async #planGroup(caller: Caller, name: string, categories: string[]): Promise<CastPlan | Refusal> {
    const { people, consent, bell } = this.#parts;
    const role = (await people.membershipsOf(caller.userId)).get(name)?.role;
    if (role === undefined) {
      return new Refusal("not_found", `There is no group "${name}" that you may send to.`, {
        fields: { "audience.group": "is not a group of yours" },
      });
    }
    if (role === "member") {
      return new Refusal("forbidden", `Your role in "${name}" does not send. Ask an owner of the group.`);
    }
    const marks = this.#marksOf(await people.membersOf(name), (userId) => userId !== caller.userId);
    const question = questionOf(caller.username, "group", categories);
    const excluded = new Map<string, number>();
    let [matched, online] = [0, 0];
    for (const userId of marks.keys()) {
      // CO-3: a group's sender may know its members, so a count without those who withhold would name them.
      const rule = caller.role === "admin"
        ? withheldBy(await consent.standing(userId), inGroup, question)
        : null;
      if (rule !== null) excluded.set(rule, (excluded.get(rule) ?? 0) + 1);
      else matched++;
      if (rule === null && bell.isOnline(userId)) online++;
    }
    return {
      cast: { kind: "group", name, matched: marks.size },
      counts: countsOf(caller, { matched, online, excluded }),
      marks,
    };
  }

  /** Those whom a scheduled cast is for now that its time has come. */
  async marksAtRelease(record: CommandRecord): Promise<Marks> {
    const name = record.cast?.kind === "group" ? record.cast.name : null;
    if (name === null) return null;
    return this.#marksOf(
      await this.#parts.people.membersOf(name),
      (userId, membership) => this.#casts.isFor(userId, record, new Map([[name, membership]])),
    );
  }

  #marksOf(
    members: Memberships | undefined,
    isFor: (userId: string, membership: GroupMembership) => boolean,
  ): ReadonlyMap<string, number> {
    const marks = new Map<string, number>();
    for (const [userId, membership] of members ?? []) {
      if (isFor(userId, membership)) marks.set(userId, this.#parts.bell.mark(userId));
    }
    return marks;
  }
}

export function questionOf(
  username: string,
  kind: CastAudience["kind"],
  categories: readonly string[],
): Question {
  return { from: { username }, audience: { kind }, categories };
}

/** BR-3: an administrator sees the truth. */
function countsOf(caller: Caller, { matched, online, excluded }: Reached): AudienceCounts {
  const shown = (count: number) => caller.role === "admin" || count >= 5 ? count : "<5" as const;
  return {
    matched: shown(matched),
    online: shown(online),
    offline: shown(matched - online),
    excluded: Object.fromEntries([...excluded].map(([rule, count]) => [rule, shown(count)])),
  };
}
