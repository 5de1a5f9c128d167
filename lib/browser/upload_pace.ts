/** How fast an upload goes: bytes a second, and how long the rest takes in ms. */
export interface Pace {
  perSecond: number;
  leftMs: number;
}

/** The pace is that of the last so many ms; it is told once there are enough of them to say. */
const windowMs = 8000;
const leastMs = 1000;

/** Measures an upload by how much was sent at which time. */
export class UploadMeter {
  #seen: { sent: number; at: number }[] = [];

  /** `sent` bytes in all, at `at` ms. What was sent before a pause says nothing of the pace after it. */
  add(sent: number, at: number): void {
    if (sent < (this.#seen.at(-1)?.sent ?? 0)) this.restart();
    this.#seen = [...this.#seen.filter((one) => at - one.at <= windowMs), { sent, at }];
  }

  restart(): void {
    this.#seen = [];
  }

  /** Null while nothing is known. */
  pace(size: number): Pace | null {
    const [first, last] = [this.#seen[0], this.#seen.at(-1)];
    if (first === undefined || last === undefined) return null;
    const [bytes, ms] = [last.sent - first.sent, last.at - first.at];
    if (bytes <= 0 || ms < leastMs) return null;
    const perSecond = bytes / ms * 1000;
    return { perSecond, leftMs: (size - last.sent) / perSecond * 1000 };
  }
}
