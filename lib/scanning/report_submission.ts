import {
  type AuditEntry,
  auditEntryOf,
  type Caller,
  type Clock,
  type Ids,
  type Log,
} from "../platform/mod.ts";
import { english, limits, Refusal, say } from "../protocol/mod.ts";
import {
  type CyberTipline,
  type EvidenceStore,
  type IncidentRecord,
  type IncidentStore,
  type IncidentUpload,
  tiplineCodes,
  type TiplineFailure,
} from "./evidence_ports.ts";
import { type Claim, conflict, ReportClaims } from "./report_claims.ts";
import { fileDetailsXml, reportXml } from "./report_xml.ts";

export interface SubmissionNeeds {
  store: IncidentStore;
  evidence: EvidenceStore;
  /** Null without credentials. */
  cybertip: CyberTipline | null;
  clock: Clock;
  ids: Ids;
  log: Log;
}

/** Result of a submission. `reportId` is set when the outcome of that report is unknown. */
type Outcome = { filed: string } | { refusal: Refusal; why: string; reportId: string | null };

/**
 * Submits a report exactly once (SC-6). One caller at a time holds the claim. The report's number is stored before any upload.
 * After an interrupted submission the next one first retracts that report; the CyberTipline's answer shows whether it had been
 * finished. A report without a stored number was never finished, and the CyberTipline deletes it.
 */
export class Submissions {
  readonly #needs: SubmissionNeeds;
  readonly #claims: ReportClaims;

  constructor(needs: SubmissionNeeds) {
    this.#needs = needs;
    this.#claims = new ReportClaims(needs);
  }

  /** Null when there is no such incident. */
  async submit(caller: Caller, incidentId: string): Promise<IncidentRecord | Refusal | null> {
    const { cybertip } = this.#needs;
    if (cybertip === null) {
      return conflict("report.credentials");
    }
    const claim = await this.#claims.take(incidentId);
    if (claim === null || claim instanceof Refusal) return claim;
    using _kept = this.#claims.kept(claim);
    return await this.#conclude(caller, claim, await this.#outcome(cybertip, claim));
  }

