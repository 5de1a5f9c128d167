import type { Log, LogFields } from "./log.ts";

/** What is counted for the overview (MO-4). */
export const tallied = ["sends", "deliveries", "logins", "loginsRefused", "errors"] as const;
export type Tallied = (typeof tallied)[number];
export type Counts = Record<Tallied, number>;

/** Numbers since they were taken last, in memory. */
export class Tally {
  #counts = none();

  add(name: Tallied, by = 1): void {
    this.#counts[name] += by;
  }

  /** Begins anew, and gives what was counted until now. */
  take(): Counts {
    const counts = this.#counts;
    this.#counts = none();
    return counts;
  }

  /** Gives back what was taken and could not be written. */
  giveBack(counts: Counts): void {
    for (const name of tallied) this.#counts[name] += counts[name];
  }
}

function none(): Counts {
  return { sends: 0, deliveries: 0, logins: 0, loginsRefused: 0, errors: 0 };
}

const counted = new Map<string, Tallied>([
  ["login.succeeded", "logins"],
  ["login.failed", "loginsRefused"],
  ["login.throttled", "loginsRefused"],
  ["login.wrong_code", "loginsRefused"],
  ["sso.failed", "loginsRefused"],
]);

/** The same log; its errors, and the logins that it tells of, are counted at whatever level it writes. */
export function talliedLog(log: Log, tally: Tally): Log {
  const heard = (event: string) => {
    const name = counted.get(event);
    if (name !== undefined) tally.add(name);
  };
  return {
    debug: (event, fields) => log.debug(event, fields),
    info(event, fields) {
      heard(event);
      log.info(event, fields);
    },
    warn(event, fields) {
      heard(event);
      log.warn(event, fields);
    },
    error(event, fields) {
      tally.add("errors");
      log.error(event, fields);
    },
    with: (fields: LogFields) => talliedLog(log.with(fields), tally),
  };
}
