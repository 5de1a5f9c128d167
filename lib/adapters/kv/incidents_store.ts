import type { UserRecord } from "../../accounts/mod.ts";
import type { BlobRecord, FileRecord, RefusedHash } from "../../files/ports.ts";
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
import { getEntries, getValues } from "./get_many.ts";
import {
  holdWrites,
  joined,
  type Part,
  reinstateWrites,
  suspendWrites,
  unholdWrites,
} from "./incidents_suspensions.ts";
import { keys } from "./keys.ts";
import { concludeWrite } from "./scan_store.ts";
import type { Store } from "./store.ts";

/** Uploads in one commit: each checks its owner and two holds, and a commit may check a hundred keys. */
const uploadsAtOnce = 25;
/** Attempts of one account that an incident names; a later one takes the place of the last. */
const attemptsKept = 50;
/** References that are compared with an incident, and holds that are ended, in one step. */
const lookedAtOnce = 100;

/** Incidents in Deno KV (SC-5, SC-6). What was done is in the audit log with the same commit. */
export class KvIncidents implements IncidentStore {
  readonly #store: Store;
  readonly #accounts: Pick<KvAccounts, "forget">;
  readonly #audit: KvAudit;
  readonly #clock: Clock;

  /** `accounts` keeps records in memory and is told of each that is written here. */
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
      const uploads = await this.#newUploads(incident);
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
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const incident = await this.incident(incidentId);
      if (incident === null) return null;
      const uploads = await this.#newUploads(incident);
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
      // One that was reported or closed does not tell of what came later.
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
        { sets: [{ key: keys.incidentUpload(incident.id, attemptName(attempts)), value: named }] },
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
      const lifted = await reinstateWrites(kv, reinstate, incidentId, isOpen);
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
    return new Refusal("conflict", "This incident is being changed elsewhere. Try again.");
  }

  async endHold(incidentId: string, auditEntry: AuditEntry): Promise<void> {
    const { kv, committer } = this.#store;
    for await (const holding of this.#holdsOf(incidentId)) {
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

  /** Keys of what is held for an incident's uploads, some at a time. */
  async *#holdsOf(incidentId: string): AsyncIterable<Deno.KvKey[]> {
    let some = new Map<string, Deno.KvKey>();
    const prefix = keys.incidentUploads(incidentId);
    for await (const { value } of this.#store.kv.list<IncidentUpload>({ prefix })) {
      some.set(`user ${value.userId}`, keys.hold("user", value.userId));
      if (value.fileId !== null) some.set(`file ${value.fileId}`, keys.hold("file", value.fileId));
      if (some.size < lookedAtOnce / 2) continue;
      yield [...some.values()];
      some = new Map();
    }
    if (some.size > 0) yield [...some.values()];
  }

  /** Files that refer to the bytes and are not named yet: what names them, suspends their owners and keeps both. */
  async #newUploads(
    incident: Pick<IncidentRecord, "id" | "sha256">,
  ): Promise<Part & Suspensions & { count: number }> {
    const { kv } = this.#store;
    const fileIds = await this.#unnamedFiles(incident);
    const files = (await getValues<FileRecord>(kv, fileIds.map(keys.file))).filter((file) => file !== null);
    const ownerIds = [...new Set(files.map(({ ownerId }) => ownerId))];
    const owners = (await getEntries<UserRecord>(kv, ownerIds.map(keys.user)))
      .filter((entry): entry is Deno.KvEntry<UserRecord> => entry.value !== null);
    const users = new Map(owners.map(({ value }) => [value.id, value]));
    const suspended = await suspendWrites(kv, owners, incident.id, this.#clock.now());
    const holding = [
      ...ownerIds.map((id) => keys.hold("user", id)),
      ...files.map(({ id }) => keys.hold("file", id)),
    ];
    const held = await holdWrites(kv, holding, incident.id);
    const sets = files.map((file) => ({
      key: keys.incidentUpload(incident.id, file.id),
      value: uploadOf(file, users.get(file.ownerId)),
    }));
    return { ...suspended, ...joined(suspended, held, { sets }), count: files.length };
  }

  async #unnamedFiles({ id, sha256 }: Pick<IncidentRecord, "id" | "sha256">): Promise<string[]> {
    const { kv } = this.#store;
    const unnamed: string[] = [];
    let after: string | null = null;
    while (unnamed.length < uploadsAtOnce) {
      const prefix = keys.refsOf(sha256);
      const selector: Deno.KvListSelector = after === null
        ? { prefix }
        : { prefix, start: [...prefix, `${after}\0`] };
      const refs: string[] = [];
      for await (const { key } of kv.list(selector, { limit: lookedAtOnce })) refs.push(key[2] as string);
      const named = await getValues(kv, refs.map((fileId) => keys.incidentUpload(id, fileId)));
      unnamed.push(...refs.filter((_, at) => named[at] === null));
      if (refs.length < lookedAtOnce) break;
      after = refs.at(-1)!;
    }
    return unnamed.slice(0, uploadsAtOnce);
  }

  async #matchEntry(sha256: string): Promise<Deno.KvEntry<IncidentRecord> | null> {
    const { kv } = this.#store;
    for await (const { key } of kv.list({ prefix: keys.incidentsOf(sha256) })) {
      const entry = await kv.get<IncidentRecord>(keys.incident(key[2] as string));
      if (entry.value !== null && entry.value.repeat === null) return entry;
    }
    return null;
  }

  async #commit(write: Part, auditEntry: AuditEntry, userIds: readonly string[]): Promise<boolean> {
    // Also after a failure: what came of it is not known.
    const committed = await this.#audit.commit(write, auditEntry).finally(() => {
      for (const userId of userIds) this.#accounts.forget(userId);
    });
    return committed.ok;
  }
}

