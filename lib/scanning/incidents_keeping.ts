import type { BlobRecord, BlobStore } from "../files/mod.ts";
import { type AuditEntry, type Bell, type Clock, type Ids, type Log } from "../platform/mod.ts";
import { limits, type Verdict } from "../protocol/mod.ts";
import type {
  EvidenceStore,
  IncidentJob,
  IncidentRecord,
  IncidentStore,
  RefusedUpload,
  Suspensions,
} from "./evidence_ports.ts";
import type { CsamFinding, MatchHandler, ScanJob } from "./ports.ts";

export interface KeepingNeeds {
  store: IncidentStore;
  blobs: Pick<BlobStore, "open" | "remove">;
  evidence: EvidenceStore;
  bell: Pick<Bell, "closeUser">;
  clock: Clock;
  ids: Ids;
  log: Log;
  /** Days for which a match and its records are preserved. */
  evidenceDays: number;
}

/** Actor of the server's own entries. No username has this form. */
const server = { userId: "server", username: "(server)" } as const;
const dayMs = 24 * 3600_000;

/**
 * The server's steps after a match (SC-5). One commit rejects the blob, suspends accounts and opens the incident. Jobs then
 * move the bytes to the evidence store and destroy them at the end of the hold. A job can be cut off anywhere and run again.
 */
export class Keeping implements MatchHandler {
  readonly #needs: KeepingNeeds;

  constructor(needs: KeepingNeeds) {
    this.#needs = needs;
  }

  async preserve(job: ScanJob, finding: CsamFinding, verdicts: readonly Verdict[]): Promise<boolean> {
    const { store, ids } = this.#needs;
    const id = ids.next();
    const suspensions = await store.open(
      job,
      verdicts,
      (blob) => this.#matched(id, blob, finding),
      (uploads, suspended) =>
        serverEntry("incident.open", id, {
          sha256: job.sha256,
          provider: finding.scanner,
          classification: finding.match?.classification ?? "match",
          uploads,
          ...detailOf(suspended),
        }),
    );
    if (suspensions === null) return false;
    this.#suspended(id, suspensions);
    return true;
  }

  /** Records a repeated upload of a hash that is refused as a match, from any account. Does nothing for other hashes (SC-4). */
  async refusedAgain(upload: RefusedUpload): Promise<void> {
    const { store, ids, blobs } = this.#needs;
    const repeat = await store.repeat(
      upload,
      (first) => this.#repeated(ids.next(), upload, first),
      ({ id, repeat }, suspended) => ({
        ...serverEntry("incident.repeat", id, {
          sha256: upload.sha256,
          attempts: repeat?.attempts ?? 1,
          ...detailOf(suspended),
        }),
        address: upload.from.address,
      }),
    );
    if (repeat === null) return;
    this.#suspended(repeat.incident.id, repeat.suspensions);
    // An upload that had passed the check for refused hashes may have stored the bytes again.
    const first = await store.matchOf(upload.sha256);
    if (first?.evidence === "sealed") await blobs.remove(upload.sha256);
  }

  /** Runs a job of this room. Throws when the job must run again. */
  async run(job: IncidentJob): Promise<void> {
    switch (job.kind) {
      case "seal_evidence":
        return await this.#seal(job.incidentId);
      case "end_evidence":
        return await this.#end(job.incidentId);
      default:
        return job satisfies never;
    }
  }

  /** At the start: removes plain bytes that an upload stored again just before the process died. */
  async prepare(): Promise<void> {
    for await (const { sha256 } of this.#needs.store.sealed()) await this.#needs.blobs.remove(sha256);
  }

  async #seal(id: string): Promise<void> {
    const { store, blobs, evidence } = this.#needs;
    await this.#addUploads(id);
    const incident = await store.incident(id);
    if (incident === null) return;
    if (incident.evidence === "sealing") {
      await this.#encrypt(incident);
      await blobs.remove(incident.sha256);
      await store.change(id, (now) => {
        if (now.evidence !== "sealing") return {};
        const auditEntry = serverEntry("incident.sealed", id, {
          sha256: now.sha256,
          sizeBytes: now.sizeBytes,
        });
        return { to: { ...now, evidence: "sealed" }, auditEntry };
      });
      // A second look. An upload that stores the bytes after this finds the incident sealed, and removes them.
      await blobs.remove(incident.sha256);
    } else if (incident.evidence === "sealed") {
      await evidence.verify(id, incident);
      await blobs.remove(incident.sha256);
    }
  }

