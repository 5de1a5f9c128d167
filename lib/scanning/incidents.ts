import type { RefusedFile } from "../files/mod.ts";
import { auditEntryOf, type Caller, hasRole } from "../platform/mod.ts";
import {
  type Incident,
  type IncidentClose,
  type IncidentPage,
  limits,
  nothingHere,
  Refusal,
  type ReportDraft,
  type Said,
  say,
  type Verdict,
} from "../protocol/mod.ts";
import type {
  CyberTipline,
  IncidentJob,
  IncidentRecord,
  RefusedUpload,
  Reinstatement,
} from "./evidence_ports.ts";
import { Keeping, type KeepingNeeds } from "./incidents_keeping.ts";
import { incidentView } from "./incidents_views.ts";
import type { CsamFinding, MatchHandler, ScanJob } from "./ports.ts";
import { busyOrDone, notDraftable } from "./report_claims.ts";
import { Submissions } from "./report_submission.ts";
import { reportXml } from "./report_xml.ts";

export interface IncidentsNeeds extends KeepingNeeds {
  /** Null without credentials: reports can then only be drafted and exported. */
  cybertip: CyberTipline | null;
}

/**
 * Incidents (SC-5, SC-6): the server's steps after a match, and the decisions of moderators and administrators. They see
 * metadata only; everyone else gets `not_found`.
 */
export class Incidents implements MatchHandler {
  readonly #needs: IncidentsNeeds;
  readonly #keeping: Keeping;
  readonly #submissions: Submissions;

  constructor(needs: IncidentsNeeds) {
    this.#needs = needs;
    this.#keeping = new Keeping(needs);
    this.#submissions = new Submissions(needs);
  }

  preserve(job: ScanJob, finding: CsamFinding, verdicts: readonly Verdict[]): Promise<boolean> {
    return this.#keeping.preserve(job, finding, verdicts);
  }

  /** Takes note of an upload that was refused for its hash. Only what a match refuses concerns an incident (SC-5). */
  async uploadRefused({ why, ...upload }: RefusedFile): Promise<void> {
    if (why === "match") await this.refusedAgain(upload);
  }

  refusedAgain(upload: RefusedUpload): Promise<void> {
    return this.#keeping.refusedAgain(upload);
  }

  run(job: IncidentJob): Promise<void> {
    return this.#keeping.run(job);
  }

  prepare(): Promise<void> {
    return this.#keeping.prepare();
  }