/** A bound for an incident with the texts of its report. */
const recordBytes = 32 * 1024;

function newIncident(incident: IncidentRecord): Part["sets"] {
  const end: IncidentJob = { kind: "end_evidence", incidentId: incident.id };
  return [
    { key: keys.incident(incident.id), value: incident },
    { key: keys.incidentOf(incident.sha256, incident.id), value: 1 },
    jobSet(incident.holdUntilMs, end),
  ];
}

/** A job written twice is one. */
function jobSet(dueMs: number, job: IncidentJob): { key: Deno.KvKey; value: IncidentJob } {
  return { key: keys.job(dueMs, `${job.kind}:${job.incidentId}`), value: job };
}

/** The report on a repeat is about the same bytes: they are kept as long. */
function prolongedWrites({ key, value, versionstamp }: Deno.KvEntry<IncidentRecord>, untilMs: number): Part {
  const keeps = value.evidence === "sealing" || value.evidence === "sealed";
  const later = keeps && value.holdUntilMs < untilMs;
  return {
    checks: [{ key, versionstamp }],
    sets: later ? [{ key, value: { ...value, holdUntilMs: untilMs } }] : [],
    deletes: [],
  };
}

function uploadOf(file: FileRecord, owner: UserRecord | undefined): IncidentUpload {
  return {
    fileId: file.id,
    name: file.name,
    userId: file.ownerId,
    username: owner?.username ?? "",
    displayName: owner?.displayName ?? "",
    atMs: file.createdMs,
    address: file.from.address,
    port: file.from.port,
  };
}

function attemptOf({ name, from }: RefusedUpload, user: UserRecord, atMs: number): IncidentUpload {
  const { id, username, displayName } = user;
  return {
    fileId: null,
    name,
    userId: id,
    username,
    displayName,
    atMs,
    address: from.address,
    port: from.port,
  };
}

function attemptName(attempts: number): string {
  return String(Math.min(attempts, attemptsKept)).padStart(4, "0");
}

function tooMany(): Error {
  return new Error("An incident could not be written: too many writers at once.");
}
