import type { UserRecord } from "../../accounts/mod.ts";
import type { BlobRecord, RefusedHash } from "../../files/ports.ts";
import type { AuditEntry, Clock } from "../../platform/mod.ts";
import { type Incident, limits, Refusal, type Verdict } from "../../protocol/mod.ts";
import type {
  IncidentJob,
  IncidentRecord,
  IncidentStore,
  IncidentUpload,
  RefusedUpload,
  Reinstatement,
  Suspensions,
} from "../../scanning/evidence_ports.ts";
import type { ScanJob } from "../../scanning/ports.ts";
import type { KvAccounts } from "./accounts_store.ts";
import type { KvAudit } from "./audit_log.ts";
import { attemptKey, attemptOf, holdsOf, newUploads } from "./incidents_uploads.ts";
import {
  holdWrites,
  joined,
  type Part,
  reinstateWrites,
  suspendWrites,
  unholdWrites,
} from "./incidents_suspensions.ts";
import { jobSet, newIncident, prolongedWrites } from "./incidents_writes.ts";
import { keys } from "./keys.ts";
import type { KvEntry } from "./port.ts";
import { concludeWrite } from "./scan_store.ts";
import type { Store } from "./store.ts";

/** Incidents in Deno KV (SC-5, SC-6). Each commit contains its audit entry. */
export class KvIncidents implements IncidentStore {
  readonly #store: Store;
  readonly #accounts: Pick<KvAccounts, "forget">;
  readonly #audit: KvAudit;
  readonly #clock: Clock;

  /** `accounts` keeps records in memory; this class tells it of each record that it writes. */
  constructor(store: Store, accounts: Pick<KvAccounts, "forget">, audit: KvAudit, clock: Clock) {
    this.#store = store;
    this.#accounts = accounts;
    this.#audit = audit;
    this.#clock = clock;
  }

