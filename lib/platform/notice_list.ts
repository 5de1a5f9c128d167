/** A notice that is written by a job if the server dies before it is given. */
export interface NoticeJob<Notice = unknown> {
  kind: "notice";
  id: string;
  /** When it is due, which is part of its key. */
  dueMs: number;
  userId: string;
  notice: Notice;
}

/** A notice that a commit has among its jobs. */
export interface OwedNotice<Notice> {
  dueMs: number;
  job: NoticeJob<Notice>;
}

/**
 * How services put a notice into a person's list (UI-11); `lib/notices` implements it. Where the news is a commit, its notice is
 * owed in that commit and given after it, so that none is lost: `await` the giving before the call is answered, unless something
 * about the person's rules decides whether there is a notice (CO-10).
 */
export interface NoticeList<Notice> {
  /** What the commit that is the news writes too. */
  owe(userId: string, notice: Notice): OwedNotice<Notice>;
  /** After that commit. Resolves when they are on disk. Never rejects: what cannot be written is logged, and its job tries again. */
  give(owed: readonly OwedNotice<Notice>[]): Promise<void>;
  /** A notice without a commit of its own. Resolves when it is on disk. Never rejects: what cannot be written is logged. */
  add(userId: string, notice: Notice): Promise<void>;
}
