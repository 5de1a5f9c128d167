import { Refusal } from "../../protocol/mod.ts";
import { readBytes } from "../body.ts";
import { type Language, renderMessage } from "../../words/mod.ts";

/** What a page shows when a form was refused: one sentence, and what is wrong beside each field. */
export interface FormProblem {
  message: string;
  fields: Record<string, string>;
}

/**
 * The fields of a posted form, read with a bound. A file field is left out: no page takes files by a plain form.
 * Refuses what is too large or no form.
 */
export async function readForm(request: Request): Promise<URLSearchParams | Refusal> {
  const type = request.headers.get("content-type") ?? "";
  const bytes = await readBytes(request);
  if (bytes instanceof Refusal) return bytes;
  if (type.startsWith("application/x-www-form-urlencoded")) {
    return new URLSearchParams(new TextDecoder().decode(bytes));
  }
  if (!type.startsWith("multipart/form-data")) {
    return new Refusal("invalid_params", "form.again");
  }
  try {
    const form = await new Response(bytes, { headers: { "content-type": type } }).formData();
    const fields = new URLSearchParams();
    for (const [name, value] of form) if (typeof value === "string") fields.append(name, value);
    return fields;
  } catch {
    return new Refusal("invalid_params", "form.again");
  }
}

/**
 * A refusal as a page shows it, in the reader's language. Fields of a service are dotted paths; `names` says which form field
 * shows the path or anything under it (`"audience.to"` → `to`).
 */
export function problemOf(
  refusal: Refusal,
  language: Language,
  names: Record<string, string> = {},
): FormProblem {
  const fields: Record<string, string> = {};
  for (const [path, message] of Object.entries(refusal.detail.fields ?? {})) {
    const name = fieldName(path, names);
    fields[name] ??= sentence(renderMessage(language, message));
  }
  // Programs are told which fields by their paths; people see it beside each.
  const message = refusal.message.key === "request.fields" ? "form.fields" : refusal.message;
  return { message: renderMessage(language, message), fields };
}

function fieldName(path: string, names: Record<string, string>): string {
  for (const [prefix, name] of Object.entries(names)) {
    if (path === prefix || path.startsWith(`${prefix}.`)) return name;
  }
  return path.split(".")[0] ?? path;
}

function sentence(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** A trimmed field, or undefined when it is missing or empty. */
export function filled(form: URLSearchParams, name: string): string | undefined {
  const value = form.get(name)?.trim();
  return value === undefined || value === "" ? undefined : value;
}

/** What a script put into a field as JSON; undefined when it is none. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Names typed in one field, parted by commas or white space, without repeats and without a leading `@`. */
export function nameList(text: string): string[] {
  const names = text.split(/[\s,;]+/).map((name) => name.replace(/^@/, "")).filter((name) => name !== "");
  return [...new Set(names)];
}

/**
 * A `datetime-local` value as RFC 3339, read in the given IANA time zone; without scripts the form says UTC.
 * What cannot be read comes back as it is, so that the schema names the problem.
 */
export function timeField(form: URLSearchParams, name: string, zone: string): string | null {
  const value = filled(form, name);
  return value === undefined ? null : momentIn(value, zone);
}

/** The same the other way; empty for no time. */
export function localField(time: string | null, zone: string): string {
  if (time === null) return "";
  const at = Date.parse(time);
  return new Date(at + offsetMs(at, zone)).toISOString().slice(0, "2026-12-01T10:00".length);
}

/** One such value. */
export function momentIn(value: string, zone: string): string {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(value)) return value;
  const asUtc = Date.parse(`${value}Z`);
  if (Number.isNaN(asUtc)) return value;
  // The offset is asked twice: near a change of the clocks the first guess may lie on the other side.
  const guess = asUtc - offsetMs(asUtc, zone);
  return new Date(asUtc - offsetMs(guess, zone)).toISOString();
}

/** Minutes are enough: zones with seconds ended before this software. Unknown zones count as UTC. */
function offsetMs(at: number, zone: string): number {
  try {
    const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeZoneName: "longOffset" })
      .formatToParts(at);
    const text = parts.find((part) => part.type === "timeZoneName")?.value ?? "";
    const found = /^GMT([+-])(\d\d):(\d\d)$/.exec(text);
    if (found === null) return 0;
    const [, sign, hours, minutes] = found;
    return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  } catch {
    return 0;
  }
}
