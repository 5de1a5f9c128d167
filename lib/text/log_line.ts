import type { LogLine } from "../protocol/mod.ts";
import type { Language, Words } from "../words/mod.ts";
import { fill, plural } from "../words/shape.ts";

type LogWords = Words["serverLog"];

/** A line as a sentence; null for events that have none, whose fields say what there is. */
export function lineText(words: LogWords, language: Language, { event, fields }: LogLine): string | null {
  if (!Object.hasOwn(words.says, event)) return null;
  const values = Object.fromEntries(
    Object.entries(fields).filter((one): one is [string, string | number] =>
      typeof one[1] === "string" || typeof one[1] === "number"
    ),
  );
  const said = fill(words.says[event as keyof LogWords["says"]], values);
  const counts = [
    countText(language, words.people, fields.people),
    countText(language, words.connectionsOf, fields.connections),
  ].filter((text) => text !== null);
  return counts.length === 0 ? said : `${said} · ${counts.join(" · ")}`;
}

function countText(language: Language, forms: LogWords["people"], count: unknown): string | null {
  if (typeof count === "number") return plural(language, forms, count);
  // `<5` and `all`, as the line has it.
  return typeof count === "string" ? fill(forms.other, { count }) : null;
}

/** What a line can be filtered by further: the address's parameter with its value. */
export interface Lead {
  name: "onlyCommand" | "onlyRequest" | "onlyConnection" | "onlyFile";
  id: string;
}

/** The ids of a line that other lines may have too. */
export function leadsOf({ fields }: LogLine): Lead[] {
  const named: [Lead["name"], unknown][] = [
    ["onlyCommand", fields.command],
    ["onlyRequest", fields.requestId],
    ["onlyConnection", fields.connection],
    ["onlyFile", fields.fileId ?? fields.sha256],
  ];
  return named.flatMap(([name, id]) => typeof id === "string" && id !== "" ? [{ name, id }] : []);
}

/** Whom a line names, by username where the id is known. */
export function personOf({ fields }: LogLine, people: Readonly<Record<string, string>>): string | null {
  const id = fields.user ?? fields.userId;
  return typeof id === "string" ? people[id] ?? null : null;
}

/** The fields in one line, for events without a sentence. */
export function fieldsText({ fields }: LogLine): string {
  return Object.entries(fields).filter(([name]) => name !== "user" && name !== "userId").map((
    [name, value],
  ) => `${name}=${shortValue(value)}`).join(" ");
}

function shortValue(value: unknown): string {
  if (value !== null && typeof value === "object" && "message" in value) return String(value.message);
  return typeof value === "string" ? value : JSON.stringify(value);
}
