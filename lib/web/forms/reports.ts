import type { Context } from "fresh";
import {
  checked,
  Refusal,
  type ReportAbout,
  reportAbout,
  reportBody,
  reportKinds,
} from "../../protocol/mod.ts";
import type { PersonState } from "../define.ts";

/** A report as it was typed. */
export interface TypedReport {
  /** The id of one file of the command, or "" for all of it. */
  file: string;
  reason: string;
  note: string;
  block: boolean;
}

export const noReport: TypedReport = { file: "", reason: "", note: "", block: false };

export function typedReport(form: URLSearchParams): TypedReport {
  return {
    file: form.get("file") ?? "",
    reason: form.get("reason") ?? "",
    note: form.get("note") ?? "",
    block: form.get("block") === "yes",
  };
}

/** What the address of the form says that it is about. */
export function aboutIn(url: URL): ReportAbout | Refusal {
  const named = reportKinds.flatMap((kind) => {
    const id = url.searchParams.get(kind);
    return id === null ? [] : [[kind, id]];
  });
  return checked(reportAbout, Object.fromEntries(named));
}

/** Sends a report as its form has it. */
export async function sendReport(
  { state: { services, caller } }: Context<PersonState>,
  about: ReportAbout,
  { file, reason, note, block }: TypedReport,
): Promise<true | Refusal> {
  const body = checked(reportBody, {
    about: file === "" ? about : { file },
    reason,
    note: note.replaceAll("\r\n", "\n").trim() || null,
    ...(block ? { block: true } : {}),
  });
  const made = body instanceof Refusal ? body : await services.reports.create(caller, body);
  return made instanceof Refusal ? made : true;
}
