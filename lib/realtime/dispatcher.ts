import type { Caller } from "../platform/mod.ts";
import { checked, type Method, methods, type Params, Refusal, type Result } from "../protocol/mod.ts";

/** Methods that a connection answers itself. */
export type OwnMethod = "heartbeat" | "inbox.ack";
export type ServiceMethod = Exclude<Method, OwnMethod>;

/** The service call of each method. It returns a refusal; it throws only because of a bug. */
export type Handlers = {
  [M in ServiceMethod]: (caller: Caller, params: Params<M>) => Promise<Result<M> | Refusal>;
};

type AnyHandler = (caller: Caller, params: unknown) => Promise<unknown>;

/** Checks the params of a call and hands it to the service of its method. */
export class Dispatcher {
  readonly #handlers: ReadonlyMap<string, AnyHandler>;
  readonly #asNow: (caller: Caller) => Caller;

  /** `asNow`: the caller as the account is now. A socket knows them as they were when it opened. */
  constructor(handlers: Handlers, asNow: (caller: Caller) => Caller) {
    this.#handlers = new Map(Object.entries(handlers) as [string, AnyHandler][]);
    this.#asNow = asNow;
  }

  /** Starts the call before it returns, so that calls made in order start in order. */
  call(caller: Caller, method: Method, params: Record<string, unknown>): Promise<unknown> | Refusal {
    const handler = this.#handlers.get(method);
    if (handler === undefined) throw new Error(`There is no handler for ${method}.`);
    const checked = checkParams(method, params);
    if (checked instanceof Refusal) return checked;
    return handler(this.#asNow(caller), checked);
  }
}

export function isMethod(name: string): name is Method {
  return Object.hasOwn(methods, name);
}

/** The params as the method's schema returns them, or a refusal that names the wrong fields. */
export function checkParams<M extends Method>(
  method: M,
  params: Record<string, unknown>,
): Params<M> | Refusal {
  return checked(methods[method].params, params) as Params<M> | Refusal;
}
