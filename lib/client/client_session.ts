import { type Clock, systemClock } from "../platform/clock.ts";
import { type Fetch, type TicketAnswer, ticketFrom } from "./ticket.ts";

/** What a login or a renewal answered, as a native client keeps it. */
export interface KeptSession {
  token: string;
  expiresAt: string;
  renewal?: { credential: string; expiresAt: string };
}

/**
 * Where a native client keeps its session: the system's keychain, or a file that only its person can read (`SessionFile` in
 * `session_file.ts`). `write` resolves once it is durable; null forgets it.
 */
export interface SessionStore {
  read(): Promise<KeptSession | null>;
  write(session: KeptSession | null): Promise<void>;
}

/** A token with less than this left is renewed, in ms. */
const renewBeforeMs = 12 * 3600_000;

/**
 * AU-13: keeps a native client logged in. Give `ticket` and `renew` to `ClientOptions`. What a renewal answered is kept before
 * its token is used: from that use on, the credential before it is spent.
 */
export class ClientSession {
  readonly #origin: string;
  readonly #store: SessionStore;
  readonly #fetch: Fetch;
  readonly #clock: Clock;
  #renewing: Promise<boolean> | undefined;

  constructor(
    origin: string,
    store: SessionStore,
    options: { fetch?: Fetch; clock?: Clock } = {},
  ) {
    this.#origin = origin;
    this.#store = store;
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init));
    this.#clock = options.clock ?? systemClock;
  }

  /** A token for REST calls, renewed in good time; null when the person has to log in. */
  async token(): Promise<string | null> {
    const kept = await this.#store.read();
    if (kept === null) return null;
    const leftMs = Date.parse(kept.expiresAt) - this.#clock.now();
    if (leftMs > renewBeforeMs) return kept.token;
    const goesOn = await this.renew().catch((error: unknown) => {
      // The server is away: the token may be good for as long as it lasts.
      if (leftMs > 0) return true;
      throw error;
    });
    return goesOn ? (await this.#store.read())?.token ?? null : leftMs > 0 ? kept.token : null;
  }

  /** For `ClientOptions.ticket`. */
  readonly ticket = async (): Promise<TicketAnswer> => {
    const token = await this.token();
    return token === null ? null : await ticketFrom(this.#origin, { token, fetch: this.#fetch })();
  };

  /** For `ClientOptions.renew`. Rejects when the server cannot be reached. Calls at the same time share one renewal. */
  readonly renew = (): Promise<boolean> => {
    this.#renewing ??= this.#renew().finally(() => this.#renewing = undefined);
    return this.#renewing;
  };

  async #renew(): Promise<boolean> {
    const kept = await this.#store.read();
    if (kept?.renewal === undefined) return false;
    const response = await this.#fetch(`${this.#origin}/api/v1/auth/renew`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ credential: kept.renewal.credential }),
    });
    if (response.status === 401) {
      await response.body?.cancel();
      await this.#store.write(null);
      return false;
    }
    const renewed = response.ok ? readKept(await response.json()) : undefined;
    if (renewed === undefined) throw new Error(`The session was not renewed: HTTP ${response.status}.`);
    // Without a new credential the one before stays.
    await this.#store.write({ ...kept, ...renewed });
    return true;
  }
}

/** What a login or a renewal answered, of what was sent or read; undefined for anything else. */
export function readKept(answer: unknown): KeptSession | undefined {
  if (answer === null || typeof answer !== "object") return undefined;
  const { token, expiresAt, renewal } = answer as Partial<KeptSession>;
  if (typeof token !== "string" || typeof expiresAt !== "string") return undefined;
  if (renewal === undefined) return { token, expiresAt };
  return typeof renewal.credential === "string" ? { token, expiresAt, renewal } : undefined;
}
