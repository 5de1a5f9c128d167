import type { FormField } from "../protocol/mod.ts";
import type { Language, Words } from "../words/mod.ts";
import { plural } from "../words/shape.ts";
import { listText } from "./commands.ts";

/** The form's field for a field of a `form`, by its id (CM-9). */
export function answerField(id: string): string {
  return `f-${id}`;
}

/** An option as people read it. */
export function optionText(options: readonly { id: string; label: string }[], id: unknown): string {
  return options.find((option) => option.id === id)?.label ?? String(id);
}

/** The value of a form's field as people read it. */
export function valueText(
  words: Words["asking"],
  field: FormField,
  value: string | number | boolean,
): string {
  if (typeof value === "boolean") return value ? words.yes : words.no;
  return field.type === "choice" ? optionText(field.options, value) : String(value);
}

/** How long a timer runs: `1 hour and 30 minutes`. */
export function lengthText(words: Words["asking"], language: Language, seconds: number): string {
  const parts = [
    [words.hours, Math.floor(seconds / 3600)],
    [words.minutes, Math.floor(seconds / 60) % 60],
    [words.seconds, seconds % 60],
  ] as const;
  const some = parts.filter(([, count]) => count > 0);
  return listText(language, some.map(([forms, count]) => plural(language, forms, count)));
}

/** The kinds of a form's fields, in the order in which they are offered. */
export const askTypes = [
  "text",
  "long",
  "number",
  "yesno",
  "date",
  "choice",
] as const satisfies readonly FormField["type"][];

/** Units in which the send form takes a timer's length, with their seconds. */
export const lengthUnits: ReadonlyMap<string, number> = new Map([["seconds", 1], ["minutes", 60], [
  "hours",
  3600,
]]);

/** A field of a `form` as it is typed in the send form; `options` has one on each line. */
export interface TypedField {
  label: string;
  type: FormField["type"];
  required: boolean;
  options: string;
}

/** What a command asks, as it is typed in the send form. */
export interface TypedAsks {
  options: string;
  multiple: boolean;
  fields: TypedField[];
  length: string;
  unit: string;
}
