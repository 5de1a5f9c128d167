import { askTypes, lengthUnits, type TypedAsks, type TypedField } from "../../text/mod.ts";
import { limits } from "../../protocol/limits.ts";
import type { Asks, Message, Refusal } from "../../protocol/mod.ts";
import { fill, type Language, renderMessage, wordsOf } from "../../words/mod.ts";
import { filled } from "./form.ts";

const emptyField: TypedField = { label: "", type: "text", required: false, options: "" };

export function emptyAsks(): TypedAsks {
  return {
    options: "",
    multiple: false,
    fields: Array.from({ length: limits.formQuestions }, () => ({ ...emptyField })),
    length: "10",
    unit: "minutes",
  };
}

/** What a form for a command asks (CM-9), as it was typed. */
export function typedAsks(form: URLSearchParams): TypedAsks {
  const field = (name: string) => form.get(name) ?? "";
  return {
    options: field("options"),
    multiple: form.has("multiple"),
    fields: emptyAsks().fields.map((_, at) => ({
      label: field(`field-${at}-label`),
      type: askTypes.find((type) => type === field(`field-${at}-type`)) ?? "text",
      required: form.has(`field-${at}-required`),
      options: field(`field-${at}-options`),
    })),
    length: field("length"),
    unit: filled(form, "unit") ?? "minutes",
  };
}

/** What a command asks, as it would be typed. */
export function copiedAsks(asks: Asks | null): TypedAsks {
  const empty = emptyAsks();
  const linesOf = (options: readonly { label: string }[]) => options.map(({ label }) => label).join("\n");
  switch (asks?.kind) {
    case undefined:
      return empty;
    case "choice":
      return { ...empty, options: linesOf(asks.options), multiple: asks.multiple === true };
    case "timer": {
      const [unit = "seconds", seconds = 1] =
        [...lengthUnits].sort(([, a], [, b]) => b - a).find(([, one]) => asks.seconds % one === 0) ?? [];
      return { ...empty, length: String(asks.seconds / seconds), unit };
    }
    case "form":
      return {
        ...empty,
        fields: empty.fields.map((field, at) => {
          const asked = asks.fields[at];
          if (asked === undefined) return field;
          const { label, type, required = false } = asked;
          return { label, type, required, options: asked.type === "choice" ? linesOf(asked.options) : "" };
        }),
      };
  }
}

/** The form's fields that say the same. */
export function asksFields(
  { options, multiple, fields, length, unit }: TypedAsks,
): [name: string, value: string][] {
  return [
    ["options", options],
    ...(multiple ? [["multiple", "yes"] as [string, string]] : []),
    ...fields.flatMap((field, at): [string, string][] => [
      [`field-${at}-label`, field.label],
      [`field-${at}-type`, field.type],
      ...(field.required ? [[`field-${at}-required`, "yes"] as [string, string]] : []),
      [`field-${at}-options`, field.options],
    ]),
    ["length", length],
    ["unit", unit],
  ];
}

/** The `data` of an asking kind, unchecked; undefined for other kinds. */
export function askedIn(form: URLSearchParams, kind: string): Record<string, unknown> | undefined {
  const typed = typedAsks(form);
  switch (kind) {
    case "choice":
      return { options: optionsOf(typed.options), ...(typed.multiple ? { multiple: true } : {}) };
    case "form":
      return {
        fields: typed.fields.filter(isFilled).map(({ label, type, required, options }, at) => ({
          id: String(at + 1),
          type,
          label: label.trim(),
          ...(required ? { required } : {}),
          ...(type === "choice" ? { options: optionsOf(options) } : {}),
        })),
      };
    case "timer":
      return { seconds: Number(typed.length.trim() || NaN) * (lengthUnits.get(typed.unit) ?? NaN) };
    default:
      return undefined;
  }
}

/** One on each line; their ids are their numbers. */
function optionsOf(text: string): { id: string; label: string }[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== "");
  return lines.map((label, at) => ({ id: String(at + 1), label }));
}

function isFilled({ label, options }: TypedField): boolean {
  return label.trim() !== "" || options.trim() !== "";
}

/** What is wrong with what is asked, by the form's fields. */
export function askedProblems(refusal: Refusal, kind: string, typed: TypedAsks, language: Language) {
  const words = wordsOf(language).sending;
  const problems: Record<string, string> = {};
  const places = typed.fields.flatMap((field, at) => isFilled(field) ? [at] : []);
  const say = (text: string, message: Message, option: string | undefined) =>
    option === undefined
      ? text
      : fill(words.optionAt, { number: Number(option) + 1, reason: `${renderMessage(language, message)}.` });
  for (const [path, message] of Object.entries(refusal.detail.fields ?? {})) {
    const reason = renderMessage(language, message);
    const [, option] = /^data\.options\.(\d+)/.exec(path) ?? [];
    const [, field, part, choice] = /^data\.fields\.(\d+)\.(label|options)(?:\.(\d+))?/.exec(path) ?? [];
    if (kind === "choice" && path.startsWith("data")) {
      problems.options ??= say(words.fewOptions, message, option);
    } else if (kind === "timer" && path.startsWith("data")) problems.length ??= words.length;
    else if (kind !== "form" || !path.startsWith("data")) continue;
    else if (field === undefined) problems.fields ??= path === "data" ? `${reason}.` : words.noFields;
    else {
      const name = `field-${places[Number(field)]}-${part}`;
      problems[name] ??= part === "label" ? `${reason}.` : say(words.fewOptions, message, choice);
    }
  }
  return problems;
}
