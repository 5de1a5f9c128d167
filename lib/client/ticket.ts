/** The part of `fetch` that `ticketFrom` uses. */
export type Fetch = (input: string, init: RequestInit) => Promise<Response>;

/** A ticket; null: the session is over. `refused`: why the account has no connection, like a suspension. */
export type TicketAnswer = string | null | { refused: string };

/**
 * Makes a source of tickets for `ClientOptions.ticket` (AU-5). It calls `POST /api/v1/auth/ticket` with the page's cookie, or with
 * this token. Resolves to null when the session is over, to the reason when the account is suspended or restricted; rejects when the server
 * cannot be reached.
 */
export function ticketFrom(
  origin: string,
  options: { token?: string; fetch?: Fetch } = {},
): () => Promise<TicketAnswer> {
  const get: Fetch = options.fetch ?? ((input, init) => fetch(input, init));
  return async () => {
    const response = await get(`${origin}/api/v1/auth/ticket`, {
      method: "POST",
      ...(options.token === undefined ? {} : { headers: { authorization: `Bearer ${options.token}` } }),
    });
    if (response.status === 401) {
      await response.body?.cancel();
      return null;
    }
    const speaks = response.ok || response.status === 403;
    const answer: unknown = speaks ? await response.json() : await response.body?.cancel();
    if (response.status === 403) return { refused: detailOf(answer) };
    if (
      answer !== null && typeof answer === "object" && "ticket" in answer && typeof answer.ticket === "string"
    ) {
      return answer.ticket;
    }
    throw new Error(`The server gave no ticket: HTTP ${response.status}.`);
  };
}

/** The text of a problem (RFC 9457). */
function detailOf(problem: unknown): string {
  const detail = problem !== null && typeof problem === "object" && "detail" in problem
    ? problem.detail
    : null;
  return typeof detail === "string" ? detail : "forbidden";
}
