import type { CountedDays, MessageRecord, SentDays } from "../../chat/ports.ts";
import { limits } from "../../protocol/mod.ts";
import type { Check, Committed, Committer } from "./committer.ts";
import { keys } from "./keys.ts";
import { Remembered } from "./remembered.ts";

/**
 * What this process wrote last of each person's talks, so that the next message and the next mark read nothing before they are
 * written. Every use is checked in its commit: a record that changed or is gone costs another try, with reads. It keeps nothing
 * unless the store belongs to this process.
 */
export class TalkMemory {
  readonly #committer: Pick<Committer, "moment">;
  readonly #days: Remembered<CountedDays>;
  readonly #talks: Remembered<Check>;

  constructor(committer: Pick<Committer, "moment">, exclusive: boolean) {
    const most = exclusive ? limits.relationsCached : 0;
    this.#committer = committer;
    this.#days = new Remembered(most);
    this.#talks = new Remembered(most);
  }

  /** How many messages a person sent in a talk. */
  days(userId: string, talkId: string): CountedDays | undefined {
    return this.#days.get(nameOf(userId, talkId));
  }

  /** A check that a talk is in the person's list of talks, as it was last written. */
  talk(userId: string, talkId: string): Check | undefined {
    return this.#talks.get(nameOf(userId, talkId));
  }

  forgetTalk(userId: string, talkId: string): void {
    this.#talks.forget(nameOf(userId, talkId));
  }

  /**
   * Keeps what the commit of a message leaves: its sender's numbers, and the talk in the lists of those who are told of it. `committing`
   * must come from the committer itself, so that no later commit has ended when this hears of it.
   */
  sent(
    { talkId, senderId, recipientId }: MessageRecord,
    { days, listed }: { days: SentDays; listed: boolean },
    committing: Promise<Committed>,
  ): Promise<Committed> {
    const name = nameOf(senderId, talkId);
    return committing.then((committed) => {
      this.#days.forget(name);
      if (!committed.ok) return committed;
      const { moment } = this.#committer;
      const { versionstamp: version } = committed;
      this.#days.keep(name, { value: days, version, moment }, this.#days.moment);
      for (const userId of listed ? [senderId, recipientId] : [senderId]) {
        const check = { key: keys.chatOf(userId, talkId), versionstamp: version, moment };
        this.#talks.keep(nameOf(userId, talkId), check, this.#talks.moment);
      }
      return committed;
    }, (error) => {
      // It may have been written.
      this.#days.forget(name);
      throw error;
    });
  }
}

function nameOf(userId: string, talkId: string): string {
  return `${userId} ${talkId}`;
}
