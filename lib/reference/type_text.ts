import { z } from "zod";
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
    text: writtenOut(jsonSchema(named[name], name === "CommandDraft" ? "input" : "output"), ""),
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

/** A schema as a type that a reader of TypeScript knows; named types by their name. */
export function typeText(schema: z.ZodType, io: "input" | "output"): string {
  return written(jsonSchema(schema, io), "");
}

function written(schema: Schema, indent: string): string {
  return names().get(JSON.stringify(schema)) ?? writtenOut(schema, indent);
}

function writtenOut(schema: Schema, indent: string): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return choices.map((choice) => written(choice, indent)).join(" | ");
  if (schema.allOf !== undefined) return schema.allOf.map((part) => written(part, indent)).join(" & ");
  if (Array.isArray(schema.type)) return schema.type.join(" | ");
  if (schema.type === "array") {
    const items = written(schema.items ?? {}, indent);
    return items.includes(" | ") && !items.startsWith("{") ? `(${items})[]` : `${items}[]`;
  }
  if (schema.type === "object") return writtenObject(schema, indent);
  if (schema.type === "integer") return "number";
  return schema.type ?? "unknown";
}

function writtenObject(schema: Schema, indent: string): string {
  const fields = Object.entries(schema.properties ?? {});
  if (fields.length === 0) {
    const values = schema.additionalProperties;
    return typeof values === "object" ? `{ [name: string]: ${written(values, indent)} }` : "{}";
  }
  const inner = `${indent}  `;
  const lines = fields.map(([name, field]) => {
    const mark = schema.required?.includes(name) ? "" : "?";
    return `${inner}${name}${mark}: ${written(field, inner)};`;
  });
  return ["{", ...lines, `${indent}}`].join("\n");
}
