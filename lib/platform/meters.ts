/** Ends a measurement, with what came of it. */
export type Done = (outcome: string) => void;

/**
 * Counts and times what the server does, for operators (OP-4). Labels come from closed lists: routes, methods, statuses and
 * codes. Ids, names and words of people never go here.
 */
export interface Meters {
  /** A request over HTTP has come. Its `outcome` is the status. */
  request(): (route: string, method: string, status: number) => void;
  /** A call over a socket has come. Its `outcome` is `ok`, the code of the refusal, or `thrown`. */
  call(method: string): Done;
  /** A push is about to be sent to a push service of this name. Its `outcome` is what the service said (UI-12). */
  push(service: string): Done;
  /** A commit of so many writes has begun. */
  commit(writes: number): () => void;
}

/** For tests and tools. */
export const noMeters: Meters = {
  request: () => () => {},
  call: () => () => {},
  push: () => () => {},
  commit: () => () => {},
};
