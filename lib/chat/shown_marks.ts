import type { Timer } from "../platform/mod.ts";
import type { Needs } from "./needs.ts";

/** Longest time before a mark is written. */
const flushMs = 900;

interface Shown {
  userId: string;
  talkId: string;
  place: string;
}

/**
 * How far each person got the messages of a talk: what they got stays theirs, whatever their rules say later (DL-9). Written in
 * groups: after a crash, consent is asked again about the last second.
 */
export class ShownMarks {
  readonly #needs: Pick<Needs, "store" | "clock" | "log">;
  readonly #waiting = new Map<string, Shown>();
  #flushing: Timer | undefined;

  constructor(needs: Pick<Needs, "store" | "clock" | "log">) {
    this.#needs = needs;
  }

  /** Null: the person got nothing of the talk yet. */
  async of(userId: string, talkId: string): Promise<string | null> {
    const name = `${userId} ${talkId}`;
    // Before the read: a mark that is written meanwhile waits no more, and the read may not have it.
    const before = this.#waiting.get(name)?.place ?? null;
    const stored = await this.#needs.store.shown(userId, talkId);
    const places = [before, stored, this.#waiting.get(name)?.place ?? null];
    return places.reduce((last, place) => place !== null && (last === null || place > last) ? place : last);
  }

  /** Moves a mark forward; written within a second. */
  move(userId: string, talkId: string, place: string): void {
    const name = `${userId} ${talkId}`;
    const waiting = this.#waiting.get(name);
    if (waiting !== undefined && waiting.place >= place) return;
    this.#waiting.set(name, { userId, talkId, place });
    this.#flushing ??= this.#needs.clock.after(flushMs, () => void this.flush());
  }

  /** A person leaves: none of their marks is written any more. */
  forget(userId: string): void {
    for (const [name, mark] of this.#waiting) if (mark.userId === userId) this.#waiting.delete(name);
  }

  /** Writes the marks that wait. */
  async flush(): Promise<void> {
    this.#flushing?.cancel();
    this.#flushing = undefined;
    const marks = [...this.#waiting.values()];
    if (marks.length === 0) return;
    try {
      await this.#needs.store.saveShown(marks);
    } catch (error) {
      this.#needs.log.error("chat.marks_unsaved", { error: error as Error });
      this.#flushing ??= this.#needs.clock.after(flushMs, () => void this.flush());
      return;
    }
    for (const mark of marks) {
      const name = `${mark.userId} ${mark.talkId}`;
      if (this.#waiting.get(name) === mark) this.#waiting.delete(name);
    }
  }
}
