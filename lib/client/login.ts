import { type KeptSession, readKept } from "./client_session.ts";
import { RequestError } from "./requests.ts";
import { Rest } from "./rest.ts";
import type { Fetch } from "./ticket.ts";

export interface LoginWish {
  username: string;
  password: string;
  /** Of an authenticator app, or a recovery code, where the account has a second factor. */
  code?: string;
  /** AU-13: the answer has what renews the session, with the person's consent. */
  stay?: boolean;
}

/** AU-3: logs in. Give what it resolves to to a `SessionStore`. Rejects with a `RequestError`. */
export async function logIn(
  origin: string,
  { username, password, code, stay }: LoginWish,
  options: { fetch?: Fetch } = {},
): Promise<KeptSession> {
  const rest = new Rest({ origin, fetch: options.fetch });
  const response = await rest.call("/api/v1/auth/login", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      username,
      password,
      ...(code === undefined ? {} : { code }),
      ...(stay === undefined ? {} : { stay }),
    }),
  });
  const kept = readKept(await response.json());
  if (kept === undefined) throw new RequestError("internal", "The server answered no session.");
  return kept;
}
