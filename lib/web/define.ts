import { createDefine } from "fresh";
import type { Caller } from "../platform/mod.ts";
import type { Restriction, Services } from "./services.ts";
import type { Language } from "../words/mod.ts";

/** What the middlewares put on a request for routes and layouts. */
export interface State {
  services: Services;
  /** Follows the request through the log. */
  requestId: string;
  /** Address of the peer, for rate limits and sessions. */
  address: string;
  /** What the page is written in: what the browser asks for, behind a login what the profile says. */
  language: Language;
  /** The person, once a session was checked; routes under `(app)` and `api/v1` guard on it. */
  caller?: Caller & { sessionExpiresAt: string; restriction?: Restriction };
  /** Since when the person is stopped; set with `caller` for pages, for the banner. */
  stoppedSince?: string | null;
}

export const define = createDefine<State>();
