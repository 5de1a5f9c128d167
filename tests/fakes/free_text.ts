import * as protocol from "../../lib/protocol/mod.ts";

interface Field {
  takes(value: string): boolean;
}

/** As much of a zod schema as is looked at here. */
interface Schema {
  safeParse(value: unknown): { success: boolean };
  shape?: Record<string, Schema>;
  def?: { catchall?: { def?: { type?: string } } };
}

/** What no username, slug or id is. */
const odd = `"><b>`;

/**
 * Every field of every body and request that takes any text, by its schema's name and its path: what people can write, and pages
 * may show.
 */
export function freeTextFields(): Map<string, Field> {
  const found = new Map<string, Field>();
  const seen = new Set<unknown>();
  const bodies = Object.entries(protocol).filter(([, value]) => isStrict(value)) as unknown as [
    string,
    Schema,
  ][];
  const requests = Object.entries(protocol.methods).map(([name, { params }]) => [name, params] as const);
  for (const [name, schema] of [...bodies, ...requests as unknown as [string, Schema][]]) {
    if (seen.has(schema)) continue;
    seen.add(schema);
    fieldsOf(name, schema, found);
  }
  return found;
}

/** What comes in is strict, what goes out is not. */
function isStrict(value: unknown): boolean {
  const schema = value as Schema | null;
  return typeof schema === "object" && schema?.shape !== undefined &&
    schema.def?.catchall?.def?.type === "never";
}

function fieldsOf(path: string, schema: Schema, found: Map<string, Field>): void {
  for (const [key, field] of Object.entries(schema.shape ?? {})) {
    const name = `${path}.${key}`;
    const as = [(value: string) => value, (value: string) => [value], (value: string) => ({ [value]: value })]
      .find((wrap) => field.safeParse(wrap(odd)).success);
    if (as !== undefined) found.set(name, { takes: (value) => field.safeParse(as(value)).success });
    else fieldsOf(name, field, found);
  }
}