  async list(
    caller: Caller,
    query: { state?: Incident["state"] | undefined; before?: string | undefined; limit?: number | undefined },
  ): Promise<IncidentPage | Refusal> {
    if (!hasRole(caller, "moderator")) return nothingHere();
    const limit = query.limit ?? limits.pageDefault;
    const records = await this.#needs.store.page({
      before: query.before ?? null,
      state: query.state ?? null,
      // One more than requested: it shows whether there is a next page.
      limit: limit + 1,
    });
    const shown = records.slice(0, limit);
    const incidents = await Promise.all(shown.map((record) => this.#view(record)));
    return { incidents, next: records.length > limit ? shown.at(-1)!.id : null };
  }

  async get(caller: Caller, incidentId: string): Promise<Incident | Refusal> {
    if (!hasRole(caller, "moderator")) return nothingHere();
    return await this.#shown(await this.#needs.store.incident(incidentId));
  }

  async draft(caller: Caller, incidentId: string, draft: ReportDraft): Promise<Incident | Refusal> {
    if (!hasRole(caller, "moderator")) return nothingHere();
    const { store, clock } = this.#needs;
    const now = clock.now();
    const auditEntry = auditEntryOf(caller, "incident.draft", `incident:${incidentId}`, {
      incidentType: draft.incidentType,
      escalated: textOrNull(draft.escalate) !== null,
    });
    const changed = await store.change(incidentId, (record) => {
      const refused = notDraftable(record, now);
      if (refused !== null) return refused;
      const report = {
        incidentType: draft.incidentType,
        escalate: textOrNull(draft.escalate),
        additionalInfo: textOrNull(draft.additionalInfo),
        updatedMs: now,
        updatedBy: caller.username,
        reporter: caller.displayName,
        submittedMs: null,
        reportId: null,
      };
      return { to: { ...record, report }, auditEntry };
    });
    return await this.#shown(changed);
  }

  async report(caller: Caller, incidentId: string): Promise<{ xml: string; problems: Said[] } | Refusal> {
    if (!hasRole(caller, "moderator")) return nothingHere();
    const { store } = this.#needs;
    const auditEntry = auditEntryOf(caller, "incident.export", `incident:${incidentId}`);
    // The audit entry is written before the export is returned.
    const record = await store.change(
      incidentId,
      ({ report }) => report === null ? new Refusal("conflict", "report.noDraft") : { auditEntry },
    );
    if (record === null) return nothingHere();
    if (record instanceof Refusal) return record;
    return reportXml(record, record.report!, await store.uploads(incidentId, limits.pageMax));
  }

  async submit(caller: Caller, incidentId: string): Promise<Incident | Refusal> {
    if (!hasRole(caller, "moderator")) return nothingHere();
    return await this.#shown(await this.#submissions.submit(caller, incidentId));
  }

  /**
   * Ends the review. `reinstate` names accounts by username or id. Their suspension ends if it is this incident's and no other
   * open incident names them. Legal holds stay until their end. A closed incident can be closed again to reinstate someone.
   */
  async close(caller: Caller, incidentId: string, body: IncidentClose): Promise<Incident | Refusal> {
    if (!hasRole(caller, "moderator")) return nothingHere();
    const { store, clock } = this.#needs;
    const named = body.reinstate ?? [];
    const userIds = await this.#accountsOf(caller, incidentId, named);
    if (userIds instanceof Refusal) return userIds;
    const now = clock.now();
    const changed = await store.change(incidentId, (record, reinstatements) => {
      if (record.submission !== null && record.submission.untilMs > now) return busyOrDone(record, now) ?? {};
      if (record.state === "closed" && userIds.length === 0) {
        return new Refusal("conflict", "incident.alreadyClosed");
      }
      const refused = notReinstated(reinstatements);
      if (refused !== null) return refused;
      const auditEntry = auditEntryOf(
        caller,
        record.state === "closed" ? "incident.reinstate" : "incident.close",
        `incident:${incidentId}`,
        { reinstated: namesOf(reinstatements, "lifted"), stillSuspended: namesOf(reinstatements, "moved") },
        body.reason,
      );
      const closed = record.closed ?? { atMs: now, by: caller.username, reason: body.reason };
      return { to: { ...record, state: "closed", closed }, auditEntry };
    }, userIds);
    return await this.#shown(changed);
  }

  /** Returns the user ids of accounts of an incident, given usernames or ids. Refuses a moderator's own account. */
  async #accountsOf(
    caller: Caller,
    incidentId: string,
    named: readonly string[],
  ): Promise<string[] | Refusal> {
    const uploads = await this.#needs.store.uploads(incidentId, Infinity);
    if (uploads.some(({ userId }) => userId === caller.userId)) {
      return new Refusal("conflict", "incident.own");
    }
    const ids = new Map(uploads.flatMap(({ userId, username }) => [[username, userId], [userId, userId]]));
    const unknown = named.filter((name) => !ids.has(name));
    if (unknown.length > 0) {
      return new Refusal("invalid_params", "incident.accounts", {
        fields: { reinstate: say("field.incidentAccounts", { names: unknown.slice(0, 5).join(", ") }) },
      });
    }
    return [...new Set(named.map((name) => ids.get(name)!))];
  }

  async #shown(record: IncidentRecord | Refusal | null): Promise<Incident | Refusal> {
    if (record === null) return nothingHere();
    return record instanceof Refusal ? record : await this.#view(record);
  }

  async #view(record: IncidentRecord): Promise<Incident> {
    return incidentView(record, await this.#needs.store.uploads(record.id, limits.pageMax));
  }
}

function textOrNull(text: string | null | undefined): string | null {
  return text === undefined || text === null || text.trim() === "" ? null : text;
}

function notReinstated(reinstatements: readonly Reinstatement[]): Refusal | null {
  const other = namesOf(reinstatements, "other");
  return other === "" ? null : new Refusal(
    "conflict",
    say("incident.otherSuspended", { names: other }),
    { fields: { reinstate: say("field.suspendedHere", { names: other }) } },
  );
}

function namesOf(reinstatements: readonly Reinstatement[], outcome: Reinstatement["outcome"]): string {
  return reinstatements.filter((each) => each.outcome === outcome).map(({ username }) => username).join(",");
}
