import type { Arrivals } from "./arrivals.ts";
import type { Needs } from "./needs.ts";
import type { MessageRecord } from "./ports.ts";
import type { ShownMarks } from "./shown_marks.ts";
import type { Talk } from "./talks.ts";

/** A talk as the recipient of its messages sees it, for one read. */
export interface TalkLook {
  shown: string | null;
  /** How others call the reader. */
  names: readonly string[];
  /** Decides about messages that the person does not have yet, and about those that they have. */
  fresh(): ReturnType<Arrivals["decide"]>;
  again(): ReturnType<Arrivals["decide"]>;
}

/** Reads what deciding about a talk's messages takes. */
export class TalkLooks {
  readonly #needs: Pick<Needs, "people" | "threads">;
  readonly #shown: ShownMarks;
  readonly #arrivals: Arrivals;

  constructor(needs: Pick<Needs, "people" | "threads">, shown: ShownMarks, arrivals: Arrivals) {
    this.#needs = needs;
    this.#shown = shown;
    this.#arrivals = arrivals;
  }

  /** Null: one side, or the command, is gone. */
  async of(
    record: Pick<MessageRecord, "talkId" | "senderId" | "recipientId" | "thread">,
  ): Promise<TalkLook | null> {
    const { people, threads } = this.#needs;
    const persons = await people.byIds([record.senderId, record.recipientId]);
    const [other, me] = [persons.get(record.senderId), persons.get(record.recipientId)];
    const thread = record.thread === null ? null : (await threads.byIds([record.thread])).get(record.thread);
    if (me === undefined || other === undefined || thread === undefined) return null;
    const talk: Talk = { id: record.talkId, me, other, thread };
    const once = <T>(make: () => Promise<T>) => {
      let made: Promise<T> | undefined;
      return () => made ??= make();
    };
    return {
      shown: await this.#shown.of(me.id, talk.id),
      names: [me.username, me.displayName],
      fresh: once(() => this.#arrivals.decide(talk)),
      again: once(() => this.#arrivals.decide(talk, true)),
    };
  }
}
