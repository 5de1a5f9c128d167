/** Has the next call of one method answered with this, as the services cannot be made to in a test. */
export function answerNext<S extends object, M extends keyof S>(
  service: S,
  method: M,
  answer: unknown,
): void {
  const own = Object.getOwnPropertyDescriptor(service, method);
  const once = () => {
    if (own === undefined) delete service[method];
    else Object.defineProperty(service, method, own);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  Object.defineProperty(service, method, { value: once, configurable: true, writable: true });
}

/** What one method is called with from now on, call by call. */
export function callsOf<S extends object, M extends keyof S>(service: S, method: M): unknown[][] {
  const calls: unknown[][] = [];
  const own = service[method] as (...args: unknown[]) => unknown;
  const noted = (...args: unknown[]) => {
    calls.push(args);
    return own.apply(service, args);
  };
  Object.defineProperty(service, method, { value: noted, configurable: true, writable: true });
  return calls;
}
