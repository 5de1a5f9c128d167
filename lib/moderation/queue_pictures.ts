import { auditEntryOf, type Caller } from "../platform/mod.ts";
import { type Answer, moderationLimits, Refusal } from "../protocol/mod.ts";
import type { CaseRecord, CaseStore } from "./case_ports.ts";
import { hiddenFrom } from "./staff.ts";

/** Formats that browsers show as pictures, without scripts in them. */
const pictureTypes: ReadonlySet<string> = new Set([
  "image/apng",
  "image/avif",
  "image/bmp",
  "image/gif",
  "image/jpeg",
  "image/jxl",
  "image/png",
  "image/webp",
]);

export interface QueuePicturesNeeds<C> {
  store: Pick<CaseStore, "case" | "looked" | "reports">;
  /** The bytes of a hash, only if they are clean. */
  clean(sha256: string, requestId: string): Answer<C>;
}

/**
 * MO-2, MO-8: a picture that a case is about, for moderators who ask for it. Each look is in the audit log. Nobody sees here what a scanner
 * has not passed: held files, matches and what was rejected have no picture (SC-6).
 */
export class QueuePictures<C extends { file: { type: string } }> {
  readonly #needs: QueuePicturesNeeds<C>;

  constructor(needs: QueuePicturesNeeds<C>) {
    this.#needs = needs;
  }

  async get(caller: Caller, caseId: string, sha256: string): Answer<C> {
    const hidden = hiddenFrom(caller, "moderator");
    if (hidden !== null) return hidden;
    const { store, clean } = this.#needs;
    const stored = await store.case(caseId);
    if (
      stored === null || stored.record.person?.id === caller.userId || stored.owners.includes(caller.userId)
    ) {
      return missing();
    }
    if (!(await this.#hashesOf(stored.record)).has(sha256)) return missing();
    const content = await clean(sha256, caller.requestId);
    if (content instanceof Refusal) return content;
    if (!pictureTypes.has(content.file.type)) return missing();
    const subject = stored.record.person?.username ?? `case:${caseId}`;
    await store.looked([], auditEntryOf(caller, "queue.picture", subject, { case: caseId, sha256 }));
    return content;
  }

  /** Of what was asked to be removed, or of the reports that its page shows. */
  async #hashesOf({ removal, reports }: CaseRecord): Promise<ReadonlySet<string>> {
    const shown = await this.#needs.store.reports(reports.slice(-moderationLimits.reportsShown));
    return new Set([
      ...removal?.hashes ?? [],
      ...shown.flatMap(({ snapshot }) => snapshot.files.map((file) => file.sha256)),
    ]);
  }
}

function missing(): Refusal {
  return new Refusal("not_found", "file.gone");
}
