/** The part of `fetch` that `ticketFrom` uses. */
export type Fetch = (input: string, init: RequestInit) => Promise<Response>;

/**
 * Makes a source of tickets for `ClientOptions.ticket` (AU-5). It calls `POST /api/v1/auth/ticket` with the page's cookie, or with
 * this token. Resolves to null when the session is over; rejects when the server cannot be reached.
 */
export function ticketFrom(
  origin: string,
  options: { token?: string; fetch?: Fetch } = {},
): () => Promise<string | null> {
  const get: Fetch = options.fetch ?? ((input, init) => fetch(input, init));
  return async () => {
    const response = await get(`${origin}/api/v1/auth/ticket`, {
      method: "POST",
      ...(options.token === undefined ? {} : { headers: { authorization: `Bearer ${options.token}` } }),
    });
    if (response.status === 401 || response.status === 403) {
      await response.body?.cancel();
      return null;
    }
    const answer: unknown = response.ok ? await response.json() : await response.body?.cancel();
    if (
      answer !== null && typeof answer === "object" && "ticket" in answer && typeof answer.ticket === "string"
    ) {
      return answer.ticket;
    }
    throw new Error(`The server gave no ticket: HTTP ${response.status}.`);
  };
}
