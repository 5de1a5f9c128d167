import { type Caller, iso } from "../platform/mod.ts";
import {
  aboutOf,
  type AdminFile,
  type Incident,
  moderationLimits,
  type QueueItem,
  type ReportHistory,
  type StaffRemoval,
  type StaffReport,
} from "../protocol/mod.ts";
import type {
  CaseRecord,
  Claim,
  Decided,
  RemovalRequest,
  ReportRecord,
  ReviewedRecord,
  StoredCopy,
} from "./case_ports.ts";
import { type Harm, harmOfFile, harmOfIncident, rankOf } from "./harm.ts";

export function decidedOf(
  { atMs, by, outcome, reason, actions }: Decided,
): NonNullable<QueueItem["decided"]> {
  return {
    at: iso(atMs),
    by,
    outcome,
    reason,
    actions: actions.map(({ kind, untilMs }) => ({ kind, until: untilMs === null ? null : iso(untilMs) })),
  };
}

function claimOf(caller: Caller, claim: Claim | undefined): QueueItem["claim"] {
  if (claim === undefined) return null;
  return { by: claim.by, until: iso(claim.untilMs), yours: claim.byId === caller.userId };
}

export function itemOfCase(caller: Caller, record: CaseRecord, claim: Claim | undefined): QueueItem {
  const {
    id,
    kind,
    harm,
    reason,
    about,
    title,
    person,
    createdMs,
    reports,
    proposal,
    appeal,
    decided,
    removal,
  } = record;
  const closed = person?.id === caller.userId || record.reporters.includes(caller.userId) ||
    appeal?.by === caller.username || proposal?.byId === caller.userId;
  return {
    id,
    kind,
    harm,
    reason,
    about,
    title,
    user: person?.username ?? null,
    count: Math.max(1, reports.length),
    createdAt: iso(createdMs),
    dueAt: removal === undefined ? null : iso(removal.dueMs),
    claim: claimOf(caller, claim),
    second: proposal?.by ?? null,
    ...(closed ? { notYours: true as const } : {}),
    decided: decided === null ? null : decidedOf(decided),
  };
}

const plain = { reason: null, about: null, count: 1, dueAt: null, second: null, decided: null } as const;

export function itemOfFile(caller: Caller, file: AdminFile, claim: Claim | undefined): QueueItem {
  const [upload] = file.uploads;
  return {
    ...plain,
    id: file.sha256,
    kind: "file",
    harm: harmOfFile,
    title: upload?.name ?? file.type,
    user: upload?.owner ?? null,
    createdAt: file.createdAt,
    claim: claimOf(caller, claim),
  };
}

export function itemOfIncident(caller: Caller, incident: Incident, claim: Claim | undefined): QueueItem {
  return {
    ...plain,
    id: incident.id,
    kind: "incident",
    harm: harmOfIncident,
    title: incident.classification,
    user: incident.uploads[0]?.username ?? null,
    createdAt: incident.createdAt,
    claim: claimOf(caller, claim),
  };
}

/** What has a deadline first, then the worst, then the oldest. */
export function byHarmAndAge(one: QueueItem, other: QueueItem): number {
  return placed(other) - placed(one) ||
    (one.createdAt < other.createdAt ? -1 : one.createdAt > other.createdAt ? 1 : 0);
}

function placed({ kind, harm }: QueueItem): number {
  return rankOf({ kind, harm: harm as Harm });
}

/** A request for removal for moderators, with what the server has of its files. */
export function staffRemovalOf(
  { contact, statement, dueMs }: RemovalRequest,
  copies: readonly StoredCopy[],
  names: ReadonlyMap<string, string>,
): StaffRemoval {
  return {
    contact,
    statement,
    dueAt: iso(dueMs),
    copies: copies.map(({ sha256, blob, uploads, owners, refused }) => ({
      sha256,
      state: blob?.state ?? null,
      size: blob?.sizeBytes ?? null,
      type: blob?.type ?? null,
      uploads,
      users: owners.slice(0, moderationLimits.removalUsers).flatMap((id) => names.get(id) ?? []),
      refused,
    })),
  };
}

/** The text that names an item, equal for equal items. */
export function itemKey({ about }: Pick<ReportRecord, "about">): string {
  const { kind, id } = aboutOf(about);
  return `${kind}:${id}`;
}

export function staffReportOf(
  report: ReportRecord,
  names: ReadonlyMap<string, string>,
  reviewed: ReviewedRecord | undefined,
): StaffReport {
  const { id, caseId, about, reason, note, snapshot, createdMs, reporterId } = report;
  return {
    id,
    caseId,
    about,
    reason,
    note,
    createdAt: iso(createdMs),
    reporter: names.get(reporterId) ?? null,
    snapshot,
    // A review by this case's own decision is no earlier one.
    reviewed: reviewed === undefined || reviewed.caseId === caseId
      ? null
      : { at: iso(reviewed.atMs), by: reviewed.by, reason: reviewed.reason },
  };
}

/** Reports of the last 90 days about one person. */
export function historyOf(records: readonly CaseRecord[], sinceMs: number): ReportHistory {
  const counted = records.filter(({ kind, createdMs }) => kind === "report" && createdMs >= sinceMs);
  const number = (of: (record: CaseRecord) => boolean) =>
    counted.filter(of).reduce((sum, { reports }) => sum + reports.length, 0);
  return {
    total: number(() => true),
    people: new Set(counted.flatMap(({ reporters }) => reporters)).size,
    upheld: number(({ decided }) => decided?.outcome === "upheld"),
    dismissed: number(({ decided }) => decided !== null && decided.outcome !== "upheld"),
    open: number(({ decided }) => decided === null),
  };
}
