import type { Refusal } from "./protocol/mod.ts";
import { problem } from "./web/rest.ts";

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
