import { askedIn, askedProblems, copiedAsks, emptyAsks, typedAsks } from "./asking.ts";
import { filled, type FormProblem, nameList, problemOf, timeField } from "./form.ts";
import { randomText, systemRandom } from "../../platform/mod.ts";
import { asksOf, type CommandDetail, isAsking, limits, type Refusal } from "../../protocol/mod.ts";
import type { TypedAsks } from "../../text/mod.ts";
import { fill, type Language, renderMessage, type Words, wordsOf } from "../../words/mod.ts";

/** The send form as a person typed it, to show it again when it was refused. */
export interface TypedSend {
  /** Makes the form's command one command, however often it is posted (CM-1). */
  key: string;
  /** Which of the audiences of BR-1. */
  audience: string;
  to: string;
  group: string;
  audienceCategory: string;
  kind: string;
  title: string;
  body: string;
  href: string;
  asks: TypedAsks;
  categories: string[];
  /** Ids of the sender's own files. */
  attachments: string[];
  requires: string;
  /** As `datetime-local` fields hold them, in `zone`. */
  dueAt: string;
  deliverAt: string;
  expiresAt: string;
  zone: string;
  /** Whether something of the folded part is filled in. */
  timed: boolean;
}

/** Bytes of chance in a form's key: two forms never share one. */
const keyBytes = 16;

function newKey(): string {
  return randomText(systemRandom, keyBytes);
}

export function emptySend(zone = "UTC"): TypedSend {
  return {
    key: newKey(),
    audience: "user",
    to: "",
    group: "",
    audienceCategory: "",
    kind: "message",
    title: "",
    body: "",
    href: "",
    asks: emptyAsks(),
    categories: [],
    attachments: [],
    requires: "none",
    dueAt: "",
    deliverAt: "",
    expiresAt: "",
    zone,
    timed: false,
  };
}

/** A new form with the content of a command that the person sent; its times are over, or were meant for that one. */
export function copiedSend({ command, recipients = [] }: CommandDetail, zone: string): TypedSend {
  const empty = emptySend(zone);
  if ("sealed" in command) return empty;
  const { audience, kind, title, body, data, categories, attachments, requires } = command;
  return {
    ...empty,
    audience: audience.kind,
    to: audience.kind === "user" ? recipients.map(({ username }) => username).join(", ") : "",
    group: audience.kind === "group" ? audience.name ?? "" : "",
    audienceCategory: audience.kind === "category" ? audience.name ?? "" : "",
    kind,
    title: title ?? "",
    body: body ?? "",
    href: kind === "link" && typeof data?.href === "string" ? data.href : "",
    asks: copiedAsks(asksOf(command)),
    categories,
    attachments: attachments.map(({ fileId }) => fileId),
    requires,
  };
}

export function typedSend(form: URLSearchParams): TypedSend {
  const field = (name: string) => form.get(name) ?? "";
  const times = { dueAt: field("dueAt"), deliverAt: field("deliverAt"), expiresAt: field("expiresAt") };
  return {
    key: filled(form, "key") ?? newKey(),
    audience: filled(form, "audience") ?? "user",
    to: field("to"),
    group: field("group"),
    audienceCategory: field("audienceCategory"),
    kind: field("kind"),
    title: field("title"),
    body: field("body"),
    href: field("href"),
    asks: typedAsks(form),
    categories: form.getAll("categories"),
    attachments: form.getAll("attachments"),
    requires: field("requires"),
    ...times,
    zone: filled(form, "zone") ?? "UTC",
    timed: Object.values(times).some((time) => time !== "") || !["", "none"].includes(field("requires")),
  };
}

