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

/** The longest wait that `setTimeout` keeps; longer ones would run at once. */
const longestTimeoutMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, call) {
    const handle = setTimeout(call, Math.min(Math.max(ms, 0), longestTimeoutMs));
    const cancel = () => clearTimeout(handle);
    return { cancel, [Symbol.dispose]: cancel };
  },
};

/** A time as it goes on the wire: RFC 3339, UTC, milliseconds. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** Resolves after `ms` on the given clock. */
export function wait(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.after(ms, resolve));
}