  /** Resolves when the evidence store has the bytes and has read them back; otherwise throws. */
  async #encrypt(incident: IncidentRecord): Promise<void> {
    const { blobs, evidence, log } = this.#needs;
    const { id, sha256 } = incident;
    const kept = await evidence.verify(id, incident).catch((error) => {
      // Seals again while the plain bytes exist; without them an operator has to look.
      log.error("evidence.broken", { incident: id, error });
      return false;
    });
    if (kept) return;
    const plain = await blobs.open(sha256);
    if (plain === null) {
      throw new Error(`The bytes of incident ${id} are neither sealed nor in the file store.`);
    }
    await evidence.seal(id, plain, incident);
    if (!await evidence.verify(id, incident)) throw new Error(`The evidence of incident ${id} was not kept.`);
  }

  /** Adds the uploads that the opening commit did not contain: too many for it, or running at that moment. */
  async #addUploads(id: string): Promise<void> {
    const auditEntry = (uploads: number, suspended: Suspensions) =>
      serverEntry("incident.uploads", id, { uploads, ...detailOf(suspended) });
    while (true) {
      const suspensions = await this.#needs.store.addUploads(id, auditEntry);
      if (suspensions === null) return;
      this.#suspended(id, suspensions);
    }
  }

  async #end(id: string): Promise<void> {
    const { store, blobs, evidence, clock, log } = this.#needs;
    const incident = await store.incident(id);
    if (incident === null) return;
    if (incident.holdUntilMs > clock.now()) {
      // The hold was prolonged in the meantime.
      await store.addJobs([{ dueMs: incident.holdUntilMs, job: { kind: "end_evidence", incidentId: id } }]);
      return;
    }
    if (incident.state === "open") log.warn("incident.open_at_end", { incident: id });
    if (incident.evidence !== "none") {
      await evidence.destroy(id);
      await blobs.remove(incident.sha256);
    }
    await store.endHold(id, serverEntry("incident.end", id, { sha256: incident.sha256 }));
  }

  #matched(id: string, blob: BlobRecord, { scanner, answer, match }: CsamFinding): IncidentRecord {
    return {
      ...this.#opened(id),
      sha256: blob.sha256,
      sizeBytes: blob.sizeBytes,
      type: blob.type,
      provider: scanner,
      classification: match?.classification ?? "match",
      matchType: match?.matchType ?? null,
      reference: match?.reference ?? null,
      answer: answer.slice(0, limits.scanAnswer),
      evidence: "sealing",
      evidenceOf: id,
      repeat: null,
    };
  }

  #repeated(id: string, upload: RefusedUpload, first: IncidentRecord | null): IncidentRecord {
    return {
      ...this.#opened(id),
      sha256: upload.sha256,
      sizeBytes: first?.sizeBytes ?? upload.sizeBytes,
      type: first?.type ?? upload.type,
      provider: first?.provider ?? "refused hash",
      classification: first?.classification ?? "match",
      matchType: first?.matchType ?? null,
      reference: first?.reference ?? null,
      answer: first?.answer ?? "",
      evidence: "none",
      evidenceOf: first?.id ?? null,
      repeat: { userId: upload.ownerId, attempts: 0 },
    };
  }

  #opened(id: string) {
    const now = this.#needs.clock.now();
    return {
      id,
      state: "open" as const,
      createdMs: now,
      holdUntilMs: now + this.#needs.evidenceDays * dayMs,
      report: null,
      submission: null,
      closed: null,
    };
  }

  #suspended(incident: string, { userIds, spared }: Suspensions): void {
    const { bell, log } = this.#needs;
    for (const userId of userIds) bell.closeUser(userId, "suspended");
    if (spared !== null) log.error("incident.last_admin_not_suspended", { incident, user: spared });
  }
}

function detailOf({ usernames, spared }: Suspensions): AuditEntry["detail"] {
  return { suspended: usernames.join(","), ...(spared === null ? {} : { lastAdminNotSuspended: spared }) };
}

/** Returns an audit entry for the server's own step. */
export function serverEntry(action: string, incidentId: string, detail: AuditEntry["detail"]): AuditEntry {
  return { actor: server, action, subject: `incident:${incidentId}`, address: "", reason: null, detail };
}
