import {
  type Bell,
  type Clock,
  iso,
  KeyedMutex,
  type Log,
  type Random,
  randomText,
} from "../platform/mod.ts";
import { limits, type Renewal } from "../protocol/mod.ts";
import type { AccountsStore, MisuseRecord, MisuseStore, SessionRecord } from "./ports.ts";
import { confirmed, renewalEnd, type Use, useOf } from "./renewals.ts";
import { misuseOf, renewalOf } from "./session_views.ts";
import { hashOf, type Tokens } from "./tokens.ts";

/** Origin of a request, before the login. */
export interface Origin {
  address: string;
  device: string;
  requestId: string;
  /** The client's own `User-Agent`. */
  userAgent?: string | undefined;
}

/** A begun or renewed session. Times as RFC 3339. */
export interface SessionTokens {
  token: string;
  expiresAt: string;
  /** For a device that stays logged in; left out when its credential stays as it is. */
  renewal?: Renewal;
}

export interface SessionRenewalsNeeds {
  store: Pick<AccountsStore, "changeSession">;
  misuses: Pick<MisuseStore, "end">;
  tokens: Tokens;
  bell: Pick<Bell, "closeSession" | "notify" | "sessionRenewed">;
  clock: Clock;
  random: Random;
  log: Log;
}

const credentialBytes = 32;

/** Renews sessions of devices that stay logged in (AU-13). The rules are in `renewals.ts`. */
export class SessionRenewals {
  readonly #needs: SessionRenewalsNeeds;
  readonly #locks = new KeyedMutex();

  constructor(needs: SessionRenewalsNeeds) {
    this.#needs = needs;
  }

  /** Null when the session is over. A spent credential ends it, and its person is told. */
  async renew(
    named: { userId: string; sessionId: string },
    credential: string,
    origin: Origin,
  ): Promise<SessionTokens | null> {
    const used = await hashOf(credential);
    const given = await this.credential(named.userId, named.sessionId);
    // One after the other: tabs that renew at once must not run out of tries against each other.
    return await this.#locks.run(named.sessionId, () => this.#renewed(named, used, given, origin));
  }

  /** AU-13: the device has the token, so it has the credential that came with it. */
  async confirm(session: SessionRecord, shown: string): Promise<void> {
    const { store, clock } = this.#needs;
    const now = clock.now();
    if (session.renewal === undefined || confirmed(session.renewal, shown, now) === null) return;
    await this.#locks.run(session.id, () =>
      store.changeSession(session.id, (current) => {
        const renewal = current.renewal === undefined ? null : confirmed(current.renewal, shown, now);
        return renewal === null ? null : { ...current, renewal };
      }));
  }

  async #renewed(
    { userId, sessionId }: { userId: string; sessionId: string },
    used: string,
    given: { credential: string; hash: string },
    origin: Origin,
  ): Promise<SessionTokens | null> {
    const { store, tokens, clock, log, bell } = this.#needs;
    const now = clock.now();
    let use: Use = { is: "spent" };
    let found: SessionRecord | null = null;
    const changed = await store.changeSession(sessionId, (session) => {
      if (session.userId !== userId || session.renewal === undefined) return null;
      found = session;
      use = useOf(session.renewal, used, given.hash, now);
      if (use.is === "spent") return null;
      const { address } = origin;
      const expiresAt = renewalEnd(session.createdAt, now);
      const renewal = { ...use.renewal, tokenEndsAt: Math.min(use.renewal.tokenEndsAt, expiresAt) };
      return { ...session, address, lastSeenAt: now, expiresAt, renewal };
    });
    if (changed === null) {
      if (found !== null) await this.#misused(found, origin);
      return null;
    }
    const { renewal } = changed;
    const { is } = use as Use;
    if (renewal === undefined || is === "spent") throw new Error("A session was renewed without a renewal.");
    const expiresAt = iso(renewal.tokenEndsAt);
    bell.sessionRenewed(sessionId, expiresAt);
    log.info("session.renewed", { requestId: origin.requestId, userId, sessionId, address: origin.address });
    const replaced = is === "replaced";
    return {
      token: await tokens.issue(userId, sessionId, renewal.tokenEndsAt, replaced ? given.hash : used),
      expiresAt,
      ...(replaced ? { renewal: renewalOf(changed, given.credential) } : {}),
    };
  }

  /** The credential is genuine and was replaced before: two parties have had it. */
  async #misused(session: SessionRecord, origin: Origin): Promise<void> {
    const { misuses, clock, bell, log } = this.#needs;
    const { id, userId, device, agent } = session;
    const at = clock.now();
    const misuse: MisuseRecord = {
      id,
      device,
      ...(agent === undefined ? {} : { agent }),
      address: origin.address,
      at,
      expiresAt: at + limits.misuseKeptMs,
    };
    await misuses.end(userId, misuse);
    bell.closeSession(id, "sessionOver");
    bell.notify(userId, "session.misused", misuseOf(misuse));
    log.warn("session.misused", {
      requestId: origin.requestId,
      userId,
      sessionId: id,
      address: origin.address,
    });
  }

  /** Makes a credential of a session, and its hash for the store. */
  async credential(userId: string, sessionId: string): Promise<{ credential: string; hash: string }> {
    const { tokens, random } = this.#needs;
    const credential = await tokens.issueRenewal(userId, sessionId, randomText(random, credentialBytes));
    return { credential, hash: await hashOf(credential) };
  }
}
