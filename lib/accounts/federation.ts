import { type Caller, type Clock, type Log, type Random, randomText } from "../platform/mod.ts";
import { type Answer, limits, Refusal } from "../protocol/mod.ts";
import type { LoggedIn } from "./accounts.ts";
import type {
  FederationStore,
  FlowPurpose,
  FlowRecord,
  Identity,
  Issuer,
  LinkRecord,
  WayThere,
} from "./federation_ports.ts";
import type { AccountsStore, CountStore, UserRecord } from "./ports.ts";
import { isMissing, type Proof } from "./proof.ts";
import type { Origin } from "./session_renewals.ts";
import { countChallenge } from "./throttle.ts";
import { hashOf } from "./tokens.ts";

export interface FederationNeeds {
  /** Null: people log in with passwords and passkeys only. */
  issuer: Issuer | null;
  store: FederationStore;
  accounts: Pick<AccountsStore, "user">;
  counts: CountStore;
  proof: Proof;
  clock: Clock;
  random: Random;
  log: Log;
  /** Begins a session; null when the account may not log in. */
  begin(user: UserRecord, origin: Origin): Promise<LoggedIn | null>;
}

/** What a browser wants of the issuer. */
export interface Wish {
  purpose: "login" | "link" | "prove";
  /** Who asks; null for a login. */
  caller: Caller | null;
  redirectUri: string;
  next: string;
}

/** The browser goes to `address` and keeps `browser`, which its way back needs. */
export interface Begun {
  address: string;
  browser: string;
}

/** How a way back ended. `state`: what the next step needs, beside what the browser keeps. */
export type Back =
  | { kind: "entered"; login: LoggedIn; next: string }
  | { kind: "code"; state: string }
  | { kind: "confirm"; state: string }
  | { kind: "proven"; next: string };

const secretBytes = 32;

/** AU-12: login with an OpenID Connect issuer beside a password. Accounts are linked by the issuer's `sub` alone. */
export class Federation {
  readonly #needs: FederationNeeds;

  constructor(needs: FederationNeeds) {
    this.#needs = needs;
  }

  /** Where people log in, for a page to name; null without an issuer. */
  where(): string | null {
    const { issuer } = this.#needs;
    return issuer === null ? null : new URL(issuer.issuer).host;
  }

  /** The caller's link with the issuer that is configured now. */
  async linkOf({ userId }: Caller): Promise<LinkRecord | null> {
    const { issuer, store } = this.#needs;
    const link = issuer === null ? null : await store.linkOf(userId);
    return link?.issuer === issuer?.issuer ? link : null;
  }

  async begin(origin: Origin, { caller, ...wish }: Wish): Answer<Begun> {
    const { issuer, counts, clock, random, store } = this.#needs;
    if (issuer === null) return nobody();
    const wait = await countChallenge(counts, origin.address, clock.now());
    if (wait !== null) return wait;
    if (caller !== null && wish.purpose === "prove" && await this.linkOf(caller) === null) return unlinked();
    const [browser, state, nonce, verifier] = Array.from(
      { length: 4 },
      () => randomText(random, secretBytes),
    );
    const way = { redirectUri: wish.redirectUri, state: state!, nonce: nonce!, verifier: verifier! };
    const address = await issuer.addressFor({ ...way, again: wish.purpose !== "login" });
    if (address instanceof Refusal) return address;
    await store.addFlow(await hashOf(way.state), {
      ...wish,
      nonce: way.nonce,
      verifier: way.verifier,
      browser: await hashOf(browser!),
      userId: caller?.userId ?? null,
      sessionId: caller?.sessionId ?? null,
      identity: null,
      expiresAt: clock.now() + limits.challengeMs,
    });
    return { address, browser: browser! };
  }

