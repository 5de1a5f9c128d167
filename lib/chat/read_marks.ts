import type { Caller } from "../platform/mod.ts";
import { type ChatChanged, limits, type Params, Refusal } from "../protocol/mod.ts";
import type { Arrivals } from "./arrivals.ts";
import type { ChatHistory } from "./history.ts";
import type { Needs } from "./needs.ts";
import type { Mark } from "./ports.ts";
import type { Talk, Talks } from "./talks.ts";

type Sharing = "shareRead" | "shareWriting";

/**
 * CH-3: read marks, and "is writing". Each side decides in the preferences whether the other sees them. What one was told stays as it
 * was when a rule hides the rest: a block looks like somebody who does not read (CO-10).
 */
export class ReadMarkKeeper {
  readonly #needs: Needs;
  readonly #talks: Talks;
  readonly #history: ChatHistory;
  readonly #arrivals: Arrivals;
  /** When each person was last told that somebody writes, by talk and writer. */
  readonly #told = new Map<string, number>();

  constructor(needs: Needs, talks: Talks, history: ChatHistory, arrivals: Arrivals) {
    this.#needs = needs;
    this.#talks = talks;
    this.#history = history;
    this.#arrivals = arrivals;
  }

  async read(caller: Caller, params: Params<"chat.read">): Promise<{ readUpTo: string } | Refusal> {
    const { store, bell } = this.#needs;
    const talk = await this.#talks.find(caller, params);
    if (talk instanceof Refusal) return talk;
    const found = await this.#history.find(caller, params.upTo);
    if (found instanceof Refusal) return found;
    if (found.talk.id !== talk.id) return new Refusal("not_found", "chat.thread");
    const mark: Mark = { place: found.stored.place, messageId: params.upTo };
    for (let tries = 0; tries <= limits.writeTries; tries++) {
      const { marks, version } = await store.readMarks(talk.me.id, talk.id);
      const isLater = marks.read === null || mark.place > marks.read.place;
      const read = isLater ? mark : marks.read!;
      const tells = (marks.told === null || read.place > marks.told.place) &&
        await this.#isShown(talk, "shareRead");
      if (!isLater && !tells) return { readUpTo: read.messageId };
      const next = { read, told: tells ? read : marks.told };
      if (!await store.setReadMarks(talk.me.id, talk.id, next, version)) continue;
      if (isLater) {
        bell.notify(talk.me.id, "chat.changed", this.#changed(talk, { readUpTo: read.messageId }));
        bell.handled(talk.me.id);
      }
      if (tells) await this.#tell(talk, { theirReadUpTo: read.messageId });
      return { readUpTo: read.messageId };
    }
    return new Refusal("unavailable", "send.failed");
  }

  /** The answer is the same whether or not anyone is told. */
  async writing(caller: Caller, params: Params<"chat.writing">): Promise<Record<string, never> | Refusal> {
    const talk = await this.#talks.findToWrite(caller, params);
    if (talk instanceof Refusal) return talk;
    const shown = await this.#isShown(talk, "shareWriting");
    if (shown && this.#isDue(talk)) await this.#tell(talk, { writing: true });
    return {};
  }

  #isDue({ id, me }: Talk): boolean {
    const now = this.#needs.clock.now();
    const name = `${id} ${me.id}`;
    const before = this.#told.get(name);
    if (before !== undefined && now >= before && now < before + limits.chatWritingMs / 2) return false;
    if (this.#told.size >= limits.relationsCached) this.#told.clear();
    this.#told.set(name, now);
    return true;
  }

  /** Whether both show it, and both sides' rules let the other's messages through now. */
  async #isShown(talk: Talk, what: Sharing): Promise<boolean> {
    const { consent } = this.#needs;
    const { me, other } = talk;
    const [mine, theirs, here, there] = await Promise.all([
      consent.rulesOf(me.id),
      consent.rulesOf(other.id),
      this.#arrivals.decide(talk),
      this.#arrivals.decide({ ...talk, me: other, other: me }),
    ]);
    return mine.preferences[what] === true && theirs.preferences[what] === true &&
      here.decision.verdict === "deliver" && there.decision.verdict === "deliver";
  }

  /** Notifies the other side, unless a rule of theirs has just changed. */
  async #tell(talk: Talk, what: Pick<ChatChanged, "theirReadUpTo" | "writing">): Promise<void> {
    const { bell } = this.#needs;
    const { me, other } = talk;
    const epoch = bell.epoch(other.id);
    const { decision } = await this.#arrivals.decide({ ...talk, me: other, other: me });
    if (decision.verdict !== "deliver" || epoch !== bell.epoch(other.id)) return;
    bell.notify(other.id, "chat.changed", this.#changed({ ...talk, other: me }, what));
  }

  #changed({ other, thread }: Pick<Talk, "other" | "thread">, what: Partial<ChatChanged>): ChatChanged {
    return { with: other.username, thread: thread?.commandId ?? null, ...what };
  }
}
