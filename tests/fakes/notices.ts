import type { NoticeJob, NoticeList, OwedNotice } from "../../lib/platform/mod.ts";
import type { NewNotice } from "../../lib/protocol/mod.ts";

/** Writes down which notices were added. */
export class FakeNotices implements NoticeList<NewNotice> {
  readonly added: { userId: string; notice: NewNotice }[] = [];

  readonly #given = new Set<string>();
  #owed = 0;

  add(userId: string, notice: NewNotice): Promise<void> {
    this.added.push({ userId, notice });
    return Promise.resolve();
  }

  owe(userId: string, notice: NewNotice): OwedNotice<NewNotice> {
    const id = String(++this.#owed);
    return { dueMs: 0, job: { kind: "notice", id, dueMs: 0, userId, notice } };
  }

  async give(owed: readonly OwedNotice<NewNotice>[]): Promise<void> {
    for (const { job } of owed) await this.run(job);
  }

  /** A job that some commit wrote: once, given already or not. */
  async run({ id, userId, notice }: NoticeJob<NewNotice>): Promise<void> {
    if (this.#given.has(id)) return;
    this.#given.add(id);
    await this.add(userId, notice);
  }

  of(userId: string): NewNotice[] {
    return this.added.filter((one) => one.userId === userId).map(({ notice }) => notice);
  }
}
