/** Time and timers. Everything that waits or asks the time takes a `Clock`, so that tests decide. */
export interface Clock {
  /** Milliseconds since 1970 UTC. */
  now(): number;
  /** Calls once after `ms`; never throws into the caller. */
  after(ms: number, call: () => void): Timer;
}

/** A pending call. Cancelling twice, or after it ran, does nothing. */
export interface Timer extends Disposable {
  cancel(): void;
}

/** A wait looks at the time again after this, as the clock may have been set or the computer may have slept. */
const longestSleepMs = 60_000;

/** What a clock is made of. */
export interface ClockParts {
  /** Milliseconds since 1970 UTC, which an operator can set. */
  now(): number;
  /** Milliseconds that only go forward; they may stand still while the computer sleeps. */
  elapsedMs(): number;
  /** Calls once after at most a minute; counted like `elapsedMs`. */
  sleep(ms: number, call: () => void): Timer;
}

/**
 * A clock whose waits are over when they have lasted their time, or when `now` has passed their end: at most a minute after
 * the clock was set forward or the computer woke up.
 */
export function clockOf({ now, elapsedMs, sleep }: ClockParts): Clock {
  return {
    now,
    after(ms, call) {
      if (ms <= longestSleepMs) return sleep(Math.max(ms, 0), call);
      const [dueAt, lastedAt] = [now() + ms, elapsedMs() + ms];
      const look = () => {
        const leftMs = Math.min(dueAt - now(), lastedAt - elapsedMs());
        if (leftMs <= 0) call();
        else timer = sleep(Math.min(leftMs, longestSleepMs), look);
      };
      let timer = sleep(longestSleepMs, look);
      const cancel = () => timer.cancel();
      return { cancel, [Symbol.dispose]: cancel };
    },
  };
}

export const systemClock: Clock = clockOf({
  now: () => Date.now(),
  elapsedMs: () => performance.now(),
  sleep(ms, call) {
    const handle = setTimeout(call, ms);
    const cancel = () => clearTimeout(handle);
    return { cancel, [Symbol.dispose]: cancel };
  },
});

/** A time as it goes on the wire: RFC 3339, UTC, milliseconds. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** Resolves after `ms` on the given clock. */
export function wait(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.after(ms, resolve));
}
