import type { Clock, Ids, Log, Timer } from "../platform/mod.ts";
import { type Message, Refusal, say } from "../protocol/mod.ts";
import type { IncidentRecord, IncidentReport, IncidentStore } from "./evidence_ports.ts";

/** Time without a renewal after which a claim counts as left by a process that died. */
const claimMs = 2 * 60_000;
const renewMs = 30_000;

/** The claimed incident. */
export interface Claim {
  incident: IncidentRecord;
  report: IncidentReport;
  token: string;
  /** Number of the report of an interrupted submission. */
  earlier: string | null;
}

export interface ClaimNeeds {
  store: Pick<IncidentStore, "change">;
  clock: Clock;
  ids: Ids;
  log: Log;
}

/** Gives one caller at a time the right to submit an incident's report (SC-6). A claim ends when it is not renewed. */
export class ReportClaims {
  readonly #needs: ClaimNeeds;

  constructor(needs: ClaimNeeds) {
    this.#needs = needs;
  }

  /** Null when there is no such incident. */
  async take(incidentId: string): Promise<Claim | Refusal | null> {
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
  kept(claim: Claim): Disposable {
    const { clock, log } = this.#needs;
    let timer: Timer | undefined;
    const later = () => {
      timer = clock.after(renewMs, () => {
        // A failed renewal makes the submission check the claim before it finishes the report.
        this.renew(claim).catch((error) => log.warn("report.claim_not_renewed", { error })).finally(() => {
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
  async renew({ incident, token }: Claim, reportId?: string): Promise<boolean> {
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

export function conflict(message: Message): Refusal {
  return new Refusal("conflict", message);
}
