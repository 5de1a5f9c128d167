import { auditEntryOf, type Caller, type Clock, iso } from "../platform/mod.ts";
import {
  type AdminFile,
  type AdminFilePage,
  type Answer,
  type Incident,
  type IncidentPage,
  limits,
  moderationLimits,
  type QueueDetail,
  type QueuePage,
  type QueueQuery,
  type QueueStats,
  Refusal,
  type StaffReport,
} from "../protocol/mod.ts";
import { ruleFor } from "./auto_rules.ts";
import type { CaseRecord, CaseStore, ReasonStore, ReportRecord, StoredCopy } from "./case_ports.ts";
import { rankOf } from "./harm.ts";
import type { UsersStore } from "./ports.ts";
import {
  byHarmAndAge,
  decidedOf,
  historyOf,
  itemKey,
  itemOfCase,
  itemOfFile,
  itemOfIncident,
  staffRemovalOf,
  staffReportOf,
} from "./queue_views.ts";
import { hiddenFrom } from "./staff.ts";
import { statsOf, transparencyOf } from "./statistics.ts";

const dayMs = 24 * 3600_000;
/** What a person's history of reports is over, and the cases that it reads. */
const historyMs = 90 * dayMs;
const historyCases = 100;

export interface QueueViewNeeds {
  store: CaseStore;
  rules: Pick<ReasonStore, "rules">;
  users: Pick<UsersStore, "sanction">;
  files: {
    list(caller: Caller, query: { state: "held"; limit: number }): Answer<AdminFilePage>;
    get(caller: Caller, sha256: string): Answer<AdminFile>;
  };
  incidents: {
    list(caller: Caller, query: { state: "open"; limit: number }): Answer<IncidentPage>;
    get(caller: Caller, id: string): Answer<Incident>;
  };
  /** Usernames by user id, without people who are gone. */
  names(userIds: readonly string[]): Promise<Map<string, string>>;
  clock: Clock;
}

/** MO-2: what moderators see: one queue for reports, appeals, held files and incidents, and each item with its history. */
export class QueueView {
  readonly #needs: QueueViewNeeds;

  constructor(needs: QueueViewNeeds) {
    this.#needs = needs;
  }

  /** The worst first, then the oldest; decided cases by the time of their decision. */
  async list(caller: Caller, { state = "open", kind, after, limit }: QueueQuery): Answer<QueuePage> {
    const hidden = hiddenFrom(caller, "moderator");
    if (hidden !== null) return hidden;
    const { store } = this.#needs;
    const size = limit ?? limits.pageDefault;
    const first = after === undefined;
    const [cases, files, incidents, waiting] = await Promise.all([
      this.#cases(state, kind, after ?? null, size + 1),
      first && state === "open" && (kind ?? "file") === "file" ? this.#heldFiles(caller) : [],
      first && state === "open" && (kind ?? "incident") === "incident" ? this.#openIncidents(caller) : [],
      this.#waiting(caller),
    ]);
    const page = cases.slice(0, size);
    const copies = await store.copies(page.flatMap(({ removal }) => removal?.hashes ?? []));
    const shown = page.filter((record) => !isHiddenFrom(caller, record, copies));
    const claims = await store.claims([
      ...shown.map(({ id }) => id),
      ...files.map(({ sha256 }) => sha256),
      ...incidents.map(({ id }) => id),
    ]);
    const items = [
      ...shown.map((record) => itemOfCase(caller, record, claims.get(record.id))),
      ...files.map((file) => itemOfFile(caller, file, claims.get(file.sha256))),
      ...incidents.map((incident) => itemOfIncident(caller, incident, claims.get(incident.id))),
    ];
    return {
      items: state === "open" ? items.sort(byHarmAndAge) : items,
      next: cases.length > size ? placeOf(page.at(-1)!) : null,
      waiting,
    };
  }

