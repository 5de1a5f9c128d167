import type { Clock } from "../platform/mod.ts";
import { choicesOf } from "./levels.ts";
import type { Known } from "./plan.ts";
import {
  type AlertSources,
  type PushPeople,
  type PushStore,
  type Ref,
  refKey,
  type StoredSubscription,
  type Subscription,
} from "./ports.ts";

export interface LookReadsParts {
  store: Pick<PushStore, "of" | "remove" | "choices">;
  sources: AlertSources;
  people: Pick<PushPeople, "isActive" | "hasSession">;
  clock: Clock;
}

/** What a look reads. */
export class LookReads {
  readonly #parts: LookReadsParts;

  constructor(parts: LookReadsParts) {
    this.#parts = parts;
  }

  /** The devices whose account and login stand. The others are removed: a login that ended before its time was ended by someone. */
  async standing(userId: string): Promise<StoredSubscription[]> {
    const { store, people, clock } = this.#parts;
    const all = await store.of(userId);
    const isActive = all.length > 0 && await people.isActive(userId);
    const standing: StoredSubscription[] = [];
    for (const stored of all) {
      const { sessionId, sessionUntilMs } = stored.value;
      if (isActive && (clock.now() >= sessionUntilMs || await people.hasSession(sessionId))) {
        standing.push(stored);
      } else await store.remove(stored.value);
    }
    return standing;
  }

  /** What is new for these devices of a person, and what became of the rest: of what they show only in a whole look. */
  async known(
    userId: string,
    devices: readonly Subscription[],
    { nowMs, whole }: Pick<Known, "nowMs" | "whole">,
  ): Promise<Omit<Known, "tagOf">> {
    const { store, sources } = this.#parts;
    const least = (marks: string[]) => marks.reduce((one, other) => one < other ? one : other);
    const marks = {
      log: least(devices.map(({ logMark }) => logMark)),
      notice: least(devices.map(({ noticeMark }) => noticeMark)),
    };
    const refs = new Map(
      devices.flatMap(({ waiting, shown }): Ref[] => whole ? [...waiting, ...shown] : [...waiting])
        .map((one) => [refKey(one), one]),
    );
    const [news, now, choices] = await Promise.all([
      sources.news(userId, marks),
      sources.now(userId, [...refs.values()]),
      store.choices(userId),
    ]);
    return { news, now, choices: choicesOf(choices.value), nowMs, whole };
  }
}
