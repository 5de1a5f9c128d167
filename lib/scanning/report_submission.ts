import {
  type AuditEntry,
  auditEntryOf,
  type Caller,
  type Clock,
  type Ids,
  type Log,
  type Timer,
} from "../platform/mod.ts";
import { english, limits, type Message, Refusal, say } from "../protocol/mod.ts";
import {
  type CyberTipline,
  type EvidenceStore,
  type IncidentRecord,
  type IncidentReport,
  type IncidentStore,
  type IncidentUpload,
  tiplineCodes,
  type TiplineFailure,
} from "./evidence_ports.ts";
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

/** Time without a renewal after which a claim counts as left by a process that died. */
const claimMs = 2 * 60_000;
const renewMs = 30_000;

/** The claimed incident. */
interface Claim {
  incident: IncidentRecord;
  report: IncidentReport;
  token: string;
  /** Number of the report of an interrupted submission. */
  earlier: string | null;
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

  constructor(needs: SubmissionNeeds) {
    this.#needs = needs;
  }

  /** Null when there is no such incident. */
  async submit(caller: Caller, incidentId: string): Promise<IncidentRecord | Refusal | null> {
    const { cybertip } = this.#needs;
    if (cybertip === null) {
      return conflict("report.credentials");
    }
    const claim = await this.#claim(incidentId);
    if (claim === null || claim instanceof Refusal) return claim;
    using _kept = this.#kept(claim);
    return await this.#conclude(caller, claim, await this.#outcome(cybertip, claim));
  }

  async #claim(incidentId: string): Promise<Claim | Refusal | null> {
    const { store, clock, ids } = this.#needs;
    const token = ids.next();
    const now = clock.now();
    let earlier: string | null = null;
    const claimed = await store.change(incidentId, (record) => {
      const refused = notNow(record, now);
      if (refused !== null) return refused;
      earlier = record.submission?.reportId ?? null;
      return { to: { ...record, submission: { token, untilMs: now + claimMs, reportId: earlier } } };
    });
    if (claimed === null || claimed instanceof Refusal) return claimed;
    return { incident: claimed, report: claimed.report!, token, earlier };
  }

  /** Renews the claim until it is disposed. */
  #kept(claim: Claim): Disposable {
    const { clock, log } = this.#needs;
    let timer: Timer | undefined;
    const later = () => {
      timer = clock.after(renewMs, () => {
        // A failed renewal makes the submission check the claim before it finishes the report.
        this.#renew(claim).catch((error) => log.warn("report.claim_not_renewed", { error })).finally(() => {
          if (timer !== undefined) later();
        });
      });
    };
    later();
    return {
      [Symbol.dispose]() {
        timer?.cancel();
        timer = undefined;
      },
    };
  }

  /** False when another caller took the claim. */
  async #renew({ incident, token }: Claim, reportId?: string): Promise<boolean> {
    const { store, clock } = this.#needs;
    const renewed = await store.change(incident.id, (record) => {
      if (record.submission?.token !== token) return conflict("report.takenOver");
      const untilMs = clock.now() + claimMs;
      return {
        to: {
          ...record,
          submission: { ...record.submission, untilMs, reportId: reportId ?? record.submission.reportId },
        },
      };
    });
    return renewed !== null && !(renewed instanceof Refusal);
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
    if (!await this.#renew(claim, reportId)) return lost;
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
    return await this.#renew(claim) ? null : lost;
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

/** Returns why an incident's report cannot be submitted or changed at a time; null when it can. */
export function busyOrDone({ state, report, submission }: IncidentRecord, nowMs: number): Refusal | null {
  if (report !== null && report.submittedMs !== null) {
    return conflict(say("report.submitted", { id: report.reportId ?? "" }));
  }
  if (submission !== null && submission.untilMs > nowMs) {
    return conflict("report.submitting");
  }
  // The outcome of a submission can also be found after the end of the review.
  return state === "closed" && submission === null ? conflict("incident.closed") : null;
}

/** Like `busyOrDone`, for a new draft: a report that may have been filed does not change until its outcome is known. */
export function notDraftable(record: IncidentRecord, nowMs: number): Refusal | null {
  const refused = busyOrDone(record, nowMs);
  if (refused !== null || record.submission === null) return refused;
  return conflict(
    "report.uncertain",
  );
}

function notNow(record: IncidentRecord, nowMs: number): Refusal | null {
  const refused = busyOrDone(record, nowMs);
  if (refused !== null) return refused;
  if (record.report === null) return conflict("report.noDraft");
  if (record.evidence === "sealing") {
    return conflict("report.sealing");
  }
  return null;
}

function conflict(message: Message): Refusal {
  return new Refusal("conflict", message);
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
