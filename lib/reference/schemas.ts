import { z } from "zod";
import { refusalTable } from "../protocol/mod.ts";
import { described } from "./described.ts";
import { named } from "./named_types.ts";

/** JSON Schema 2020-12. */
export type JsonSchema = { [name: string]: unknown };

const registry = z.registry<{ id: string }>();
for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });

/** Makes JSON Schemas from zod's, and collects the named ones. */
export class Schemas {
  readonly #found = new Map<string, JsonSchema>();

  /** What the server sends, with the meaning of its fields in `where`: a method or a call. Named types become references. */
  output(schema: z.ZodType, where: string): JsonSchema {
    const { $schema: _, $defs = {}, ...made } = z.toJSONSchema(schema, {
      io: "output",
      metadata: registry,
      unrepresentable: "any",
    }) as JsonSchema & { $defs?: Record<string, JsonSchema> };
    for (const [name, definition] of Object.entries($defs)) this.#keep(name, definition);
    const id = registry.get(schema)?.id;
    if (id === undefined) return described(referring(made), [where]) as JsonSchema;
    // A named type comes as a reference to its definition, which was kept above.
    if (made.$ref === undefined) this.#keep(id, made);
    return { $ref: `#/components/schemas/${id}` };
  }

  /** What the server takes, written out: a type that is sent and taken can differ, for example in defaults. */
  input(schema: z.ZodType, where: string): JsonSchema {
    const { $schema: _, ...made } = z.toJSONSchema(schema, {
      io: "input",
      unrepresentable: "any",
    }) as JsonSchema;
    return described(made, [registry.get(schema)?.id ?? where]) as JsonSchema;
  }

  /** For `components.schemas`. */
  get components(): Record<string, JsonSchema> {
    return Object.fromEntries([...this.#found].sort(([a], [b]) => a < b ? -1 : 1));
  }

  #keep(name: string, { id: _, ...schema }: JsonSchema): void {
    this.#found.set(name, described(referring(schema), [name]) as JsonSchema);
  }
}

/** References of one schema to the document's. */
function referring(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(referring);
  if (part === null || typeof part !== "object") return part;
  return Object.fromEntries(
    Object.entries(part).map(([name, value]) =>
      name === "$ref" && typeof value === "string"
        ? [name, value.replace(/^#\/\$defs\//, "#/components/schemas/")]
        : [name, referring(value)]
    ),
  );
}

/** RFC 9457, with what a refusal tells; and the object of a JSON-RPC error's `data`. */
const told = {
  kind: {
    enum: Object.keys(refusalTable),
    description: "Decide by this. The message is for people.",
  },
  retryAfterMs: { type: "integer", description: "Milliseconds to wait, with rate_limited." },
  proof: {
    const: true,
    description: "Prove who you are with POST /api/v1/auth/proof, then make the same call again.",
  },
  fields: {
    type: "object",
    additionalProperties: { type: "string" },
    description: "What is wrong with each field, by dotted path.",
  },
};

export const problemSchema: JsonSchema = {
  type: "object",
  description: "RFC 9457, application/problem+json.",
  properties: {
    type: { type: "string", description: "Always about:blank." },
    title: { type: "string", description: "The kind in words." },
    status: { type: "integer", description: "The HTTP status." },
    detail: { type: "string", description: "What to do next, in English." },
    ...told,
  },
  required: ["type", "title", "status", "detail", "kind"],
};

export const rpcErrorSchema: JsonSchema = {
  type: "object",
  description: "JSON-RPC 2.0 error.",
  properties: {
    code: {
      type: "integer",
      description: "JSON-RPC's own codes, and -32000 for what the server refuses.",
    },
    message: { type: "string", description: "What to do next, in English." },
    data: { type: "object", description: "What a program decides by.", properties: told, required: ["kind"] },
  },
  required: ["code", "message"],
};
