import type { Configuration, ServerMetadata } from "openid-client";
import type { Identity, Issuer, WayThere } from "../../accounts/mod.ts";
import type { Clock, Log } from "../../platform/mod.ts";
import { Refusal } from "../../protocol/mod.ts";

/** The issuer's own documents are read again after this time. */
const documentsKeptMs = 3600_000;
/** Seconds for one answer of the issuer. */
const timeoutSeconds = 10;
/** Seconds by which the issuer's clock may differ from ours. */
const toleranceSeconds = 60;
/** Seconds since the person's login at the issuer, where they have to log in again. */
const againSeconds = 300;
/** Most characters of what a person is called there. */
const shownLength = 100;

/** The library is loaded when the first person goes to the issuer: most starts do not need it. */
function library() {
  return import("openid-client");
}

/** How an issuer is asked. */
export interface OidcAccess {
  issuer: string;
  clientId: string;
  /** Null for a public client. */
  clientSecret: string | null;
}

/** An issuer by discovery, with the authorization code flow and PKCE. Signatures are checked though the answers come by TLS. */
export class OidcIssuer implements Issuer {
  readonly issuer: string;
  readonly #config: OidcAccess;
  readonly #clock: Clock;
  readonly #log: Log;
  #documents: { metadata: Promise<ServerMetadata>; readAt: number } | null = null;

  constructor(config: OidcAccess, clock: Clock, log: Log) {
    this.issuer = config.issuer;
    this.#config = config;
    this.#clock = clock;
    this.#log = log;
  }

  async addressFor({ redirectUri, state, nonce, verifier, again }: WayThere): Promise<string | Refusal> {
    const { buildAuthorizationUrl, calculatePKCECodeChallenge } = await library();
    const there = await this.#there();
    if (there instanceof Refusal) return there;
    return buildAuthorizationUrl(there, {
      redirect_uri: redirectUri,
      scope: "openid profile",
      state,
      nonce,
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      ...(again ? { prompt: "login", max_age: String(againSeconds) } : {}),
    }).href;
  }

  async identity(
    answer: URL,
    { redirectUri, state, nonce, verifier, again }: WayThere,
  ): Promise<Identity | Refusal> {
    const { authorizationCodeGrant } = await library();
    const there = await this.#there();
    if (there instanceof Refusal) return there;
    const come = new URL(redirectUri);
    come.search = answer.search;
    try {
      const tokens = await authorizationCodeGrant(there, come, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
        ...(again ? { maxAge: againSeconds } : {}),
      });
      const claims = tokens.claims()!;
      const named = [claims.preferred_username, claims.email, claims.name, claims.sub];
      const shown = named.find((name): name is string => typeof name === "string" && name !== "")!;
      return { sub: claims.sub, shown: shown.slice(0, shownLength).toWellFormed() };
    } catch (error) {
      this.#log.warn("sso.answer_refused", { error: error as Error });
      // The next one reads the documents again: keys, addresses or times may have changed.
      this.#documents = null;
      return isAway(error) ? away() : new Refusal("unauthorized", "sso.failed");
    }
  }

  /** The issuer as it is now. Its keys are read for each login, so that new ones count at once. */
  async #there(): Promise<Configuration | Refusal> {
    const {
      allowInsecureRequests,
      ClientSecretPost,
      clockSkew,
      clockTolerance,
      Configuration,
      enableNonRepudiationChecks,
      None,
    } = await library();
    try {
      const { clientId, clientSecret } = this.#config;
      const there = new Configuration(
        await this.#metadata(),
        clientId,
        {
          [clockSkew]: Math.round((this.#clock.now() - Date.now()) / 1000),
          [clockTolerance]: toleranceSeconds,
        },
        clientSecret === null ? None() : ClientSecretPost(clientSecret),
      );
      there.timeout = timeoutSeconds;
      enableNonRepudiationChecks(there);
      if (this.issuer.startsWith("http:")) allowInsecureRequests(there);
      return there;
    } catch (error) {
      this.#documents = null;
      this.#log.warn("sso.issuer_away", { error: error as Error });
      return away();
    }
  }

  async #metadata(): Promise<ServerMetadata> {
    const now = this.#clock.now();
    const { issuer } = this;
    if (this.#documents === null || Math.abs(now - this.#documents.readAt) >= documentsKeptMs) {
      const { allowInsecureRequests, discovery } = await library();
      const read = async () => {
        const found = await discovery(new URL(issuer), this.#config.clientId, undefined, undefined, {
          timeout: timeoutSeconds,
          ...(issuer.startsWith("http:") ? { execute: [allowInsecureRequests] } : {}),
        });
        return found.serverMetadata();
      };
      this.#documents = { metadata: read(), readAt: now };
    }
    return await this.#documents.metadata;
  }
}

/** Whether the issuer gave no answer of its own. */
function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? error.code : undefined;
  return code === "OAUTH_TIMEOUT" || code === "OAUTH_RESPONSE_IS_NOT_CONFORM" || error.name === "TypeError" ||
    error.cause instanceof TypeError;
}

function away(): Refusal {
  return new Refusal("unavailable", "sso.away");
}
