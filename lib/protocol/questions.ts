import { z } from "zod";
import { limits } from "./limits.ts";
import { because } from "./message.ts";
import { record } from "./record.ts";
import { line, name, text } from "./text.ts";

/** The id of an option or a field: the sender's own, unique within its list. */
const partId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/, { error: because("field.partId") });
const label = name(limits.questionLabel);

const option = z.strictObject({ id: partId, label });
export type Option = z.infer<typeof option>;

const options = z.array(option).min(limits.optionsMin).max(limits.optionsMax).superRefine(oneIdEach);

/** The `data` of a `choice`. With `multiple`, one or more options are an answer; otherwise exactly one. */
export const choiceAsks = z.strictObject({ options, multiple: z.boolean().optional() });
export type ChoiceAsks = z.infer<typeof choiceAsks>;

const asked = { id: partId, label, required: z.boolean().optional() };

/** A field of a `form`. `text` is one line; a `choice` has its options. */
export const formField = z.discriminatedUnion("type", [
  z.strictObject({ ...asked, type: z.literal("text") }),
  z.strictObject({ ...asked, type: z.literal("long") }),
  z.strictObject({ ...asked, type: z.literal("number") }),
  z.strictObject({ ...asked, type: z.literal("yesno") }),
  z.strictObject({ ...asked, type: z.literal("date") }),
  z.strictObject({ ...asked, type: z.literal("choice"), options }),
]);
export type FormField = z.infer<typeof formField>;

/** The `data` of a `form`. */
export const formAsks = z.strictObject({
  fields: z.array(formField).min(1).max(limits.formQuestions).superRefine(oneIdEach),
});
export type FormAsks = z.infer<typeof formAsks>;

/** The `data` of a `timer`: how long it runs once the person has started it. */
export const timerAsks = z.strictObject({ seconds: z.number().int().min(1).max(limits.timerSeconds) });
export type TimerAsks = z.infer<typeof timerAsks>;

const dataSchemas = { choice: choiceAsks, form: formAsks, timer: timerAsks } as const;

/** What is wrong with the `data` of an asking kind, with paths inside of it. */
export function dataIssues(kind: Asks["kind"], data: unknown): z.core.$ZodIssue[] {
  // Without texts of its own: `checked` finds the reasons by the issues' codes.
  const parsed = dataSchemas[kind].safeParse(data ?? {}, { error: () => "", reportInput: true });
  return parsed.success ? [] : parsed.error.issues;
}

/** What a command asks, by its kind. */
export type Asks =
  | { kind: "choice" } & ChoiceAsks
  | { kind: "form" } & FormAsks
  | { kind: "timer" } & TimerAsks;

/** The `data` of an asking kind as it is kept: with its names in NFC. It was checked before. */
export function askedData({ kind, ...data }: Asks): Record<string, unknown> {
  return dataSchemas[kind].parse(data);
}

const given = z.union([text(limits.answerLong), z.number(), z.boolean()]);

/**
 * CM-9: an answer. To a `choice` the id of an option, or a list of ids; to a `form` an object with a value for each field's id: a
 * text, a number, `true` or `false`, a date as `2026-01-31`, an option's id. What was left empty is absent.
 */
export const answerInput = z.union([
  text(limits.answerLong),
  z.array(text(limits.answerLong)).max(limits.optionsMax),
  record(z.string(), given),
], { error: because("field.answerShape") });
export type AnswerInput = z.infer<typeof answerInput>;

/**
 * CM-9: an answer as it is told. To a `choice`: `options`, in the order of the question. To a `form`: `fields`. Of a `timer`: when it
 * ran, by the server's clock.
 */
export const givenAnswer = z.union([
  z.object({ options: z.array(z.string()) }),
  z.object({ fields: record(z.string(), z.union([z.string(), z.number(), z.boolean()])) }),
  z.object({ startedAt: z.string(), endedAt: z.string() }),
]);
export type GivenAnswer = z.infer<typeof givenAnswer>;

/**
 * CM-9: how often each option was chosen. `answers`: how many people answered. A `choice` is one question without `field`; of a form,
 * fields of `choice` and `yesno` (whose options are `true` and `false`).
 */
export const answerTotals = z.object({
  answers: z.number().int().nonnegative(),
  questions: z.array(z.object({
    field: z.string().optional(),
    label: z.string().optional(),
    options: z.array(z.object({
      id: z.string(),
      /** Absent for those of `yesno`. */
      label: z.string().optional(),
      count: z.number().int().nonnegative(),
    })),
  })),
});
export type AnswerTotals = z.infer<typeof answerTotals>;

/** What an answer to this choice has to be: at least one of its options, each once, and one only without `multiple`. */
export function choiceAnswer({ options, multiple }: ChoiceAsks) {
  return z.object({
    answer: z.array(oneOf(options)).min(1).max(multiple === true ? options.length : 1).refine(
      (ids) => new Set(ids).size === ids.length,
      { error: because("field.optionTwice") },
    ),
  });
}

/** What an answer to this form has to be. Its values together have a bound, so that it fits into a record. */
export function formAnswer({ fields }: FormAsks) {
  const values = fields.map((field): [string, z.ZodType<string | number | boolean | undefined>] => [
    field.id,
    field.required === true ? fieldValue(field) : fieldValue(field).optional(),
  ]);
  return z.object({
    answer: z.strictObject(Object.fromEntries(values)).superRefine((value, ctx) => {
      if (new TextEncoder().encode(JSON.stringify(value)).length <= limits.answerBytes) return;
      ctx.addIssue({
        code: "custom",
        message: because("field.large"),
        params: { count: limits.answerBytes },
      });
    }).transform((value) =>
      Object.fromEntries(
        Object.entries(value).filter((entry): entry is [string, string | number | boolean] =>
          entry[1] !== undefined && entry[1] !== ""
        ),
      )
    ),
  });
}

function fieldValue(field: FormField): z.ZodType<string | number | boolean> {
  switch (field.type) {
    case "text":
      return filled(line(limits.answerText), field);
    case "long":
      return filled(text(limits.answerLong), field);
    case "number":
      return z.number();
    case "yesno":
      return z.boolean();
    case "date":
      return z.iso.date({ error: because("field.date") });
    case "choice":
      return oneOf(field.options);
    default:
      return field satisfies never;
  }
}

function oneOf(options: readonly Option[]): z.ZodType<string> {
  return z.string().refine((value) => options.some(({ id }) => id === value), {
    error: because("field.choice"),
  });
}

function filled(schema: z.ZodType<string, string>, { required }: FormField): z.ZodType<string> {
  return required === true
    ? schema.refine((value) => value.trim() !== "", { error: because("field.empty") })
    : schema;
}

function oneIdEach(list: readonly { id: string }[], ctx: z.RefinementCtx): void {
  const seen = new Set<string>();
  for (const [at, { id }] of list.entries()) {
    if (seen.has(id)) ctx.addIssue({ code: "custom", path: [at, "id"], message: because("field.twice") });
    seen.add(id);
  }
}
