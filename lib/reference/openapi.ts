import { z } from "zod";
import type { Bytes, Operation } from "./operation.ts";
import { fieldMeaning } from "./described.ts";
import { once } from "./once.ts";
import { operations, pathNames } from "./operations.ts";
import { type JsonSchema, problemSchema, Schemas } from "./schemas.ts";

const base = "/api/v1";

const about = `Behest's REST calls. Commands travel over the socket: see /api/asyncapi.json.

Send \`Authorization: Bearer TOKEN\` with the token of \`POST ${base}/auth/login\`. Browsers may use the cookie of the login
page instead; then requests that change something need this server's own Origin. A body that has unknown fields is refused.
Everything that is refused is answered as \`application/problem+json\`: decide by its \`kind\`. Calls that need a fresh proof answer
403 with \`proof: true\`. What a caller may not see is 404.`;

/** The OpenAPI 3.1 document of REST (OP-5). `basePath`: the sub-path of the server. */
export function openApi(basePath = ""): JsonSchema {
  return { ...document(), servers: [{ url: basePath || "/" }] };
}

const document = once((): JsonSchema => {
  const schemas = new Schemas();
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const [name, operation] of Object.entries(operations)) {
    const [method, path] = name.split(" ") as [string, string];
    (paths[base + path] ??= {})[method.toLowerCase()] = operationObject(name, path, operation, schemas);
  }
  return {
    openapi: "3.1.0",
    info: { title: "Behest", version: "1", description: about, license: { name: "MIT", identifier: "MIT" } },
    servers: [],
    security: [{ token: [] }, { cookie: [] }],
    paths: { ...paths, ...processPaths },
    components: {
      schemas: { ...schemas.components, Problem: problemSchema },
      responses: {
        Problem: {
          description: "Refused; kind says why.",
          content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
        },
      },
      securitySchemes: {
        token: { type: "http", scheme: "bearer" },
        cookie: { type: "apiKey", in: "cookie", name: "behest_session" },
      },
    },
  };
});

/** Where no call below `/api/v1` stands. */
const processPaths: JsonSchema = {
  "/healthz": {
    get: {
      operationId: "get_healthz",
      summary: "Whether the process answers.",
      security: [],
      responses: { "200": { description: "It does." } },
    },
  },
  "/readyz": {
    get: {
      operationId: "get_readyz",
      summary: "Whether the server can do its work, and if not, why.",
      security: [],
      responses: { "200": { description: "It can." }, "503": { description: "It cannot; checks say why." } },
    },
  },
  "/metrics": {
    get: {
      operationId: "get_metrics",
      summary: "Numbers for Prometheus: to this machine, and to the holder of BEHEST_METRICS_TOKEN.",
      security: [{ token: [] }, {}],
      responses: {
        "200": { description: "The numbers.", content: { "text/plain": { schema: { type: "string" } } } },
        default: { $ref: "#/components/responses/Problem" },
      },
    },
  },
};

function operationObject(name: string, path: string, operation: Operation, schemas: Schemas): JsonSchema {
  const { says, open, body, takes, gives, status } = operation;
  const made: JsonSchema = {
    operationId: name.toLowerCase().replace(/[{}]/g, "").replace(/[^a-z0-9]+/g, "_"),
    tags: [path.split("/")[1]],
    summary: says,
    parameters: parametersOf(name, path, operation, schemas),
    responses: {
      [String(status ?? (gives === undefined ? 204 : 200))]: answerOf(gives, name, schemas),
      default: { $ref: "#/components/responses/Problem" },
    },
  };
  if (open) made.security = [];
  if (body !== undefined) {
    made.requestBody = {
      required: true,
      content: { "application/json": { schema: schemas.input(body, name) } },
    };
  }
  if (takes !== undefined) {
    made.requestBody = {
      required: true,
      content: Object.fromEntries(takes.map((bytes) => [bytes.type, upload(bytes)])),
    };
  }
  return made;
}

function parametersOf(
  call: string,
  path: string,
  { query, headers = {} }: Operation,
  schemas: Schemas,
): JsonSchema[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: schemas.input(pathNames[name!]!, call),
    description: fieldMeaning([call, name!]) ?? "",
  }));
  const inQuery = Object.entries(query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: "query",
    required: !(schema as z.ZodType).safeParse(undefined).success,
    description: fieldMeaning([call, name]) ?? "",
    schema: schemas.input(schema as z.ZodType, call),
  }));
  const inHeaders = Object.entries(headers).map(([name, description]) => ({
    name,
    in: "header",
    required: true,
    description,
    schema: { type: "string" },
  }));
  return [...inPath, ...inQuery, ...inHeaders];
}

function answerOf(gives: Operation["gives"], name: string, schemas: Schemas): JsonSchema {
  if (gives === undefined) return { description: "Done." };
  if (!(gives instanceof z.ZodType)) {
    return {
      description: gives.says,
      content: { [gives.type]: { schema: { type: "string", contentEncoding: "binary" } } },
    };
  }
  return { description: "Done.", content: { "application/json": { schema: schemas.output(gives, name) } } };
}

function upload({ type, says }: Bytes): JsonSchema {
  const bytes = { type: "string", contentMediaType: "application/octet-stream", description: says };
  return type === "multipart/form-data"
    ? { schema: { type: "object", properties: { file: bytes }, required: ["file"] } }
    : { schema: bytes };
}
