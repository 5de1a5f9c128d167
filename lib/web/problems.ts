import { problemJsonOf, Refusal } from "../protocol/mod.ts";

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
  return new Response(JSON.stringify(problemJsonOf(refusal)), { status: refusal.status, headers: all });
}

/** A refusal under a status that its kind does not have: one that only some calls of HTTP know. */
export function problemAs(
  status: number,
  title: string,
  refusal: Refusal,
  headers: Record<string, string> = {},
): Response {
  const body = JSON.stringify({ ...problemJsonOf(refusal), status, title });
  return new Response(body, { status, headers: problem(refusal, headers).headers });
}

/** 200, or the status given, with a JSON body; or the refusal as a problem. */
export function answer(body: object | Refusal, status = 200): Response {
  return body instanceof Refusal ? problem(body) : Response.json(body, { status });
}

/** 204, or the refusal as a problem. */
export function done(result: unknown, headers: HeadersInit = {}): Response {
  return result instanceof Refusal ? problem(result) : new Response(null, { status: 204, headers });
}

/** JSON with the value under a name, or the refusal as a problem. */
export function answerAs(name: string, value: unknown, status = 200): Response {
  return answer(value instanceof Refusal ? value : { [name]: value }, status);
}
