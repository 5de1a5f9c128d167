import { z } from "zod";
import { jsonDepth } from "./json_depth.ts";
import { limits } from "./limits.ts";
import { because, type Message, said, say } from "./message.ts";

export { jsonDepth };

/**
 * Text fields. A JavaScript string may hold NUL and half of a surrogate pair; neither survives UTF-8 and
 * logs, so no field takes them. Lengths count code points: what a person would call a character.
 */
export function text(max: number, min = 0): z.ZodType<string, string> {
  return z.string().superRefine((value, ctx) => {
    const problem = textProblem(value, max, min);
    if (problem === undefined) return;
    const { key, values = {} } = said(problem);
    ctx.addIssue({ code: "custom", message: because(key), params: values });
  });
}

function textProblem(value: string, max: number, min: number): Message | undefined {
  // A code point is one or two units: only the lengths in between need counting.
  if (value.length > max * 2) return say("field.long", { count: max });
  if (!value.isWellFormed()) return "field.surrogates";
  if (value.includes("\0")) return "field.nul";
  if (value.length > max && [...value].length > max) return say("field.long", { count: max });
  if (value.length < min) return min === 1 ? "field.empty" : say("field.short", { count: min });
  return undefined;
}

/** A text field of one line: no line breaks or other control characters. */
export function line(max: number, min = 0): z.ZodType<string, string> {
  // deno-lint-ignore no-control-regex -- control characters are what this looks for
  return text(max, min).refine((value) => !/[\u0001-\u001f\u007f-\u009f\u2028\u2029]/.test(value), {
    message: because("field.line"),
  });
}

/**
 * AU-8: the name of someone or something: one line in NFC, without characters that change the direction of the text around it,
 * and with something to see. With `min` 0 it may also be empty.
 */
export function name(max: number, min: 0 | 1 = 1): z.ZodType<string, string> {
  // Composing shortens a text to no less than a third, so a longer one is refused as it is.
  return z.string().transform((value) => value.length > max * 6 ? value : value.normalize("NFC"))
    .pipe(line(max, min))
    .refine((value) => !/[\u202a-\u202e\u2066-\u2069]/.test(value), { message: because("field.direction") })
    .refine((value) => value === "" || isVisible(value), { message: because("field.visible") });
}

/** MO-2: why somebody decided something. It has something to see, as the person concerned and the audit log get it. */
export function reasonGiven(max: number): z.ZodType<string, string> {
  return text(max, 1).refine(isVisible, { message: because("field.visible") });
}

/** Whether a text has a character that shows by itself: no blank, no mark, nothing that is ignored or drawn as a blank. */
function isVisible(text: string): boolean {
  return /(?=[^\p{Default_Ignorable_Code_Point}\u2800])[\p{L}\p{N}\p{P}\p{S}]/u.test(text);
}

/** RFC 3339 time with `Z` or an offset; comes out as UTC with milliseconds, so that times compare as text. */
export const time: z.ZodType<string> = z.iso.datetime({
  offset: true,
  error: because("field.time"),
})
  .transform((value) => new Date(value).toISOString())
  // An offset can lead out of the years of four digits, which do not compare as text any more.
  .refine((value) => /^[0-9]{4}-/.test(value), { error: because("field.years") });

/** `toLowerCase` would make an ASCII k of the Kelvin sign. */
function asciiLowerCase(value: string): string {
  return value.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** AU-1: ASCII only, so no two usernames look alike by Unicode. Lower-cased before it is checked. */
export const username = z.string().max(64).transform(asciiLowerCase).pipe(
  z.string().regex(/^[a-z0-9][a-z0-9_-]{2,31}$/, {
    error: because("field.username"),
  }),
);

export const slug = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, {
  error: because("field.slug"),
});

/** Ids of records that the server makes: letters and digits that sort by time. */
export const id = z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, {
  error: because("field.id"),
});

/** WS-1. */
export const device = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, {
  error: because("field.device"),
});

/** An opaque place in an inbox (a versionstamp of the store). */
export const cursor = z.string().regex(/^[0-9a-f]{20}$/, { error: because("field.cursor") });

export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** CM-2: any JSON object up to 8 KiB as UTF-8, whole Unicode only. */
export const jsonData: z.ZodType<Record<string, Json>> = z.custom<Record<string, Json>>(
  (value) => value !== null && typeof value === "object" && !Array.isArray(value),
  { error: because("field.object") },
).superRefine((value, ctx) => {
  if (jsonDepth(value, limits.dataDepth) > limits.dataDepth) {
    ctx.addIssue({ code: "custom", message: because("field.deep"), params: { count: limits.dataDepth } });
    return;
  }
  const json = JSON.stringify(value);
  if (new TextEncoder().encode(json).length > limits.dataBytes) {
    ctx.addIssue({ code: "custom", message: because("field.large"), params: { count: limits.dataBytes } });
  }
  // JSON.stringify writes NUL and lone surrogates as escapes; a backslash that is itself escaped does not count.
  if (/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/i.test(json)) {
    ctx.addIssue({
      code: "custom",
      message: because("field.json"),
    });
  }
});
