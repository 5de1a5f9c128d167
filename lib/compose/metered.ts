import type { Caller } from "../platform/mod.ts";
import type { Meters } from "../platform/meters.ts";
import type { Tracing } from "../platform/tracing.ts";
import { Refusal } from "../protocol/mod.ts";
import type { Handlers } from "../realtime/mod.ts";

type AnyHandler = (caller: Caller, params: unknown) => Promise<unknown>;

/** The same methods, counted and timed, and traced where somebody collects that (OP-4). */
export function metered(handlers: Handlers, meters: Meters, tracing: Tracing | null = null): Handlers {
  const all = Object.entries(handlers) as [string, AnyHandler][];
  return Object.fromEntries(
    all.map((
      [method, handler],
    ) => [method, meteredCall(method, tracedCall(method, handler, tracing), meters)]),
  ) as unknown as Handlers;
}

function tracedCall(method: string, handler: AnyHandler, tracing: Tracing | null): AnyHandler {
  if (tracing === null) return handler;
  return (caller, params) => tracing.call(method, () => handler(caller, params));
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