  async #outcome(cybertip: CyberTipline, claim: Claim): Promise<Outcome> {
    const { incident, report, earlier } = claim;
    const uploads = await this.#needs.store.uploads(incident.id, limits.pageMax);
    const { xml, problems } = reportXml(incident, report, uploads);
    if (problems.length > 0) {
      return refusedWith(conflict(say("report.incomplete", { problems })), earlier);
    }
    if (earlier !== null) {
      const back = await cybertip.retract(earlier);
      if (isCode(back, tiplineCodes.alreadyFinished)) return { filed: earlier };
      if (back !== true && !isCode(back, tiplineCodes.noSuchReport)) return failed(back, earlier);
    }
    const ready = await cybertip.status();
    if (ready !== true) return failed(ready, null);
    const opened = await cybertip.submit(xml);
    if ("failed" in opened) return failed(opened, null);
    const { reportId } = opened;
    const why = await this.#filled(cybertip, claim, uploads, reportId);
    if (why !== null) return await this.#takenBack(cybertip, reportId, why);
    const finished = await cybertip.finish(reportId);
    if (finished === true || isCode(finished, tiplineCodes.alreadyFinished)) return { filed: reportId };
    // A call without an answer may have succeeded.
    if (finished.failed === "unavailable") return failed(finished, reportId);
    return await this.#takenBack(cybertip, reportId, failed(finished, reportId));
  }

  /** Adds the evidence to an opened report; null when the report can be finished. */
  async #filled(
    cybertip: CyberTipline,
    claim: Claim,
    uploads: readonly IncidentUpload[],
    reportId: string,
  ): Promise<Extract<Outcome, { refusal: Refusal }> | null> {
    const lost = refusedWith(conflict("report.elsewhere"), null);
    if (!await this.#claims.renew(claim, reportId)) return lost;
    const source = await this.#sealed(claim.incident);
    if (source !== null) {
      const { sha256, sizeBytes } = claim.incident;
      const file = { name: sha256, sizeBytes, open: () => this.#evidence(source) };
      const uploaded = await cybertip.upload(reportId, file);
      if ("failed" in uploaded) return failed(uploaded, null);
      const details = fileDetailsXml(claim.incident, uploads, { reportId, fileId: uploaded.fileId });
      if (details.problems.length > 0) {
        return refusedWith(
          conflict(say("report.fileIncomplete", { problems: details.problems })),
          null,
        );
      }
      const told = await cybertip.fileInfo(details.xml);
      if (told !== true) return failed(told, null);
    }
    return await this.#claims.renew(claim) ? null : lost;
  }

  /** Returns the incident whose evidence holds the bytes; null when they are gone. */
  async #sealed({ evidenceOf }: IncidentRecord): Promise<string | null> {
    if (evidenceOf === null) return null;
    const incident = await this.#needs.store.incident(evidenceOf);
    return incident?.evidence === "sealed" ? evidenceOf : null;
  }

  async #evidence(id: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    const plain = await this.#needs.evidence.open(id);
    if (plain === null) throw new Error(`The evidence of incident ${id} is missing.`);
    return plain;
  }

  async #takenBack(
    cybertip: CyberTipline,
    reportId: string,
    outcome: Extract<Outcome, { refusal: Refusal }>,
  ): Promise<Outcome> {
    const back = await cybertip.retract(reportId);
    if (isCode(back, tiplineCodes.alreadyFinished)) return { filed: reportId };
    const gone = back === true || isCode(back, tiplineCodes.noSuchReport);
    return { ...outcome, reportId: gone ? null : reportId };
  }

  async #conclude(caller: Caller, claim: Claim, outcome: Outcome): Promise<IncidentRecord | Refusal | null> {
    const { store, clock, log } = this.#needs;
    const { id } = claim.incident;
    const subject = `incident:${id}`;
    if ("filed" in outcome) {
      const reportId = outcome.filed;
      const auditEntry: AuditEntry = auditEntryOf(caller, "incident.submit", subject, { reportId });
      return await store.change(id, (record) => {
        // The caller that took over the claim found the same report finished.
        if (record.report === null || record.report.submittedMs !== null) return {};
        const report = { ...record.report, submittedMs: clock.now(), reportId };
        const state = record.state === "open" ? "reported" as const : record.state;
        return { to: { ...record, state, report, submission: null }, auditEntry };
      });
    }
    const { refusal, why, reportId } = outcome;
    log.warn("report.not_submitted", { incident: id, reason: why });
    const auditEntry = auditEntryOf(
      caller,
      "incident.submit_failed",
      subject,
      { reportId },
      why.slice(0, limits.note),
    );
    await store.change(id, (record) => {
      if (record.submission?.token !== claim.token) return { auditEntry };
      // Releases the claim, so that a renewal in progress finds nothing to renew.
      const submission = reportId === null ? null : { token: "", untilMs: 0, reportId };
      return { to: { ...record, submission }, auditEntry };
    });
    return refusal;
  }
}

function refusedWith(refusal: Refusal, reportId: string | null): Extract<Outcome, { refusal: Refusal }> {
  return { refusal, why: english(refusal.message), reportId };
}

function failed(failure: TiplineFailure, reportId: string | null): Extract<Outcome, { refusal: Refusal }> {
  if (failure.failed === "refused") {
    const { code, text } = failure;
    return refusedWith(conflict(say("report.refused", { code, text })), reportId);
  }
  const message = say(reportId === null ? "report.notFiled" : "report.maybeFiled", { text: failure.text });
  return refusedWith(new Refusal("unavailable", message), reportId);
}

function isCode(answer: object | true, code: number): boolean {
  return answer !== true && "code" in answer && answer.code === code;
}