  /** The issuer's answer came back. Every wrong one gets the same refusal. `caller`: whose session the browser has now. */
  async back(
    origin: Origin,
    answer: URL,
    browser: string | undefined,
    caller: Caller | null,
  ): Answer<Back> {
    const { issuer } = this.#needs;
    if (issuer === null) return nobody();
    const state = answer.searchParams.get("state") ?? "";
    const flow = await this.#take(state, browser, ["login", "link", "prove"]);
    if (flow === null) return this.#failed(origin, "state");
    if (!isCaller(flow, caller)) return this.#failed(origin, "session");
    const way: WayThere = { ...flow, state, again: flow.purpose !== "login" };
    const identity = await issuer.identity(answer, way);
    if (identity instanceof Refusal) {
      return identity.kind === "unavailable" ? identity : this.#failed(origin, "answer");
    }
    switch (flow.purpose) {
      case "login":
        return await this.#login(origin, flow, identity);
      case "link":
        return { kind: "confirm", state: await this.#next(flow, "confirm", identity) };
      default:
        return await this.#prove(origin, flow, caller!, identity);
    }
  }

  /** The account's own second factor, after the issuer's login (AU-7). */
  async code(origin: Origin, state: string, browser: string | undefined, code: string): Answer<Back> {
    const { proof, accounts, log } = this.#needs;
    const flow = await this.#take(state, browser, ["code"]);
    const user = flow === null ? null : await accounts.user(flow.userId!);
    if (flow === null || user === null) return this.#failed(origin, "state");
    const attempt = await proof.admit({
      kind: "stranger",
      address: origin.address,
      username: user.username,
    });
    if (attempt instanceof Refusal) return attempt;
    using _over = attempt;
    const refused = await proof.secondFactor.take(user.id, code);
    if (refused !== null) {
      if (isMissing(code)) await attempt.withdrawn();
      log.info("login.wrong_code", { requestId: origin.requestId, address: origin.address });
      // The same flow goes on, so that a mistyped code costs no way to the issuer.
      await this.#needs.store.addFlow(await hashOf(state), flow);
      return refused;
    }
    await attempt.succeeded();
    return await this.#enter(origin, flow, user);
  }

  /** What the caller is called there, before they say that it is theirs; null when there is nothing to confirm. */
  async offered(caller: Caller, state: string, browser: string | undefined): Promise<string | null> {
    if (browser === undefined) return null;
    const flow = await this.#needs.store.flow(await hashOf(state));
    const isTheirs = flow?.purpose === "confirm" && flow.browser === await hashOf(browser) &&
      isCaller(flow, caller);
    return isTheirs ? flow.identity!.shown : null;
  }

  /** The person said that it is their own login there: it opens the account from then on. */
  async confirm(caller: Caller, state: string, browser: string | undefined): Answer<true> {
    const { store, issuer, clock, log } = this.#needs;
    if (issuer === null) return nobody();
    const flow = await this.#take(state, browser, ["confirm"]);
    if (flow === null || !isCaller(flow, caller)) return over();
    const link = { issuer: issuer.issuer, sub: flow.identity!.sub, linkedAt: clock.now() };
    const linked = await store.link(caller.userId, link);
    if (linked === "gone") return new Refusal("not_found", "account.deleted");
    if (linked === "taken") return new Refusal("conflict", "sso.taken");
    log.info("sso.linked", { requestId: caller.requestId, userId: caller.userId });
    return true;
  }

  /** `not_found` without a link. */
  async unlink(caller: Caller): Answer<true> {
    const { store, log } = this.#needs;
    if (!await store.unlink(caller.userId)) return new Refusal("not_found", "sso.noLink");
    log.info("sso.unlinked", { requestId: caller.requestId, userId: caller.userId });
    return true;
  }

  async #login(origin: Origin, flow: FlowRecord, identity: Identity): Answer<Back> {
    const { store, accounts, issuer, proof } = this.#needs;
    const userId = await store.ownerOf(issuer!.issuer, identity.sub);
    const user = userId === null ? null : await accounts.user(userId);
    if (user === null) return unlinked();
    const asked = await proof.secondFactor.take(user.id, undefined);
    if (asked === null) return await this.#enter(origin, flow, user);
    return { kind: "code", state: await this.#next({ ...flow, userId: user.id }, "code", identity) };
  }

  async #enter(origin: Origin, flow: FlowRecord, user: UserRecord): Answer<Back> {
    const login = await this.#needs.begin(user, origin);
    if (login === null) return this.#failed(origin, "account");
    const { requestId, address } = origin;
    this.#needs.log.info("login.succeeded", { requestId, userId: user.id, address, sso: true });
    return { kind: "entered", login, next: flow.next };
  }

  async #prove(origin: Origin, flow: FlowRecord, caller: Caller, { sub }: Identity): Answer<Back> {
    const link = await this.linkOf(caller);
    // Somebody else's login there proves nothing about the caller.
    if (link?.sub !== sub) return this.#failed(origin, "person");
    await this.#needs.proof.note(caller);
    this.#needs.log.info("proof.shown", { requestId: caller.requestId, userId: caller.userId, sso: true });
    return { kind: "proven", next: flow.next };
  }

  /** Goes on with another step of the same browser; returns its state. */
  async #next(flow: FlowRecord, purpose: FlowPurpose, identity: Identity): Promise<string> {
    const { random, store, clock } = this.#needs;
    const state = randomText(random, secretBytes);
    const expiresAt = clock.now() + limits.challengeMs;
    await store.addFlow(await hashOf(state), { ...flow, purpose, identity, expiresAt });
    return state;
  }

  async #take(
    state: string,
    browser: string | undefined,
    purposes: readonly FlowPurpose[],
  ): Promise<FlowRecord | null> {
    if (browser === undefined) return null;
    const flow = await this.#needs.store.takeFlow(await hashOf(state));
    if (flow === null || flow.browser !== await hashOf(browser)) return null;
    return purposes.includes(flow.purpose) ? flow : null;
  }

  #failed({ requestId, address }: Origin, why: string): Refusal {
    this.#needs.log.info("sso.failed", { requestId, address, why });
    return over();
  }
}

/** Whether the flow was begun with the session that the browser has now. A login is begun without one. */
function isCaller({ purpose, userId, sessionId }: FlowRecord, caller: Caller | null): boolean {
  return purpose === "login" ||
    (caller !== null && userId === caller.userId && sessionId === caller.sessionId);
}

function nobody(): Refusal {
  return new Refusal("not_found", "sso.none");
}

function unlinked(): Refusal {
  return new Refusal("forbidden", "sso.unlinked");
}

function over(): Refusal {
  return new Refusal("unauthorized", "sso.failed");
}
