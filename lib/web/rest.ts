import type { Context } from "fresh";
import type { z } from "zod";
import type { State } from "./define.ts";
import type { Caller } from "../platform/mod.ts";
import { checked, limits, Refusal } from "../protocol/mod.ts";
import { type AuthenticatedCaller, authenticateRequest, originOf } from "./authentication.ts";
import type { Answer, Restriction } from "./services.ts";

/** A refusal as RFC 9457 problem+json; with `Retry-After` in whole seconds where it says how long to wait. */
export function problem(refusal: Refusal, headers: Record<string, string> = {}): Response {
  const all = new Headers({
    "cache-control": "no-store",
    ...headers,
    "content-type": "application/problem+json",
  });
  const waitMs = refusal.detail.retryAfterMs;
  if (waitMs !== undefined) all.set("retry-after", String(Math.ceil(waitMs / 1000)));
  if (refusal.kind === "unauthorized") all.set("www-authenticate", 'Bearer realm="behest"');
  return new Response(JSON.stringify(refusal.toProblem()), { status: refusal.status, headers: all });
}

/** A refusal under a status that its kind does not have: one that only some calls of HTTP know. */
export function problemAs(
  status: number,
  title: string,
  refusal: Refusal,
  headers: Record<string, string> = {},
): Response {
  const body = JSON.stringify({ ...refusal.toProblem(), status, title });
  return new Response(body, { status, headers: problem(refusal, headers).headers });
}

/** 200, or the status given, with a JSON body; or the refusal as a problem. */
export function answer(body: object | Refusal, status = 200): Response {
  return body instanceof Refusal ? problem(body) : Response.json(body, { status });
}

/** 204, or the refusal as a problem. */
export function done(result: unknown, headers: Record<string, string> = {}): Response {
  return result instanceof Refusal ? problem(result) : new Response(null, { status: 204, headers });
}

/** The JSON body that a schema describes. Reads no more than a REST body may hold; names each wrong field. */
export async function readJson<S extends z.ZodType>(req: Request, schema: S): Answer<z.output<S>> {
  const type = req.headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/json") {
    return new Refusal("invalid_params", "Send the body as JSON, with Content-Type: application/json.");
  }
  const text = await readText(req);
  if (text instanceof Refusal) return text;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return new Refusal("invalid_params", "The body is not JSON.");
  }
  return checked(schema, value, "body");
}

/** The bytes of a body, as far as a REST body or a form may go. */
export async function readBytes(req: Request): Answer<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  try {
    for await (const chunk of req.body ?? []) {
      size += chunk.length;
      if (size > limits.restBodyBytes) {
        return new Refusal("too_large", `A body is at most ${limits.restBodyBytes / 1024} KiB.`);
      }
      chunks.push(chunk);
    }
  } catch {
    return new Refusal("invalid_params", "The body ended before it was whole. Send it again.");
  }
  return await new Blob(chunks).bytes();
}

async function readText(req: Request): Answer<string> {
  const bytes = await readBytes(req);
  if (bytes instanceof Refusal) return bytes;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new Refusal("invalid_params", "The body is not UTF-8.");
  }
}

/** Guards a REST call: runs `call` with the caller, or answers why there is none. `may`: restricted sessions that are let in. */
export async function asCaller(
  ctx: Context<State>,
  call: (caller: AuthenticatedCaller) => Promise<Response>,
  may: readonly Restriction[] = [],
): Promise<Response> {
  const { services } = ctx.state;
  const caller = await authenticateRequest(services, ctx.req.headers, originOf(ctx), undefined, may);
  return caller instanceof Refusal ? problem(caller) : await call(caller);
}

/** Runs `call` with the body that a schema describes, or answers what is wrong with it. */
export async function withBody<S extends z.ZodType>(
  ctx: Context<State>,
  schema: S,
  call: (body: z.output<S>) => Promise<Response>,
): Promise<Response> {
  const body = await readJson(ctx.req, schema);
  return body instanceof Refusal ? problem(body) : await call(body);
}

/**
 * MO-4: guards a call under `/api/v1/admin`. For everyone without the role, logged in or not, there is nothing here; before
 * a body is looked at. `owner`: for the owners of a group too, whom the service tells apart.
 */
export async function asStaff(
  ctx: Context<State>,
  least: "admin" | "moderator" | "owner",
  call: (caller: AuthenticatedCaller) => Promise<Response>,
): Promise<Response> {
  const { services } = ctx.state;
  const caller = await authenticateRequest(services, ctx.req.headers, originOf(ctx), undefined, [
    "two_factor",
  ]);
  if (caller instanceof Refusal || !isStaff(caller.role, least)) {
    return problem(new Refusal("not_found", "There is nothing at this address."));
  }
  // Only who has the role learns that a second factor is what they lack.
  return caller.restriction === undefined ? await call(caller) : await asCaller(ctx, call);
}

function isStaff(role: Caller["role"], least: "admin" | "moderator" | "owner"): boolean {
  return least === "owner" || role === "admin" || (least === "moderator" && role === "moderator");
}

/** Runs `call` with the query that a schema describes, or answers what is wrong with it. */
export async function withQuery<S extends z.ZodType>(
  ctx: Context<State>,
  schema: S,
  call: (query: z.output<S>) => Promise<Response>,
): Promise<Response> {
  const query = checked(schema, Object.fromEntries(ctx.url.searchParams), "query");
  return query instanceof Refusal ? problem(query) : await call(query);
}

/** A name in the path as its schema writes it, or empty: then nothing has it. */
export function nameIn(ctx: Context<State>, part: string, schema: z.ZodType<string>): string {
  const name = schema.safeParse(ctx.params[part]);
  return name.success ? name.data : "";
}

/** JSON with the value under a name, or the refusal as a problem. */
export function answerAs(name: string, value: unknown, status = 200): Response {
  return answer(value instanceof Refusal ? value : { [name]: value }, status);
}
