import { createDefine, type Define, type Method, type Middleware } from "fresh";
import type { AuthenticatedCaller } from "./authentication.ts";
import { missingMethods } from "./methods.ts";
import type { Services } from "./services.ts";
import type { Language } from "../words/mod.ts";

/** What the middlewares put on a request for routes and layouts. */
export interface State {
  services: Services;
  /** Follows the request through the log. */
  requestId: string;
  /** Where the server is, as the browser sees it: its origin and its sub-path, without a slash at the end. */
  site: string;
  /** Address of the peer, for rate limits and sessions. */
  address: string;
  /** What the page is written in: what the browser asks for, behind a login what the profile says. */
  language: Language;
  /** The person, once a session was checked: always there behind the middlewares of `(app)` and `api/v1`. */
  caller?: AuthenticatedCaller;
  /** Since when the person is stopped; set with `caller` for pages, for the banner. */
  stoppedSince?: string | null;
}

/** Behind a middleware that lets in only people whom it knows. */
export interface PersonState extends State {
  caller: AuthenticatedCaller;
}

/** Fresh's own, with an answer for every method that a route does not have. */
interface BehestDefine<S extends State> extends Define<S> {
  /** For routes without a component: calls, and the addresses that forms post to. */
  api<Calls extends { [M in Method]?: Middleware<S> }>(calls: Calls): Calls;
}

function defineFor<S extends State>(): BehestDefine<S> {
  return {
    ...createDefine<S>(),
    handlers: (handlers) =>
      typeof handlers === "function" ? handlers : { ...missingMethods(handlers, true), ...handlers },
    api: (calls) => ({ ...missingMethods(calls, false), ...calls }),
  };
}

/** For what anybody may ask, and for what decides who may. */
export const define = defineFor<State>();

/** For pages and calls whose middleware knows the person. */
export const definePerson = defineFor<PersonState>();
