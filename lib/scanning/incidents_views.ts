import { iso } from "../platform/mod.ts";
import type { Incident } from "../protocol/mod.ts";
import type { IncidentRecord, IncidentReport, IncidentUpload } from "./evidence_ports.ts";

/** Returns an incident as moderators see it: metadata, never the picture (SC-6). */
export function incidentView(record: IncidentRecord, uploads: readonly IncidentUpload[]): Incident {
  const { id, state, sha256, type, provider, classification, matchType, evidence } = record;
  return {
    id,
    state,
    sha256,
    size: record.sizeBytes,
    type,
    createdAt: iso(record.createdMs),
    provider,
    classification,
    matchType,
    answer: record.answer,
    uploads: uploads.map(uploadView),
    evidence,
    holdUntil: iso(record.holdUntilMs),
    report: record.report === null ? null : reportView(record.report),
    closed: record.closed === null
      ? null
      : { at: iso(record.closed.atMs), by: record.closed.by, reason: record.closed.reason },
  };
}

function uploadView(
  { fileId, name, userId, username, atMs, address, port }: IncidentUpload,
): Incident["uploads"][number] {
  return { fileId, name, userId, username, at: iso(atMs), address, port };
}

function reportView(report: IncidentReport): NonNullable<Incident["report"]> {
  const { incidentType, escalate, additionalInfo, updatedBy, submittedMs, reportId } = report;
  return {
    incidentType,
    escalate,
    additionalInfo,
    updatedAt: iso(report.updatedMs),
    updatedBy,
    submittedAt: submittedMs === null ? null : iso(submittedMs),
    reportId,
  };
}