  async open(
    job: ScanJob,
    verdicts: readonly Verdict[],
    incidentOf: (blob: BlobRecord) => IncidentRecord,
    auditEntry: (uploads: number, suspensions: Suspensions) => AuditEntry,
  ): Promise<Suspensions | null> {
    const { kv } = this.#store;
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const [blob, scan] = await kv.getMany<[BlobRecord, unknown]>([
        keys.blob(job.sha256),
        keys.scan(job.sha256),
      ]);
      if (blob.value === null || scan.versionstamp !== job.version) return null;
      const incident = incidentOf(blob.value);
      const conclusion = { state: "rejected" as const, verdicts: [...verdicts], refuse: "match" as const };
      const uploads = await newUploads(kv, incident, this.#clock.now());
      const seal: IncidentJob = { kind: "seal_evidence", incidentId: incident.id };
      const write = joined(
        concludeWrite(job, blob, conclusion, this.#clock.now()),
        uploads,
        await holdWrites(kv, [keys.hold("blob", job.sha256)], incident.id),
        { sets: [...newIncident(incident), jobSet(incident.createdMs, seal)] },
      );
      if (await this.#commit(write, auditEntry(uploads.count, uploads), uploads.userIds)) return uploads;
    }
    throw tooMany();
  }

  async addUploads(
    incidentId: string,
    auditEntry: (uploads: number, suspensions: Suspensions) => AuditEntry,
  ): Promise<Suspensions | null> {
    const { kv } = this.#store;
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const incident = await this.incident(incidentId);
      if (incident === null) return null;
      const uploads = await newUploads(kv, incident, this.#clock.now());
      if (uploads.count === 0) return null;
      if (await this.#commit(uploads, auditEntry(uploads.count, uploads), uploads.userIds)) return uploads;
    }
    throw tooMany();
  }

  async repeat(
    upload: RefusedUpload,
    incidentOf: (first: IncidentRecord | null) => IncidentRecord,
    auditEntry: (incident: IncidentRecord, suspensions: Suspensions) => AuditEntry,
  ): Promise<{ incident: IncidentRecord; suspensions: Suspensions } | null> {
    const { kv } = this.#store;
    const { sha256, ownerId } = upload;
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const [refused, user, last] = await kv.getMany<[RefusedHash, UserRecord, string]>([
        keys.refused(sha256),
        keys.user(ownerId),
        keys.incidentRepeat(sha256, ownerId),
      ]);
      if (refused.value?.why !== "match" || user.value === null) return null;
      const first = await this.#matchEntry(sha256);
      const before = last.value === null ? null : await kv.get<IncidentRecord>(keys.incident(last.value));
      // A reported or closed incident does not cover later attempts.
      const goesOn = before?.value?.state === "open" ? before.value : null;
      const fresh = goesOn ?? incidentOf(first?.value ?? null);
      const attempts = (goesOn?.repeat?.attempts ?? 0) + 1;
      const incident: IncidentRecord = { ...fresh, repeat: { userId: ownerId, attempts } };
      const suspended = await suspendWrites(kv, [user], incident.id, this.#clock.now());
      const named = attemptOf(upload, user.value, this.#clock.now());
      const write = joined(
        suspended,
        await holdWrites(kv, [keys.hold("user", ownerId)], incident.id),
        first === null ? {} : prolongedWrites(first, incident.holdUntilMs),
        goesOn === null
          ? { checks: [last], sets: [...newIncident(incident), { key: last.key, value: incident.id }] }
          : { checks: [last, before!], sets: [{ key: before!.key, value: incident }] },
        { sets: [{ key: attemptKey(incident.id, attempts), value: named }] },
      );
      if (await this.#commit(write, auditEntry(incident, suspended), suspended.userIds)) {
        return { incident, suspensions: suspended };
      }
    }
    throw tooMany();
  }

  async incident(incidentId: string): Promise<IncidentRecord | null> {
    return (await this.#store.kv.get<IncidentRecord>(keys.incident(incidentId))).value;
  }

  async matchOf(sha256: string): Promise<IncidentRecord | null> {
    return (await this.#matchEntry(sha256))?.value ?? null;
  }

  async page(
    { before, state, limit }: { before: string | null; state: Incident["state"] | null; limit: number },
  ): Promise<IncidentRecord[]> {
    const prefix = keys.incidents();
    const selector = before === null ? { prefix } : { prefix, end: keys.incident(before) };
    const found: IncidentRecord[] = [];
    for await (const { value } of this.#store.kv.list<IncidentRecord>(selector, { reverse: true })) {
      if (found.length === limit) break;
      if (state === null || value.state === state) found.push(value);
    }
    return found;
  }

  async *sealed(): AsyncIterable<IncidentRecord> {
    for await (const { value } of this.#store.kv.list<IncidentRecord>({ prefix: keys.incidents() })) {
      if (value.evidence === "sealed") yield value;
    }
  }

  async uploads(incidentId: string, limit: number): Promise<IncidentUpload[]> {
    const selector = { prefix: keys.incidentUploads(incidentId) };
    const bounds = Number.isFinite(limit) ? { limit } : {};
    const uploads: IncidentUpload[] = [];
    for await (const { value } of this.#store.kv.list<IncidentUpload>(selector, bounds)) {
      uploads.push(value);
    }
    return uploads;
  }

  async change(
    incidentId: string,
    decide: (
      record: IncidentRecord,
      reinstatements: readonly Reinstatement[],
    ) => { to?: IncidentRecord; auditEntry?: AuditEntry } | Refusal,
    reinstate: readonly string[] = [],
  ): Promise<IncidentRecord | Refusal | null> {
    const { kv, committer } = this.#store;
    const isOpen = async (id: string) => {
      const other = await this.incident(id);
      return other !== null && other.state !== "closed";
    };
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const entry = await kv.get<IncidentRecord>(keys.incident(incidentId));
      if (entry.value === null) return null;
      const lifted = await reinstateWrites(kv, reinstate, incidentId, isOpen, this.#clock.now());
      const decided = decide(entry.value, lifted.reinstatements);
      if (decided instanceof Refusal) return decided;
      const { to, auditEntry } = decided;
      const own = { checks: [entry], sets: to === undefined ? [] : [{ key: entry.key, value: to }] };
      const write = joined(own, lifted);
      const done = auditEntry === undefined
        ? (await committer.commit({ ...write, valueBytes: recordBytes })).ok
        : await this.#commit(write, auditEntry, reinstate);
      if (done) return to ?? entry.value;
    }
    return new Refusal("conflict", "incident.changed");
  }

  async endHold(incidentId: string, auditEntry: AuditEntry): Promise<void> {
    const { kv, committer } = this.#store;
    for await (const holding of holdsOf(kv, incidentId)) {
      const write = await unholdWrites(kv, holding, incidentId);
      if (!(await committer.commit(write)).ok) throw tooMany();
    }
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const entry = await kv.get<IncidentRecord>(keys.incident(incidentId));
      if (entry.value === null) return;
      const evidence = entry.value.evidence === "none" ? "none" as const : "destroyed" as const;
      const write = joined(
        await unholdWrites(kv, [keys.hold("blob", entry.value.sha256)], incidentId),
        { checks: [entry], sets: [{ key: entry.key, value: { ...entry.value, evidence } }] },
      );
      if (await this.#commit(write, auditEntry, [])) return;
    }
    throw tooMany();
  }

  async addJobs(jobs: readonly { dueMs: number; job: IncidentJob }[]): Promise<void> {
    await this.#store.committer.commit({ sets: jobs.map(({ dueMs, job }) => jobSet(dueMs, job)) });
  }

  async #matchEntry(sha256: string): Promise<KvEntry<IncidentRecord> | null> {
    const { kv } = this.#store;
    for await (const { key } of kv.list({ prefix: keys.incidentsOf(sha256) })) {
      const entry = await kv.get<IncidentRecord>(keys.incident(key[2] as string));
      if (entry.value !== null && entry.value.repeat === null) return entry;
    }
    return null;
  }

  async #commit(write: Part, auditEntry: AuditEntry, userIds: readonly string[]): Promise<boolean> {
    // Also after a failure, as its outcome is unknown.
    const committed = await this.#audit.commit(write, auditEntry).finally(() => {
      for (const userId of userIds) this.#accounts.forget(userId);
    });
    return committed.ok;
  }
}

/** Maximum size of an incident with the texts of its report. */
const recordBytes = 32 * 1024;

function tooMany(): Error {
  return new Error("An incident could not be written: too many writers at once.");
}
