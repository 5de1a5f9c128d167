import type { IncidentJob, IncidentRecord } from "../../scanning/evidence_ports.ts";
import type { Part } from "./incidents_suspensions.ts";
import { keys } from "./keys.ts";
import type { KvEntry, KvKey } from "./port.ts";

/** Returns the writes of a new incident and of the job that ends it. */
export function newIncident(incident: IncidentRecord): Part["sets"] {
  const end: IncidentJob = { kind: "end_evidence", incidentId: incident.id };
  return [
    { key: keys.incident(incident.id), value: incident },
    { key: keys.incidentOf(incident.sha256, incident.id), value: 1 },
    jobSet(incident.holdUntilMs, end),
  ];
}

/** Two writes for the same time give one job. */
export function jobSet(dueMs: number, job: IncidentJob): { key: KvKey; value: IncidentJob } {
  return { key: keys.job(dueMs, `${job.kind}:${job.incidentId}`), value: job };
}

/** Returns the writes that keep the first match as long: a report on a repeat is about the same bytes. */
export function prolongedWrites(
  { key, value, versionstamp }: KvEntry<IncidentRecord>,
  untilMs: number,
): Part {
  const keeps = value.evidence === "sealing" || value.evidence === "sealed";
  const later = keeps && value.holdUntilMs < untilMs;
  return {
    checks: [{ key, versionstamp }],
    sets: later ? [{ key, value: { ...value, holdUntilMs: untilMs } }] : [],
    deletes: [],
  };
}
