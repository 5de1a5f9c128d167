import type { Caller } from "../platform/mod.ts";
import type { Meters } from "../platform/meters.ts";
import { Refusal } from "../protocol/mod.ts";
import type { Handlers } from "../realtime/mod.ts";

type AnyHandler = (caller: Caller, params: unknown) => Promise<unknown>;

/** The same methods, counted and timed (OP-4). */
export function metered(handlers: Handlers, meters: Meters): Handlers {
  const all = Object.entries(handlers) as [string, AnyHandler][];
  return Object.fromEntries(
    all.map(([method, handler]) => [method, meteredCall(method, handler, meters)]),
  ) as unknown as Handlers;
}

function meteredCall(method: string, handler: AnyHandler, meters: Meters): AnyHandler {
  return async (caller, params) => {
    const done = meters.call(method);
    try {
      const result = await handler(caller, params);
      done(result instanceof Refusal ? result.kind : "ok");
      return result;
    } catch (error) {
      done("thrown");
      throw error;
    }
  };
}