/** What `command.send` takes, unchecked: the schema says what is wrong with it. */
export function draftOf(form: URLSearchParams): Record<string, unknown> {
  const kind = form.get("kind") ?? "";
  const zone = filled(form, "zone") ?? "UTC";
  const categories = form.getAll("categories");
  const attachments = form.getAll("attachments");
  // Browsers send line breaks as CR LF; a command's text has LF.
  const body = form.get("body")?.replaceAll("\r\n", "\n").trim();
  const title = filled(form, "title");
  const data = kind === "link" ? { href: filled(form, "href") ?? "" } : askedIn(form, kind);
  return {
    key: form.get("key") ?? "",
    audience: audienceOf(form),
    kind,
    ...(title === undefined ? {} : { title }),
    ...(body ? { body } : {}),
    ...(data === undefined ? {} : { data }),
    ...(categories.length === 0 ? {} : { categories }),
    ...(attachments.length === 0 ? {} : { attachments }),
    dueAt: timeField(form, "dueAt", zone),
    deliverAt: timeField(form, "deliverAt", zone),
    expiresAt: timeField(form, "expiresAt", zone),
    requires: form.get("requires") ?? "none",
  };
}

/** Only what belongs to the chosen audience counts; what was filled in for another stays behind. */
function audienceOf(form: URLSearchParams): Record<string, unknown> {
  const kind = filled(form, "audience") ?? "user";
  switch (kind) {
    case "user":
      return { kind, to: nameList(form.get("to") ?? "") };
    case "group":
      return { kind, group: form.get("group") ?? "" };
    case "category":
      return { kind, category: form.get("audienceCategory") ?? "" };
    default:
      return { kind };
  }
}

/** Which form field shows a problem of which part of a command. */
const fieldNames: Record<string, string> = {
  "audience.to": "to",
  "audience.group": "group",
  "audience.category": "audienceCategory",
  "data": "href",
};

/**
 * What a refused form shows again. The same key with other words: what was sent before stays sent, and this becomes a new
 * command.
 */
export function refusedSend(
  refusal: Refusal,
  typed: TypedSend,
  language: Language,
): { typed: TypedSend; problem: FormProblem; preview: null } {
  const key = refusal.kind === "conflict" ? newKey() : typed.key;
  return { typed: { ...typed, key }, problem: sendProblem(refusal, typed, language), preview: null };
}

/** A refused send as the form shows it: every wrong name with what is wrong about it, and no word of the protocol. */
function sendProblem(
  refusal: Refusal,
  typed: TypedSend,
  language: Language,
): FormProblem {
  const words = wordsOf(language).sending;
  const problem = problemOf(refusal, language, fieldNames);
  if (isAsking(typed.kind)) {
    delete problem.fields.href;
    Object.assign(problem.fields, askedProblems(refusal, typed.kind, typed.asks, language));
  }
  const names = nameList(typed.to);
  const wrongNames = Object.entries(refusal.detail.fields ?? {}).flatMap(([path, message]) => {
    const name = names[Number(/^audience\.to\.(\d+)$/.exec(path)?.[1] ?? Number.NaN)];
    return name === undefined ? [] : [`${name}: ${renderMessage(language, message)}`];
  });
  if (names.length === 0 && problem.fields.to !== undefined) problem.fields.to = words.noRecipient;
  else if (wrongNames.length > 0) problem.fields.to = `${wrongNames.join("; ")}.`;
  if (problem.fields.audience !== undefined) problem.fields.audience = words.noAudience;
  if (typed.group === "" && problem.fields.group !== undefined) problem.fields.group = words.noGroup;
  if (typed.audienceCategory === "" && problem.fields.audienceCategory !== undefined) {
    problem.fields.audienceCategory = words.noCategory;
  }
  if (problem.fields.attachments !== undefined) {
    problem.fields.attachments = attachmentsProblem(words, refusal, typed);
  }
  if (problem.fields.href !== undefined) problem.fields.href = words.httpsOnly;
  return problem;
}

function attachmentsProblem(
  words: Words["sending"],
  { kind }: Refusal,
  { attachments }: TypedSend,
): string {
  switch (kind) {
    case "not_clean":
      return words.uncleanFile;
    case "not_found":
      return words.lostFile;
    default:
      return attachments.length > limits.attachments
        ? fill(words.mostFiles, { count: limits.attachments })
        : words.ownFiles;
  }
}
