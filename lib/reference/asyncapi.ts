import type { z } from "zod";
import { closeCodes, device, limits, methods, notifications } from "../protocol/mod.ts";
import { methodMeanings, notificationMeanings } from "./meanings.ts";
import { named } from "./named_types.ts";
import { once } from "./once.ts";
import { type JsonSchema, rpcErrorSchema, Schemas } from "./schemas.ts";

const about =
  `Behest's socket: JSON-RPC 2.0, one object in each text frame, in both directions, without batches.
Connect to \`/api/ws?v=1&device=…\` with \`Authorization: Bearer TOKEN\`, or in browsers with \`&ticket=…\` from
\`POST /api/v1/auth/ticket\`. The first frame of the server is \`session.ready\`.

- Delivery is at least once. Drop commands that you have seen, by id. After storing them, acknowledge the last \`cursor\`
  with \`inbox.ack\`; it covers everything before it, for this device.
- Repeat a request without an answer after a reconnect. \`command.send\` is safe to repeat with the same \`key\`.
- Send \`heartbeat\` at each interval. A connection without one for ${limits.heartbeatMisses} intervals is closed.
- Decide by close code: ${
    Object.values(closeCodes).map(({ code, then }) => `${code} ${then.replace("_", " ")}`).join(", ")
  }.
  Wait a random time up to min(${limits.reconnectMaxMs / 1000} s, 2^n × ${
    limits.reconnectBaseMs / 1000
  } s) before a reconnect.
- Fields that a result or a notification has beyond this document may be ignored. Unknown fields of a request are refused.`;

/** The AsyncAPI 3.0 document of the socket (OP-5). `host` is where this server is reached, `basePath` its sub-path there. */
export function asyncApi(
  { host, secure, basePath = "" }: { host: string; secure: boolean; basePath?: string },
): JsonSchema {
  const security = ["token", "ticket"].map((name) => ({ $ref: `#/components/securitySchemes/${name}` }));
  const pathname = basePath === "" ? {} : { pathname: basePath };
  return {
    ...document(),
    servers: { here: { host, ...pathname, protocol: secure ? "wss" : "ws", security } },
  };
}

/** All but the server: the same for every request. */
const document = once((): JsonSchema => {
  const schemas = new Schemas();
  const [messages, operations]: [Record<string, JsonSchema>, Record<string, JsonSchema>] = [{}, {}];
  for (const [method, { params, result, ...more }] of Object.entries(methods)) {
    const [request, reply] = [`${method}.request`, `${method}.reply`];
    const uncounted = "uncounted" in more ? " Not counted against the request rate." : "";
    messages[request] = message(
      request,
      methodMeanings[method as keyof typeof methods],
      requestOf(method, schemas, params),
    );
    messages[reply] = message(reply, `The result of ${method}.`, replyOf(schemas.output(result, method)));
    operations[method] = {
      action: "receive",
      channel: { $ref: "#/channels/socket" },
      summary: methodMeanings[method as keyof typeof methods] + uncounted,
      messages: [{ $ref: `#/channels/socket/messages/${request}` }],
      reply: {
        channel: { $ref: "#/channels/socket" },
        messages: [reply, "error"].map((name) => ({ $ref: `#/channels/socket/messages/${name}` })),
      },
    };
  }
  for (const [name, params] of Object.entries(notifications)) {
    const meaning = notificationMeanings[name as keyof typeof notifications];
    messages[name] = message(name, meaning, notificationOf(name, schemas.output(params, name)));
    operations[name] = {
      action: "send",
      channel: { $ref: "#/channels/socket" },
      summary: meaning,
      messages: [{ $ref: `#/channels/socket/messages/${name}` }],
    };
  }
  // No frame's schema names them: they are what `data` is, by the kind of a command.
  for (const name of ["ChoiceData", "FormData", "TimerData"] as const) schemas.output(named[name], name);
  messages["error"] = message("error", "A request that was refused or failed.", {
    type: "object",
    properties: {
      jsonrpc,
      id: { ...answersId, type: ["string", "integer", "null"] },
      error: { ...rpcErrorSchema, description: "Why." },
    },
    required: ["jsonrpc", "id", "error"],
  });
  return {
    asyncapi: "3.0.0",
    info: { title: "Behest", version: "1", description: about, license: { name: "MIT" } },
    defaultContentType: "application/json",
    channels: {
      socket: {
        address: "/api/ws",
        title: "The socket",
        messages: Object.fromEntries(
          Object.keys(messages).map((name) => [name, { $ref: `#/components/messages/${name}` }]),
        ),
        bindings: { ws: { method: "GET", query: querySchema(schemas), bindingVersion: "0.1.0" } },
      },
    },
    operations,
    components: {
      messages,
      schemas: schemas.components,
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "Of POST /api/v1/auth/login." },
        ticket: {
          type: "httpApiKey",
          name: "ticket",
          in: "query",
          description: "Of POST /api/v1/auth/ticket: once, for browsers.",
        },
      },
    },
  };
});

/** Parts of the envelope. */
const jsonrpc = { const: "2.0", description: "Version of JSON-RPC." };
const answersId = { type: ["string", "integer"], description: "That of the request." };

function message(name: string, summary: string, payload: JsonSchema): JsonSchema {
  return { name, title: name, summary, payload };
}

function querySchema(schemas: Schemas): JsonSchema {
  return {
    type: "object",
    properties: {
      device: {
        ...schemas.input(device, "query"),
        default: "default",
        description: "A name that this device keeps: what it acknowledged belongs to it.",
      },
      window: {
        type: "integer",
        minimum: limits.windowMin,
        maximum: limits.windowMax,
        default: limits.windowDefault,
        description: "Deliveries that may be unacknowledged at once.",
      },
      accept: {
        type: "string",
        description:
          "Kinds that this device shows, separated by commas; all without it. Others wait for another device.",
      },
      ticket: { type: "string", description: "In place of a token." },
    },
  };
}

function requestOf(method: string, schemas: Schemas, params: z.ZodType): JsonSchema {
  return {
    type: "object",
    properties: {
      jsonrpc,
      id: { type: ["string", "integer"], description: "Your own; the answer has the same." },
      method: { const: method, description: "Name of the method." },
      params: { ...schemas.input(params, method), description: "What the method takes." },
    },
    required: ["jsonrpc", "id", "method"],
    additionalProperties: false,
  };
}

function replyOf(result: JsonSchema): JsonSchema {
  return {
    type: "object",
    properties: { jsonrpc, id: answersId, result: { ...result, description: "What the method gives." } },
    required: ["jsonrpc", "id", "result"],
  };
}

function notificationOf(method: string, params: JsonSchema): JsonSchema {
  return {
    type: "object",
    properties: {
      jsonrpc,
      method: { const: method, description: "Name of the notification." },
      params: { ...params, description: "What it tells." },
    },
    required: ["jsonrpc", "method", "params"],
  };
}
