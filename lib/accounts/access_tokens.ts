import {
  type Bell,
  type Caller,
  type Clock,
  type Ids,
  iso,
  isSameSecret,
  KeyedMutex,
  type Log,
  type Random,
  randomText,
} from "../platform/mod.ts";
import {
  type AccessToken,
  type AccessTokenBody,
  type AccessTokenMade,
  type Answer,
  limits,
  Refusal,
  say,
  type WebhookView,
} from "../protocol/mod.ts";
import type { AccessTokenStore, AccountsStore, SessionRecord, WebhookRecord } from "./ports.ts";
import { sessionOver } from "./session_views.ts";
import { hashOf } from "./tokens.ts";

export interface AccessTokensNeeds {
  store: Pick<AccountsStore, "session">;
  accessTokens: AccessTokenStore;
  /** Whether a webhook may be sent to that address. Unset: to none. */
  takesWebhook?: (url: string) => boolean;
  bell: Pick<Bell, "closeSession">;
  clock: Clock;
  ids: Ids;
  random: Random;
  log: Log;
}

const secretBytes = 32;
/** Of a token that ends only when it is revoked. */
export const noEnd = Date.parse("9999-12-31T23:59:59.999Z");
/** Recognised by people and by scanners for secrets. */
const shape = /^behest_([0-9A-HJKMNP-TV-Z]{26})_([A-Za-z0-9_-]{43})$/;

/**
 * AU-11: tokens for scripts and bots. A token is a session without a login that may do what its scopes say and nothing else. Only
 * the hash of its secret is stored, and the secret that signs for its webhook, which must be known to sign.
 */
export class AccessTokens {
  readonly #needs: AccessTokensNeeds;
  /** One person's tokens are made one after another, so that each sees the number of those before. */
  readonly #lanes = new KeyedMutex();

  constructor(needs: AccessTokensNeeds) {
    this.#needs = needs;
  }

  async create(caller: Caller, body: AccessTokenBody): Answer<AccessTokenMade> {
    const { accessTokens, takesWebhook, clock, ids, random, log } = this.#needs;
    const { name, scopes, expiresAt, hook, webhook } = body;
    const now = clock.now();
    const endsAt = expiresAt === null || expiresAt === undefined ? noEnd : Date.parse(expiresAt);
    if (endsAt <= now) {
      return new Refusal("invalid_params", say("request.fields", { fields: "expiresAt" }), {
        fields: { expiresAt: "field.future" },
      });
    }
    if (webhook !== undefined && takesWebhook?.(webhook.url) !== true) {
      return new Refusal("invalid_params", say("request.fields", { fields: "webhook.url" }), {
        fields: { "webhook.url": "field.webhookHost" },
      });
    }
    const webhookSecret = webhook === undefined ? null : random.bytes(secretBytes).toBase64();
    const id = ids.next();
    const secret = randomText(random, secretBytes);
    const session: SessionRecord = {
      id,
      userId: caller.userId,
      device: caller.device,
      address: caller.address,
      createdAt: now,
      // Not used yet: the first use writes its time.
      lastSeenAt: 0,
      expiresAt: endsAt,
      access: {
        name,
        scopes: [...new Set(scopes)],
        hash: await hashOf(secret),
        ...(hook === undefined ? {} : { hook }),
        ...(webhook === undefined || webhookSecret === null
          ? {}
          : { webhook: { ...webhook, secret: webhookSecret, last: null } }),
      },
    };
    const added = await this.#lanes.run(
      caller.userId,
      () => accessTokens.add(session, limits.tokensPerPerson, caller.sessionId),
    );
    if (added === "over") return sessionOver();
    if (!added) return new Refusal("conflict", say("token.many", { count: limits.tokensPerPerson }));
    log.info("token.created", { requestId: caller.requestId, userId: caller.userId, sessionId: id });
    return {
      ...viewOf(session),
      token: `behest_${id}_${secret}`,
      ...(webhookSecret === null ? {} : { webhookSecret: `whsec_${webhookSecret}` }),
    };
  }

  async list({ userId }: Caller): Promise<{ tokens: AccessToken[] }> {
    return { tokens: (await this.#needs.accessTokens.of(userId)).map(viewOf) };
  }

  /** Also closes its sockets (AU-3). */
  async revoke(caller: Caller, id: string): Answer<true> {
    const { store, accessTokens, bell, log } = this.#needs;
    const session = await store.session(id);
    if (session?.access === undefined || session.userId !== caller.userId) {
      return new Refusal("not_found", "token.missing");
    }
    await accessTokens.end(caller.userId, id);
    bell.closeSession(id, "sessionOver");
    log.info("token.revoked", { requestId: caller.requestId, userId: caller.userId, sessionId: id });
    return true;
  }
}

/** Whether a text looks like an access token. Every other is a session's. */
export function isAccessToken(text: string): boolean {
  return text.startsWith("behest_");
}

/** The session of a token; null for a wrong, revoked or expired one. */
export async function sessionOfToken(
  store: Pick<AccountsStore, "session">,
  token: string,
): Promise<SessionRecord | null> {
  const [, id, secret] = shape.exec(token) ?? [];
  const session = id === undefined ? null : await store.session(id);
  if (session?.access === undefined) return null;
  return isSameSecret(await hashOf(secret!), session.access.hash) ? session : null;
}

function viewOf({ id, createdAt, lastSeenAt, expiresAt, access }: SessionRecord): AccessToken {
  const { name, scopes, hook, webhook } = access!;
  return {
    id,
    name,
    scopes: [...scopes],
    createdAt: iso(createdAt),
    lastUsedAt: lastSeenAt === 0 ? null : iso(lastSeenAt),
    expiresAt: expiresAt === noEnd ? null : iso(expiresAt),
    ...(hook === undefined ? {} : { hook }),
    ...(webhook === undefined ? {} : { webhook: webhookOf(webhook) }),
  };
}

/** A webhook without its secret. */
export function webhookOf({ url, events, last, ended }: WebhookRecord): WebhookView {
  return {
    url,
    events: [...events],
    last: last === null ? null : { at: iso(last.at), sent: last.sent, status: last.status },
    ended: ended === true,
  };
}
