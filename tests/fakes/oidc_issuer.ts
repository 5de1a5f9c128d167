import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair } from "jose";
import Provider from "oidc-provider";

const clientId = "behest";
const clientSecret = "a-secret-of-the-issuer-for-tests";

/** A real OpenID Connect issuer on this machine. Whoever comes is `person`, and has agreed. */
export class OidcIssuerServer implements AsyncDisposable {
  /** Who logs in there next. */
  person = { sub: "u-1", name: "ann@example.org" };
  /** What happens to a request before the issuer sees it; true: it was answered. */
  before: ((path: string, response: { writeHead(status: number): { end(): void } }) => boolean) | null = null;
  readonly #server: Server;
  #provider: Provider | null = null;
  #redirectUris: readonly string[] = [];

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(redirectUri: string): Promise<OidcIssuerServer> {
    const server = createServer();
    const issuer = new OidcIssuerServer(server);
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    issuer.#redirectUris = [redirectUri];
    await issuer.newKeys();
    server.on("request", (request, response) => {
      const path = new URL(request.url!, issuer.url).pathname;
      if (issuer.before?.(path, response) === true) return;
      if (!path.startsWith("/interaction/")) return void issuer.#provider!.callback()(request, response);
      const { sub } = issuer.person;
      const login = { accountId: sub, ts: Math.floor(Date.now() / 1000) };
      void issuer.#provider!.interactionFinished(request, response, { login }, {
        mergeWithLastSubmission: false,
      });
    });
    return issuer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get env(): Record<string, string> {
    return {
      BEHEST_OIDC_ISSUER: this.url,
      BEHEST_OIDC_CLIENT_ID: clientId,
      BEHEST_OIDC_CLIENT_SECRET: clientSecret,
    };
  }

  /** Signs with another key from now on; everyone is logged out there. */
  async newKeys(): Promise<void> {
    const { privateKey } = await generateKeyPair("RS256", { extractable: true });
    const kid = crypto.randomUUID();
    this.#provider = new Provider(this.url, {
      clients: [{
        client_id: clientId,
        client_secret: clientSecret,
        token_endpoint_auth_method: "client_secret_post",
        redirect_uris: [...this.#redirectUris],
      }],
      jwks: { keys: [{ ...await exportJWK(privateKey), kid, alg: "RS256", use: "sig" }] },
      cookies: { keys: [crypto.randomUUID()] },
      conformIdTokenClaims: false,
      claims: { openid: ["sub"], profile: ["preferred_username"] },
      findAccount: (_ctx: unknown, sub: string) => ({
        accountId: sub,
        claims: () => Promise.resolve({ sub, preferred_username: this.person.name }),
      }),
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_ctx: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
      pkce: { required: () => true },
      // Nobody is asked whether they agree.
      // deno-lint-ignore no-explicit-any -- the package has no types
      async loadExistingGrant(ctx: any) {
        const { client, session } = ctx.oidc;
        const grant = new ctx.oidc.provider.Grant({
          clientId: client!.clientId,
          accountId: session!.accountId!,
        });
        grant.addOIDCScope("openid profile");
        await grant.save();
        return grant;
      },
    });
  }

  /** Follows the way through the issuer as a browser does, and returns the address that it sends the browser back to. */
  async visit(address: string): Promise<URL> {
    const jar = new Map<string, string>();
    let next = new URL(address);
    while (next.origin === this.url) {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
      const response = await fetch(next, { redirect: "manual", headers: { cookie } });
      await response.body?.cancel();
      for (const text of response.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(text)!;
        jar.set(name!, value!);
      }
      const location = response.headers.get("location");
      if (location === null) throw new Error(`The issuer answered ${response.status} at ${next.pathname}.`);
      next = new URL(location, next);
    }
    return next;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }
}
