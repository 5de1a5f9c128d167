import type {
  CaseChange,
  CaseQuery,
  CaseRecord,
  CaseStore,
  Claim,
  DayRecord,
  Met,
  NewReport,
  ReporterRecord,
  ReportRecord,
  ReviewedRecord,
  StoredCase,
  StoredCopy,
} from "../../moderation/mod.ts";
import { rankOf } from "../../moderation/mod.ts";
import { type AuditEntry, type Clock, type Ids, iso } from "../../platform/mod.ts";
import { limits, moderationLimits, Refusal } from "../../protocol/mod.ts";
import type { KvAudit } from "./audit_log.ts";
import { caseSets, caseWrites, dayOf } from "./cases_writes.ts";
import { getEntries, getValues, lastParts } from "./get_many.ts";
import { keys } from "./keys.ts";
import type { KvSelector } from "./port.ts";
import { copyOf } from "./removal_writes.ts";
import type { Store } from "./store.ts";

const dayMs = 24 * 3600_000;
/** A case is decided long before; its reports stay as long as it does. */
const reportKeptMs = 400 * dayMs;
/** A bound for a report: a command with its data, and what was around it. */
const reportBytes = 60 * 1024;
/** What a person's export lists of looks at their commands. */
const lookKeptMs = 365 * dayMs;

/** Reports, cases and the queue in Deno KV. */
export class KvCases implements CaseStore {
  readonly #store: Store;
  readonly #audit: Pick<KvAudit, "commit">;
  readonly #clock: Clock;
  readonly #ids: Ids;

  constructor(store: Store, audit: Pick<KvAudit, "commit">, clock: Clock, ids: Ids) {
    this.#store = store;
    this.#audit = audit;
    this.#clock = clock;
    this.#ids = ids;
  }