  async #cases(
    state: "open" | "decided",
    kind: QueueQuery["kind"],
    after: string | null,
    limit: number,
  ): Promise<CaseRecord[]> {
    const { store } = this.#needs;
    if (kind === "file" || kind === "incident") return [];
    const query = { after, kind: kind ?? null, limit };
    return await (state === "open" ? store.open(query) : store.decided(query));
  }

  /** Up to a page of files and incidents, and `moderationLimits.queueCounted` cases; without those about the reader. */
  async #waiting(caller: Caller): Promise<QueuePage["waiting"]> {
    const { store } = this.#needs;
    const [cases, own, files, incidents] = await Promise.all([
      store.waiting(),
      store.about(caller.userId, historyCases),
      this.#heldFiles(caller),
      this.#openIncidents(caller),
    ]);
    const hidden = own.filter((record) => record.decided === null && isHiddenFrom(caller, record, []));
    const report = Math.max(0, cases.report - hidden.length);
    const removal = cases.removal - await this.#hiddenRemovals(caller, cases.removal);
    return { ...cases, report, removal, file: files.length, incident: incidents.length };
  }

  /** Requests about what the reader uploaded, among the first page of them. */
  async #hiddenRemovals(caller: Caller, waiting: number): Promise<number> {
    if (waiting === 0) return 0;
    const { store } = this.#needs;
    const open = await store.open({ after: null, kind: "removal", limit: limits.pageDefault });
    const copies = await store.copies(open.flatMap(({ removal }) => removal?.hashes ?? []));
    return open.filter((record) => isHiddenFrom(caller, record, copies)).length;
  }

  async #heldFiles(caller: Caller): Promise<AdminFile[]> {
    const page = await this.#needs.files.list(caller, { state: "held", limit: limits.pageDefault });
    return page instanceof Refusal ? [] : page.files;
  }

  async #openIncidents(caller: Caller): Promise<IncidentPage["incidents"]> {
    const page = await this.#needs.incidents.list(caller, { state: "open", limit: limits.pageDefault });
    return page instanceof Refusal ? [] : page.incidents;
  }

  /** One item. A look at a case is in the audit log. */
  async get(caller: Caller, id: string): Answer<QueueDetail> {
    const hidden = hiddenFrom(caller, "moderator");
    if (hidden !== null) return hidden;
    const { store, clock } = this.#needs;
    const stored = await store.case(id);
    const claim = (await store.claims([id])).get(id);
    const bare = {
      reports: [],
      appeal: null,
      removal: null,
      notes: [],
      proposal: null,
      rule: null,
      history: null,
    };
    if (stored === null) {
      if (/^[0-9a-f]{64}$/.test(id)) {
        const file = await this.#needs.files.get(caller, id);
        return file instanceof Refusal ? missing() : { ...bare, item: itemOfFile(caller, file, claim) };
      }
      const incident = await this.#needs.incidents.get(caller, id);
      return incident instanceof Refusal
        ? missing()
        : { ...bare, item: itemOfIncident(caller, incident, claim) };
    }
    const { record } = stored;
    const copies = await store.copies(record.removal?.hashes ?? []);
    if (isHiddenFrom(caller, record, copies)) return missing();
    const subject = record.person?.username ?? `case:${id}`;
    await store.looked([], auditEntryOf(caller, "queue.look", subject, { case: id }));
    const shown = record.reports.slice(-moderationLimits.reportsShown).reverse();
    const reports = await this.#reports(await store.reports(shown));
    const now = clock.now();
    const cases = record.person === null ? [] : await store.about(record.person.id, historyCases);
    const asks = record.kind === "report" && record.decided === null && record.person !== null;
    return {
      item: itemOfCase(caller, record, claim),
      reports,
      appeal: await this.#appealOf(record),
      removal: await this.#removalOf(record, copies),
      notes: record.notes.map(({ atMs, by, text }) => ({ at: iso(atMs), by, text })),
      proposal: record.proposal === null ? null : decidedOf(record.proposal),
      rule: asks ? ruleFor(await this.#needs.rules.rules(), cases, now) : null,
      history: record.person === null ? null : historyOf(cases, now - historyMs),
    };
  }

  /** One report (spec MO-5). A look at it is in the audit log. */
  async report(caller: Caller, reportId: string): Answer<StaffReport> {
    const hidden = hiddenFrom(caller, "moderator");
    if (hidden !== null) return hidden;
    const { store } = this.#needs;
    const [report] = await this.#reports(await store.reports([reportId]));
    const about = report === undefined ? undefined : (await store.cases([report.caseId])).get(report.caseId);
    if (report === undefined || (about !== undefined && isHiddenFrom(caller, about, []))) return missing();
    await store.looked(
      [],
      auditEntryOf(caller, "report.look", `report:${reportId}`, { case: report.caseId }),
    );
    return report;
  }

  async stats(caller: Caller): Answer<QueueStats> {
    const hidden = hiddenFrom(caller, "moderator");
    if (hidden !== null) return hidden;
    const now = this.#needs.clock.now();
    const days = await this.#needs.store.days(now - (moderationLimits.queueStatsDays - 1) * dayMs, now);
    return { days: moderationLimits.queueStatsDays, waiting: await this.#waiting(caller), ...statsOf(days) };
  }

  /** Numbers of a year's decisions by month, for everyone to read: CSV without names. */
  async transparency(caller: Caller, year: number): Answer<{ csv: string }> {
    const hidden = hiddenFrom(caller, "moderator");
    if (hidden !== null) return hidden;
    return { csv: transparencyOf(await this.#needs.store.days(Date.UTC(year, 0), Date.UTC(year, 11, 31))) };
  }

  async #reports(records: readonly ReportRecord[]): Promise<StaffReport[]> {
    const { store, names } = this.#needs;
    const [known, reviewed] = await Promise.all([
      names([...new Set(records.map(({ reporterId }) => reporterId))]),
      store.reviewed([...new Set(records.map(itemKey))]),
    ]);
    return records.map((record) => staffReportOf(record, known, reviewed.get(itemKey(record))));
  }

  async #removalOf({ removal }: CaseRecord, copies: readonly StoredCopy[]): Promise<QueueDetail["removal"]> {
    if (removal === undefined) return null;
    const owners = copies.flatMap(({ owners }) => owners.slice(0, moderationLimits.removalUsers));
    return staffRemovalOf(removal, copies, await this.#needs.names([...new Set(owners)]));
  }

  async #appealOf({ appeal, person }: CaseRecord): Promise<QueueDetail["appeal"]> {
    if (appeal === null || person === null) return null;
    const sanction = await this.#needs.users.sanction(person.id, appeal.sanctionId);
    if (sanction === null) return null;
    const { id, kind, reason, until, createdAt, by } = sanction;
    return {
      text: appeal.text,
      sanction: {
        id,
        kind,
        reason,
        until: until === null ? null : iso(until),
        createdAt: iso(createdAt),
        by,
      },
    };
  }
}

/**
 * MO-1: nobody learns that they were reported, or by whom: neither does a moderator. An appeal is its person's own. Nobody sees a request
 * to remove what they uploaded (MO-8).
 */
function isHiddenFrom(
  { userId }: Caller,
  { kind, person, removal }: CaseRecord,
  copies: readonly StoredCopy[],
): boolean {
  if (removal === undefined) return kind === "report" && person?.id === userId;
  return copies.some(({ sha256, owners }) => removal.hashes.includes(sha256) && owners.includes(userId));
}

/** The place of a case in the list that it is in; opaque to callers. */
function placeOf({ id, kind, harm, decided }: CaseRecord): string {
  return decided === null ? `${rankOf({ kind, harm })}.${id}` : `${decided.atMs}.${id}`;
}

function missing(): Refusal {
  return new Refusal("not_found", "queue.missing");
}
