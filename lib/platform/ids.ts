import type { Clock } from "./clock.ts";
import type { Random } from "./random.ts";

/** Crockford's base 32: no I, L, O or U, and in the order of its values. */
const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const timeLength = 10;
const randomLength = 16;

/**
 * Ids that sort by time (the ULID layout: 48 bits of milliseconds, 80 random bits). Within one millisecond, and
 * when the clock steps back, the random part counts up, so ids of one process always rise.
 */
export class Ids {
  readonly #clock: Clock;
  readonly #random: Random;
  #lastMs = -1;
  #lastTime = "";
  #last = new Uint8Array(randomLength);

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  next(): string {
    const now = this.#clock.now();
    if (now > this.#lastMs) {
      this.#lastMs = now;
      this.#lastTime = timePart(now);
      this.#last = this.#random.bytes(randomLength);
      for (let place = 0; place < randomLength; place++) this.#last[place]! &= 31;
    } else {
      this.#countUp();
    }
    let id = this.#lastTime;
    for (let place = 0; place < randomLength; place++) id += digits[this.#last[place]!];
    return id;
  }

  #countUp(): void {
    for (let place = randomLength - 1; place >= 0; place--) {
      const digit = this.#last[place]!;
      if (digit < 31) {
        this.#last[place] = digit + 1;
        return;
      }
      this.#last[place] = 0;
    }
    // The 80 bits overflowed: use the next millisecond.
    this.#lastTime = timePart(++this.#lastMs);
  }
}

/** The smallest id of a time: the start of a range over ids. */
export function firstIdAt(ms: number): string {
  return timePart(Math.max(0, ms)) + digits[0]!.repeat(randomLength);
}

/** The time in an id, in ms: when it was made, or later by what the clock stepped back. */
export function timeOf(id: string): number {
  let ms = 0;
  for (const digit of id.slice(0, timeLength)) ms = ms * 32 + digits.indexOf(digit);
  return ms;
}

function timePart(ms: number): string {
  let rest = Math.floor(ms);
  let out = "";
  for (let place = 0; place < timeLength; place++) {
    out = digits[rest % 32] + out;
    rest = Math.floor(rest / 32);
  }
  return out;
}
