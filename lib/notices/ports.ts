import type { OwedNotice } from "../platform/mod.ts";
import type { NewNotice } from "../protocol/mod.ts";

/** A notice as it is stored. */
export interface NoticeRecord {
  id: string;
  atMs: number;
  read: boolean;
  /** More people who did the same (`others` of the protocol). */
  others: number;
  notice: NewNotice;
}

/** A person's notices of one UTC day, oldest first. */
export interface NoticeDay {
  /** Days since 1970. */
  day: number;
  notices: readonly NoticeRecord[];
  /** Of the record that was read; null when there was none. */
  version: string | null;
}

/** A notice that some commit wrote as a job and that is not in its person's list yet. */
export interface StillOwed {
  owed: OwedNotice<NewNotice>;
  version: string;
}

export interface NoticesStore {
  /** Those of some owed notices that were not given yet. */
  stillOwed(owed: readonly OwedNotice<NewNotice>[]): Promise<StillOwed[]>;
  /** All days that are kept, oldest first. */
  days(userId: string): Promise<NoticeDay[]>;
  /** Id of the person's newest notice, read or not; "" when there is none. */
  newest(userId: string): Promise<string>;
  day(userId: string, day: number): Promise<NoticeDay>;
  /**
   * Replaces days; false, and nothing is written, when one has changed since it was read. `named`: ids of people that new notices
   * name. `given`: the jobs of new notices, which end with the same write.
   */
  write(
    userId: string,
    days: readonly NoticeDay[],
    also?: { named?: readonly string[]; given?: readonly StillOwed[] },
  ): Promise<boolean>;
  /** Ids of people in whose notices a person is named, `most` of them. */
  naming(namedId: string, most: number): Promise<string[]>;
  /** A person's notices name these others no more. */
  unname(namedIds: readonly string[], userId: string): Promise<void>;
}
