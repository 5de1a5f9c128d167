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
  #lastDigits: number[] = [];

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  next(): string {
    const now = this.#clock.now();
    if (now > this.#lastMs) {
      this.#lastMs = now;
      this.#lastDigits = Array.from(this.#random.bytes(randomLength), (byte) => byte & 31);
    } else {
      this.#countUp();
    }
    return timePart(this.#lastMs) + this.#lastDigits.map((digit) => digits[digit]).join("");
  }

  #countUp(): void {
    for (let place = randomLength - 1; place >= 0; place--) {
      const digit = this.#lastDigits[place] ?? 0;
      if (digit < 31) {
        this.#lastDigits[place] = digit + 1;
        return;
      }
      this.#lastDigits[place] = 0;
    }
    // The 80 bits overflowed: use the next millisecond.
    this.#lastMs++;
  }
}

/** The smallest id of a time: the start of a range over ids. */
export function firstIdAt(ms: number): string {
  return timePart(Math.max(0, ms)) + digits[0]!.repeat(randomLength);
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
