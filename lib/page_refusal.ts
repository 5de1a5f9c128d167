import { HttpError } from "fresh";
import type { Refusal } from "./protocol/mod.ts";

/** A page about one thing that cannot be had: there is no such page, or not now. What is forbidden is not there. */
export function noPage(refusal: Refusal): HttpError {
  switch (refusal.kind) {
    case "not_found":
    case "forbidden":
    case "expired":
    case "invalid_params":
      return new HttpError(404);
    case "rate_limited":
      return new HttpError(429);
    default:
      return new HttpError(503);
  }
}
