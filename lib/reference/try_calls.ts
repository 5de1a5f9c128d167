import { z } from "zod";
import { methods } from "../protocol/mod.ts";
import { once } from "./once.ts";
import { operations } from "./operations.ts";

/** A call that `/docs` lets a person try with their own session. */
export interface TryCall {
  /** As the reference has it: a method of the socket, or the method and address of REST. */
  name: string;
  over: "socket" | "rest";
  /** Of REST: the address with the names of its parts in braces; of the socket the method. */
  target: string;
  /** Of REST. */
  verb: string;
  /** What it takes, to begin with: a JSON object with its required fields; null for nothing. */
  body: string | null;
  /** It can change something, so the person is asked first. */
  changes: boolean;
}

/** Ends of names of methods that only read. */
const reads = /^(heartbeat|.*\.(get|list|counts|preview|search|talks))$/;

/** By its name in the reference; null where there is nothing to try: notifications, and calls that take or give no JSON. */
export function tryCall(name: string): TryCall | null {
  return tryCalls().get(name) ?? null;
}

const tryCalls = once(() => {
  const calls = new Map<string, TryCall>();
  for (const [name, { params }] of Object.entries(methods)) {
    const body = written(params);
    calls.set(name, { name, over: "socket", target: name, verb: "", body, changes: !reads.test(name) });
  }
  for (const [call, { body, takes, gives }] of Object.entries(operations)) {
    if (takes !== undefined || (gives !== undefined && !(gives instanceof z.ZodType))) continue;
    const [verb = "", path = ""] = call.split(" ");
    const [name, target] = [`${verb} /api/v1${path}`, `/api/v1${path}`];
    const first = body === undefined ? null : written(body);
    calls.set(name, { name, over: "rest", target, verb, body: first, changes: verb !== "GET" });
  }
  return calls;
});

interface Schema {
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  minItems?: number;
  minimum?: number;
}

function written(schema: z.ZodType): string {
  const made = z.toJSONSchema(schema, { io: "input", unrepresentable: "any", reused: "inline" }) as Schema;
  return JSON.stringify(exampleOf(made), null, 2);
}

/** The least that fits the shape: required fields, the first of choices, empty texts to fill in. */
function exampleOf(schema: Schema): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const [first] = schema.anyOf ?? schema.oneOf ?? [];
  if (first !== undefined) return exampleOf(first);
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case "object":
      return Object.fromEntries(
        (schema.required ?? []).map((name) => [name, exampleOf(schema.properties?.[name] ?? {})]),
      );
    case "array":
      return (schema.minItems ?? 0) > 0 ? [exampleOf(schema.items ?? {})] : [];
    case "integer":
    case "number":
      return Math.max(schema.minimum ?? 0, 0);
    case "boolean":
      return true;
    case "null":
      return null;
    default:
      return "";
  }
}
