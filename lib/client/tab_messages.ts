import type { Method, Result } from "../protocol/methods.ts";
import type { RpcErrorObject } from "../protocol/errors.ts";
import type { ClientEvents, LineState, StopState } from "./events.ts";
import type { SessionReady } from "./frames.ts";
import type { PendingRequest } from "./outgoing.ts";
import { RequestError } from "./requests.ts";

/** What `BroadcastChannel` offers, as far as tabs need it. */
export interface TabChannel {
  postMessage(message: unknown): void;
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
  close(): void;
}

/** The same of `navigator.locks`. Rejects when the lock was stolen, or the wait for it was ended by the signal. */
export interface TabLocks {
  request(
    name: string,
    options: { steal?: boolean; signal?: AbortSignal },
    held: () => Promise<void>,
  ): Promise<unknown>;
}

/** How the line stands, as the tab that has it tells the others. */
export interface TabView {
  line: LineState;
  stop: StopState;
  /** Answers to commands that wait for the line; not what was written to others, which may be long. */
  pending: readonly PendingRequest[];
  /** What the server said when the line came up; null while it is down. */
  ready: SessionReady | null;
}

/** Events that are told as they happen; the rest is in the view. */
export type ToldEvent = "deliver" | "changed" | "notification" | "unsent";

export type Told = { [E in ToldEvent]: { event: E; value: ClientEvents[E] } }[ToldEvent];

/** Between the tabs of one person in one browser; all of them hear all of it. */
export type TabMessage =
  /** Who has the line? */
  | { kind: "hello" }
  /** I have, this is how it stands, and I am hidden since (ms), or seen. */
  | { kind: "view"; from: string; hiddenMs: number; view: TabView }
  | { kind: "told"; from: string; told: Told }
  /** For the tab that has the line; answered to `from`. */
  | {
    kind: "ask";
    from: string;
    to: string;
    id: string;
    method: Method;
    params: Record<string, unknown>;
    timeoutMs: number | undefined;
  }
  | { kind: "answer"; to: string; id: string; answer: { result: Result<Method> } | { error: PlainError } }
  /** Try now; with `connect` also after an end. */
  | { kind: "wake"; connect: boolean };

/** A `RequestError` without its class, which a message cannot carry. */
export interface PlainError {
  kind: RequestError["kind"];
  message: string;
  code: number | undefined;
  retryAfterMs: number | undefined;
  fields: Record<string, string> | undefined;
}

export function plainError({ kind, message, code, retryAfterMs, fields }: RequestError): PlainError {
  return { kind, message, code, retryAfterMs, fields };
}

export function requestError({ kind, message, code, retryAfterMs, fields }: PlainError): RequestError {
  // Only the fields of `data` are read of it, and the code.
  return new RequestError(kind, message, { code, message, data: { retryAfterMs, fields } } as RpcErrorObject);
}

/** Tabs of another build may speak otherwise: what is not understood is not for us. */
export function readTabMessage(data: unknown): TabMessage | undefined {
  const known = data !== null && typeof data === "object" && "kind" in data && "build" in data &&
    data.build === tabProtocol;
  return known ? data as unknown as TabMessage : undefined;
}

/** Raised with each change of the messages. */
export const tabProtocol = 1;
