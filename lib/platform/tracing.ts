import type { Log } from "./log.ts";

/** Traces for operators, where they are collected (OP-4). Ids of commands and connections may go there; people never do. */
export interface Tracing {
  /** Runs a call over a socket as the beginning of a trace. */
  call<T>(method: string, run: () => Promise<T>): Promise<T>;
  /** The same log; what it tells of commands goes into their traces too. */
  log(log: Log): Log;
}
