import { type AlertVerdict, type ChatAlert, type ChatEntry, verdictOf } from "../commands/mod.ts";
import type { Needs } from "./needs.ts";
import type { ChatNoise } from "./noise.ts";
import type { MessageRecord, StoredMessage } from "./ports.ts";
import type { TalkLooks } from "./talk_looks.ts";
import { reaches } from "./views.ts";

/** Messages of a talk that are looked at for one that is unread. */
const lastLookedAt = 20;

type Alert = ChatAlert & AlertVerdict;

/** What is known of a talk for one read. `isNews`: whether a message is unread, and makes a noise. */
interface TalkAlert {
  alert: Alert;
  isNews(message: StoredMessage): boolean;
}

/** UI-12: of which talks a person can be told now, on devices that show nothing themselves. Only reads. */
export class ChatAlerts {
  readonly #needs: Pick<Needs, "store" | "clock">;
  readonly #looks: TalkLooks;
  readonly #noise: ChatNoise;

  constructor(needs: Pick<Needs, "store" | "clock">, looks: TalkLooks, noise: ChatNoise) {
    this.#needs = needs;
    this.#looks = looks;
    this.#noise = noise;
  }

  /** By the cursor of each entry that is news. */
  async of(userId: string, entries: readonly ChatEntry[]): Promise<Map<string, Alert>> {
    const found = new Map<string, Alert>();
    if (entries.length === 0) return found;
    const messages = await this.#needs.store.messages(entries.map(({ messageId }) => messageId));
    const talks = new Map<string, Promise<TalkAlert | null>>();
    for (const { cursor, messageId } of entries) {
      const stored = messages.get(messageId);
      if (stored === undefined || !this.#mayRing(userId, stored.record)) continue;
      const { talkId } = stored.record;
      let looking = talks.get(talkId);
      if (looking === undefined) talks.set(talkId, looking = this.#talk(userId, stored.record));
      const talk = await looking;
      if (talk?.isNews(stored)) found.set(cursor, talk.alert);
    }
    return found;
  }

  /** By the id of each talk. */
  async unreadIn(userId: string, talkIds: readonly string[]): Promise<Map<string, Alert>> {
    const found = new Map<string, Alert>();
    for (const talkId of talkIds) {
      const newest = (await this.#needs.store.before(talkId, null, lastLookedAt))
        .filter(({ record }) => this.#mayRing(userId, record));
      const talk = newest[0] === undefined ? null : await this.#talk(userId, newest[0].record);
      if (talk !== null && newest.some((one) => talk.isNews(one))) found.set(talkId, talk.alert);
    }
    return found;
  }

  #mayRing(userId: string, record: MessageRecord): boolean {
    return record.recipientId === userId && reaches(record) && record.retractedAt === null &&
      record.expiresMs > this.#needs.clock.now();
  }

  async #talk(
    userId: string,
    { talkId, senderId, thread, from, expiresMs }: MessageRecord,
  ): Promise<TalkAlert | null> {
    const look = await this.#looks.of({ talkId, senderId, recipientId: userId, thread });
    if (look === null) return null;
    const [{ decision }, { marks }, notify] = await Promise.all([
      look.fresh(),
      this.#needs.store.readMarks(userId, talkId),
      this.#noise.of(userId, { talkId, otherId: senderId, thread }),
    ]);
    const read = marks.read?.place ?? null;
    return {
      alert: { talkId, from: from.username, expiresMs, ...verdictOf(decision) },
      isNews: (message: StoredMessage) =>
        (read === null || message.place > read) && this.#noise.isHeard(message, notify, look.names),
    };
  }
}
