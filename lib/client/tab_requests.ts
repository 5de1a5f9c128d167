import type { Method } from "../protocol/methods.ts";
import type { Ids } from "../platform/ids.ts";
import type { RequestError } from "./requests.ts";

export type TabAnswer = { result: unknown } | { error: RequestError };

/** What somebody in this tab asked for and has no answer to. */
export interface Asked {
  readonly id: string;
  readonly method: Method;
  readonly params: Record<string, unknown>;
  readonly timeoutMs: number | undefined;
  /** The tab that it was handed to; undefined: nobody yet. Empty: one that has the line no more. */
  sentTo: string | undefined;
  readonly answer: Promise<unknown>;
  settle(answer: TabAnswer): void;
}

/** The open requests of one tab, in the order in which they were made. */
export class TabRequests {
  readonly #ids: Ids;
  readonly #changed: () => void;
  readonly #asked = new Map<string, Asked>();

  /** `changed`: one was added or settled; before whoever waits for it hears. */
  constructor(ids: Ids, changed: () => void) {
    this.#ids = ids;
    this.#changed = changed;
  }

  get all(): Asked[] {
    return [...this.#asked.values()];
  }

  /** The person pressed Stop in this tab, and nobody has answered. */
  get stopAsked(): boolean {
    return this.all.some(({ method }) => method === "safety.stop");
  }

  get(id: string): Asked | undefined {
    return this.#asked.get(id);
  }

  add(method: Method, params: Record<string, unknown>, timeoutMs: number | undefined): Asked {
    const id = this.#ids.next();
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const keyed = (method === "command.send" || method === "command.preview") && params.key === undefined;
    const asked: Asked = {
      id,
      method,
      // The key is made here, so that whichever tab sends it again sends the same.
      params: keyed ? { ...params, key: id } : { ...params },
      timeoutMs,
      sentTo: undefined,
      answer: promise,
      settle: (answer) => {
        if (!this.#asked.delete(id)) return;
        this.#changed();
        if ("error" in answer) reject(answer.error);
        else resolve(answer.result);
      },
    };
    this.#asked.set(id, asked);
    this.#changed();
    return asked;
  }

  /** This tab has the line no more: what it was doing itself is to be asked again. */
  lost(tab: string): void {
    for (const asked of this.#asked.values()) if (asked.sentTo === tab) asked.sentTo = "";
  }
}
