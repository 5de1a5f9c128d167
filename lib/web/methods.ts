import { HttpError, type Method } from "fresh";
import { isCall } from "./calls.ts";
import { problem } from "./problems.ts";
import { Refusal } from "../protocol/mod.ts";

/** The methods that an address can have. */
export const methods = [
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
] as const satisfies Method[];

/** Thrown where pages are, for the error page; `allow` is the header's value (RFC 9110, section 15.5.6). */
export class WrongMethod extends HttpError {
  readonly allow: string;

  constructor(allow: string) {
    super(405);
    this.allow = allow;
  }
}

/** The same for a call, as its answer. */
export function wrongMethod(allow: string): Response {
  return problem(new Refusal("method_not_allowed", "request.method"), { allow });
}

type Handler = (ctx: { url: URL }) => Response;
type Handlers = { [M in Method]?: unknown };

/**
 * Handlers for the methods that a route lacks: Fresh sends every method to a file route, and shows the 404 page where there is no
 * handler. `renders`: a component may stand beside the handlers, which Fresh then shows for GET.
 */
export function missingMethods(handlers: Handlers, renders: boolean): { [M in Method]?: Handler } {
  const hasGet = renders || handlers.GET !== undefined;
  const taken = methods.filter((method) =>
    handlers[method] !== undefined || method === "OPTIONS" ||
    (hasGet && (method === "GET" || method === "HEAD"))
  );
  const allow = taken.join(", ");
  const refuse: Handler = ({ url }) => {
    if (!isCall(url.pathname)) throw new WrongMethod(allow);
    return wrongMethod(allow);
  };
  const missing: { [M in Method]?: Handler } = {};
  for (const method of methods) if (!taken.includes(method)) missing[method] = refuse;
  if (handlers.OPTIONS === undefined) {
    missing.OPTIONS = () => new Response(null, { status: 204, headers: { allow } });
  }
  return missing;
}
