import {
  type AuditEntry,
  auditEntryOf,
  type Caller,
  type Clock,
  iso,
  type LogMinute,
} from "../platform/mod.ts";
import { type Answer, limits, type LogLine, type LogPage, type LogQuery, Refusal } from "../protocol/mod.ts";
import type { LogLines } from "./server_log_ports.ts";
import { hiddenFrom } from "./staff.ts";

/** Somebody who follows the log, or turns its pages, looks once in this time. */
const oneLookMs = 10 * 60_000;
/** Looks that are remembered; forgetting one costs an audit entry. */
const looksKept = 1_000;

export interface ServerLogNeeds {
  lines: LogLines;
  /** How many lines each minute of the last hour had; none: that is not counted. */
  minutes(): readonly LogMinute[];
  /** Writes that somebody looked, also for the export of the person whose lines they asked for. */
  looked(people: readonly string[], entry: AuditEntry): Promise<void>;
  idOf(username: string): Promise<string | null>;
  names(userIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  clock: Clock;
}

/** The server's log for administrators (OP-3, MO-4). Each look is in the audit log, with what was looked for. */
export class ServerLog {
  readonly #needs: ServerLogNeeds;
  /** When somebody last looked for the same. */
  readonly #looks = new Map<string, number>();

  constructor(needs: ServerLogNeeds) {
    this.#needs = needs;
  }

  async page(caller: Caller, query: LogQuery): Answer<LogPage> {
    const hidden = hiddenFrom(caller, "admin");
    if (hidden !== null) return hidden;
    const userId = query.user === undefined ? null : await this.#needs.idOf(query.user);
    if (query.user !== undefined && userId === null) return new Refusal("not_found", "person.unknown");
    await this.#look(caller, query, userId);
    const { level = "info", event = null, id = null, from, to, before = null } = query;
    const filter = { level, event, id, userId, fromMs: msOf(from), toMs: msOf(to) };
    const limit = query.limit ?? limits.logLinesDefault;
    const { lines, next } = await this.#needs.lines.before(before, filter, limit);
    const people = Object.fromEntries(await this.#needs.names(peopleIn(lines)));
    const minutes = this.#needs.minutes().map(({ beganMs, ...counts }) => ({ at: iso(beganMs), ...counts }));
    return { lines, next, people, minutes };
  }

  async #look(caller: Caller, query: LogQuery, userId: string | null): Promise<void> {
    const { level = null, event = null, id = null, from = null, to = null, user = null } = query;
    const asked = Object.entries({ level, event, id, from, to }).filter(([, value]) => value !== null);
    const name = JSON.stringify([caller.userId, user, asked]);
    const now = this.#needs.clock.now();
    const since = now - (this.#looks.get(name) ?? -Infinity);
    if (since >= 0 && since < oneLookMs) return;
    const entry = auditEntryOf(caller, "log.look", user, Object.fromEntries(asked));
    await this.#needs.looked(userId === null ? [] : [userId], entry);
    // The latest is the last to be dropped.
    this.#looks.delete(name);
    this.#looks.set(name, now);
    for (const oldest of this.#looks.keys()) {
      if (this.#looks.size <= looksKept) break;
      this.#looks.delete(oldest);
    }
  }
}

function msOf(time: string | undefined): number | null {
  return time === undefined ? null : Date.parse(time);
}

function peopleIn(lines: readonly LogLine[]): string[] {
  const ids = lines.flatMap(({ fields: { user, userId } }) => [user, userId]);
  return [...new Set(ids.filter((id) => typeof id === "string"))];
}
