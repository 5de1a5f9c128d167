import type { State } from "./define.ts";

/** The person of a page under `(app)`. The middleware there set it; without it the page must not render. */
export function callerOf(state: State): NonNullable<State["caller"]> {
  if (state.caller === undefined) throw new Error("This page is behind the middleware of (app).");
  return state.caller;
}
