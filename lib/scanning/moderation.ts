import type { FileRecord, FileStore } from "../files/mod.ts";
import { auditEntryOf, type Caller, type Clock, hasRole, iso } from "../platform/mod.ts";
import {
  type AdminFile,
  type AdminFilePage,
  type Answer,
  type FileDecision,
  limits,
  nothingHere,
  Refusal,
  say,
  type Verdict,
} from "../protocol/mod.ts";
import type { BlobStanding, Conclusion, DecisionStore, QuarantinedBytes, ScanStore } from "./ports.ts";

/** Number of uploads of one blob that are listed. */
const uploadsShown = 100;
/** States that are listed when the query names none. */
const listedStates = ["scanning", "held", "rejected"] as const;

export interface FileModerationNeeds {
  store: Pick<ScanStore, "blobsIn">;
  decisions: DecisionStore;
  quarantine: QuarantinedBytes;
  files: Pick<FileStore, "filesOfBlob">;
  /** Returns usernames by user id, without people who are gone. */
  names(userIds: readonly string[]): Promise<Map<string, string>>;
  clock: Clock;
}

/** Files for moderators: metadata and verdicts, never content (MO-4), and decisions on held files. */
export class FileModeration {
  readonly #needs: FileModerationNeeds;

  constructor(needs: FileModerationNeeds) {
    this.#needs = needs;
  }

  /** Lists blobs in order of their hashes; without a state, all that are not clean. */
  async list(
    caller: Caller,
    query: {
      state?: "scanning" | "held" | "rejected" | undefined;
      after?: string | undefined;
      limit?: number | undefined;
    },
  ): Answer<AdminFilePage> {
    if (!hasRole(caller, "moderator")) return nothingHere();
    const limit = query.limit ?? limits.pageDefault;
    const states = query.state === undefined ? listedStates : [query.state];
    const found = await Promise.all(
      states.map((state) => this.#needs.store.blobsIn(state, query.after ?? null, limit + 1)),
    );
    // A blob whose state changed between two reads is in both.
    const hashes = [...new Set(found.flat().map(({ sha256 }) => sha256))].sort();
    const page = hashes.slice(0, limit);
    const standings = await Promise.all(page.map((sha256) => this.#needs.decisions.standing(sha256)));
    const files = await this.#shown(standings.filter((standing) => standing !== null));
    return { files, next: hashes.length > limit ? page.at(-1)! : null };
  }

  async get(caller: Caller, sha256: string): Answer<AdminFile> {
    if (!hasRole(caller, "moderator")) return nothingHere();
    const standing = await this.#needs.decisions.standing(sha256);
    if (standing === null) return noFile();
    return (await this.#shown([standing]))[0]!;
  }

  /**
   * Releases or rejects a held file; rejecting refuses its hash from then on. Releases a rejected file that is in quarantine,
   * as a false alarm (SC-8). Writes the audit entry in the same commit.
   */
  async decide(caller: Caller, sha256: string, decision: FileDecision): Answer<AdminFile> {
    const { release, reason } = decision;
    if (!hasRole(caller, "moderator")) return nothingHere();
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const standing = await this.#needs.decisions.standing(sha256);
      if (standing === null) return noFile();
      const refused = mayNot(standing, decision);
      if (refused !== null) return refused;
      const { type, sizeBytes } = standing.blob;
      const auditEntry = auditEntryOf(caller, release ? "file.release" : "file.reject", `file:${sha256}`, {
        type,
        sizeBytes,
      }, reason);
      const conclusion = this.#conclusion(caller, release, reason);
      const decided = decision.falseAlarm === true
        ? await this.#needs.quarantine.releaseBytes(
          sha256,
          () => this.#needs.decisions.decide(standing, { ...conclusion, fromQuarantine: true }, auditEntry),
        )
        : await this.#needs.decisions.decide(standing, conclusion, auditEntry);
      if (decided === "gone") return new Refusal("conflict", "file.quarantineOver");
      if (decided) return await this.get(caller, sha256);
    }
    return new Refusal("conflict", "file.scanning");
  }

  #conclusion({ username }: Caller, release: boolean, reason: string): Conclusion {
    const verdict: Verdict = {
      check: "moderator",
      // Rejecting does not change that no scan was complete.
      verdict: release ? "clean" : "incomplete",
      scanner: username,
      version: "",
      answer: reason,
      at: iso(this.#needs.clock.now()),
    };
    if (release) return { state: "clean", verdicts: [verdict] };
    return { state: "rejected", verdicts: [verdict], refuse: "moderator" };
  }

  async #shown(standings: readonly BlobStanding[]): Promise<AdminFile[]> {
    const files = await Promise.all(
      standings.map(({ blob }) => this.#needs.files.filesOfBlob(blob.sha256)),
    );
    const listed = files.map((uploads) => uploads.slice(0, uploadsShown));
    const owners = new Set(listed.flat().map(({ ownerId }) => ownerId));
    const names = owners.size === 0 ? new Map<string, string>() : await this.#needs.names([...owners]);
    return standings.map((standing, at) => shownOf(standing, listed[at]!, names));
  }
}

function shownOf(
  { blob, verdicts, scan, quarantine }: BlobStanding,
  uploads: readonly FileRecord[],
  names: ReadonlyMap<string, string>,
): AdminFile {
  return {
    sha256: blob.sha256,
    size: blob.sizeBytes,
    type: blob.type,
    state: blob.state,
    createdAt: iso(blob.createdMs),
    verdicts,
    uploads: uploads.map(({ id, name, ownerId, createdMs }) => ({
      fileId: id,
      name,
      owner: names.get(ownerId) ?? ownerId,
      createdAt: iso(createdMs),
    })),
    attempts: scan?.attempts ?? 0,
    nextAttemptAt: scan === null ? null : iso(scan.dueMs),
    quarantinedUntil: quarantine === null ? null : iso(quarantine.untilMs),
  };
}

/** Returns why a decision is refused; null when it is allowed. Only a file that no scan can decide can be released. */
function mayNot(
  standing: BlobStanding,
  { release, falseAlarm = false }: Omit<FileDecision, "reason">,
): Refusal | null {
  const { blob, verdicts, scan } = standing;
  if (falseAlarm) return release ? mayNotReturn(standing) : new Refusal("invalid_params", "file.decide");
  if (blob.state !== "held") {
    return new Refusal("conflict", say("file.notHeld", { state: blob.state }));
  }
  const said = (kind: Verdict["verdict"]) => verdicts.some(({ verdict }) => verdict === kind);
  if (said("match") || said("ncii") || said("infected")) {
    return new Refusal("conflict", "file.harmful");
  }
  if (!release) return null;
  if (scan !== null || said("error") || !(said("incomplete") || said("listed"))) {
    return new Refusal("conflict", "file.unchecked");
  }
  return null;
}

/** Returns why a rejected file cannot be released. A match stays evidence, and an intimate image stays private (SC-9). */
function mayNotReturn({ blob, verdicts, quarantine, refusedAs }: BlobStanding): Refusal | null {
  if (blob.state !== "rejected") {
    return new Refusal("conflict", say("file.notRejected", { state: blob.state }));
  }
  const listed = verdicts.some(({ verdict }) => verdict === "match" || verdict === "ncii");
  if (listed || refusedAs === "match" || refusedAs === "ncii") return new Refusal("conflict", "file.harmful");
  return quarantine === null ? new Refusal("conflict", "file.quarantineOver") : null;
}

function noFile(): Refusal {
  return new Refusal("not_found", "file.gone");
}
