/**
 * How services put a notice into a person's list (UI-11); `lib/notices` implements it. Call it after the commit that the notice
 * is about, and await it only where nothing about the person's rules decides whether it is called (CO-10).
 */
export interface NoticeList<Notice> {
  /** Resolves when the notice is on disk. Never rejects: what cannot be written is logged. */
  add(userId: string, notice: Notice): Promise<void>;
}
