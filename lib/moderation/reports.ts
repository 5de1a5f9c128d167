import {
  type Bell,
  type Caller,
  type Clock,
  type Ids,
  iso,
  type NoticeList,
  type OwedNotice,
} from "../platform/mod.ts";
import {
  aboutOf,
  type Answer,
  limits,
  moderationLimits,
  type NewNotice,
  type OwnReport,
  type OwnReportPage,
  Refusal,
  type ReportAbout,
  type ReportBody,
  type ReportKind,
  type ReportReason,
  type ReportSnapshot,
  say,
} from "../protocol/mod.ts";
import type {
  CaseRecord,
  CaseStore,
  Met,
  NewReport,
  ReporterRecord,
  ReportRecord,
  Subject,
  SubjectSources,
} from "./case_ports.ts";
import { harmOf } from "./harm.ts";

const dayMs = 24 * 3600_000;

export interface ReportsNeeds {
  store: CaseStore;
  sources: SubjectSources;
  /** Adds the person to those whom the caller blocks. */
  block(caller: Caller, username: string): Answer<unknown>;
  bell: Pick<Bell, "notify" | "isOnline">;
  notices: NoticeList<NewNotice>;
  clock: Clock;
  ids: Ids;
}

/** What a report is about, in short. `username`: null for a group. */
export interface ReportSubject {
  kind: ReportKind;
  title: string;
  username: string | null;
  files: ReportSnapshot["files"];
}

/** MO-1: what people report, and what they hear of it. Nobody who is reported learns by whom, or that they were. */
export class Reports {
  readonly #needs: ReportsNeeds;

  constructor(needs: ReportsNeeds) {
    this.#needs = needs;
  }

  /** Takes a snapshot in the same commit. With `block`, the person is blocked even if the report is refused. */
  async create(caller: Caller, body: ReportBody): Answer<{ report: OwnReport }> {
    const { store, sources, clock, ids } = this.#needs;
    const { kind, id } = aboutOf(body.about);
    const source = sources[kind];
    if (source === undefined) return new Refusal("unavailable", "report.unsupported");
    const subject = await source(caller, id);
    if (subject instanceof Refusal) return subject;
    if (subject.person?.id === caller.userId) return new Refusal("conflict", "report.self");
    if (body.block === true && subject.person !== null) {
      const blocked = await this.#needs.block(caller, subject.person.username);
      if (blocked instanceof Refusal) return blocked;
    }
    const item = `${kind}:${id}`;
    const reportId = ids.next();
    const written = await store.add(
      caller.userId,
      foldOf(subject, item, body.reason),
      (met) => added(met, { caller, body, subject, item, reportId, now: clock.now() }),
    );
    if (written instanceof Refusal) return written;
    const cases = await store.cases([written.caseId]);
    return { report: ownReportOf(written, cases.get(written.caseId)) };
  }

  /** What a report would be about, for its form. */
  async subject(caller: Caller, about: ReportAbout): Answer<ReportSubject> {
    const { kind, id } = aboutOf(about);
    const source = this.#needs.sources[kind];
    if (source === undefined) return new Refusal("unavailable", "report.unsupported");
    const subject = await source(caller, id);
    if (subject instanceof Refusal) return subject;
    const { person, snapshot } = subject;
    if (person?.id === caller.userId) return new Refusal("conflict", "report.self");
    return { kind, title: snapshot.title, username: person?.username ?? null, files: snapshot.files };
  }

  /** The caller's own, newest first. */
  async list(
    { userId }: Caller,
    { before, limit = limits.pageDefault }: { before?: string | undefined; limit?: number | undefined },
  ): Promise<OwnReportPage> {
    const { store } = this.#needs;
    const found = await store.reportsOf(userId, before ?? null, limit + 1);
    const page = found.slice(0, limit);
    const cases = await store.cases([...new Set(page.map(({ caseId }) => caseId))]);
    return {
      reports: page.map((report) => ownReportOf(report, cases.get(report.caseId))),
      next: found.length > limit ? page.at(-1)!.id : null,
    };
  }

