import { filled } from "./form.ts";
import {
  type Answer,
  checked,
  type Incident,
  incidentClose,
  type incidentTypes,
  type Message,
  Refusal,
  reportDraft,
} from "../../protocol/mod.ts";
import type { Services } from "../services.ts";
import type { Caller } from "../../platform/mod.ts";

/** The forms of an incident's page as they were typed, to show them again when one was refused. */
export interface TypedIncident {
  incidentType: string;
  escalate: string;
  additionalInfo: string;
  reason: string;
  reinstate: string[];
}

/** The type that a match of an upload has unless somebody says otherwise. */
const usualType: (typeof incidentTypes)[0] = "Child Pornography (possession, manufacture, and distribution)";

/** What the forms hold before anything is typed: the draft that there is. */
export function savedIncident({ report }: Incident): TypedIncident {
  return {
    incidentType: report?.incidentType ?? usualType,
    escalate: report?.escalate ?? "",
    additionalInfo: report?.additionalInfo ?? "",
    reason: "",
    reinstate: [],
  };
}

/** What was typed over what is saved: each form sends its own fields only. */
export function typedIncident(form: URLSearchParams, incident: Incident): TypedIncident {
  const saved = savedIncident(incident);
  return {
    incidentType: form.get("incidentType") ?? saved.incidentType,
    escalate: form.get("escalate") ?? saved.escalate,
    additionalInfo: form.get("additionalInfo") ?? saved.additionalInfo,
    reason: form.get("reason") ?? "",
    reinstate: form.getAll("reinstate"),
  };
}

/** Does what a form of an incident's page asks; answers with what was done, for the notice. */
export async function changeIncident(
  incidents: Services["incidents"],
  caller: Caller,
  id: string,
  form: URLSearchParams,
): Promise<"drafted" | "submitted" | "closed" | Refusal> {
  const action = form.get("action");
  switch (action) {
    case "draft": {
      const draft = checked(reportDraft, {
        incidentType: form.get("incidentType") ?? "",
        escalate: words(form, "escalate"),
        additionalInfo: words(form, "additionalInfo"),
      });
      return await answer(draft instanceof Refusal ? draft : incidents.draft(caller, id, draft), "drafted");
    }
    case "submit":
      if (form.get("confirm") !== "yes") return unconfirmed("confirm", "field.confirmSubmit");
      return await answer(incidents.submit(caller, id), "submitted");
    case "close": {
      if (form.get("sure") !== "yes") return unconfirmed("sure", "field.confirmClose");
      const body = checked(incidentClose, {
        reason: form.get("reason")?.trim() ?? "",
        reinstate: form.getAll("reinstate"),
      });
      return await answer(body instanceof Refusal ? body : incidents.close(caller, id, body), "closed");
    }
    default:
      return new Refusal("invalid_params", "incident.choose");
  }
}

/** Text of several lines, or null when it is empty. Browsers send line breaks as CR LF. */
function words(form: URLSearchParams, name: string): string | null {
  return filled(form, name)?.replaceAll("\r\n", "\n") ?? null;
}

function unconfirmed(field: string, message: Message): Refusal {
  return new Refusal("invalid_params", "form.unconfirmed", { fields: { [field]: message } });
}

async function answer<W extends string>(
  asked: Answer<Incident> | Refusal,
  word: W,
): Promise<W | Refusal> {
  const done = await asked;
  return done instanceof Refusal ? done : word;
}
