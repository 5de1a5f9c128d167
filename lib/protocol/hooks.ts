import { z } from "zod";
import { audience } from "./commands.ts";
import { jsonDepth } from "./json_depth.ts";
import { limits } from "./limits.ts";
import { because } from "./message.ts";
import { slug, text } from "./text.ts";

/** A place in JSON: `$`, then names and numbers, as in `$.alerts[0].labels.job` or `$['a name']`. */
const jsonPath = /\$(?:\.[A-Za-z_][A-Za-z0-9_-]*|\[[0-9]{1,4}\]|\['[^'\\]{1,64}'\])*/;
const whole = new RegExp(`^${jsonPath.source}$`);
const place = new RegExp(`\\{(${jsonPath.source})\\}`, "g");

/** A text with places in braces, `Build {$.id} failed`, or a path alone. */
const template = text(limits.hookTemplate, 1).refine(
  (value) => !value.replaceAll(place, "").includes("{$") && (!value.startsWith("$") || whole.test(value)),
  { error: because("field.jsonPath") },
);

/** What a hook makes of the JSON that is posted to it (AU-11): a command to `audience` with these texts. */
export const hookBody = z.strictObject({
  audience,
  kind: z.enum(["message", "task"]).default("message"),
  title: template,
  body: template.optional(),
  categories: z.array(slug).max(limits.categories).optional(),
});
export type Hook = z.infer<typeof hookBody>;

/** What is posted to a hook: any JSON. */
export const hookInput = z.custom<unknown>(
  (value) => jsonDepth(value, limits.jsonDepth) <= limits.jsonDepth,
  {
    error: because("field.json"),
  },
);

/**
 * A template with what stands at its places. What is not there is empty; lists and objects come as JSON. Nothing is read for what is
 * behind the first `most` UTF-16 units: a template can name all of a large input hundreds of times.
 */
export function filledTemplate(template: string, input: unknown, most: number): string {
  if (whole.test(template)) return textOf(valueAt(input, template)).slice(0, most);
  let filled = "";
  let from = 0;
  for (const { 0: typed, 1: path, index } of template.matchAll(place)) {
    filled += template.slice(from, index);
    if (filled.length >= most) break;
    filled += textOf(valueAt(input, path!));
    from = index + typed.length;
  }
  return (filled + template.slice(from)).slice(0, most);
}

function valueAt(input: unknown, path: string): unknown {
  let value = input;
  for (const [, name, index, quoted] of path.matchAll(/\.([A-Za-z0-9_-]+)|\[([0-9]+)\]|\['([^']+)'\]/g)) {
    if (value === null || typeof value !== "object") return undefined;
    const key = name ?? index ?? quoted!;
    value = Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
  }
  return value;
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