  /** What a case's outcome owes the authors of its reports (UI-11). */
  async owed(record: CaseRecord): Promise<OwedNotice<NewNotice>[]> {
    const { store, notices } = this.#needs;
    return (await store.reports(record.reports)).flatMap((report) => {
      const shown = ownReportOf(report, record);
      if (shown.outcome === null) return [];
      const outcome = shown.outcome === "acted" ? "acted" : "fine";
      return [notices.owe(report.reporterId, { kind: "report_decided", report: report.id, outcome })];
    });
  }

  /** Tells the authors of a case's reports its outcome, and nothing else of it. */
  async tell(record: CaseRecord): Promise<void> {
    const { store, bell } = this.#needs;
    for (const report of await store.reports(record.reports)) {
      const { reporterId } = report;
      if (!bell.isOnline(reporterId)) continue;
      bell.notify(reporterId, "report.changed", { report: ownReportOf(report, record) });
    }
  }
}

/** Similar reports have the same text: of one person for one reason, or of one item without a person. */
function foldOf({ person }: Subject, item: string, reason: ReportReason): string {
  return `${person?.id ?? item}:${reason}`;
}

interface Adding {
  caller: Caller;
  body: ReportBody;
  subject: Subject;
  item: string;
  reportId: string;
  now: number;
}

function added({ reporter, open }: Met, adding: Adding): NewReport | Refusal {
  const { caller, body: { about, reason, note }, subject: { person, snapshot }, item, reportId, now } =
    adding;
  const recent = reporter.recent.filter(({ atMs }) => atMs > now - dayMs);
  const same = recent.find((one) => one.item === item && one.reason === reason);
  if (same !== undefined && open?.reports.includes(same.reportId) === true) return { again: same.reportId };
  const refused = limitOf({ ...reporter, recent }, person?.id ?? null, now);
  if (refused !== null) return refused;
  // Full: the next ones begin a new case.
  const before = open !== null && open.reports.length < moderationLimits.reportsFolded ? open : null;
  const reporters = [...new Set([...before?.reporters ?? [], caller.userId])];
  const to: CaseRecord = {
    ...before ?? {
      id: reportId,
      kind: "report",
      reason,
      about: snapshot.kind,
      title: snapshot.title,
      person,
      createdMs: now,
      appeal: null,
      notes: [],
      proposal: null,
      decided: null,
      fold: foldOf(adding.subject, item, reason),
    },
    harm: harmOf(reason, reporters.length),
    reports: [...before?.reports ?? [], reportId],
    reporters,
  };
  return {
    report: {
      id: reportId,
      caseId: to.id,
      reporterId: caller.userId,
      about,
      reason,
      note: note ?? null,
      snapshot,
      createdMs: now,
    },
    to,
    reporter: {
      ...reporter,
      recent: [...recent, { atMs: now, personId: person?.id ?? null, item, reason, reportId }],
    },
  };
}

/** Nobody floods, neither the queue nor one person. People who reported in bad faith have one report a day left. */
function limitOf({ recent, badFaith }: ReporterRecord, personId: string | null, now: number): Refusal | null {
  const bad = badFaith.filter(({ atMs }) => atMs > now - moderationLimits.badFaithMs);
  const most = bad.length >= moderationLimits.badFaithReports
    ? moderationLimits.reportsPerDayBadFaith
    : moderationLimits.reportsPerDay;
  const refusal = (key: "report.limit" | "report.pair", count: number, oldest: number) =>
    new Refusal("rate_limited", say(key, { count }), { retryAfterMs: oldest + dayMs - now });
  if (recent.length >= most) return refusal("report.limit", most, recent[0]!.atMs);
  const about = personId === null ? [] : recent.filter((one) => one.personId === personId);
  return about.length < moderationLimits.reportsPerPairDay
    ? null
    : refusal("report.pair", moderationLimits.reportsPerPairDay, about[0]!.atMs);
}

/** As its author sees it. A case that is gone has no outcome. */
export function ownReportOf(report: ReportRecord, record: CaseRecord | undefined): OwnReport {
  const { id, about, reason, note, createdMs } = report;
  const decided = record?.decided ?? null;
  return {
    id,
    about,
    reason,
    note,
    createdAt: iso(createdMs),
    outcome: decided === null ? null : decided.outcome === "upheld" ? "acted" : "none",
    decidedAt: decided === null ? null : iso(decided.atMs),
  };
}