  async add(
    reporterId: string,
    fold: string,
    make: (met: Met) => NewReport | Refusal,
  ): Promise<ReportRecord | Refusal> {
    const { kv, committer } = this.#store;
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const [reporter, open] = await kv.getMany<[ReporterRecord, string]>([
        keys.reporter(reporterId),
        keys.caseOpen(fold),
      ]);
      const found = open.value === null ? null : await kv.get<CaseRecord>(keys.case(open.value));
      const record = found?.value?.decided === null ? found.value : null;
      const made = make({ reporter: reporter.value ?? { recent: [], badFaith: [] }, open: record });
      if (made instanceof Refusal) return made;
      if ("again" in made) {
        const { value } = await kv.get<ReportRecord>(keys.report(made.again));
        return value ?? new Refusal("conflict", "report.changed");
      }
      const { report, to } = made;
      const before = to.id === record?.id ? record : null;
      const { sets, deletes } = caseSets(before, to);
      const { ok } = await committer.commit({
        checks: [
          reporter,
          open,
          before === null ? { key: keys.case(to.id), versionstamp: null } : found!,
        ],
        sets: [
          ...sets,
          { key: keys.report(report.id), value: report, expireIn: reportKeptMs },
          { key: keys.reportOf(reporterId, report.id), value: 1, expireIn: reportKeptMs },
          { key: reporter.key, value: made.reporter, expireIn: moderationLimits.badFaithMs },
          { key: open.key, value: to.id },
        ],
        deletes,
        valueBytes: reportBytes,
      });
      if (ok) return report;
    }
    return new Refusal("conflict", "report.changed");
  }

  async addRemoval(
    authorId: string,
    make: (author: ReporterRecord) => { to: CaseRecord; author: ReporterRecord } | Refusal,
    auditEntry: AuditEntry,
  ): Promise<CaseRecord | Refusal> {
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const entry = await this.#store.kv.get<ReporterRecord>(keys.reporter(authorId));
      const made = make(entry.value ?? { recent: [], badFaith: [] });
      if (made instanceof Refusal) return made;
      const { sets, deletes } = caseSets(null, made.to);
      const author = { key: entry.key, value: made.author, expireIn: moderationLimits.badFaithMs };
      const write = { checks: [entry], sets: [...sets, author], deletes };
      if ((await this.#audit.commit(write, auditEntry)).ok) return made.to;
    }
    return new Refusal("conflict", "report.changed");
  }

  async openRemovals(): Promise<number> {
    const prefix = keys.queueOpen(9 - rankOf({ kind: "removal", harm: 3 }), "").slice(0, -1);
    const found = await lastParts(this.#store.kv, { prefix }, {
      limit: moderationLimits.removalsOpen,
      batchSize: 500,
    });
    return found.length;
  }

  async removalOf(codeHash: string): Promise<CaseRecord | null> {
    const { value } = await this.#store.kv.get<string>(keys.removal(codeHash));
    return value === null ? null : (await this.#records([value]))[0] ?? null;
  }

  async reporter(authorId: string): Promise<ReporterRecord> {
    const { value } = await this.#store.kv.get<ReporterRecord>(keys.reporter(authorId));
    return value ?? { recent: [], badFaith: [] };
  }

  async copies(hashes: readonly string[]): Promise<StoredCopy[]> {
    return await Promise.all(hashes.map((sha256) => copyOf(this.#store.kv, sha256)));
  }

  async case(caseId: string): Promise<StoredCase | null> {
    const [record, claim] = await this.#store.kv.getMany<[CaseRecord, Claim]>([
      keys.case(caseId),
      keys.claim(caseId),
    ]);
    if (record.value === null || !this.#isKept(record.value)) return null;
    const copies = await this.copies(record.value.removal?.hashes ?? []);
    return {
      record: record.value,
      claim: this.#inForce(claim.value),
      owners: copies.flatMap(({ owners }) => owners),
      version: { record: record.versionstamp, claim: claim.versionstamp },
    };
  }

  async change(change: CaseChange, auditEntry: AuditEntry): Promise<boolean> {
    const write = await caseWrites(this.#store.kv, change, this.#clock.now());
    return (await this.#audit.commit(write, auditEntry)).ok;
  }

  async open({ after, kind, limit }: CaseQuery): Promise<CaseRecord[]> {
    const [harm, id] = placeIn(after);
    const prefix = keys.queue();
    const selector = harm === null
      ? { prefix }
      // The first key behind it.
      : { prefix, start: [...keys.queueOpen(9 - harm, id), 0] };
    return await this.#listed(selector, kind, limit);
  }

  async decided({ after, kind, limit }: CaseQuery): Promise<CaseRecord[]> {
    const [atMs, id] = placeIn(after);
    const prefix = keys.decidedCases();
    const selector = atMs === null ? { prefix } : { prefix, end: keys.queueDecided(atMs, id) };
    return await this.#listed(selector, kind, limit, true);
  }

  async waiting(): Promise<Record<CaseRecord["kind"], number>> {
    const counts = { report: 0, appeal: 0, removal: 0 };
    const options = { limit: moderationLimits.queueCounted };
    for await (
      const { value } of this.#store.kv.list<CaseRecord["kind"]>({ prefix: keys.queue() }, options)
    ) {
      counts[value]++;
    }
    return counts;
  }

  async about(userId: string, limit: number): Promise<CaseRecord[]> {
    return await this.#records(
      await lastParts(this.#store.kv, { prefix: keys.casesAbout(userId) }, { limit, reverse: true }),
    );
  }

  async reports(reportIds: readonly string[]): Promise<ReportRecord[]> {
    return (await getValues<ReportRecord>(this.#store.kv, reportIds.map(keys.report)))
      .filter((report) => report !== null);
  }

  async reportsOf(reporterId: string, before: string | null, limit: number): Promise<ReportRecord[]> {
    const prefix = keys.reportsOf(reporterId);
    const selector = before === null ? { prefix } : { prefix, end: keys.reportOf(reporterId, before) };
    return await this.reports(await lastParts(this.#store.kv, selector, { limit, reverse: true }));
  }

  async cases(caseIds: readonly string[]): Promise<Map<string, CaseRecord>> {
    return new Map((await this.#records(caseIds)).map((record) => [record.id, record]));
  }

  async reviewed(items: readonly string[]): Promise<Map<string, ReviewedRecord>> {
    const values = await getValues<ReviewedRecord>(this.#store.kv, items.map(keys.reviewed));
    return new Map(values.flatMap((value, at) => value === null ? [] : [[items[at]!, value]]));
  }

  async claims(ids: readonly string[]): Promise<Map<string, Claim>> {
    const values = await getValues<Claim>(this.#store.kv, ids.map(keys.claim));
    return new Map(values.flatMap((value, at) => {
      const claim = this.#inForce(value);
      return claim === null ? [] : [[ids[at]!, claim]];
    }));
  }

  async setClaim(
    id: string,
    next: Claim | null,
    auditEntry: AuditEntry,
    mayTake: (before: Claim | null) => boolean,
  ): Promise<boolean> {
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const entry = await this.#store.kv.get<Claim>(keys.claim(id));
      if (!mayTake(this.#inForce(entry.value))) return false;
      const { ok } = await this.#audit.commit({
        checks: [entry],
        sets: next === null ? [] : [{ key: entry.key, value: next, expireIn: moderationLimits.claimMs }],
        deletes: next === null ? [entry.key] : [],
      }, auditEntry);
      if (ok) return true;
    }
    return false;
  }

  async days(fromMs: number, toMs: number): Promise<(DayRecord & { day: string })[]> {
    const days: string[] = [];
    for (let ms = fromMs; ms <= toMs; ms += dayMs) days.push(dayOf(ms));
    const values = await getValues<DayRecord>(this.#store.kv, days.map(keys.queueDay));
    return values.flatMap((value, at) => value === null ? [] : [{ ...value, day: days[at]! }]);
  }

  async looked(people: readonly string[], auditEntry: AuditEntry): Promise<void> {
    const { action, subject: of, detail } = auditEntry;
    const subject = typeof detail.command === "string" ? `command:${detail.command}` : of;
    const at = iso(this.#clock.now());
    await this.#audit.commit({
      sets: people.map((userId) => ({
        key: keys.look(userId, this.#ids.next()),
        value: { at, action, subject },
        expireIn: lookKeptMs,
      })),
    }, auditEntry);
  }

  /** Looks at `moderationLimits.queueCounted` places at most. */
  async #listed(
    selector: KvSelector,
    kind: CaseRecord["kind"] | null,
    limit: number,
    reverse = false,
  ): Promise<CaseRecord[]> {
    const ids: string[] = [];
    const options = { limit: moderationLimits.queueCounted, reverse, batchSize: 50 };
    for await (const { key, value } of this.#store.kv.list<CaseRecord["kind"]>(selector, options)) {
      if (kind === null || value === kind) ids.push(String(key.at(-1)));
      if (ids.length === limit) break;
    }
    return await this.#records(ids);
  }

  async #records(ids: readonly string[]): Promise<CaseRecord[]> {
    const entries = await getEntries<CaseRecord>(this.#store.kv, ids.map(keys.case));
    return entries.flatMap(({ value }) => value === null || !this.#isKept(value) ? [] : [value]);
  }

  #isKept({ decided }: CaseRecord): boolean {
    return decided === null || decided.atMs + moderationLimits.caseKeptMs > this.#clock.now();
  }

  #inForce(claim: Claim | null): Claim | null {
    return claim !== null && claim.untilMs > this.#clock.now() ? claim : null;
  }
}

/** The number and the id of a place in a list. One that is no place begins at the start. */
function placeIn(after: string | null): [number, string] | [null, ""] {
  const found = after === null ? null : /^(\d{1,16})\.(\w{26})$/.exec(after);
  return found === null ? [null, ""] : [Number(found[1]), found[2]!];
}
