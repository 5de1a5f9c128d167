import {
  type AnswerTotals,
  asksOf,
  type Command,
  type FormField,
  type GivenAnswer,
} from "../protocol/mod.ts";
import type { StateRecord } from "./ports.ts";

/** Counts the people who answered, beside the places of options. */
export const answered = "";

/** Totals per option, from the numbers at their places; null for commands that ask for no answer. */
export function answerTotalsOf(
  command: Pick<Command, "kind" | "data">,
  counts: ReadonlyMap<string, number>,
): AnswerTotals | null {
  const asks = asksOf(command);
  if (asks === null) return null;
  const at = (place: string) => counts.get(place) ?? 0;
  const optionsOf = (field: string | undefined, options: readonly { id: string; label?: string }[]) =>
    options.map(({ id, ...label }) => ({ id, ...label, count: at(placeOf(field, id)) }));
  switch (asks.kind) {
    case "choice":
      return { answers: at(answered), questions: [{ options: optionsOf(undefined, asks.options) }] };
    case "form":
      return {
        answers: at(answered),
        questions: asks.fields.filter(isCounted).map((field) => ({
          field: field.id,
          label: field.label,
          options: optionsOf(field.id, field.type === "choice" ? field.options : yesOrNo),
        })),
      };
    case "timer":
      return { answers: at(answered), questions: [] };
    default:
      return asks satisfies never;
  }
}

/** The numbers of some records at their places. */
export function countsOf(records: readonly Pick<StateRecord, "answer">[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { answer } of records) {
    for (const place of answer?.counts ?? []) counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  return counts;
}

/** An answer in lines, as a report quotes it. */
export function answerLines(command: Pick<Command, "kind" | "data">, given: GivenAnswer): string[] {
  const asks = asksOf(command);
  if ("options" in given && asks?.kind === "choice") {
    return asks.options.filter(({ id }) => given.options.includes(id)).map(({ label }) => label);
  }
  if ("fields" in given && asks?.kind === "form") {
    return asks.fields.filter(({ id }) => Object.hasOwn(given.fields, id))
      .map((field) => `${field.label}: ${shownValue(field, given.fields[field.id]!)}`);
  }
  return [];
}

function shownValue(field: FormField, value: string | number | boolean): string {
  const option = field.type === "choice" ? field.options.find(({ id }) => id === value) : undefined;
  return option?.label ?? String(value);
}

const yesOrNo = [{ id: "true" }, { id: "false" }];

/** Whether the values of a field are counted one by one. */
export function isCounted({ type }: FormField): boolean {
  return type === "choice" || type === "yesno";
}

/** Where an option counts; `field` is undefined for a choice. Ids have no colon. */
export function placeOf(field: string | undefined, option: string): string {
  return `${field ?? ""}:${option}`;
}
