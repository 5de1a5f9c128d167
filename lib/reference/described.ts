import { adminFieldMeanings } from "./admin_field_meanings.ts";
import { fieldMeanings } from "./field_meanings.ts";
import { restFieldMeanings } from "./rest_field_meanings.ts";

const meanings: Readonly<Record<string, string>> = {
  ...fieldMeanings,
  ...restFieldMeanings,
  ...adminFieldMeanings,
};
/** Names under which a meaning was found, for the test that finds those that nothing uses. */
const used = new Set<string>();

/**
 * The meaning of a field at the end of this path: of the longest end of it that the tables have, or null. The path begins with the
 * type, the method or the call.
 */
export function fieldMeaning(path: readonly string[]): string | null {
  const [whole = "", ...rest] = path;
  // A call of REST by the last part of its address, as `decide`.
  const short = whole.includes("/") ? [[whole.split("/").at(-1)!, ...rest].join(".")] : [];
  const ends = rest.map((_, from) => rest.slice(from).join("."));
  for (const name of [path.join("."), ...short, ...ends]) {
    const meaning = meanings[name];
    if (meaning === undefined) continue;
    used.add(name);
    return meaning;
  }
  return null;
}

/** Meanings that no field asked for so far. */
export function unusedMeanings(): string[] {
  return Object.keys(meanings).filter((name) => !used.has(name));
}

/** A JSON Schema with a description at each of its fields. `path`: of the schema itself. */
export function described(part: unknown, path: readonly string[]): unknown {
  if (Array.isArray(part)) return part.map((one) => described(one, path));
  if (part === null || typeof part !== "object") return part;
  return Object.fromEntries(
    Object.entries(part).map(([name, value]) => [
      name,
      name === "properties" ? describedFields(value as Record<string, object>, path) : described(value, path),
    ]),
  );
}

function describedFields(fields: Record<string, object>, path: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      const own = [...path, name];
      const description = fieldMeaning(own);
      const whole = described(field, own) as object;
      return [name, description === null || "description" in whole ? whole : { ...whole, description }];
    }),
  );
}
