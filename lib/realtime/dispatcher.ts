import type { Caller } from "../platform/mod.ts";
import { checked, type Method, methods, type Params, Refusal, type Result } from "../protocol/mod.ts";
import type { SendLimiter } from "./rate.ts";

/** Methods that a connection answers itself. */
export type OwnMethod = "heartbeat" | "inbox.ack";
export type ServiceMethod = Exclude<Method, OwnMethod>;

/** What stands behind each method. A refusal is returned; what is thrown is a bug. */
export type Handlers = {
  [M in ServiceMethod]: (caller: Caller, params: Params<M>) => Promise<Result<M> | Refusal>;
};

type AnyHandler = (caller: Caller, params: unknown) => Promise<unknown>;

/** From a method's name to its service: checks the params, keeps the send limit, calls. */
export class Dispatcher {
  readonly #handlers: ReadonlyMap<string, AnyHandler>;
  readonly #sends: SendLimiter;

  constructor(handlers: Handlers, sends: SendLimiter) {
    this.#handlers = new Map(Object.entries(handlers) as [string, AnyHandler][]);
    this.#sends = sends;
  }

  /** Starts the call before it returns, so that calls made in order start in order. */
  call(caller: Caller, method: Method, params: Record<string, unknown>): Promise<unknown> | Refusal {
    const handler = this.#handlers.get(method);
    if (handler === undefined) throw new Error(`No handler stands behind ${method}.`);
    const checked = checkParams(method, params);
    if (checked instanceof Refusal) return checked;
    if (method === "command.send") {
      const refused = this.#sends.take(caller);
      if (refused !== undefined) return refused;
    }
    return handler(caller, checked);
  }
}

export function isMethod(name: string): name is Method {
  return Object.hasOwn(methods, name);
}

/** The params as the method's schema gives them back, or which fields are wrong. */
export function checkParams<M extends Method>(
  method: M,
  params: Record<string, unknown>,
): Params<M> | Refusal {
  return checked(methods[method].params, params) as Params<M> | Refusal;
}
