import type { Clock, Timer } from "./clock.ts";
import type { Log } from "./log.ts";

/** Lines of one event that are written in a second. */
export const linesASecond = 100;
const secondMs = 1_000;

interface Second {
  beganMs: number;
  lines: number;
  omitted: number;
}

/** A log that writes only some of its noisiest lines. Disposing writes what is still to be told. */
export interface SampledLog extends Disposable {
  readonly log: Log;
}

/**
 * OP-3: the same log, but of these events at most `linesASecond`, as when everybody comes back at once. How many more there were is
 * a line too.
 */
export function sampledLog(log: Log, clock: Clock, events: ReadonlySet<string>): SampledLog {
  const seconds = new Map<string, Second>();
  const timers = new Map<string, Timer>();

  function tell(event: string): void {
    timers.get(event)?.cancel();
    timers.delete(event);
    const second = seconds.get(event);
    seconds.delete(event);
    if (second !== undefined && second.omitted > 0) {
      log.info("log.sampled", { of: event, omitted: second.omitted });
    }
  }

  function isWritten(event: string): boolean {
    const now = clock.now();
    let second = seconds.get(event);
    if (second === undefined || Math.abs(now - second.beganMs) >= secondMs) {
      tell(event);
      seconds.set(event, second = { beganMs: now, lines: 0, omitted: 0 });
    }
    if (second.lines < linesASecond) {
      second.lines++;
      return true;
    }
    second.omitted++;
    if (!timers.has(event)) timers.set(event, clock.after(secondMs, () => tell(event)));
    return false;
  }

  const over = (under: Log): Log => ({
    debug: (event, fields) => under.debug(event, fields),
    info(event, fields) {
      if (!events.has(event) || isWritten(event)) under.info(event, fields);
    },
    warn: (event, fields) => under.warn(event, fields),
    error: (event, fields) => under.error(event, fields),
    with: (fields) => over(under.with(fields)),
  });
  return {
    log: over(log),
    [Symbol.dispose]() {
      for (const event of [...seconds.keys()]) tell(event);
    },
  };
}
