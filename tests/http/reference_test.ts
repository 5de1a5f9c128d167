import assert from "node:assert/strict";
import specs from "@asyncapi/specs";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv, type AnySchema } from "ajv";
import { readFileName } from "../../lib/fresh/file_names.ts";
import { methods, notifications } from "../../lib/protocol/mod.ts";
import { type Operation, operations, unusedMeanings } from "../../lib/reference/mod.ts";
import type { Asking } from "../../lib/web/rest.ts";
import { withApp } from "../fakes/app_rig.ts";

const base = "/api/v1";

/** The tests know what they look for in a document. */
interface Json {
  readonly [name: string]: Json;
}

async function documentAt(path: string): Promise<Json> {
  let document: Json = {};
  await withApp(async (send) => {
    const response = await send(path);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("content-type"), "application/json");
    assert.equal(response.headers.get("access-control-allow-origin"), "*");
    document = await response.json();
  });
  return document;
}

/** Every REST call of the routes, with what it asks for; names in the path as `{}`. */
async function routeCalls(): Promise<Map<string, Asking>> {
  const found = new Map<string, Asking>();
  const walk = async (folder: string): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(`routes/${folder}`)) {
      if (isDirectory) await walk(`${folder}/${name}`);
      else if (!name.startsWith("_")) await add(`${folder}/${name}`);
    }
  };
  const add = async (file: string) => {
    const { handler } = await import(`../../routes/${file.split("/").map(encodeURIComponent).join("/")}`);
    const source = await Deno.readTextFile(`routes/${file}`);
    const { path } = readFileName(file.replace(/\.ts$/, ""));
    for (const [method, call] of Object.entries<Asking>(handler)) {
      if (!new RegExp(`\\b${method}\\b[:(]`).test(source)) continue;
      found.set(`${method} ${path.slice(base.length).replace(/:\w+/g, "{}")}`, call);
    }
  };
  await walk("api/v1");
  return found;
}

/** How HTTP itself asks; not described one by one. */
const ofHttp = (name: string) => /^(HEAD|OPTIONS) /.test(name);
/** Calls that only pages make, and tus's other way of one call. */
const notDescribed = new Set(["GET /auth/renew", "POST /uploads/{}"]);

Deno.test("OP-5: the OpenAPI document is valid, and every reference in it leads somewhere", async () => {
  const document = await documentAt("/api/openapi.json");
  assert.equal(document.openapi, "3.1.0");
  const { valid, errors } = await new Validator().validate(structuredClone(document));
  assert.ok(valid, JSON.stringify(errors));
  referencesIn(document);
  const ids = Object.values(document.paths!).flatMap((path) =>
    Object.values(path).map(({ operationId }) => operationId)
  );
  assert.equal(new Set(ids).size, ids.length);
});

Deno.test("OP-5: OpenAPI describes every REST call and no other, with the schemas that the calls check", async () => {
  const described = new Map(
    Object.entries(operations).map(([name, operation]) => [name.replace(/\{\w+\}/g, "{}"), operation]),
  );
  const calls = await routeCalls();
  const missing = [...calls.keys()].filter((name) =>
    !described.has(name) && !ofHttp(name) && !notDescribed.has(name)
  );
  assert.deepEqual(missing, [], "lib/reference/operations.ts lacks these");
  for (const [name, operation] of described) {
    const call = calls.get(name);
    assert.ok(call, `${name} is described, and no route has it`);
    assertSame(name, operation, call);
  }
});

function assertSame(name: string, { body, query, takes }: Operation, call: Asking): void {
  // Credentials of browsers come as cookies; uploads read their own way.
  if (name === "POST /auth/renew" || takes !== undefined) return;
  assert.equal(body, call.body, `${name}: another body than the call checks`);
  assert.equal(query, call.query, `${name}: another query than the call checks`);
}

Deno.test("OP-5: the AsyncAPI document is valid and has every method and notification", async () => {
  const document = await documentAt("/api/asyncapi.json");
  assert.equal(document.asyncapi, "3.0.0");
  const ajv = new Ajv({ meta: false, strict: false, validateFormats: false, allErrors: true });
  const check = ajv.compile(specs.schemas["3.0.0"] as AnySchema);
  const valid = check(document) as boolean;
  assert.ok(valid, JSON.stringify(check.errors?.slice(0, 5)));
  assert.equal(check({ ...document, info: {} }), false, "the check finds something");
  referencesIn(document);
  assert.deepEqual(
    Object.keys(document.operations!).sort(),
    [...Object.keys(methods), ...Object.keys(notifications)].sort(),
  );
  const send = document.components!.messages!["command.send.request"]!.payload!.properties!.params!;
  assert.ok(Object.values(send.required!).some((name) => String(name) === "key"));
  assert.equal(send.additionalProperties, false);
});

Deno.test("OP-5: every field and parameter in both documents has a meaning, and no meaning is of a field that is not there", async () => {
  const [openapi, asyncapi] = [await documentAt("/api/openapi.json"), await documentAt("/api/asyncapi.json")];
  const without: string[] = [];
  let fields = 0;
  const look = (part: unknown, where: string): void => {
    if (part === null || typeof part !== "object") return;
    for (const [name, value] of Object.entries(part as Record<string, unknown>)) {
      const inner = `${where} ${name}`;
      look(value, inner);
      const described = name === "properties"
        ? Object.entries(value as Record<string, { description?: string }>)
        : name === "parameters" && Array.isArray(value)
        ? (value as { name: string; description?: string }[]).map((one) => [one.name, one] as const)
        : [];
      for (const [field, { description }] of described) {
        fields++;
        if (!description) without.push(`${inner} ${field}`);
      }
    }
  };
  look(openapi, "REST");
  look(asyncapi, "socket");
  assert.ok(fields > 2000, String(fields));
  assert.deepEqual(without, [], "lib/reference/field_meanings.ts lacks these");
  assert.deepEqual(unusedMeanings(), [], "no field has these names");
});

/** Looks every `$ref` up. */
function referencesIn(document: Json): void {
  const look = (part: unknown): void => {
    if (part === null || typeof part !== "object") return;
    for (const [name, value] of Object.entries(part as Record<string, unknown>)) {
      if (name !== "$ref" || typeof value !== "string") {
        look(value);
        continue;
      }
      assert.ok(value.startsWith("#/"), value);
      const found = value.slice(2).split("/").reduce<Json | undefined>((at, step) => at?.[step], document);
      assert.ok(found !== undefined, `${value} leads nowhere`);
    }
  };
  look(document);
}
