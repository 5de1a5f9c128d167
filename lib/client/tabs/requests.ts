import type { Ids } from "../../platform/ids.ts";
import type { Method } from "../../protocol/methods.ts";
import { isKeyed, type RequestError } from "../requests.ts";

export type TabAnswer = { result: unknown } | { error: RequestError };

/** Which tab a request was given to. `lost`: to one that is no longer the leader. */
export type Handling = { kind: "none" } | { kind: "given"; to: string } | { kind: "lost" };

/** A request of this tab without an answer. */
export interface OpenRequest {
  readonly id: string;
  readonly method: Method;
  readonly params: Record<string, unknown>;
  readonly timeoutMs: number | undefined;
  handling: Handling;
  readonly answer: Promise<unknown>;
  settle(answer: TabAnswer): void;
}

/** The open requests of one tab, oldest first. */
export class TabRequests {
  readonly #ids: Ids;
  readonly #changed: () => void;
  readonly #open = new Map<string, OpenRequest>();

  /** `changed`: called after a request was added or settled, before its caller hears the answer. */
  constructor(ids: Ids, changed: () => void) {
    this.#ids = ids;
    this.#changed = changed;
  }

  get all(): OpenRequest[] {
    return [...this.#open.values()];
  }

  /** The person pressed Stop in this tab, and it is not answered yet. */
  get stopPending(): boolean {
    return this.all.some(({ method }) => method === "safety.stop");
  }

  get(id: string): OpenRequest | undefined {
    return this.#open.get(id);
  }

  add(method: Method, params: Record<string, unknown>, timeoutMs: number | undefined): OpenRequest {
    const id = this.#ids.next();
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const keyed = isKeyed(method) && params.key === undefined;
    const request: OpenRequest = {
      id,
      method,
      // The key is made here: a tab that repeats the request sends the same command.
      params: keyed ? { ...params, key: id } : { ...params },
      timeoutMs,
      handling: { kind: "none" },
      answer: promise,
      settle: (answer) => {
        if (!this.#open.delete(id)) return;
        this.#changed();
        if ("error" in answer) reject(answer.error);
        else resolve(answer.result);
      },
    };
    this.#open.set(id, request);
    this.#changed();
    return request;
  }

  /** `tab` is no longer the leader: what it was given has to be given to the next. */
  lost(tab: string): void {
    for (const request of this.#open.values()) {
      if (request.handling.kind === "given" && request.handling.to === tab) {
        request.handling = { kind: "lost" };
      }
    }
  }
}
