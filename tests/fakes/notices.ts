import type { NoticeList } from "../../lib/platform/mod.ts";
import type { NewNotice } from "../../lib/protocol/mod.ts";

/** Writes down which notices were added. */
export class FakeNotices implements NoticeList<NewNotice> {
  readonly added: { userId: string; notice: NewNotice }[] = [];

  add(userId: string, notice: NewNotice): Promise<void> {
    this.added.push({ userId, notice });
    return Promise.resolve();
  }

  of(userId: string): NewNotice[] {
    return this.added.filter((one) => one.userId === userId).map(({ notice }) => notice);
  }
}
