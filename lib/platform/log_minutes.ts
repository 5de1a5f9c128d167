const minuteMs = 60_000;
/** Minutes that are kept. */
const kept = 60;

/** What was logged in a minute. `lines` has the warnings and errors too. */
export interface LogMinute {
  beganMs: number;
  lines: number;
  warnings: number;
  errors: number;
}

/** Counts the log's lines for the last hour, in memory: a restart begins anew. */
export class LogMinutes {
  /** By the minute's number modulo how many are kept, so that a clock which is set back only begins those minutes anew. */
  readonly #minutes: LogMinute[] = [];

  add(level: string, ms: number): void {
    const beganMs = Math.floor(ms / minuteMs) * minuteMs;
    const at = placeOf(beganMs);
    let minute = this.#minutes[at];
    if (minute?.beganMs !== beganMs) this.#minutes[at] = minute = noneIn(beganMs);
    minute.lines++;
    if (level === "warn") minute.warnings++;
    else if (level === "error") minute.errors++;
  }

  /** Every minute of the last hour, oldest first; the last one is not over. */
  lastHour(nowMs: number): LogMinute[] {
    const lastMs = Math.floor(nowMs / minuteMs) * minuteMs;
    return Array.from({ length: kept }, (_, at) => {
      const beganMs = lastMs - (kept - 1 - at) * minuteMs;
      const minute = this.#minutes[placeOf(beganMs)];
      return minute?.beganMs === beganMs ? { ...minute } : noneIn(beganMs);
    });
  }
}

function placeOf(beganMs: number): number {
  return (beganMs / minuteMs) % kept;
}

function noneIn(beganMs: number): LogMinute {
  return { beganMs, lines: 0, warnings: 0, errors: 0 };
}
