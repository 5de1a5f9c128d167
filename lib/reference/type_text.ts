import { z } from "zod";
import { fieldMeaning } from "./described.ts";
import { named, socketTypes } from "./named_types.ts";
import { once } from "./once.ts";

/** The part of JSON Schema that zod writes for the protocol. */
interface Schema {
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  pattern?: string;
}

/** The named types, written out. */
export function namedTypes(): { name: string; text: string }[] {
  return socketTypes.map((name) => ({
    name,
    text: writtenOut(jsonSchema(named[name], name === "CommandDraft" ? "input" : "output"), "", [name]),
  }));
}

/** By the type's JSON Schema. */
const names = once(() => {
  const found = new Map<string, string>();
  for (const name of socketTypes) {
    for (const io of ["input", "output"] as const) {
      found.set(JSON.stringify(jsonSchema(named[name], io)), name);
    }
  }
  return found;
});

function jsonSchema(schema: z.ZodType, io: "input" | "output"): Schema {
  const made = z.toJSONSchema(schema, { io, unrepresentable: "any", reused: "inline" });
  delete made.$schema;
  return JSON.parse(JSON.stringify(made)) as Schema;
}

/**
 * A schema as a type that a reader of TypeScript knows, with the meaning of each field behind it; named types by their name. `where`: the
 * method, notification or call that has it.
 */
export function typeText(schema: z.ZodType, io: "input" | "output", where: string): string {
  return written(jsonSchema(schema, io), "", [where]);
}

function written(schema: Schema, indent: string, path: readonly string[]): string {
  return names().get(JSON.stringify(schema)) ?? writtenOut(schema, indent, path);
}

function writtenOut(schema: Schema, indent: string, path: readonly string[]): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return choices.map((choice) => written(choice, indent, path)).join(" | ");
  if (schema.allOf !== undefined) return schema.allOf.map((part) => written(part, indent, path)).join(" & ");
  if (Array.isArray(schema.type)) return schema.type.join(" | ");
  if (schema.type === "array") {
    const items = written(schema.items ?? {}, indent, path);
    return items.includes(" | ") && !items.startsWith("{") ? `(${items})[]` : `${items}[]`;
  }
  if (schema.type === "object") return writtenObject(schema, indent, path);
  if (schema.type === "integer") return "number";
  return schema.type ?? "unknown";
}

function writtenObject(schema: Schema, indent: string, path: readonly string[]): string {
  const fields = Object.entries(schema.properties ?? {});
  if (fields.length === 0) {
    const values = schema.additionalProperties;
    return typeof values === "object" ? `{ [name: string]: ${written(values, indent, path)} }` : "{}";
  }
  const inner = `${indent}  `;
  const lines = fields.map(([name, field]) => {
    const mark = schema.required?.includes(name) ? "" : "?";
    const own = [...path, name];
    const [first = "", ...more] = `${inner}${name}${mark}: ${written(field, inner, own)};`.split("\n");
    const meaning = fieldMeaning(own);
    return [meaning === null ? first : `${first} // ${meaning}`, ...more].join("\n");
  });
  return ["{", ...lines, `${indent}}`].join("\n");
}
