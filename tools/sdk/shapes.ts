/** What the AsyncAPI document says of methods and notifications, in the terms that every language has. */
import { asyncApi } from "../../lib/reference/mod.ts";
import { isKeyed, type RequestClass, requestClasses } from "../../lib/client/requests.ts";
import {
  type AfterClose,
  closeCodes,
  commandState,
  isOpen,
  limits,
  type Method,
} from "../../lib/protocol/mod.ts";

export type Shape =
  | { kind: "any" | "string" | "integer" | "number" | "boolean" | "null" }
  /** `open`: other texts too. */
  | { kind: "texts"; values: string[]; open: boolean }
  | { kind: "literal"; value: string | number | boolean }
  | { kind: "list"; of: Shape }
  | { kind: "map"; of: Shape }
  | { kind: "record"; fields: Field[] }
  | { kind: "named"; name: string }
  | { kind: "union"; of: Shape[] }
  | { kind: "nullable"; of: Shape };

export interface Field {
  name: string;
  required: boolean;
  shape: Shape;
}

export interface MethodShape {
  name: Method;
  about: string;
  offline: RequestClass;
  params: Field[];
  result: Shape;
}

export interface NotificationShape {
  name: string;
  about: string;
  params: Shape;
}

/** Bounds that a library keeps, of `limits`. */
export const boundNames = [
  "frameInBytes",
  "deliverBatch",
  "windowMax",
  "shutdownMs",
  "reconnectMaxMs",
  "reconnectBaseMs",
  "clientOutbox",
  "clientSeenIds",
  "clientConnectMs",
  "clientRequestMs",
  "clientInFlight",
  "clientRetries",
  "clientHandlerTries",
  "clientCloseMs",
  "keyKeptMs",
] as const satisfies readonly (keyof typeof limits)[];

export interface Api {
  bounds: { name: string; value: number }[];
  closes: { code: number; then: AfterClose }[];
  /** States in which a command is over. */
  closedStates: readonly string[];
  named: { name: string; shape: Shape }[];
  methods: MethodShape[];
  notifications: NotificationShape[];
}

/** The part of JSON Schema that the document uses. */
interface Schema {
  $ref?: string;
  type?: string | string[];
  const?: string | number | boolean;
  enum?: string[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
}

interface Document {
  operations: Record<string, { action: string; summary: string }>;
  components: { messages: Record<string, { payload: Schema }>; schemas: Record<string, Schema> };
}

/** Reads the document that `GET /api/asyncapi.json` gives. */
export function readApi(): Api {
  const { operations, components } = asyncApi({ host: "here", secure: true }) as unknown as Document;
  const inside = (message: string, part: string) => components.messages[message]!.payload.properties![part]!;
  const api: Api = {
    bounds: boundNames.map((name) => ({ name, value: limits[name] })),
    closes: Object.values(closeCodes).map(({ code, then }) => ({ code, then })),
    closedStates: commandState.options.filter((state) => !isOpen(state)),
    named: Object.entries(components.schemas).map(([name, schema]) => ({ name, shape: shapeOf(schema) })),
    methods: [],
    notifications: [],
  };
  for (const [name, { action, summary: about }] of Object.entries(operations)) {
    if (action === "send") {
      api.notifications.push({ name, about, params: shapeOf(inside(name, "params")) });
      continue;
    }
    const method = name as Method;
    const params = shapeOf(inside(`${name}.request`, "params"));
    if (params.kind !== "record") throw new Error(`The parameters of ${name} are no object.`);
    api.methods.push({
      name: method,
      about,
      offline: requestClasses[method],
      // The libraries make a key where none is given.
      params: params.fields.map((field) =>
        field.name === "key" && isKeyed(method) ? { ...field, required: false } : field
      ),
      result: shapeOf(inside(`${name}.reply`, "result")),
    });
  }
  return api;
}

function shapeOf(schema: Schema): Shape {
  if (schema.$ref !== undefined) return { kind: "named", name: schema.$ref.split("/").at(-1)! };
  if (schema.const !== undefined) return { kind: "literal", value: schema.const };
  if (schema.enum !== undefined) return { kind: "texts", values: schema.enum, open: false };
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return unionOf(choices.map(shapeOf));
  if (Array.isArray(schema.type)) return unionOf(schema.type.map((type) => shapeOf({ ...schema, type })));
  switch (schema.type) {
    case undefined:
      return { kind: "any" };
    case "array":
      return { kind: "list", of: shapeOf(schema.items ?? {}) };
    case "object":
      return recordOf(schema);
    case "string":
    case "integer":
    case "number":
    case "boolean":
    case "null":
      return { kind: schema.type };
    default:
      throw new Error(`The generator knows no type ${schema.type}.`);
  }
}

function recordOf({ properties = {}, required = [], additionalProperties }: Schema): Shape {
  if (Object.keys(properties).length === 0 && typeof additionalProperties === "object") {
    return { kind: "map", of: shapeOf(additionalProperties) };
  }
  const fields = Object.entries(properties).map(([name, schema]) => ({
    name,
    required: required.includes(name),
    shape: shapeOf(schema),
  }));
  return { kind: "record", fields };
}

function unionOf(shapes: Shape[]): Shape {
  const flat = shapes.flatMap((shape) => shape.kind === "union" ? shape.of : [shape]);
  const of = flat.filter(({ kind }) => kind !== "null");
  const nullable = of.length < flat.length;
  const texts = of.find((shape) => shape.kind === "texts");
  const together: Shape = of.length === 1
    ? of[0]!
    : texts !== undefined && of.every(({ kind }) => kind === "texts" || kind === "string")
    ? { kind: "texts", values: texts.values, open: true }
    : { kind: "union", of };
  return nullable ? { kind: "nullable", of: together } : together;
}

/** `command.send` as `CommandSend`. */
export function pascal(name: string): string {
  return name.split(/[.\-_ ]/).map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}
