import type { AnswerInput, Asks, FormField, Refusal } from "../../protocol/mod.ts";
import { answerField } from "../../text/mod.ts";
import type { Language } from "../../words/mod.ts";
import { type FormProblem, problemOf } from "./form.ts";

/** What a posted form answers, unchecked: the server checks it against the command (CM-9). Undefined for a timer. */
export function answerIn(form: URLSearchParams, asks: Asks): AnswerInput | undefined {
  switch (asks.kind) {
    case "choice":
      return form.getAll("answer");
    case "form":
      return Object.fromEntries(asks.fields.flatMap((field) => {
        const value = valueIn(form, field);
        return value === undefined ? [] : [[field.id, value]];
      }));
    case "timer":
      return undefined;
    default:
      return asks satisfies never;
  }
}

/** Undefined for what was left empty. */
function valueIn(form: URLSearchParams, { id, type }: FormField): string | number | boolean | undefined {
  // Browsers send line breaks as CR LF; texts have LF.
  const text = (form.get(answerField(id)) ?? "").replaceAll("\r\n", "\n").trim();
  if (text === "") return undefined;
  switch (type) {
    case "number": {
      const value = Number(text);
      return Number.isFinite(value) ? value : text;
    }
    case "yesno":
      return text === "true" ? true : text === "false" ? false : undefined;
    case "text":
    case "long":
    case "date":
    case "choice":
      return text;
    default:
      return type satisfies never;
  }
}

/** All fields of the form as they were typed. */
export function typedAnswer(form: URLSearchParams): Record<string, string[]> {
  return Object.fromEntries([...new Set(form.keys())].map((name) => [name, form.getAll(name)]));
}

/** A refused answer, with each reason beside its field. */
export function answerProblem(refusal: Refusal, asks: Asks, language: Language): FormProblem {
  const fields = asks.kind === "form"
    ? asks.fields.map(({ id }) => [`answer.${id}`, answerField(id)] as const)
    : [];
  return problemOf(refusal, language, Object.fromEntries(fields));
}
