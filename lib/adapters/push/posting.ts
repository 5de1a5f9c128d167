import { encrypted } from "./encryption.ts";

/** A push as it is before it is encrypted for its device (RFC 8291). */
export interface Post {
  endpoint: string;
  /** The device's keys, base64url. */
  p256dh: string;
  auth: string;
  text: string;
  headers: Record<string, string>;
}

/** The push service's answer; `failed`: there was none, with the error's name. `no_key`: the device's key is no point of the curve. */
export type Posted = { status: number; retryAfter: string | null } | { failed: string } | "no_key";

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Encrypts a push and posts it. Throws when the text has no room. */
export async function post(
  { endpoint, p256dh, auth, text, headers }: Post,
  signal: AbortSignal,
  get: Fetch = (url, init) => fetch(url, init),
): Promise<Posted> {
  let body: Uint8Array<ArrayBuffer>;
  try {
    body = await encrypted(text, { p256dh, auth });
  } catch (error) {
    if (error instanceof DOMException || error instanceof TypeError) return "no_key";
    throw error;
  }
  try {
    const response = await get(endpoint, {
      method: "POST",
      headers,
      body,
      // What it leads to is on no list.
      redirect: "manual",
      signal,
    });
    await response.body?.cancel();
    return { status: response.status, retryAfter: response.headers.get("retry-after") };
  } catch (error) {
    return { failed: error instanceof Error ? error.name : "unknown" };
  }
}
