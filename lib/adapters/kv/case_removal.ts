import type { CaseRecord, ReportRecord } from "../../moderation/mod.ts";
import { limits } from "../../protocol/mod.ts";
import { placeKey } from "./cases_writes.ts";
import { getValues, lastParts } from "./get_many.ts";
import { keys } from "./keys.ts";
import type { KvCheck, KvKey } from "./port.ts";
import type { Store } from "./store.ts";

/** AU-9: takes a person who leaves out of reports and cases. */
export class CaseRemoval {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Deletes what a person reported, and, unless `keepAbout`, what others reported about them. Up to `most` records; true:
   * there are more.
   */
  async forget(userId: string, most: number, keepAbout: boolean): Promise<boolean> {
    const own = await lastParts(this.#store.kv, { prefix: keys.reportsOf(userId) }, { limit: most });
    for (const id of own) await this.#forgetReport(userId, id);
    if (own.length === most) return true;
    if (keepAbout) return false;
    const about = await lastParts(this.#store.kv, { prefix: keys.casesAbout(userId) }, { limit: most });
    for (const id of about) await this.#forgetCase(userId, id);
    return about.length === most;
  }

  async #forgetReport(userId: string, reportId: string): Promise<void> {
    const { kv, committer } = this.#store;
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const report = await kv.get<ReportRecord>(keys.report(reportId));
      const found = report.value === null ? null : await kv.get<CaseRecord>(keys.case(report.value.caseId));
      const record = found?.value ?? null;
      const deletes: KvKey[] = [report.key, keys.reportOf(userId, reportId)];
      const write = {
        checks: [report] as KvCheck[],
        sets: [] as { key: KvKey; value: unknown }[],
        deletes,
      };
      if (record !== null) {
        write.checks.push(found!);
        const reports = record.reports.filter((id) => id !== reportId);
        const reporters = record.reporters.filter((id) => id !== userId);
        if (reports.length > 0) {
          write.sets.push({ key: found!.key, value: { ...record, reports, reporters } });
        } else deletes.push(...keysOf(record));
      }
      if ((await committer.commit(write)).ok) return;
    }
    throw new Error("A leaving person's report could not be deleted: too many writers at once.");
  }

  async #forgetCase(userId: string, caseId: string): Promise<void> {
    const { kv, committer } = this.#store;
    const record = (await kv.get<CaseRecord>(keys.case(caseId))).value;
    const reports = record === null
      ? []
      : (await getValues<ReportRecord>(kv, record.reports.map(keys.report))).filter((report) =>
        report !== null
      );
    await committer.commit({
      deletes: [
        keys.caseAbout(userId, caseId),
        ...record === null ? [] : keysOf(record),
        ...reports.flatMap(({ id, reporterId }) => [keys.report(id), keys.reportOf(reporterId, id)]),
      ],
    });
  }
}

/** The keys of a case itself. */
function keysOf(record: CaseRecord): KvKey[] {
  const { id, person, fold, removal } = record;
  return [
    keys.case(id),
    placeKey(record),
    keys.claim(id),
    ...removal === undefined ? [] : [keys.removal(removal.codeHash)],
    ...person === null ? [] : [keys.caseAbout(person.id, id)],
    ...fold === null || record.decided !== null ? [] : [keys.caseOpen(fold)],
  ];
}
