import { base, placed } from "./base_path.ts";

/** What came of a call. `then`: what the person can do so that it works. */
export interface Tried {
  status: string;
  text: string;
  then: "logIn" | "prove" | null;
}

/** A device of its own, which is handed nothing: what the person's other devices have is left alone. */
const query = "device=docs&accept=x-none";

/** Where a typed address leads on this server; null when it is no call of REST, or has parts that were not filled in. */
export function restAddress(typed: string): string | null {
  const url = URL.parse(placed(typed.trim()), location.origin);
  const isCall = url !== null && url.origin === location.origin && url.pathname.startsWith(`${base}/api/v1/`);
  return isCall && !/[{}]|%7B|%7D/i.test(url.pathname) ? url.pathname + url.search : null;
}

/** Calls REST with the page's session. Rejects without a server. */
export async function tryRest(verb: string, address: string, body: string | null): Promise<Tried> {
  const response = await fetch(address, {
    method: verb,
    ...(body === null ? {} : { headers: { "content-type": "application/json" }, body }),
  });
  return triedOf(response, await response.text());
}

/** Calls a method of the socket, over a stream that is open for so long (WS-12). Rejects without a server. */
export async function trySocket(method: string, params: unknown): Promise<Tried> {
  const stream = new EventSource(placed(`/api/stream?${query}`));
  try {
    // Ready, or refused: then the call says why.
    await new Promise((resolve) => stream.onmessage = stream.onerror = resolve);
    const frame = { jsonrpc: "2.0", id: 1, method, params };
    return await tryRest("POST", placed(`/api/v1/rpc?${query}`), JSON.stringify(frame));
  } finally {
    stream.close();
  }
}

function triedOf({ status, statusText }: Response, text: string): Tried {
  const answer = parsed(text) as { proof?: unknown; error?: { data?: { proof?: unknown } } } | undefined;
  const proof = answer?.proof === true || answer?.error?.data?.proof === true;
  return {
    status: `${status} ${statusText}`.trim(),
    text: answer === undefined ? text : JSON.stringify(answer, null, 2),
    then: status === 401 ? "logIn" : proof ? "prove" : null,
  };
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
