import type { z } from "zod";
import { Refusal } from "./errors.ts";
import { reasonOf, unnamed } from "./field_reasons.ts";
import { limits } from "./limits.ts";
import { type Message, say } from "./message.ts";

/**
 * Input as its schema gives it back, or a refusal that names each wrong field by its dotted path with what to do. What is
 * said is bounded, since names may be the client's own. `whole` stands for the input itself where the path is empty.
 */
export function checked<S extends z.ZodType>(
  schema: S,
  input: unknown,
  whole = "params",
): z.output<S> | Refusal {
  const parsed = schema.safeParse(input, { error: () => unnamed, reportInput: true });
  return parsed.success ? parsed.data : refused(parsed.error, whole);
}

function refused(error: z.ZodError, whole: string): Refusal {
  const fields = new Map<string, Message>();
  for (const issue of error.issues) {
    if (fields.size >= limits.fieldsNamed) break;
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys.slice(0, limits.fieldsNamed)) {
        fields.set(nameOf([...issue.path, key], whole), "field.unknown");
      }
    } else {
      const name = nameOf(issue.path, whole);
      if (!fields.has(name)) fields.set(name, reasonOf(issue));
    }
  }
  const named = [...fields].slice(0, limits.fieldsNamed);
  const shown = named.slice(0, 3).map(([name]) => name).join(", ") + (named.length > 3 ? ", …" : "");
  // Not by assignment: a field may be named __proto__.
  return new Refusal("invalid_params", say("request.fields", { fields: shown }), {
    fields: Object.fromEntries(named),
  });
}

/** A dotted path, cut where a client's own key makes it long. */
function nameOf(path: readonly PropertyKey[], whole: string): string {
  return path.length === 0
    ? whole
    : path.map(String).join(".").slice(0, limits.fieldNameLength).toWellFormed();
}
