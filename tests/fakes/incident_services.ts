import { type Caller, type Clock, iso } from "../../lib/platform/mod.ts";
import { type Incident, Refusal } from "../../lib/protocol/mod.ts";
import type { Services } from "../../lib/web/services.ts";
import { told } from "./told.ts";

type Refuse = (method: string, params: unknown) => Refusal | undefined;

/** Incidents in memory; nothing is sent anywhere. */
export function fakeIncidents(
  world: { incidents: Incident[] },
  clock: Clock,
  refusal: Refuse,
): Services["incidents"] {
  const missing = () => new Refusal("not_found", told("There is no such incident."));
  /** The incident for staff, or why not; `change` has it changed first. */
  const staffs = (
    method: string,
    caller: Caller,
    id: string,
    params: object = {},
    change: (incident: Incident) => void = () => {},
  ): Incident | Refusal => {
    const refused = refusal(method, { id, ...params });
    const incident = caller.role === "member" ? undefined : world.incidents.find((one) => one.id === id);
    if (refused !== undefined || incident === undefined) return refused ?? missing();
    change(incident);
    return incident;
  };
  return {
    list(caller, query) {
      const refused = refusal("incident.list", query) ?? (caller.role === "member" ? missing() : undefined);
      if (refused !== undefined) return Promise.resolve(refused);
      const found = world.incidents.filter(({ id, state }) =>
        (query.state === undefined || state === query.state) &&
        (query.before === undefined || id < query.before)
      );
      const incidents = found.slice(0, query.limit ?? 50);
      const next = incidents.length < found.length ? incidents.at(-1)?.id ?? null : null;
      return Promise.resolve({ incidents, next });
    },
    get: (caller, id) => Promise.resolve(staffs("incident.get", caller, id)),
    draft: (caller, id, draft) =>
      Promise.resolve(staffs("incident.draft", caller, id, draft, (incident) => {
        incident.report = {
          incidentType: draft.incidentType,
          escalate: draft.escalate ?? null,
          additionalInfo: draft.additionalInfo ?? null,
          updatedAt: iso(clock.now()),
          updatedBy: caller.username,
          submittedAt: null,
          reportId: null,
        };
      })),
    report(caller, id) {
      const incident = staffs("incident.report", caller, id);
      if (incident instanceof Refusal) return Promise.resolve(incident);
      const problems = incident.report === null ? [told("Nothing was drafted yet.")] : [];
      return Promise.resolve({ xml: `<report><sha256>${incident.sha256}</sha256></report>`, problems });
    },
    submit(caller, id) {
      const incident = staffs("incident.submit", caller, id);
      if (incident instanceof Refusal) return Promise.resolve(incident);
      if (incident.report === null) {
        return Promise.resolve(new Refusal("conflict", "report.noDraft"));
      }
      incident.state = "reported";
      incident.report = { ...incident.report, submittedAt: iso(clock.now()), reportId: "4711" };
      return Promise.resolve(incident);
    },
    close: (caller, id, body) =>
      Promise.resolve(staffs("incident.close", caller, id, body, (incident) => {
        incident.state = "closed";
        incident.closed = { at: iso(clock.now()), by: caller.username, reason: body.reason };
      })),
  };
}
