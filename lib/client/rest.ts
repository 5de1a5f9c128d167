import { refusalCodes, type RefusalKind, type RpcErrorObject } from "../protocol/errors.ts";
import { RequestError } from "./requests.ts";
import type { Fetch } from "./ticket.ts";

export interface RestOptions {
  /** Where the server is: `https://host`, with its sub-path if it has one. */
  origin: string;
  /** A token for each call; null when the person has to log in. Without it a page's cookie is used. */
  token?: (() => Promise<string | null>) | undefined;
  fetch?: Fetch | undefined;
}

/** Calls of REST with a token. Every refusal is a `RequestError`. */
export class Rest {
  readonly origin: string;
  readonly #token: (() => Promise<string | null>) | undefined;
  readonly #fetch: Fetch;

  constructor({ origin, token, fetch: get }: RestOptions) {
    this.origin = origin.replace(/\/+$/, "");
    this.#token = token;
    this.#fetch = get ?? ((input, init) => fetch(input, init));
  }

  /** `path`: below the server's address, or a whole address on its host. Rejects with a `RequestError`, of the kind `offline` without a server. */
  async call(path: string, init: RequestInit = {}): Promise<Response> {
    const response = await this.send(path, init);
    if (response.ok) return response;
    throw problemError(response.status, await response.text().catch(() => ""));
  }

  /** The same, with refusals as responses. */
  async send(path: string, init: RequestInit = {}): Promise<Response> {
    const url = new URL(path.startsWith("/") ? this.origin + path : path);
    // A token is never sent to another server, whatever an answer names.
    if (url.origin !== new URL(this.origin).origin) {
      throw new RequestError("forbidden", "The server named an address of another server.");
    }
    const headers = new Headers(init.headers);
    if (this.#token !== undefined) {
      const token = await this.#token();
      if (token === null) throw new RequestError("unauthorized", "Log in first.");
      headers.set("authorization", `Bearer ${token}`);
    }
    try {
      return await this.#fetch(url.href, { ...init, headers });
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw new RequestError("offline", "The server cannot be reached.");
    }
  }
}

/** The error of an answer that is no success: RFC 9457, or whatever a proxy says. */
export function problemError(status: number, body: string): RequestError {
  const problem = problemOf(body);
  if (problem !== undefined) return RequestError.from(problem);
  const kind = byStatus.get(status) ?? (status >= 500 ? "unavailable" : "internal");
  return new RequestError(kind, `The server answered ${status}.`);
}

const byStatus = new Map<number, RefusalKind>([
  [401, "unauthorized"],
  [403, "forbidden"],
  [404, "not_found"],
  [413, "too_large"],
  [429, "rate_limited"],
]);

function problemOf(body: string): RpcErrorObject | undefined {
  try {
    const { kind, detail, retryAfterMs, fields } = JSON.parse(body) as Record<string, unknown>;
    if (typeof kind !== "string" || typeof detail !== "string" || !Object.hasOwn(refusalCodes, kind)) {
      return undefined;
    }
    const known = kind as RefusalKind;
    return {
      code: refusalCodes[known],
      message: detail,
      data: {
        kind: known,
        ...(typeof retryAfterMs === "number" ? { retryAfterMs } : {}),
        ...(fields !== null && typeof fields === "object"
          ? { fields: fields as Record<string, string> }
          : {}),
      },
    };
  } catch {
    return undefined;
  }
}
